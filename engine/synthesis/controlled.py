"""Synthesis with physical parameters: a concept at any rate, its parameters chosen or left to chance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.synthesis.envelopes import soften_ends
from engine.synthesis.families import FAMILIES
from engine.synthesis.filters import lowpass
from engine.synthesis.random_draws import Draw, Wave
from engine.synthesis.space import room

SIZES = 2.0
"""Octaves between the smallest and the largest of a thing."""
NEAR_HZ, FAR_HZ = 18_000.0, 900.0
EVENT_FLOOR = 0.02
"""An event ends where it stays below this share of its peak."""
ONSET = 0.35
"""An event begins where it first exceeds this share of its peak."""
LONGEST_EVENT = 2.0
LEVEL_STEP = 0.05


@dataclass(frozen=True)
class Course:
    """The course of a sound over time.

    Attributes:
        levels: (seconds, dB) points of its loudness, or none.
        hits: seconds of its onsets; None leaves them to the family.
    """

    levels: Sequence[tuple[float, float]] = ()
    hits: Sequence[float] | None = None


FREE_COURSE = Course()


def synthesise_controlled(
    concept_id: str,
    rng: np.random.Generator,
    seconds: float,
    rate: int,
    chosen: Mapping[str, float],
    course: Course = FREE_COURSE,
) -> NDArray[np.float32]:
    """Synthesize a concept without a recorder's noise, with chosen parameters.

    Args:
        concept_id: one of ``engine.synthesis.families.FAMILIES``.
        rng: the only source of randomness.
        seconds: duration.
        rate: samples per second.
        chosen: positions of parameters in their ranges, 0 to 1; what is not chosen is random.
        course: loudness over time and onsets, which are met to the sample.

    Returns:
        float32 (round(seconds * rate),), mono, peak 0.7.

    Raises:
        BadInput: the concept is unknown.
    """
    family = FAMILIES.get(concept_id)
    if family is None:
        raise BadInput(f"No synthesis is known for the concept '{concept_id}'.")
    # At a lower virtual rate all frequencies rise and all times shorten, as those of a smaller thing.
    factor = 2.0 ** (SIZES * (chosen["size"] - 0.5)) if "size" in chosen else 1.0
    # Events that are placed are taken from a slow sequence, in which each has decayed before the next.
    pace = chosen if course.hits is None else {**chosen, "pace": 0.0}
    draw = Draw(rng, round(rate * factor), pace)

    def make(length: float) -> Wave:
        return family.make(draw, length / factor)

    count = round(seconds * rate)
    if course.hits is None:
        out = _fitted(make(max(seconds, 0.5)), count)
    else:
        out = placed_events(make, course.hits, count, rate)
    plain = Draw(rng, rate)
    out = _at_distance(plain, out, chosen.get("distance"))
    if course.levels:
        out = shaped(out, rate, course.levels)
    out = soften_ends(out - float(np.mean(out)), plain.samples(0.004))
    return np.asarray(0.7 * out / (float(np.abs(out).max()) + 1e-9), np.float32)


def placed_events(make: Callable[[float], Wave], hits: Sequence[float], count: int, rate: int) -> Wave:
    """Return the first event of a sound anew at every hit, each beginning at its sample."""
    out = np.zeros(count)
    for hit in hits:
        start = round(hit * rate)
        if not 0 <= start < count:
            continue
        event = first_event(make(LONGEST_EVENT), rate)[: count - start]
        out[start : start + len(event)] += event
    return out


def first_event(wave: Wave, rate: int) -> Wave:
    """Return a sound from its first onset to where it has decayed or begins anew, faded at its end."""
    window = max(1, rate // 1000)
    level = np.sqrt(np.convolve(wave * wave, np.ones(window) / window, "same"))
    loud = np.flatnonzero(level > ONSET * float(level.max()))
    begin = max(0, int(loud[0]) - window) if len(loud) else 0
    after = level[begin:]
    peak = int(after[: rate // 4].argmax())
    quiet = np.flatnonzero(after[peak:] < EVENT_FLOOR * float(after.max()))
    end = begin + (peak + int(quiet[0]) if len(quiet) else len(after))
    event = wave[begin:end].copy()
    fade = min(len(event), rate // 100)
    event[len(event) - fade :] *= np.linspace(1.0, 0.0, fade)
    return event / (float(np.abs(event).max(initial=0.0)) + 1e-9)


def shaped(wave: Wave, rate: int, levels: Sequence[tuple[float, float]]) -> Wave:
    """Return a sound whose loudness over time is that of a curve in dB, its own course evened out before."""
    times, values = np.array(levels, float).T
    at = np.arange(len(wave)) / rate
    gain = 10.0 ** (np.interp(at, times, values) / 20.0)
    window = max(1, round(LEVEL_STEP * rate))
    power = np.convolve(wave * wave, np.ones(window) / window, "same")
    own = np.sqrt(power) / (float(np.sqrt(power.max())) + 1e-12)
    even = wave / np.maximum(own, 0.03)
    return np.asarray(even * np.where(np.interp(at, times, values) <= -59.9, 0.0, gain))


def _at_distance(draw: Draw, wave: Wave, distance: float | None) -> Wave:
    """Return a sound duller and more reverberant with its distance, 0 to 1."""
    if not distance:
        return wave
    cutoff = min(0.45 * draw.rate, NEAR_HZ * (FAR_HZ / NEAR_HZ) ** distance)
    return room(draw, lowpass(wave, draw.rate, cutoff, 1), 0.3 + 1.7 * distance, distance)


def _fitted(wave: Wave, count: int) -> Wave:
    return np.pad(wave[:count], (0, max(0, count - len(wave))))
