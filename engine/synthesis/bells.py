"""Bells, clocks, telephones, bicycles and glass, by modal synthesis."""

from __future__ import annotations

import numpy as np

from engine.synthesis.envelopes import struck, swell
from engine.synthesis.events import patter, place, repeated
from engine.synthesis.modal import rung
from engine.synthesis.noises import banded
from engine.synthesis.random_draws import Draw, Wave
from engine.synthesis.sources import harmonics

CHURCH = np.array([0.5, 1.0, 1.19, 1.5, 2.0, 2.51, 2.66, 3.01, 4.17, 5.43])
"""Partials of a tuned church bell relative to its prime: hum, prime, tierce, quint, nominal, and above."""


def bell(draw: Draw, seconds: float) -> Wave:
    """Synthesize church bells, hand bells, and doorbells."""
    kind = draw.between(0.0, 1.0)
    if kind < 0.5:
        return _tower(draw, seconds)
    if kind < 0.75:
        return doorbell(draw, seconds)
    pitch = draw.log_between(700.0, 3200.0)
    ring = draw.log_between(0.3, 2.5)
    partials = draw.near(1.0, 0.02) * np.array([1.0, 2.0, 2.76, 5.4, 8.93])
    return repeated(draw, seconds, lambda: _strike(draw, pitch, partials, ring), (0.02, 0.5), sparse=0.25)


def _strike(draw: Draw, pitch: float, partials: Wave, ring: float) -> Wave:
    """Synthesize one stroke; partials beat because no bell is perfectly round."""
    frequencies = np.concatenate([pitch * partials, pitch * partials * (1.0 + draw.between(0.0005, 0.004))])
    decays = (
        ring
        * (frequencies / frequencies.min()) ** -draw.between(0.5, 0.9)
        * draw.spread(0.8, 1.25, len(frequencies))
    )
    levels = draw.spread(0.25, 1.0, len(frequencies)) * (frequencies / pitch) ** -0.3
    out = rung(draw, ring * 0.7, frequencies, decays, levels)
    clank = draw.samples(0.03)
    place(out, banded(draw, clank, (1500.0, 7000.0)) * struck(draw, clank, 0.001, 0.03), 0.0, draw.rate, 0.4)
    return out


def _tower(draw: Draw, seconds: float) -> Wave:
    out = np.zeros(draw.samples(seconds))
    prime = draw.log_between(150.0, 750.0)
    bells = [prime * step for step in (1.0, 1.122, 1.26, 1.498)[: draw.pick((1, 1, 1, 2, 3, 4))]]
    period = draw.log_between(0.35, 2.8)
    at = draw.between(0.0, 0.4)
    partials = CHURCH * np.exp(draw.rng.normal(0.0, 0.012, len(CHURCH)))
    ring = draw.log_between(1.5, 9.0)
    while at < seconds - 0.1:
        sound = _strike(draw, draw.pick(bells), partials, ring)
        place(out, sound, at, draw.rate, draw.between(0.6, 1.0))
        at += draw.near(period, 0.08) if draw.chance(0.9) else seconds
    return out


def doorbell(draw: Draw, seconds: float) -> Wave:
    """Synthesize a ding-dong on two bars, or a buzzer."""
    if draw.chance(0.3):
        return repeated(draw, seconds, lambda: _trill(draw, draw.between(0.4, 1.8)), (0.3, 1.5), most=3)
    high = draw.between(550.0, 1000.0)
    bar = np.array([1.0, 2.756, 5.404])

    def ding_dong() -> Wave:
        out = np.zeros(draw.samples(3.0))
        gap = draw.between(0.3, 0.9)
        place(out, _strike(draw, high, bar, 2.0), 0.0, draw.rate)
        place(out, _strike(draw, high / draw.near(1.26, 0.02), bar, 2.5), gap, draw.rate)
        return out

    return repeated(draw, seconds, ding_dong, (0.2, 1.5), most=2)


