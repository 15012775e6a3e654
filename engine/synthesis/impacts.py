"""Impacts: steps, doors, guns, balls, claps, scissors, keys and shutters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.synthesis.envelopes import glide, struck, swell, wander
from engine.synthesis.events import impulses, patter, place, repeated
from engine.synthesis.filters import formants, highpass
from engine.synthesis.modal import rung
from engine.synthesis.noises import banded, coloured
from engine.synthesis.random_draws import Draw, Range, Wave
from engine.synthesis.sources import harmonics, pulses
from engine.synthesis.space import room


def knock(draw: Draw, band: Range, ring: float, modes: int = 6, noise: float = 0.5) -> Wave:
    """Synthesize one hit on a solid body: a few modes in ``band`` decaying in ``ring`` seconds, and contact noise."""
    frequencies = draw.spread(band[0], band[1], modes)
    decays = ring * draw.spread(0.4, 1.0, modes) * (frequencies / band[0]) ** -0.5
    out = rung(
        draw, ring, frequencies, decays, draw.spread(0.2, 1.0, modes) * (frequencies / band[0]) ** -0.4
    )
    count = len(out)
    contact = banded(draw, count, (band[0], min(band[1] * 2.0, 7800.0)), 0.5) * struck(
        draw, count, 0.0008, 0.3 * ring
    )
    return out + noise * contact


@dataclass(frozen=True)
class Ground:
    """The response of a surface to a step: thud in Hz, its share, scrape band, graininess, decay in seconds."""

    thud: float
    weight: float
    scrape: Range
    grains: float
    ring: float


GROUNDS = (
    Ground(90.0, 1.0, (400.0, 2500.0), 0.0, 0.07),
    Ground(160.0, 0.8, (700.0, 4500.0), 0.0, 0.1),
    Ground(120.0, 0.5, (900.0, 6500.0), 900.0, 0.05),
    Ground(80.0, 0.6, (1500.0, 7500.0), 2200.0, 0.05),
    Ground(70.0, 0.9, (250.0, 1600.0), 300.0, 0.05),
    Ground(300.0, 0.7, (1200.0, 7000.0), 0.0, 0.35),
)
"""Wood, stone, gravel, snow or leaves, earth, metal."""


def footsteps(draw: Draw, seconds: float) -> Wave:
    """Synthesize heel and toe on some ground, walking or running."""
    ground = draw.pick(GROUNDS, "surface")
    period = draw.log_between(0.25, 0.85, "-pace")
    hard = draw.between(0.1, 1.0, "weight")
    out = np.zeros(draw.samples(seconds))
    at = draw.between(0.0, period)
    until = seconds if draw.chance(0.8) else draw.between(0.4, 1.0) * seconds
    while at < until:
        place(out, _step(draw, ground, hard, min(0.4, 0.8 * period)), at, draw.rate, draw.between(0.6, 1.0))
        at += draw.near(period, 0.06)
    return out


def _step(draw: Draw, ground: Ground, hard: float, length: float) -> Wave:
    count = draw.samples(length)
    out = np.zeros(count)
    toe = draw.between(0.25, 0.5) * length
    for at, level in ((0.0, 1.0), (toe, draw.between(0.2, 0.7))):
        place(
            out,
            knock(draw, (ground.thud, ground.thud * 9.0), ground.ring, 5, hard),
            at,
            draw.rate,
            level * ground.weight,
        )
        size = draw.samples(0.3 * length)
        scrape = banded(draw, size, ground.scrape, 0.5) * swell(draw, size, 0.004, 0.2 * length)
        place(out, scrape, at, draw.rate, 0.25 * level * hard)
    if ground.grains:
        crunch = patter(draw, count, ground.grains, ground.scrape, (0.001, 0.006), 5)
        crunch *= swell(draw, count, 0.03, 0.6 * length) / (float(np.std(crunch)) + 1e-9)
        out += 0.5 * crunch
    return out


def door(draw: Draw, seconds: float) -> Wave:
    """Synthesize knocks, slams, latches and creaking hinges."""
    kind = draw.pick(("knock", "knock", "shut", "shut", "creak"))
    if kind == "knock":
        low = draw.log_between(110.0, 380.0)
        ring = draw.between(0.05, 0.16)
        gap = draw.between(0.08, 0.3)
        raps = draw.whole(2, 6)
        return repeated(draw, seconds, lambda: _raps(draw, raps, low, ring, gap), (0.5, 2.0), most=4)
    if kind == "creak":
        return repeated(draw, seconds, lambda: _creak(draw), (0.2, 1.5), most=3)
    return repeated(draw, seconds, lambda: _shut(draw), (0.5, 2.0), most=3, sparse=0.6)


def _raps(draw: Draw, raps: int, low: float, ring: float, gap: float) -> Wave:
    out = np.zeros(draw.samples(raps * gap + 0.2))
    for index in range(raps):
        place(
            out,
            knock(draw, (low, 6.0 * low), ring),
            index * draw.near(gap, 0.1),
            draw.rate,
            draw.between(0.7, 1.0),
        )
    return out


def _shut(draw: Draw) -> Wave:
    out = np.zeros(draw.samples(1.2))
    if draw.chance(0.5):
        place(out, _creak(draw)[: draw.samples(0.4)], 0.0, draw.rate, 0.2)
    at = draw.between(0.05, 0.4)
    for click in range(draw.whole(1, 3)):
        latch = knock(draw, (900.0, 6000.0), 0.04, 8, 1.0)
        place(out, latch, at + draw.between(-0.05, 0.12) + 0.02 * click, draw.rate, draw.between(0.1, 0.5))
    low = draw.log_between(45.0, 140.0)
    place(
        out,
        knock(draw, (low, 12.0 * low), draw.between(0.12, 0.45), 9, draw.between(0.5, 1.5)),
        at,
        draw.rate,
    )
    return out


def _creak(draw: Draw) -> Wave:
    """Synthesize stick-slip friction: pulses of varying rate, through the resonances of wood."""
    length = draw.between(0.5, 2.0)
    count = draw.samples(length)
    rate = draw.log_between(25.0, 350.0) * np.exp(0.5 * wander(draw, count, 3.0))
    rub = np.maximum(pulses(np.clip(rate, 8.0, 1500.0), draw.rate), 0.0)
    shape = [
        (draw.log_between(400.0, 900.0), 150.0, 1.0),
        (draw.log_between(1000.0, 2200.0), 200.0, 0.9),
        (3400.0, 600.0, 0.4),
    ]
    out = formants(rub, draw.rate, shape, 0.02)
    return out / (float(np.std(out)) + 1e-9) * swell(draw, count, 0.2 * length, 0.2 * length)


def gun(draw: Draw, seconds: float) -> Wave:
    """Synthesize shots with the decay of the surroundings, single or in bursts; sometimes cocking."""
    body = draw.log_between(60.0, 350.0)
    tail = draw.log_between(0.15, 1.8)
    burst = draw.chance(0.2)
    gaps = (0.06, 0.13) if burst else (0.25, 2.0)

    def shot() -> Wave:
        if draw.chance(0.12) and not burst:
            return _cocking(draw)
        return _shot(draw, body, tail)[: draw.samples(0.1) if burst else None]

    out = repeated(draw, seconds, shot, gaps, most=25 if burst else 6, sparse=0.15 if burst else 0.6)
    return room(draw, out, tail, draw.between(0.3, 1.2))


def _shot(draw: Draw, body: float, tail: float) -> Wave:
    count = draw.samples(0.3 + 0.5 * tail)
    crack = coloured(draw, count, 0.3) * struck(draw, count, 0.0003, draw.between(0.03, 0.12))
    blast = banded(draw, count, (body * 0.5, body * 6.0), 0.8, 1.5) * struck(
        draw, count, 0.001, draw.between(0.15, 0.5)
    )
    air = coloured(draw, count, 1.3, 200.0) * struck(draw, count, 0.005, tail)
    return np.tanh(1.5 * (crack + draw.between(0.6, 1.6) * blast)) + draw.log_between(0.03, 0.25) * air


def _cocking(draw: Draw) -> Wave:
    out = np.zeros(draw.samples(0.6))
    for at in (0.0, draw.between(0.08, 0.2), draw.between(0.22, 0.45)):
        place(out, knock(draw, (1200.0, 7000.0), 0.06, 10, 1.0), at, draw.rate, draw.between(0.2, 0.5))
    return out


def ball(draw: Draw, seconds: float) -> Wave:
    """Synthesize a bounce with ever shorter gaps, dribbling, or a kick."""
    low = draw.log_between(70.0, 420.0)
    ring = draw.between(0.05, 0.2)
    kind = draw.pick(("bounce", "bounce", "dribble", "kick"))
    if kind == "kick":
        return repeated(draw, seconds, lambda: _thump(draw, low, ring), (0.5, 2.0), most=5)
    if kind == "dribble":
        gap = draw.between(0.25, 0.6, "-pace")
        return repeated(draw, seconds, lambda: _thump(draw, low, ring), (gap, gap * 1.05), sparse=0.05)
    return repeated(draw, seconds, lambda: _bounces(draw, low, ring), (0.1, 1.0), most=3)


def _thump(draw: Draw, low: float, ring: float) -> Wave:
    count = draw.samples(ring * 1.5)
    pitch = low * glide([(0.0, 1.35), (0.3, 1.0), (1.0, 0.92)], count)
    skin = harmonics(pitch, draw.rate, (1.0, 0.35, 0.2)) * struck(draw, count, 0.002, ring)
    slap = banded(draw, count, (500.0, draw.between(2500.0, 6000.0)), 0.5) * struck(draw, count, 0.0008, 0.03)
    ping = rung(draw, ring, np.array([low * 6.3, low * 8.1]), np.array([ring, ring]), np.array([0.2, 0.15]))
    place(skin, ping, 0.0, draw.rate, draw.between(0.0, 0.6))
    return skin + draw.between(0.2, 0.8) * slap


def _bounces(draw: Draw, low: float, ring: float) -> Wave:
    keep = draw.between(0.68, 0.88)
    gap = draw.between(0.4, 0.9)
    out = np.zeros(draw.samples(min(gap / (1.0 - keep), 5.0)))
    at, level = 0.0, 1.0
    while gap > 0.03 and level > 0.02:
        place(out, _thump(draw, low, ring), at, draw.rate, level)
        at += gap
        gap *= keep
        level *= keep**1.4
    return out


def applause(draw: Draw, seconds: float) -> Wave:
    """Synthesize many pairs of hands, each with its own rate; a few of them near."""
    count = draw.samples(seconds)
    out = np.zeros(count)
    claps = [_clap(draw) for _ in range(10)]
    people = round(draw.log_between(2, 60, "density"))
    together = draw.chance(0.08)
    common = draw.between(0.35, 0.6)
    for _ in range(people):
        period = common if together else draw.log_between(0.16, 0.42)
        near = draw.log_between(0.1, 1.0)
        at = draw.between(0.0, 0.06 if together else period)
        while at < seconds:
            place(out, draw.pick(claps), at, draw.rate, near * draw.between(0.6, 1.0))
            at += draw.near(period, 0.05 if together else 0.1)
    wash = patter(draw, count, draw.log_between(100.0, 1500.0), (700.0, 4000.0), (0.003, 0.012), 6)
    out += draw.between(0.0, 0.8) * wash / (float(np.std(wash)) + 1e-9) * float(np.std(out))
    if draw.chance(0.3):
        out *= np.clip(
            glide([(0.0, 0.3), (draw.between(0.1, 0.4), 1.0), (1.0, draw.between(0.15, 1.0))], count), 0, 1
        )
    return out


def _clap(draw: Draw) -> Wave:
    """Synthesize cupped hands: a burst around the resonance of the air pocket (Repp 1987)."""
    count = draw.samples(0.06)
    pocket = draw.log_between(600.0, 2600.0)
    palm = banded(draw, count, (pocket * 0.7, pocket * 1.6), skirt=2.0) * struck(draw, count, 0.001, 0.035)
    snap = banded(draw, count, (1500.0, 7500.0)) * struck(draw, count, 0.0005, 0.014)
    return palm + draw.between(0.2, 0.9) * snap


def scissors(draw: Draw, seconds: float) -> Wave:
    """Synthesize snips: a rising hiss of sliding blades, then a metallic click."""
    ring = draw.log_between(0.03, 0.15)
    length = draw.between(0.08, 0.3)

    def snip() -> Wave:
        span = draw.near(length, 0.25)
        count = draw.samples(span + 0.1)
        slide = banded(draw, count, (draw.between(1800.0, 3500.0), 7800.0))
        slide *= swell(draw, count, 0.9 * span, 0.1) * (0.7 + 0.5 * wander(draw, count, 50.0))
        out = draw.between(0.15, 0.6) * slide
        place(out, knock(draw, (1800.0, 7500.0), ring, 9, 1.0), span, draw.rate)
        if draw.chance(0.5):
            place(out, knock(draw, (2500.0, 7500.0), 0.02, 5, 1.0), 0.0, draw.rate, 0.3)
        return out

    return repeated(draw, seconds, snip, (0.05, 0.7), sparse=0.15)


def keyboard(draw: Draw, seconds: float) -> Wave:
    """Synthesize typing: a press and a softer release per key, in bursts, with a deeper space bar."""
    out = np.zeros(draw.samples(seconds))
    low = draw.log_between(350.0, 1600.0)
    ring = draw.log_between(0.012, 0.05)
    speed = draw.log_between(0.07, 0.28, "-pace")
    at = draw.between(0.0, 0.3)
    while at < seconds - 0.05:
        deep = 0.55 if draw.chance(0.15) else 1.0
        tone = draw.near(low * deep, 0.15)
        press = knock(draw, (tone, min(tone * 7.0, 7600.0)), ring, 6, draw.between(0.5, 1.5))
        place(out, press, at, draw.rate, draw.between(0.5, 1.0))
        release = knock(draw, (tone * 1.4, 7600.0), 0.6 * ring, 5, 0.8)
        place(out, release, at + draw.between(0.06, 0.13), draw.rate, draw.between(0.1, 0.4))
        at += draw.near(speed, 0.45) if draw.chance(0.92) else draw.between(0.3, 0.9)
    return out


def camera(draw: Draw, seconds: float) -> Wave:
    """Synthesize a shutter: mirror up, curtain, mirror down, sometimes winding film."""
    gap = draw.log_between(0.04, 0.3)
    motor = draw.chance(0.4)
    pitch = draw.between(180.0, 600.0)

    def shutter() -> Wave:
        out = np.zeros(draw.samples(gap + (1.0 if motor else 0.2)))
        for at, level in ((0.0, 1.0), (gap, draw.between(0.6, 1.0)), (0.5 * gap, 0.3)):
            clack = knock(draw, (draw.log_between(500.0, 1600.0), 7600.0), draw.between(0.02, 0.07), 10, 1.2)
            place(out, clack, at, draw.rate, level)
        if motor:
            size = draw.samples(draw.between(0.25, 0.8))
            whirr = harmonics(
                glide([(0.0, pitch * 0.7), (0.3, pitch), (1.0, pitch)], size),
                draw.rate,
                (0.4, 0.3, 0.5, 0.3, 0.3),
            )
            whirr += highpass(impulses(draw, size, 300.0), draw.rate, 800.0)
            place(out, whirr * swell(draw, size, 0.03, 0.05), gap + 0.03, draw.rate, draw.between(0.1, 0.4))
        return out

    return repeated(draw, seconds, shutter, (0.1, 1.4), sparse=0.4)
