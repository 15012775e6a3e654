"""Piano, guitar, saxophone and accordion, playing short phrases."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.synthesis.envelopes import glide, struck, swell, wander
from engine.synthesis.events import place
from engine.synthesis.filters import formants, lowpass
from engine.synthesis.modal import plucked, rung
from engine.synthesis.noises import banded
from engine.synthesis.random_draws import Draw, Wave
from engine.synthesis.sources import period, pulses, reed

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 6, 7, 10))
CHORDS = ((0, 4, 7), (0, 3, 7), (0, 4, 7, 11), (0, 3, 7, 10), (0, 5, 7), (0, 7, 12))

MelodyNote = Callable[[float, float], Wave]
"""Synthesizes one note from its pitch in Hz and its duration in seconds."""


def _hertz(key: float) -> float:
    return float(440.0 * 2.0 ** ((key - 69.0) / 12.0))


def _melody(draw: Draw, seconds: float, note: MelodyNote, low: int, high: int, ring: float) -> Wave:
    """Synthesize notes of one scale, mostly stepwise, in a steady beat with some rests."""
    out = np.zeros(draw.samples(seconds))
    scale = draw.pick(SCALES)
    keys = [k for k in range(low, high) if (k - low) % 12 in scale]
    index = draw.whole(0, len(keys) - 1)
    beat = draw.log_between(0.13, 0.7)
    at = draw.between(0.0, 0.2)
    while at < seconds - 0.1:
        length = beat * draw.pick((0.5, 1.0, 1.0, 1.0, 2.0))
        if draw.chance(0.9):
            sound = note(_hertz(keys[index]), length * ring + 0.05)
            place(out, sound, at, draw.rate, draw.between(0.5, 1.0))
        index = int(np.clip(index + draw.whole(-3, 3), 0, len(keys) - 1))
        at += length
    return out


def _chords(draw: Draw, seconds: float, note: MelodyNote, low: int, high: int, roll: float) -> Wave:
    """Synthesize consecutive chords, each spread over ``roll`` seconds."""
    out = np.zeros(draw.samples(seconds))
    beat = draw.log_between(0.45, 2.5)
    at = draw.between(0.0, 0.2)
    while at < seconds - 0.1:
        root = draw.whole(low, high)
        shape = [*draw.pick(CHORDS), 12]
        for index, step in enumerate(shape):
            sound = note(_hertz(root + step), beat * 1.3)
            place(out, sound, at + roll * index / len(shape), draw.rate, draw.between(0.4, 0.9))
        at += draw.near(beat, 0.03)
    return out


def piano(draw: Draw, seconds: float) -> Wave:
    """Synthesize stiff strings, two or three per note, struck by felt."""
    stiff = draw.log_between(0.00015, 0.0008)
    soft = draw.between(0.8, 2.4)

    def note(pitch: float, length: float) -> Wave:
        return _struck_string(draw, pitch, max(length, 0.35), stiff * (pitch / 260.0), soft)

    if draw.chance(0.4):
        return _chords(draw, seconds, note, 40, 64, draw.pick((0.0, 0.02, 0.3)))
    return _melody(draw, seconds, note, draw.whole(38, 58), draw.whole(66, 86), draw.between(1.0, 3.0))


def _struck_string(draw: Draw, pitch: float, length: float, stiff: float, soft: float) -> Wave:
    order = np.arange(1, max(2, min(14, int(0.45 * draw.rate / pitch))) + 1, dtype=np.float64)
    frequencies = order * pitch * np.sqrt(1.0 + stiff * order * order)
    levels = order**-soft * np.abs(np.sin(np.pi * order / draw.between(7.0, 9.0)) + 0.05)
    fall = 9.0 * (pitch / 200.0) ** -0.6
    decays = np.maximum(fall / (1.0 + 0.15 * order), 0.15)
    both = rung(
        draw,
        length,
        np.concatenate([frequencies, frequencies[:8] * (1.0 + draw.between(0.0004, 0.0016))]),
        np.concatenate([decays, decays[:8] * 1.5]),
        np.concatenate([levels, 0.6 * levels[:8]]),
    )
    thud = draw.samples(0.05)
    place(both, banded(draw, thud, (60.0, 600.0)) * struck(draw, thud, 0.001, 0.05), 0.0, draw.rate, 0.12)
    return both * swell(draw, len(both), 0.002, 0.06)


def guitar(draw: Draw, seconds: float) -> Wave:
    """Synthesize plucked strings over a body; steel or nylon, strummed or picked, sometimes amplified."""
    bright = draw.between(0.1, 0.95)
    ring = draw.between(1.5, 6.0)

    def note(pitch: float, length: float) -> Wave:
        sound = plucked(draw, max(length, 0.3), pitch, bright, ring)
        return sound * swell(draw, len(sound), 0.0005, 0.04)

    if draw.chance(0.5):
        out = _chords(draw, seconds, note, 40, 52, draw.log_between(0.02, 0.4))
    else:
        out = _melody(draw, seconds, note, 40, 76, draw.between(1.0, 2.5))
    body = [(draw.near(105.0, 0.15), 40.0, 0.7), (draw.near(210.0, 0.15), 60.0, 0.6), (2500.0, 3500.0, 0.4)]
    out = out + formants(out, draw.rate, body, 0.1)
    return np.tanh(draw.log_between(2.0, 20.0) * out) if draw.chance(0.2) else out


def saxophone(draw: Draw, seconds: float) -> Wave:
    """Synthesize a conical reed: all harmonics, brighter when louder, with breath and vibrato."""
    tenor = draw.between(0.7, 1.5)
    growl = draw.between(0.0, 0.3) if draw.chance(0.3) else 0.0
    breath = draw.between(0.02, 0.15)
    shake = draw.between(4.5, 6.5)

    def note(pitch: float, length: float) -> Wave:
        count = draw.samples(max(length, 0.12))
        time = np.arange(count) / draw.rate
        depth = 0.012 * np.clip(time / 0.4 - 0.5, 0.0, 1.0)
        f0 = pitch * glide([(0.0, draw.between(0.93, 1.0)), (0.15, 1.0), (1.0, 1.0)], count)
        f0 = f0 * (1.0 + depth * np.sin(2 * np.pi * shake * time))
        shape = [(600.0 * tenor, 500.0, 1.0), (1300.0 * tenor, 700.0, 0.6), (2700.0 * tenor, 1200.0, 0.25)]
        tone = formants(pulses(f0, draw.rate), draw.rate, shape, 0.02)
        tone = tone / (float(np.std(tone)) + 1e-9) * (1.0 + growl * np.sin(2 * np.pi * 95.0 * time))
        air = breath * banded(draw, count, (800.0, 6000.0))
        return (tone + air) * swell(draw, count, 0.03, 0.06)

    return _melody(draw, seconds, note, draw.whole(46, 56), draw.whole(66, 80), draw.between(0.8, 1.0))


def accordion(draw: Draw, seconds: float) -> Wave:
    """Synthesize free reeds in pairs a few cents apart, beating; bellows that swell."""
    cents = draw.between(2.0, 22.0)
    edge = draw.between(0.5, 1.0)
    tables = [period(tuple(1.0 / np.arange(1, top) ** edge)) for top in (14, 7)]
    count = draw.samples(seconds)

    def note(pitch: float, length: float) -> Wave:
        size = draw.samples(max(length, 0.12))
        out = np.zeros(size)
        for offset in (-cents, cents, 0.3 * cents)[: draw.pick((2, 2, 3))]:
            f0 = np.full(size, pitch * 2.0 ** (offset / 1200.0))
            out += reed(f0, draw.rate, tables[pitch > 550.0], draw.between(0.0, 1.0))
        return out * swell(draw, size, 0.025, 0.05)

    tune = _melody(draw, seconds, note, 58, 82, draw.between(0.8, 1.0))
    if draw.chance(0.6):
        tune = tune + 0.5 * lowpass(_chords(draw, seconds, note, 43, 55, 0.0), draw.rate, 2500.0, 1)
    return tune * np.exp(0.2 * wander(draw, count, 0.8))
