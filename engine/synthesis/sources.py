"""Sources of pitched sound: glottal pulses, harmonics, irregular vocal folds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.synthesis.envelopes import wander
from engine.synthesis.filters import Formant, formants, tilt
from engine.synthesis.noises import white
from engine.synthesis.random_draws import Draw, Wave


def turns(pitch: Wave, rate: int) -> Wave:
    """Return the running phase, in turns, of a pitch curve in Hz."""
    return np.cumsum(pitch) / rate


def pulses(pitch: Wave, rate: int, start: float = 0.0) -> Wave:
    """Return a band-limited pulse train: every harmonic below 0.45 x rate equally strong (a Dirichlet kernel).

    Args:
        pitch: (n,) Hz, all positive.
        rate: samples per second.
        start: initial phase, in turns.
    """
    phase = np.pi * (turns(pitch, rate) + start)
    count = 2.0 * np.floor(np.maximum(0.45 * rate / pitch, 1.0)) + 1.0
    below = np.sin(phase)
    near = np.abs(below) < 1e-6
    kernel = np.where(near, 1.0, np.sin(count * phase) / (count * np.where(near, 1.0, below)))
    return kernel * np.sqrt(count) * 0.5


def harmonics(pitch: Wave, rate: int, levels: Sequence[float], start: float = 0.0) -> Wave:
    """Return a sum of sine harmonics with given levels, without those above the band."""
    phase = 2.0 * np.pi * (turns(pitch, rate) + start)
    out = np.zeros_like(pitch)
    top = float(np.max(pitch))
    for order, level in enumerate(levels, start=1):
        if order * top < 0.48 * rate and level != 0.0:
            out += level * np.sin(order * phase + 2.4 * order * order)
    return out


def period(levels: Sequence[float], count: int = 4096) -> Wave:
    """Return one period of a sum of harmonics, for ``reed``."""
    order = np.arange(1, len(levels) + 1)[:, None]
    position = np.arange(count)[None, :] / count
    return np.asarray(np.asarray(levels) @ np.sin(2.0 * np.pi * order * position + 2.4 * order * order))


def reed(pitch: Wave, rate: int, table: Wave, start: float = 0.0) -> Wave:
    """Read a stored period at a pitch curve in Hz: cheap for rich tones well below the top of the band."""
    at = (turns(pitch, rate) + start) * len(table)
    return table[at.astype(np.int64) % len(table)]


def folds(draw: Draw, pitch: Wave, breath: float, rough: float, corner: float = 900.0) -> Wave:
    """Synthesize vocal folds: pulses with jitter and shimmer, breath noise that follows the flow, and growl.

    Args:
        draw: randomness and rate.
        pitch: (n,) Hz.
        breath: level of the noise, 0..1 or more.
        rough: 0 steady .. 1 harsh: jitter, shimmer and a subharmonic that modulates the level.
        corner: frequency in Hz above which the source falls by 6 dB per octave.
    """
    count = len(pitch)
    shaken = pitch * np.exp((0.006 + 0.05 * rough) * wander(draw, count, 40.0))
    shaken = np.clip(shaken, 20.0, 0.4 * draw.rate)
    voiced = tilt(pulses(shaken, draw.rate, draw.between(0.0, 1.0)), draw.rate, corner)
    voiced /= float(np.std(voiced)) + 1e-9
    level = 1.0 + (0.05 + 0.4 * rough) * wander(draw, count, 60.0)
    if rough > 0.25:
        level = level * (1.0 + 0.6 * rough * np.sin(np.pi * turns(shaken, draw.rate)))
    flow = 0.6 + 0.4 * np.sin(2.0 * np.pi * turns(shaken, draw.rate))
    return voiced * level + breath * white(draw, count) * flow


def throat(draw: Draw, pitch: Wave, tract: Sequence[Formant], breath: float, rough: float) -> Wave:
    """Synthesize the voice of any animal: vocal folds through a tract of formants; standard deviation of about 1."""
    source = folds(draw, pitch, breath, rough)
    out = formants(source, draw.rate, tract)
    return out / (float(np.std(out)) + 1e-9)
