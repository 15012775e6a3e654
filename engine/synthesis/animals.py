"""Four-footed animals and frogs: source-filter models of vocal tracts of many sizes."""

from __future__ import annotations

import numpy as np

from engine.synthesis.envelopes import glide, struck, swell, wander
from engine.synthesis.events import place, repeated
from engine.synthesis.filters import Formant, bandpass, formants, lowpass
from engine.synthesis.noises import banded, white
from engine.synthesis.random_draws import Draw, Wave
from engine.synthesis.sources import pulses, throat


def dog(draw: Draw, seconds: float) -> Wave:
    """Synthesize barks of one dog: short pitch arcs with a hard onset; sometimes two dogs, or a growl before."""
    size = draw.between(0.0, 1.0)
    pitch = draw.near(1100.0 * (0.24**size), 0.2)
    length = draw.near(0.11 + 0.14 * size, 0.3)
    tract = draw.near(1500.0 * (0.42**size), 0.15)
    rough = draw.between(0.05, 0.7)
    breath = draw.log_between(0.05, 0.7)

    def bark() -> Wave:
        return _bark(
            draw, draw.near(pitch, 0.12), draw.near(length, 0.2), draw.near(tract, 0.08), rough, breath
        )

    gaps = (0.08, 0.3) if draw.chance(0.45) else (0.25, 1.3)
    out = repeated(draw, seconds, bark, gaps)
    if size > 0.4 and draw.chance(0.15):
        growl = _growl(draw, draw.between(0.6, 1.8), draw.between(60.0, 120.0), tract)
        place(out, growl, draw.between(0.0, 0.4 * seconds), draw.rate, 0.3)
    return out


def _bark(draw: Draw, pitch: float, length: float, tract: float, rough: float, breath: float) -> Wave:
    count = draw.samples(length)
    peak = draw.between(0.2, 0.45)
    f0 = glide(
        [(0.0, pitch * 0.75), (peak, pitch), (0.75, 0.93 * pitch), (1.0, pitch * draw.between(0.45, 0.8))],
        count,
    )
    mouth = glide([(0.0, tract * 0.7), (peak, tract * 1.15), (1.0, tract * 0.65)], count)
    resonances = [
        (mouth, 260.0, 1.0),
        (mouth * 2.2, 450.0, draw.between(0.05, 0.6)),
        (mouth * 3.9, 800.0, draw.between(0.01, 0.25)),
    ]
    level = swell(draw, count, draw.between(0.006, 0.03), length * draw.between(0.3, 0.7))
    return throat(draw, f0, resonances, breath, rough) * level


def _growl(draw: Draw, length: float, pitch: float, tract: float) -> Wave:
    count = draw.samples(length)
    f0 = pitch * np.exp(0.12 * wander(draw, count, 4.0))
    resonances = [(tract * 0.6, 250.0, 1.0), (tract * 1.5, 400.0, 0.5), (tract * 3.0, 800.0, 0.2)]
    return throat(draw, f0, resonances, 0.5, 0.9) * swell(draw, count, 0.2 * length, 0.3 * length)


def cat(draw: Draw, seconds: float) -> Wave:
    """Synthesize meows whose mouth opens and closes; sometimes purring or a hiss."""
    if draw.chance(0.14):
        return _purr(draw, seconds)
    pitch = draw.log_between(420.0, 950.0)

    def meow() -> Wave:
        if draw.chance(0.06):
            count = draw.samples(draw.between(0.4, 1.0))
            return banded(draw, count, (1500.0, 7000.0)) * swell(draw, count, 0.08, 0.3)
        return _meow(draw, draw.near(pitch, 0.1))

    return repeated(draw, seconds, meow, (0.3, 1.6))


def _meow(draw: Draw, pitch: float) -> Wave:
    length = draw.between(0.4, 1.2)
    count = draw.samples(length)
    top = draw.between(0.2, 0.6)
    f0 = glide([(0.0, pitch * 0.8), (top, pitch * draw.between(1.0, 1.35)), (1.0, pitch * 0.72)], count)
    f0 = f0 * (1.0 + 0.012 * np.sin(2 * np.pi * draw.between(5.0, 9.0) * np.arange(count) / draw.rate))
    first = glide([(0.0, 500.0), (top, draw.near(1100.0, 0.15)), (1.0, 550.0)], count)
    second = glide([(0.0, 2600.0), (top, draw.near(1900.0, 0.15)), (1.0, 1200.0)], count)
    tract: list[Formant] = [(first, 180.0, 1.0), (second, 280.0, 0.6), (3800.0, 500.0, 0.2)]
    return throat(draw, f0, tract, draw.between(0.03, 0.2), draw.between(0.0, 0.3)) * swell(
        draw, count, 0.12 * length, 0.4 * length
    )