def _trill(draw: Draw, seconds: float) -> Wave:
    """Synthesize a hammer between two gongs, as in old telephones and electric bells."""
    out = np.zeros(draw.samples(seconds + 0.4))
    pitch = draw.log_between(900.0, 2600.0)
    pair = (pitch, pitch * draw.between(1.05, 1.3))
    partials = np.array([1.0, 1.7, 2.4, 3.1, 4.3])
    sounds = [_strike(draw, p, partials, draw.between(0.4, 0.9)) for p in pair]
    rate = draw.between(14.0, 28.0)
    for index in range(int(seconds * rate)):
        place(out, sounds[index % 2], index / rate, draw.rate, draw.between(0.8, 1.0))
    return out


def telephone(draw: Draw, seconds: float) -> Wave:
    """Synthesize old bells, electronic ringing, ring-back tones, or pressed keys."""
    kind = draw.pick(("bells", "bells", "warble", "warble", "tone", "keys"))
    if kind == "bells":
        length, pause = draw.between(0.7, 2.0), draw.between(0.5, 2.5)
        return repeated(draw, seconds, lambda: _trill(draw, length), (pause, pause * 1.1), sparse=0.1)
    if kind == "keys":
        return repeated(draw, seconds, lambda: _key(draw), (0.05, 0.3), sparse=0.1)
    notes = (440.0, 480.0) if kind == "tone" else (draw.between(600.0, 1500.0), draw.between(900.0, 2400.0))
    rate = draw.between(8.0, 26.0)
    length = draw.between(0.4, 2.0)
    levels = (1.0, 0.0, 0.3, 0.0, 0.15) if draw.chance(0.5) else (1.0, 0.1)

    def ring() -> Wave:
        count = draw.samples(length)
        if kind == "tone":
            return sum(
                (harmonics(np.full(count, n), draw.rate, (1.0,)) for n in notes), np.zeros(count)
            ) * swell(draw, count, 0.01, 0.01)
        step = np.mod(np.arange(count) / draw.rate * rate, 1.0) < 0.5
        return harmonics(np.where(step, notes[0], notes[1]), draw.rate, levels) * swell(
            draw, count, 0.01, 0.02
        )

    return repeated(draw, seconds, ring, (0.15, 2.0), sparse=0.1)


def _key(draw: Draw) -> Wave:
    """Synthesize a key's two tones of ITU-T Q.23."""
    count = draw.samples(draw.between(0.07, 0.2))
    pair = (draw.pick((697.0, 770.0, 852.0, 941.0)), draw.pick((1209.0, 1336.0, 1477.0)))
    return sum((harmonics(np.full(count, n), draw.rate, (1.0,)) for n in pair), np.zeros(count)) * swell(
        draw, count, 0.004, 0.004
    )


def clock(draw: Draw, seconds: float) -> Wave:
    """Synthesize an escapement, tick and tock alternating at a steady period, each a few tiny knocks; or an alarm."""
    if draw.chance(0.06):
        return _trill(draw, seconds)
    period = draw.pick((0.1, 0.2, 0.25, 0.25, 0.3, 0.5, 0.5, 0.5, 0.6, 1.0, 1.0))
    if draw.chance(0.5):
        period = draw.log_between(0.12, 1.0)
    if draw.is_chosen("pace"):
        period = draw.log_between(0.1, 1.0, "-pace")
    strokes = [_tick(draw) for _ in range(2)]
    uneven = draw.between(0.0, 0.08) * period
    balance = draw.between(0.3, 1.0)
    out = np.zeros(draw.samples(seconds))
    for index, at in enumerate(np.arange(draw.between(0.0, period), seconds, period)):
        odd = index % 2
        level = (balance if odd else 1.0) * draw.between(0.9, 1.0)
        place(out, strokes[odd], float(at) + odd * uneven, draw.rate, level)
    return out


