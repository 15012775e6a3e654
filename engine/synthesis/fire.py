"""Fire: random pops over a rumble and a hiss."""

from __future__ import annotations

import numpy as np

from engine.synthesis.envelopes import struck, wander
from engine.synthesis.events import impulses, instants, patter, place
from engine.synthesis.noises import banded, coloured
from engine.synthesis.random_draws import Draw, Wave


def fire(draw: Draw, seconds: float) -> Wave:
    """Synthesize crackling: many small clicks in bursts, fewer loud pops, a modulated rumble of flames."""
    count = draw.samples(seconds)
    flurry = np.clip(np.exp(0.9 * wander(draw, count, draw.between(1.0, 6.0))), 0.0, 6.0)
    clicks = (
        patter(draw, count, draw.log_between(8.0, 140.0, "density"), (500.0, 7600.0), (0.0008, 0.008), 8)
        * flurry
    )
    out = np.asarray(clicks / (float(np.max(np.abs(clicks))) + 1e-9))
    for at in instants(draw, seconds, draw.log_between(0.5, 9.0, "density")):
        place(out, _pop(draw), float(at), draw.rate, draw.log_between(0.1, 1.0))
    dust = impulses(draw, count, draw.log_between(50.0, 800.0), 1.2)
    out += draw.log_between(0.002, 0.03) * dust
    flames = banded(draw, count, (30.0, draw.log_between(120.0, 500.0)), 1.0, 1.5)
    out += draw.log_between(0.004, 0.12) * flames * np.exp(0.4 * wander(draw, count, 4.0))
    out += draw.log_between(0.0005, 0.012) * coloured(draw, count, draw.between(0.5, 1.6), 60.0)
    return out


def _pop(draw: Draw) -> Wave:
    """Synthesize bursting wood: a snap, then a short hollow decay."""
    size = draw.samples(draw.log_between(0.006, 0.06))
    low = draw.log_between(300.0, 3000.0)
    snap = banded(
        draw, size, (0.5 * low, min(low * draw.between(2.5, 12.0), 7900.0)), draw.between(0.0, 0.8), 1.5
    )
    out = snap * struck(draw, size, 0.0004, draw.log_between(0.006, 0.05))
    return out / (float(np.max(np.abs(out))) + 1e-9)