def _purr(draw: Draw, seconds: float) -> Wave:
    count = draw.samples(seconds)
    breaths = np.sin(2 * np.pi * draw.between(0.25, 0.5) * np.arange(count) / draw.rate)
    rate = draw.between(22.0, 30.0) * (1.0 + 0.08 * np.sign(breaths))
    beat = np.maximum(pulses(rate, draw.rate), 0.0)
    body = formants(beat + 0.15 * white(draw, count), draw.rate, [(220.0, 160.0, 1.0), (700.0, 500.0, 0.3)])
    return body * (0.35 + 0.65 * np.abs(breaths) ** 0.6)


def cow(draw: Draw, seconds: float) -> Wave:
    """Synthesize moos: long, low, from closed to open mouth."""
    pitch = draw.log_between(75.0, 210.0)
    tract = draw.between(0.75, 1.2)
    rough = draw.between(0.05, 0.4)

    def moo() -> Wave:
        length = draw.between(0.9, 2.6)
        count = draw.samples(length)
        top = draw.between(0.35, 0.7)
        f0 = glide([(0.0, pitch * 0.75), (top, pitch * draw.between(1.0, 1.3)), (1.0, pitch * 0.7)], count)
        first = glide([(0.0, 250.0), (top, 560.0), (1.0, 380.0)], count) * tract
        second = glide([(0.0, 700.0), (top, 1150.0), (1.0, 800.0)], count) * tract
        mouth: list[Formant] = [(first, 120.0, 1.0), (second, 180.0, 0.5), (2300.0 * tract, 400.0, 0.12)]
        return throat(draw, f0, mouth, draw.between(0.02, 0.15), rough) * swell(draw, count, 0.25, 0.4)

    return repeated(draw, seconds, moo, (0.4, 2.0), most=4)


def horse(draw: Draw, seconds: float) -> Wave:
    """Synthesize neighs (a falling, shaken squeal), snorts, or the four-beat gallop of hooves."""
    kind = draw.between(0.0, 1.0)
    if kind < 0.4:
        return _hooves(draw, seconds)
    pitch = draw.log_between(550.0, 1300.0)
    gaps = (0.5, 2.5)
    if kind < 0.85:
        return repeated(draw, seconds, lambda: _neigh(draw, pitch), gaps, most=3)
    return repeated(draw, seconds, lambda: _snort(draw), gaps, most=4)


def _neigh(draw: Draw, pitch: float) -> Wave:
    length = draw.between(1.0, 2.3)
    count = draw.samples(length)
    top = draw.between(0.1, 0.3)
    f0 = glide([(0.0, pitch * 0.6), (top, pitch), (0.7, pitch * 0.7), (1.0, pitch * 0.35)], count)
    shake = draw.between(8.0, 14.0)
    tremble = np.sin(2 * np.pi * shake * np.arange(count) / draw.rate)
    f0 = f0 * (1.0 + draw.between(0.03, 0.09) * tremble)
    tract = [(draw.near(900.0, 0.2), 300.0, 1.0), (draw.near(1700.0, 0.2), 400.0, 0.7), (3000.0, 700.0, 0.35)]
    voice = throat(draw, f0, tract, draw.between(0.1, 0.4), draw.between(0.1, 0.45))
    return voice * (1.0 + 0.45 * tremble) * swell(draw, count, 0.1, 0.6)


def _snort(draw: Draw) -> Wave:
    length = draw.between(0.35, 0.9)
    count = draw.samples(length)
    flutter = np.maximum(pulses(np.full(count, draw.between(18.0, 34.0)), draw.rate), 0.0)
    air = banded(draw, count, (250.0, draw.between(1800.0, 4500.0)), 1.0)
    return air * (0.4 + lowpass(flutter, draw.rate, 120.0)) * swell(draw, count, 0.04, 0.6 * length)


def _hooves(draw: Draw, seconds: float) -> Wave:
    out = np.zeros(draw.samples(seconds))
    stride = draw.between(0.38, 0.62) if draw.chance(0.6) else draw.between(0.7, 1.1)
    if draw.is_chosen("pace"):
        stride = draw.log_between(0.38, 1.1, "-pace")
    beats = draw.pick(((0.0, 0.17, 0.36), (0.0, 0.2, 0.3, 0.5), (0.0, 0.25, 0.5, 0.75), (0.0, 0.5)))
    pitch = draw.log_between(180.0, 1100.0)
    hard = draw.between(0.0, 1.0)
    start = draw.between(0.0, stride)
    for step in range(int(seconds / stride) + 1):
        for index, beat in enumerate(beats):
            at = start + (step + beat + draw.between(-0.015, 0.015)) * stride
            place(out, _hoof(draw, pitch * (1.0 + 0.07 * index), hard), at, draw.rate, draw.between(0.6, 1.0))
    return out


