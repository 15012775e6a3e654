"""People: speech-like voices, babies, crowds, sneezes."""

from __future__ import annotations

import numpy as np

from engine.synthesis.envelopes import glide, swell, wander
from engine.synthesis.events import place, repeated
from engine.synthesis.filters import Formant, highpass, stirred
from engine.synthesis.noises import banded, coloured
from engine.synthesis.random_draws import Draw, Wave
from engine.synthesis.sources import throat

VOWELS = (
    (730.0, 1090.0, 2440.0),
    (530.0, 1840.0, 2480.0),
    (270.0, 2290.0, 3010.0),
    (570.0, 840.0, 2410.0),
    (300.0, 870.0, 2240.0),
    (640.0, 1190.0, 2390.0),
    (490.0, 1350.0, 1690.0),
)
"""First three formants of English vowels, men's averages, Hz (Peterson and Barney 1952, table II)."""


def voice(draw: Draw, seconds: float) -> Wave:
    """Synthesize speech without language: syllables of vowels and hisses in phrases with falling pitch."""
    size = draw.between(0.0, 1.0)
    out = np.zeros(draw.samples(seconds))
    at = draw.between(0.0, 0.3)
    while at < seconds - 0.2:
        length = min(draw.between(0.5, 2.6), seconds - at)
        place(out, phrase(draw, length, size), at, draw.rate)
        at += length + draw.between(0.15, 0.8)
        if draw.chance(0.15):
            break
    return out


def phrase(draw: Draw, seconds: float, size: float) -> Wave:
    """Synthesize one phrase: ``size`` runs from a large man (0) to a small woman or child (1)."""
    count = draw.samples(seconds)
    base = draw.near(95.0 * 2.6**size, 0.1)
    pitch = base * glide([(0.0, 1.1), (0.3, draw.between(1.1, 1.4)), (1.0, 0.85)], count)
    pitch = pitch * np.exp(0.09 * wander(draw, count, 3.5))
    rate = draw.between(3.0, 6.0)
    steps = max(2, int(seconds * rate))
    knots = np.linspace(0.0, 1.0, steps + 1)
    picked = [draw.pick(VOWELS) for _ in knots]
    scale = 1.0 + 0.25 * size
    tract = []
    for index, (width, gain) in enumerate(((90.0, 1.0), (120.0, 0.55), (180.0, 0.25))):
        track = glide([(float(k), v[index] * scale) for k, v in zip(knots, picked, strict=True)], count)
        tract.append((track, width, gain))
    voiced = throat(draw, pitch, tract, draw.between(0.03, 0.15), draw.between(0.0, 0.25))
    beat = np.mod(np.linspace(0.0, steps, count), 1.0)
    syllables = np.clip(np.sin(np.pi * beat), 0.0, 1.0) ** draw.between(0.4, 0.9)
    level = np.exp(0.3 * wander(draw, count, 3.0))
    out = voiced * syllables * level * swell(draw, count, 0.05, 0.12)
    for step in range(steps):
        if draw.chance(0.35):
            _consonant(draw, out, step / steps * seconds)
    return out


def _consonant(draw: Draw, out: Wave, at: float) -> None:
    count = draw.samples(draw.between(0.03, 0.12))
    low = draw.log_between(1500.0, 4500.0)
    hiss = banded(draw, count, (low, 7500.0)) * swell(draw, count, 0.01, 0.02)
    place(out, hiss, at, draw.rate, draw.between(0.1, 0.45))


def baby(draw: Draw, seconds: float) -> Wave:
    """Synthesize crying: wails of a second with a breath between; hoarse at their loudest."""
    out = np.zeros(draw.samples(seconds))
    pitch = draw.log_between(310.0, 560.0)
    tract = draw.near(1.0, 0.15)
    rough = draw.between(0.0, 0.4)
    length = draw.log_between(0.35, 2.0)
    at = draw.between(-0.3, 0.4)
    until = seconds if draw.chance(0.8) else draw.between(0.4, 1.0) * seconds
    while at < until - 0.2:
        cry = _wail(draw, draw.near(pitch, 0.08), draw.near(length, 0.35), tract, rough)
        place(out, cry, max(at, 0.0), draw.rate, draw.between(0.7, 1.0))
        at += len(cry) / draw.rate + draw.between(0.02, 0.12)
        if draw.chance(0.7):
            gasp = _gasp(draw, draw.between(0.12, 0.35))
            place(out, gasp, max(at, 0.0), draw.rate, draw.between(0.02, 0.25))
            at += len(gasp) / draw.rate + draw.between(0.0, 0.15)
        else:
            at += draw.between(0.05, 0.6)
    return out


