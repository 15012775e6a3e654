"""Events in time: their positions, and clouds of small grains."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.synthesis.filters import resonance
from engine.synthesis.random_draws import Draw, Range, Wave


def place(out: Wave, sound: Wave, at: float, rate: int, level: float = 1.0) -> None:
    """Add ``sound`` to ``out`` from ``at`` seconds on; what exceeds the end is cut."""
    start = round(at * rate)
    if start < 0 or start >= len(out):
        return
    span = min(len(sound), len(out) - start)
    out[start : start + span] += level * sound[:span]


def repeated(
    draw: Draw,
    seconds: float,
    make: Callable[[], Wave],
    gaps: Range,
    most: int = 40,
    sparse: float = 0.35,
) -> Wave:
    """Repeat an event, each time followed by a pause of ``gaps`` seconds.

    Real recordings of short events often contain one or a few, then nothing: with probability ``sparse`` the
    events stop after one to three.
    """
    out = np.zeros(draw.samples(seconds))
    few = draw.chance(sparse) and not draw.is_chosen("pace")
    limit = min(most, draw.whole(1, 3)) if few else most
    at = draw.between(0.0, 0.12) if draw.chance(0.6) else draw.between(0.0, 0.25 * seconds)
    pause = draw.log_between(max(gaps[0], 1e-3), gaps[1], "-pace")
    for _ in range(limit):
        if at > seconds - 0.05:
            break
        sound = make()
        place(out, sound, at, draw.rate, draw.between(0.6, 1.0))
        at += len(sound) / draw.rate + draw.near(pause, 0.35)
    return out


def instants(draw: Draw, seconds: float, per_second: float) -> Wave:
    """Return the times of a Poisson process, sorted, in seconds."""
    count = int(draw.rng.poisson(per_second * seconds))
    return np.sort(draw.rng.uniform(0.0, seconds, count))


def impulses(draw: Draw, count: int, per_second: float, spread: float = 1.0) -> Wave:
    """Return random impulses of log-normal amplitude (``spread`` in nepers) and either sign."""
    out = np.zeros(count)
    number = int(draw.rng.poisson(per_second * count / draw.rate))
    where = draw.rng.integers(0, count, number)
    np.add.at(out, where, draw.rng.choice((-1.0, 1.0), number) * draw.rng.lognormal(0.0, spread, number))
    return out


def patter(
    draw: Draw,
    count: int,
    per_second: float,
    band: Range,
    ring: Range,
    kinds: int = 8,
    *,
    spread: float = 1.0,
) -> Wave:
    """Synthesize a cloud of small resonances: drops, bubbles, gravel.

    Args:
        draw: randomness and rate.
        count: samples.
        per_second: events per second in total.
        band: range of the resonances in Hz.
        ring: range of decay times, seconds to fall by 60 dB.
        kinds: number of different resonances, which share the events.
        spread: spread of the amplitudes, in nepers.
    """
    out = np.zeros(count)
    for _ in range(kinds):
        strokes = impulses(draw, count, per_second / kinds, spread)
        tone = resonance(strokes, draw.rate, draw.log_between(*band), draw.log_between(*ring))
        out += draw.between(0.4, 1.0) * tone
    return out