def _tick(draw: Draw) -> Wave:
    seconds = draw.log_between(0.02, 0.12)
    out = np.zeros(draw.samples(seconds + 0.05))
    modes = draw.whole(4, 12)
    low = draw.log_between(120.0, 1800.0)
    frequencies = draw.spread(low, 7600.0, modes)
    slope = draw.between(0.2, 1.4)
    decays = seconds * draw.spread(0.2, 1.0, modes) * (frequencies / low) ** -0.3
    for knock in range(draw.pick((1, 2, 2, 3))):
        levels = draw.spread(0.2, 1.0, modes) * (frequencies / low) ** -slope
        click = rung(draw, seconds, frequencies, decays, levels)
        size = draw.samples(0.008)
        contact = banded(draw, size, (400.0, 7800.0), slope) * struck(draw, size, 0.0005, 0.008)
        place(click, contact, 0.0, draw.rate, draw.between(0.2, 0.8))
        place(out, click, knock * draw.between(0.004, 0.018), draw.rate, draw.between(0.25, 1.0))
    return out


def bicycle(draw: Draw, seconds: float) -> Wave:
    """Synthesize the bell on the handlebar, the ticking freewheel, or chain and tyres."""
    kind = draw.between(0.0, 1.0)
    if kind < 0.5:
        pitch = draw.log_between(1400.0, 3400.0)
        return repeated(draw, seconds, lambda: _ring_ring(draw, pitch), (0.2, 1.5), sparse=0.3)
    out = draw.log_between(0.01, 0.15) * banded(draw, draw.samples(seconds), (150.0, 3000.0), 0.8)
    click = _tick(draw)
    rate = draw.log_between(6.0, 45.0)
    slow = draw.between(0.5, 1.2)
    at = draw.between(0.0, 0.2)
    while at < seconds:
        place(out, click, at, draw.rate, draw.between(0.4, 1.0))
        at += draw.near(1.0 / (rate * (slow + (1.0 - slow) * (1.0 - at / seconds))), 0.06)
    if kind > 0.8:
        place(
            out, _ring_ring(draw, draw.log_between(1400.0, 3400.0)), draw.between(0.0, seconds / 2), draw.rate
        )
    return out


def _ring_ring(draw: Draw, pitch: float) -> Wave:
    """Synthesize the thumb lever striking a small dome several times, too fast to hear separately."""
    partials = np.array([1.0, 1.003, 1.62, 2.24, 2.9])
    out = np.zeros(draw.samples(1.6))
    rate = draw.between(9.0, 22.0)
    for push in range(draw.whole(1, 3)):
        for hit in range(draw.whole(1, 5)):
            sound = _strike(draw, pitch, partials, draw.between(0.5, 1.6))
            place(out, sound, push * draw.between(0.25, 0.4) + hit / rate, draw.rate, draw.between(0.4, 1.0))
    return out


def glass(draw: Draw, seconds: float) -> Wave:
    """Synthesize breaking or clinking glass, or pieces being swept."""
    kind = draw.between(0.0, 1.0)
    if kind < 0.3:
        pitch = draw.log_between(1200.0, 3800.0)
        ring = draw.log_between(0.15, 1.4)
        partials = np.array([1.0, 2.3, 4.1, 6.2])
        return repeated(
            draw, seconds, lambda: _strike(draw, draw.near(pitch, 0.15), partials, ring), (0.05, 1.0)
        )
    return repeated(draw, seconds, lambda: _shatter(draw), (0.2, 1.5), most=3, sparse=0.7)


def _shatter(draw: Draw) -> Wave:
    length = draw.between(0.6, 2.4)
    count = draw.samples(length)
    fall = np.exp(-np.arange(count) / (draw.rate * draw.between(0.12, 0.5)))
    pieces = patter(draw, count, draw.log_between(80.0, 500.0), (1800.0, 7600.0), (0.01, 0.15), 14) * fall
    crash = banded(draw, count, (1200.0, 7800.0)) * struck(draw, count, 0.002, draw.between(0.1, 0.5))
    pane = rung(
        draw, 0.5, draw.spread(400.0, 5000.0, 10), draw.spread(0.05, 0.4, 10), draw.spread(0.2, 1.0, 10)
    )
    out = pieces / (float(np.std(pieces)) + 1e-9) + draw.between(0.5, 2.0) * crash
    place(out, pane, 0.0, draw.rate, draw.between(0.3, 1.2))
    return out
