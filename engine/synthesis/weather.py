"""Rain, wind and thunder."""

from __future__ import annotations

import numpy as np

from engine.synthesis.envelopes import decay, struck, wander
from engine.synthesis.events import impulses, instants, patter, place
from engine.synthesis.filters import formants, lowpass
from engine.synthesis.noises import banded, coloured
from engine.synthesis.random_draws import Draw, Wave


def rain(draw: Draw, seconds: float) -> Wave:
    """Synthesize the hiss of countless drops, the patter of near ones on a surface, sometimes a gutter."""
    count = draw.samples(seconds)
    hiss = coloured(draw, count, draw.between(-0.3, 1.3), draw.log_between(100.0, 900.0))
    hiss = hiss * np.exp(draw.between(0.0, 0.12) * wander(draw, count, 2.0))
    out = draw.log_between(0.25, 1.2) * hiss
    near = patter(
        draw,
        count,
        draw.log_between(60.0, 2500.0, "density"),
        (900.0, 7500.0),
        (0.001, 0.008),
        6,
        spread=draw.between(0.2, 0.9),
    )
    out += draw.log_between(0.15, 1.5) * near / (float(np.std(near)) + 1e-9)
    if draw.chance(0.45):
        surface = patter(
            draw, count, draw.log_between(8.0, 150.0, "density"), (250.0, 2600.0), (0.006, 0.04), 5
        )
        out += draw.log_between(0.1, 0.9) * surface / (float(np.std(surface)) + 1e-9)
    if draw.chance(0.15):
        out += 0.5 * draw.between(0.1, 1.0) * banded(draw, count, (30.0, 200.0), 1.0)
    return out


def wind(draw: Draw, seconds: float) -> Wave:
    """Synthesize gusts: noise whose resonances rise with its strength; sometimes leaves or a whistling gap."""
    count = draw.samples(seconds)
    force = wander(draw, count, draw.log_between(0.15, 1.0, "pace")) + 0.35 * wander(draw, count, 3.0)
    base = draw.log_between(140.0, 700.0, "tone")
    tone = base * np.exp(0.35 * force)
    sharp = draw.log_between(0.25, 1.3)
    shape = [(tone, base * sharp, 1.0), (tone * draw.between(1.8, 2.6), base * sharp * 2.0, 0.35)]
    out = formants(
        coloured(draw, count, draw.between(0.6, 1.6), 60.0), draw.rate, shape, draw.between(0.01, 0.08)
    )
    out = out / (float(np.std(out)) + 1e-9) * np.exp(draw.between(0.3, 0.8, "gust") * force)
    if draw.chance(0.3):
        leaves = banded(draw, count, (1800.0, 7000.0)) * np.exp(0.9 * force + 0.3 * wander(draw, count, 12.0))
        out += draw.log_between(0.03, 0.5) * leaves
    if draw.chance(0.2):
        narrow = [(tone * draw.between(2.0, 4.0), 40.0, 1.0)]
        howl = formants(coloured(draw, count, 0.0), draw.rate, narrow, 0.0)
        out += draw.between(0.2, 0.9) * howl / (float(np.std(howl)) + 1e-9) * np.exp(force)
    return out


def thunder(draw: Draw, seconds: float) -> Wave:
    """Synthesize claps from many segments of the channel (N-waves), nearer ones first and sharper, then rolling."""
    count = draw.samples(seconds)
    out = np.zeros(count)
    start = draw.between(0.0, 0.2 * seconds)
    far = draw.between(0.0, 1.0, "distance")
    fall = draw.between(0.15, 0.6) * seconds
    for at in instants(draw, min(2.5 * fall, seconds - start), draw.log_between(8.0, 40.0)):
        size = draw.samples(draw.log_between(0.006, 0.05) * (1.0 + 2.0 * far))
        wave = np.linspace(1.0, -1.0, size)
        place(out, wave, start + float(at), draw.rate, draw.log_between(0.1, 1.0) * float(np.exp(-at / fall)))
    out /= float(np.max(np.abs(out))) + 1e-9
    out = lowpass(out, draw.rate, draw.near(4000.0 * 0.08**far, 0.3), 1)
    shape = np.exp(0.7 * wander(draw, count, 3.0))
    begin = draw.samples(start)
    shape[:begin] *= np.linspace(0.0, 0.3, begin) ** 3
    shape[begin:] *= decay(draw, count - begin, 5.0 * fall) * np.minimum(
        np.arange(count - begin) / (0.1 * draw.rate), 1.0
    )
    roll = banded(draw, count, (25.0, draw.log_between(110.0, 500.0)), 1.2, 1.5)
    out += draw.between(0.25, 0.8) * roll * shape
    if far < 0.4 and draw.chance(0.7):
        size = draw.samples(draw.between(0.2, 0.9))
        tear = impulses(draw, size, 900.0) * struck(draw, size, 0.02, size / draw.rate)
        place(
            out,
            lowpass(tear, draw.rate, 5000.0, 1),
            max(start - 0.1, 0.0),
            draw.rate,
            draw.between(0.05, 0.2),
        )
    if draw.chance(0.3):
        out += draw.log_between(0.005, 0.06) * coloured(draw, count, 0.4, 300.0)
    return out
