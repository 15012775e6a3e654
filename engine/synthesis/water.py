"""Seas and streams."""

from __future__ import annotations

import numpy as np

from engine.synthesis.envelopes import wander
from engine.synthesis.events import patter
from engine.synthesis.filters import formants, lowpass, stirred
from engine.synthesis.noises import banded, white
from engine.synthesis.random_draws import Draw, Wave


def sea(draw: Draw, seconds: float) -> Wave:
    """Synthesize surf: waves that rise slowly, break, hiss and draw back, over the rumble of distant ones."""
    count = draw.samples(seconds)
    time = np.arange(count) / draw.rate
    period = draw.log_between(2.5, 11.0, "-pace")
    out = draw.between(0.1, 0.8) * banded(
        draw,
        count,
        (draw.log_between(40.0, 300.0), draw.log_between(400.0, 2500.0)),
        draw.between(0.5, 1.2),
        1.2,
    )
    at = draw.between(-period, 0.3 * period)
    while at < seconds:
        out += draw.between(0.5, 1.3) * _breaker(draw, time - at, period)
        at += draw.near(period, 0.3)
    out = stirred(draw, out, draw.log_between(0.8, 3.5), draw.log_between(0.5, 6.0), draw.whole(5, 14))
    if draw.chance(0.3):
        foam = patter(draw, count, draw.log_between(100.0, 900.0), (900.0, 6000.0), (0.002, 0.01), 5)
        level = np.abs(lowpass(np.abs(out), draw.rate, 3.0))
        out += draw.between(0.05, 0.4) * foam / (float(np.std(foam)) + 1e-9) * level
    return out


def _breaker(draw: Draw, since: Wave, period: float) -> Wave:
    """Synthesize one wave; ``since`` is the time from its start. Brighter as it breaks, then a long hiss."""
    peak = draw.between(0.25, 0.5) * period
    rise = np.exp(-(((since - peak) / (0.5 * peak)) ** 2))
    fall = np.exp(-np.maximum(since - peak, 0.0) / (draw.between(0.15, 0.4) * period))
    level = np.where(since < peak, rise, fall) * np.exp(
        draw.between(0.05, 0.3) * wander(draw, len(since), draw.log_between(3.0, 20.0))
    )
    body = banded(draw, len(since), (draw.log_between(100.0, 600.0), 6000.0), draw.between(0.8, 1.6), 1.2)
    hiss = banded(draw, len(since), (draw.between(700.0, 2000.0), draw.between(4000.0, 7800.0)), 0.3, 1.5)
    return np.asarray(body * level + draw.log_between(0.1, 0.8) * hiss * level**1.8)


def stream(draw: Draw, seconds: float) -> Wave:
    """Synthesize hundreds of bubbles, each at the pitch of its size (Minnaert 1933), over flowing noise."""
    count = draw.samples(seconds)
    rush = banded(
        draw, count, (draw.between(150.0, 600.0), draw.between(2000.0, 7000.0)), draw.between(0.4, 1.3), 1.5
    )
    large = patter(draw, count, draw.log_between(15.0, 120.0, "density"), (350.0, 1400.0), (0.02, 0.09), 10)
    small = patter(draw, count, draw.log_between(60.0, 500.0, "density"), (1000.0, 5000.0), (0.006, 0.03), 10)
    out = draw.log_between(0.08, 0.8, "flow") * rush * np.exp(0.15 * wander(draw, count, 4.0))
    out += draw.between(0.3, 1.0) * large / (float(np.std(large)) + 1e-9)
    out += draw.between(0.2, 0.9) * small / (float(np.std(small)) + 1e-9)
    if draw.chance(0.5):
        out += draw.between(0.1, 0.6) * _gurgle(draw, count)
    return out


def _gurgle(draw: Draw, count: int) -> Wave:
    """Synthesize a cavity that opens and closes under water."""
    tone = draw.log_between(250.0, 900.0) * np.exp(0.45 * wander(draw, count, draw.between(4.0, 12.0)))
    out = formants(white(draw, count), draw.rate, [(tone, 60.0, 1.0)], 0.0)
    return out / (float(np.std(out)) + 1e-9) * np.clip(wander(draw, count, 6.0), 0.0, 2.0)
