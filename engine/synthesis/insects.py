"""Insects: crickets, cicadas, and wings."""

from __future__ import annotations

import numpy as np

from engine.synthesis.envelopes import glide, swell, wander
from engine.synthesis.events import place
from engine.synthesis.noises import banded
from engine.synthesis.random_draws import Draw, Wave
from engine.synthesis.sources import harmonics


def insect(draw: Draw, seconds: float) -> Wave:
    """Synthesize chirping crickets, droning cicadas, or wings buzzing past."""
    return draw.pick((_crickets, _cicadas, _buzz, _buzz))(draw, seconds)


def _crickets(draw: Draw, seconds: float) -> Wave:
    count = draw.samples(seconds)
    out = np.zeros(count)
    for _ in range(draw.pick((1, 1, 2, 4))):
        tone = draw.between(2600.0, 5600.0)
        pulse_rate = draw.between(18.0, 45.0)
        chirp_rate = draw.log_between(0.7, 4.0)
        time = np.arange(count) / draw.rate + draw.between(0.0, 1.0)
        teeth = np.clip(np.sin(2 * np.pi * pulse_rate * time), 0.0, 1.0) ** 0.7
        share = draw.between(0.3, 0.75)
        phrase = (np.mod(chirp_rate * time, 1.0) < share) if draw.chance(0.75) else np.ones(count)
        pitch = tone * (1.0 + 0.004 * wander(draw, count, 8.0))
        out += draw.between(0.2, 1.0) * harmonics(pitch, draw.rate, (1.0, 0.12)) * teeth * phrase
    return out


def _cicadas(draw: Draw, seconds: float) -> Wave:
    count = draw.samples(seconds)
    tone = draw.between(3000.0, 6500.0)
    drone = banded(draw, count, (tone * 0.8, tone * 1.2), skirt=3.0)
    time = np.arange(count) / draw.rate
    clicks = 0.6 + 0.4 * np.sin(2 * np.pi * draw.between(60.0, 240.0) * time)
    slow = 0.65 + 0.35 * np.sin(2 * np.pi * draw.log_between(0.2, 12.0) * time + draw.between(0.0, 6.0))
    return drone * clicks * slow


def _buzz(draw: Draw, seconds: float) -> Wave:
    """Synthesize wings: a drifting harmonic hum that approaches and recedes."""
    out = np.zeros(draw.samples(seconds))
    for _ in range(draw.pick((1, 1, 1, 3, 6))):
        length = draw.between(0.5, 1.0) * seconds
        count = draw.samples(length)
        wings = draw.log_between(110.0, 620.0)
        pitch = wings * glide([(0.0, 1.0), (0.5, draw.near(1.0, 0.12)), (1.0, draw.near(1.0, 0.12))], count)
        pitch = pitch * np.exp(0.02 * wander(draw, count, 6.0))
        levels = 1.0 / np.arange(1, 16) ** draw.between(0.5, 1.3)
        near = np.exp(0.7 * wander(draw, count, draw.between(0.4, 2.5)))
        sound = harmonics(pitch, draw.rate, tuple(levels)) * near * swell(draw, count, 0.3, 0.3)
        place(out, sound, draw.between(0.0, seconds - length), draw.rate, draw.between(0.3, 1.0))
    return out
