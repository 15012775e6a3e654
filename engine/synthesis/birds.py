"""Birds: songs, crows and roosters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.synthesis.envelopes import glide, swell, wander
from engine.synthesis.events import place, repeated
from engine.synthesis.random_draws import Draw, Wave
from engine.synthesis.sources import harmonics, throat


def bird(draw: Draw, seconds: float) -> Wave:
    """Synthesize songs of one to four birds, each with its own few syllables."""
    out = np.zeros(draw.samples(seconds))
    for _ in range(draw.pick((1, 1, 2, 2, 3, 4))):
        song = _singer(draw)
        place(
            out,
            repeated(draw, seconds, song, (0.15, 1.5), sparse=0.15),
            0.0,
            draw.rate,
            draw.between(0.2, 1.0),
        )
    return out


def _singer(draw: Draw) -> Callable[[], Wave]:
    tone = draw.log_between(1300.0, 5500.0)
    syllables = [_syllable_plan(draw, tone) for _ in range(draw.whole(1, 4))]
    order = [draw.pick(syllables) for _ in range(draw.whole(1, 9))]
    gap = draw.log_between(0.01, 0.12)

    def song() -> Wave:
        length = sum(plan[0] + gap for plan in order)
        out = np.zeros(draw.samples(length))
        at = 0.0
        for plan in order:
            place(out, _syllable(draw, plan), at, draw.rate, draw.between(0.7, 1.0))
            at += plan[0] + gap
        return out

    return song


Syllable = tuple[float, tuple[float, float, float], float, float]
"""Seconds, pitch at start, middle and end, trill rate in Hz, trill depth."""


def _syllable_plan(draw: Draw, tone: float) -> Syllable:
    bends = (
        tone * draw.log_between(0.7, 1.4),
        tone * draw.log_between(0.7, 1.4),
        tone * draw.log_between(0.7, 1.4),
    )
    trill = draw.between(18.0, 60.0) if draw.chance(0.35) else 0.0
    return draw.log_between(0.04, 0.35), bends, trill, draw.between(0.02, 0.15)


def _syllable(draw: Draw, plan: Syllable) -> Wave:
    length, bends, trill, depth = plan
    count = draw.samples(length)
    pitch = glide([(0.0, bends[0]), (0.5, bends[1]), (1.0, bends[2])], count)
    pitch = pitch * (1.0 + depth * np.sin(2 * np.pi * trill * np.arange(count) / draw.rate))
    tone = harmonics(pitch, draw.rate, (1.0, draw.between(0.0, 0.3), draw.between(0.0, 0.1)))
    return tone * swell(draw, count, 0.3 * length, 0.4 * length)


def crow(draw: Draw, seconds: float) -> Wave:
    """Synthesize caws: harsh, noisy, falling."""
    pitch = draw.log_between(260.0, 520.0)
    tract = draw.near(1500.0, 0.2)
    length = draw.between(0.18, 0.5)

    def caw() -> Wave:
        span = draw.near(length, 0.15)
        count = draw.samples(span)
        f0 = glide([(0.0, pitch * 0.85), (0.3, pitch * 1.08), (1.0, pitch * 0.75)], count)
        mouth = glide([(0.0, tract * 0.8), (0.4, tract * 1.1), (1.0, tract * 0.85)], count)
        shape = [(mouth, 350.0, 1.0), (mouth * 0.6, 300.0, 0.5), (mouth * 1.9, 700.0, 0.5)]
        return throat(draw, f0, shape, draw.between(0.3, 0.8), draw.between(0.5, 0.95)) * swell(
            draw, count, 0.03, 0.4 * span
        )

    return repeated(draw, seconds, caw, (0.12, 0.7), sparse=0.2)


def rooster(draw: Draw, seconds: float) -> Wave:
    """Synthesize a crow of four syllables, the last long and falling; sometimes hens after it."""
    pitch = draw.log_between(560.0, 1150.0)
    out = repeated(draw, seconds, lambda: _crowing(draw, pitch), (0.8, 3.0), most=2, sparse=0.85)
    if draw.chance(0.25):
        cluck = draw.between(350.0, 700.0)
        hens = repeated(draw, seconds, lambda: _cluck(draw, cluck), (0.1, 0.6))
        out += draw.between(0.05, 0.25) * hens
    return out


def _crowing(draw: Draw, pitch: float) -> Wave:
    """Return syllables as (seconds, pitch at start, middle, end) relative to the highest note."""
    steps = [
        (draw.between(0.1, 0.3), (0.6, 0.8, 0.75)),
        (draw.between(0.08, 0.22), (0.75, 0.95, 0.9)),
        (draw.between(0.15, 0.4), (0.85, 1.0, 0.95)),
        (draw.between(0.5, 1.3), (0.95, 1.0, draw.between(0.5, 0.95))),
    ]
    if draw.chance(0.3):
        steps.pop(1)
    gap = draw.between(0.0, 0.07)
    out = np.zeros(draw.samples(sum(length for length, _ in steps) + 0.1 * len(steps)))
    tract = draw.between(0.85, 1.2)
    breath, rough = draw.log_between(0.003, 0.1), draw.between(0.0, 0.15)
    at = 0.0
    for length, (start, middle, end) in steps:
        count = draw.samples(length)
        bend = draw.between(0.6, 0.85) if length > 0.45 else 0.5
        f0 = pitch * glide([(0.0, start), (0.25, middle), (bend, 0.97 * middle), (1.0, end)], count)
        f0 = f0 * np.exp(0.006 * wander(draw, count, 6.0))
        shape = [
            (1100.0 * tract, 450.0, 1.0),
            (2000.0 * tract, 600.0, draw.between(0.1, 0.8)),
            (3600.0 * tract, 1200.0, draw.between(0.02, 0.3)),
        ]
        sound = throat(draw, f0, shape, breath, rough) * swell(draw, count, 0.03, 0.25 * length)
        place(out, sound, at, draw.rate, 0.6 if start < 0.7 else 1.0)
        at += length + gap
    return out


def _cluck(draw: Draw, pitch: float) -> Wave:
    count = draw.samples(draw.between(0.05, 0.12))
    f0 = glide([(0.0, pitch * 1.2), (1.0, pitch * 0.7)], count)
    return throat(draw, f0, [(1200.0, 400.0, 1.0), (2500.0, 700.0, 0.4)], 0.3, 0.4) * swell(
        draw, count, 0.01, 0.04
    )