def _wail(draw: Draw, pitch: float, length: float, tract: float, rough: float) -> Wave:
    count = draw.samples(length)
    top = draw.between(0.15, 0.5)
    f0 = pitch * glide(
        [
            (0.0, draw.between(0.55, 0.95)),
            (top, draw.between(1.0, 1.2)),
            (0.8, draw.between(0.85, 1.05)),
            (1.0, draw.between(0.5, 0.9)),
        ],
        count,
    )
    f0 = f0 * np.exp(0.02 * wander(draw, count, 7.0))
    f0 = f0 * np.exp(draw.log_between(0.02, 0.15) * wander(draw, count, draw.between(1.5, 4.0)))
    if draw.chance(0.12):
        f0 = f0 * draw.between(1.6, 2.4)
    f0 = np.clip(f0, 150.0, 1500.0)
    open_mouth = np.exp(0.15 * wander(draw, count, 4.0)) * tract
    shape: list[Formant] = [
        (
            glide([(0.0, 800.0), (top, 1150.0), (1.0, 850.0)], count) * open_mouth,
            250.0,
            draw.between(0.2, 0.9),
        ),
        (
            glide([(0.0, 1900.0), (top, 2300.0), (1.0, 1800.0)], count) * open_mouth,
            450.0,
            draw.between(0.2, 1.0),
        ),
        (3500.0 * tract, 700.0, draw.between(0.3, 1.2)),
        (5600.0 * tract, 1000.0, draw.between(0.1, 0.8)),
    ]
    cry = throat(draw, f0, shape, draw.log_between(0.005, 0.12), rough * draw.between(0.0, 0.8))
    return cry * swell(draw, count, 0.07, 0.25 * length, 0.8) * np.exp(0.25 * wander(draw, count, 6.0))


def _gasp(draw: Draw, length: float) -> Wave:
    count = draw.samples(length)
    return banded(draw, count, (900.0, 5500.0), 0.7) * swell(draw, count, 0.5 * length, 0.3 * length)


def crowd(draw: Draw, seconds: float) -> Wave:
    """Synthesize babble: a dozen voices over the murmur of many more; sometimes a cheer."""
    count = draw.samples(seconds)
    murmur = banded(draw, count, (150.0, draw.between(700.0, 1600.0)), 1.0, 2.0)
    out = murmur * np.exp(0.15 * wander(draw, count, 4.0)) * draw.between(0.2, 0.8)
    library = [phrase(draw, draw.between(0.8, 1.6), draw.between(0.0, 1.0)) for _ in range(7)]
    for _ in range(draw.whole(14, 40)):
        sound = draw.pick(library)
        near = draw.log_between(0.08, 1.0)
        place(out, sound, draw.between(-0.5, seconds) % seconds, draw.rate, near)
    if draw.chance(0.3):
        cheer = coloured(draw, count, 0.8) * swell(draw, count, 0.3 * seconds, 0.4 * seconds)
        out += draw.between(0.3, 1.2) * highpass(cheer, draw.rate, 500.0)
    return out


def sneeze(draw: Draw, seconds: float) -> Wave:
    """Synthesize an indrawn 'ah', then the 'tschoo': a hard burst of air with some voice in it."""
    size = draw.between(0.0, 1.0)
    return repeated(draw, seconds, lambda: _sneeze(draw, size), (0.4, 1.8), most=3, sparse=0.85)


def _sneeze(draw: Draw, size: float) -> Wave:
    lead = [_ah(draw, size, draw.between(0.15, 0.6)) for _ in range(draw.pick((0, 1, 1, 2)))]
    burst = _tschoo(draw, size)
    gap = draw.between(0.02, 0.3)
    total = sum(len(part) / draw.rate + gap for part in lead) + len(burst) / draw.rate
    out = np.zeros(draw.samples(total))
    at = 0.0
    for part in lead:
        place(out, part, at, draw.rate, draw.log_between(0.01, 0.2))
        at += len(part) / draw.rate + gap
    place(out, burst, at, draw.rate)
    return out


def _ah(draw: Draw, size: float, length: float) -> Wave:
    count = draw.samples(length)
    breath = banded(draw, count, (500.0, 4000.0), 0.5) * swell(draw, count, 0.7 * length, 0.05)
    if draw.chance(0.5):
        f0 = (130.0 * 2.2**size) * glide([(0.0, 1.0), (1.0, draw.between(1.1, 1.6))], count)
        breath = 0.4 * breath + throat(
            draw, f0, [(750.0, 130.0, 1.0), (1250.0, 200.0, 0.5)], 0.6, 0.1
        ) * swell(draw, count, 0.5 * length, 0.05)
    return breath


def _tschoo(draw: Draw, size: float) -> Wave:
    length = draw.between(0.2, 0.6)
    count = draw.samples(length)
    hiss = banded(
        draw,
        count,
        (draw.log_between(250.0, 2000.0), draw.between(4000.0, 7800.0)),
        draw.between(0.5, 1.8),
        1.5,
    )
    hiss *= np.exp(0.35 * wander(draw, count, 25.0))
    hiss *= swell(draw, count, draw.between(0.004, 0.03), 0.85 * length, draw.between(1.0, 2.5))
    high = draw.near(170.0 * 2.3**size, 0.15)
    f0 = glide([(0.0, high * 1.4), (0.25, high * 1.5), (1.0, high * 0.7)], count)
    first = glide([(0.0, 500.0), (0.3, 700.0), (1.0, 350.0)], count)
    voiced = throat(
        draw, f0, [(first, 180.0, 1.0), (first * 2.4, 300.0, 0.6), (2800.0, 500.0, 0.3)], 0.6, 0.5
    )
    voiced *= swell(draw, count, draw.between(0.01, 0.08), 0.6 * length)
    puff = banded(draw, count, (40.0, 300.0), 0.5) * swell(draw, count, 0.01, 0.6 * length)
    burst = hiss + draw.log_between(0.1, 1.6) * voiced + draw.between(0.1, 1.0) * puff
    return stirred(draw, burst, draw.between(3.0, 8.0), draw.between(6.0, 20.0), 14)