def _hoof(draw: Draw, pitch: float, hard: float) -> Wave:
    count = draw.samples(0.12)
    band = (0.7 * pitch, (1.6 + 2.0 * hard) * pitch)
    clop = bandpass(white(draw, count), draw.rate, band, 1) * struck(draw, count, 0.002, 0.05 + 0.05 * hard)
    thud = lowpass(white(draw, count), draw.rate, 220.0) * struck(draw, count, 0.004, 0.12)
    return clop * (0.4 + hard) + thud * 2.0 * (1.2 - hard)


def frog(draw: Draw, seconds: float) -> Wave:
    """Synthesize croaks: pulse trains in a vocal sac; one frog or many."""
    frogs = draw.pick((1, 1, 1, 2, 3, 5))
    out = np.zeros(draw.samples(seconds))
    for _ in range(frogs):
        place(out, _one_frog(draw, seconds), 0.0, draw.rate, draw.between(0.3, 1.0))
    return out


def _one_frog(draw: Draw, seconds: float) -> Wave:
    tone = draw.log_between(300.0, 2600.0)
    train = draw.log_between(22.0, 110.0)
    length = draw.log_between(0.12, 0.8)
    return repeated(draw, seconds, lambda: _croak(draw, tone, train, length), (0.12, 1.2), sparse=0.2)


def _croak(draw: Draw, tone: float, train: float, length: float) -> Wave:
    length = draw.near(length, 0.2)
    count = draw.samples(length)
    rate = glide([(0.0, train * 0.8), (0.5, train), (1.0, train * 1.15)], count)
    beat = np.maximum(pulses(rate, draw.rate), 0.0) ** 1.5
    rise = glide([(0.0, tone * 0.85), (1.0, tone * draw.between(1.0, 1.3))], count)
    body = formants(
        beat + 0.02 * white(draw, count), draw.rate, [(rise, 140.0, 1.0), (rise * 2.1, 400.0, 0.3)], 0.004
    )
    return body / (float(np.std(body)) + 1e-9) * swell(draw, count, 0.3 * length, 0.2 * length)


def elephant(draw: Draw, seconds: float) -> Wave:
    """Synthesize trumpeting, a brass-like squeal with much air; sometimes a rumble."""
    pitch = draw.log_between(260.0, 620.0)

    def call() -> Wave:
        length = draw.between(0.7, 2.2)
        count = draw.samples(length)
        if draw.chance(0.15):
            return _growl(draw, length, draw.between(30.0, 60.0), 300.0)
        f0 = glide(
            [(0.0, pitch * 0.6), (0.25, pitch), (0.7, pitch * draw.between(0.9, 1.2)), (1.0, pitch * 0.6)],
            count,
        )
        f0 = f0 * np.exp(0.03 * wander(draw, count, 12.0))
        tract = [
            (draw.near(800.0, 0.3), 500.0, 1.0),
            (draw.near(1900.0, 0.3), 900.0, 0.9),
            (3400.0, 1400.0, 0.5),
        ]
        blare = throat(draw, f0, tract, draw.between(0.2, 0.7), draw.between(0.2, 0.7))
        return np.tanh(1.6 * blare) * swell(draw, count, 0.1, 0.35)

    return repeated(draw, seconds, call, (0.3, 1.8), most=4)


def big_cat(draw: Draw, seconds: float) -> Wave:
    """Synthesize roars, growls and the sawing cough of leopards."""
    pitch = draw.log_between(45.0, 170.0)
    tract = draw.near(520.0, 0.3)
    if draw.chance(0.2):
        return repeated(
            draw, seconds, lambda: _growl(draw, draw.between(0.2, 0.45), pitch, 700.0), (0.1, 0.4)
        )

    def roar() -> Wave:
        length = draw.log_between(0.6, 2.6)
        count = draw.samples(length)
        top = draw.between(0.15, 0.5)
        f0 = glide([(0.0, pitch * 0.7), (top, pitch * draw.between(1.1, 1.8)), (1.0, pitch * 0.6)], count)
        mouth = glide([(0.0, tract * 0.6), (top, tract * 1.2), (1.0, tract * 0.6)], count)
        shape: list[Formant] = [(mouth, 300.0, 1.0), (mouth * 2.3, 500.0, 0.55), (2600.0, 1000.0, 0.18)]
        body = throat(draw, f0, shape, draw.between(0.3, 1.0), draw.between(0.6, 1.0))
        return np.tanh(body) * swell(draw, count, 0.15 * length, 0.5 * length)

    return repeated(draw, seconds, roar, (0.3, 2.0), most=5)
