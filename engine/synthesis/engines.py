"""Engines: combustion through exhausts, propellers, rotors, saws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.synthesis.envelopes import glide, swell, wander
from engine.synthesis.events import place
from engine.synthesis.filters import formants, highpass, lowpass, stirred
from engine.synthesis.horns import car_horn, ship_horn, train_horn
from engine.synthesis.noises import banded, coloured
from engine.synthesis.random_draws import Draw, Range, Wave
from engine.synthesis.sources import harmonics, period, pulses, reed, turns


def combustion(draw: Draw, speed: Wave, cylinders: int, bright: float, uneven: float) -> Wave:
    """Synthesize a four-stroke engine: a pulse per firing, slightly uneven, through the exhaust's resonances.

    Args:
        draw: randomness and rate.
        speed: (n,) crankshaft revolutions per second.
        cylinders: number of cylinders; each fires every second revolution.
        bright: 0 muffled .. 1 open exhaust.
        uneven: difference between cylinders, 0..1, which produces the half orders.
    """
    count = len(speed)
    cycle = speed * np.exp(0.006 * wander(draw, count, 15.0)) / 2.0
    fired = np.zeros(count)
    firing = pulses(cycle * cylinders, draw.rate)
    position = np.floor(turns(cycle * cylinders, draw.rate)).astype(np.int64) % cylinders
    strength = 1.0 + uneven * draw.rng.standard_normal(cylinders)
    fired += firing * strength[position]
    top = draw.near(500.0 + 1800.0 * bright, 0.2)
    pipes = [(draw.log_between(50.0, 140.0), 60.0, 1.0), (draw.log_between(150.0, 420.0), 120.0, 0.7)]
    pipes += [(draw.log_between(500.0, 1200.0), 350.0, 0.4 * bright), (top, 700.0, 0.3 * bright)]
    tone = formants(fired, draw.rate, pipes, 0.004 + 0.03 * bright)
    air = coloured(draw, count, 1.6 - 0.8 * bright) * (0.5 + np.abs(lowpass(firing, draw.rate, 400.0)))
    tone /= float(np.std(tone)) + 1e-9
    return tone + draw.log_between(0.05, 0.6) * air / (float(np.std(air)) + 1e-9)


def _speed(draw: Draw, count: int, idle: Range, top: Range) -> Wave:
    """Return revolutions per second over time: idling, held, driven through gears, or revved."""
    low, high = draw.log_between(*idle), draw.log_between(*top)
    plan = draw.pick(("idle", "hold", "rise", "fall", "rev"))
    if draw.is_chosen("speed"):
        return draw.log_between(low, high, "speed") * np.exp(0.02 * wander(draw, count, 0.5))
    if plan == "idle":
        return low * np.exp(0.02 * wander(draw, count, 1.5))
    if plan == "hold":
        return draw.log_between(low, high) * np.exp(0.03 * wander(draw, count, 0.5))
    if plan == "rise":
        return glide([(0.0, low), (0.2, low), (draw.between(0.5, 1.0), high), (1.01, high * 0.9)], count)
    if plan == "fall":
        return glide([(0.0, high), (draw.between(0.3, 0.8), low * 1.3), (1.01, low)], count)
    revs = [(0.0, low)]
    for at in np.linspace(0.1, 0.9, draw.whole(1, 4) * 2):
        revs.append((float(at), high * draw.between(0.6, 1.0) if len(revs) % 2 else low * 1.1))
    return glide([*revs, (1.01, low)], count)


def _passing(draw: Draw, wave: Wave) -> Wave:
    """Simulate passing by: louder, then softer, and duller when far."""
    count = len(wave)
    moment = draw.between(0.3, 0.7)
    width = draw.between(0.12, 0.35)
    near = 1.0 / (1.0 + ((np.linspace(0.0, 1.0, count) - moment) / width) ** 2)
    far = lowpass(wave, draw.rate, draw.log_between(300.0, 900.0), 1)
    return near * wave + 0.35 * (1.0 - near) * far


def car(draw: Draw, seconds: float) -> Wave:
    """Synthesize an engine idling, driving or passing by; tyres; sometimes the horn alone."""
    count = draw.samples(seconds)
    kind = draw.between(0.0, 1.0)
    if kind < 0.12:
        return car_horn(draw, seconds)
    if kind < 0.3:
        return _passing(draw, _tyres(draw, count))
    speed = _speed(draw, count, (11.0, 17.0), (30.0, 75.0))
    out = combustion(draw, speed, draw.pick((4, 4, 6)), draw.between(0.05, 0.5), draw.between(0.05, 0.3))
    out = out + draw.between(0.0, 0.5) * _tyres(draw, count)
    if kind < 0.45:
        _starter(draw, out)
    return _passing(draw, out) if draw.chance(0.4) else out


def _tyres(draw: Draw, count: int) -> Wave:
    roar = banded(draw, count, (draw.between(80.0, 300.0), draw.between(900.0, 2500.0)), 0.8, 1.5)
    return roar * np.exp(0.12 * wander(draw, count, 6.0))


def _starter(draw: Draw, out: Wave) -> None:
    length = draw.between(0.5, 1.4)
    count = min(draw.samples(length), len(out))
    crank = draw.between(7.0, 12.0)
    time = np.arange(count) / draw.rate
    whine = harmonics(np.full(count, draw.between(180.0, 330.0)), draw.rate, (1.0, 0.6, 0.4, 0.3, 0.2, 0.2))
    out[:count] = (0.5 * whine + coloured(draw, count, 1.0) * 0.3) * (
        0.55 + 0.45 * np.sin(2 * np.pi * crank * time)
    )


def truck(draw: Draw, seconds: float) -> Wave:
    """Synthesize a diesel: slow, knocking, with its turbo; sometimes air brakes and reversing beeps."""
    count = draw.samples(seconds)
    speed = _speed(draw, count, (7.5, 11.0), (18.0, 35.0))
    out = combustion(draw, speed, draw.pick((6, 6, 8)), draw.between(0.1, 0.5), draw.between(0.1, 0.4))
    knock = np.maximum(pulses(speed * 3.0, draw.rate), 0.0) * banded(draw, count, (700.0, 3000.0))
    out += draw.between(0.05, 0.5) * knock / (float(np.std(knock)) + 1e-9)
    out += draw.between(0.0, 0.15) * harmonics(speed * draw.between(45.0, 70.0), draw.rate, (1.0,))
    if draw.chance(0.3):
        length = draw.between(0.3, 1.0)
        hiss = banded(draw, draw.samples(length), (1500.0, 7500.0)) * swell(
            draw, draw.samples(length), 0.02, 0.7 * length
        )
        place(out, hiss, draw.between(0.0, seconds - 0.5), draw.rate, draw.between(0.5, 2.0))
    if draw.chance(0.15):
        time = np.arange(count) / draw.rate
        beep = harmonics(np.full(count, draw.between(950.0, 1500.0)), draw.rate, (1.0, 0.2, 0.15))
        out += draw.between(0.3, 1.2) * beep * (np.mod(time, draw.between(0.8, 1.2)) < 0.45)
    return _passing(draw, out) if draw.chance(0.3) else out


def motorcycle(draw: Draw, seconds: float) -> Wave:
    """Synthesize one or two cylinders with an open exhaust and abrupt throttle."""
    count = draw.samples(seconds)
    speed = _speed(draw, count, (13.0, 22.0), (45.0, 150.0))
    out = combustion(draw, speed, draw.pick((1, 2, 2, 4)), draw.between(0.4, 1.0), draw.between(0.1, 0.6))
    out = np.tanh(draw.between(0.5, 1.8) * out) * (0.3 + speed / float(np.max(speed)))
    return _passing(draw, out) if draw.chance(0.35) else out


def airplane(draw: Draw, seconds: float) -> Wave:
    """Synthesize a jet or a propeller, overhead or taxiing, comb-filtered by the ground reflection."""
    count = draw.samples(seconds)
    if draw.chance(0.45):
        speed = draw.between(55.0, 110.0, "speed") * glide([(0.0, 1.0), (1.0, draw.near(1.0, 0.12))], count)
        blades = speed * np.exp(0.01 * wander(draw, count, 2.0))
        levels = tuple(1.0 / np.arange(1, 25) ** draw.between(0.5, 1.2))
        beat = 1.0 + 0.3 * np.sin(2 * np.pi * draw.between(0.5, 4.0) * np.arange(count) / draw.rate)
        out = harmonics(blades, draw.rate, levels) * beat + draw.between(0.3, 1.2) * coloured(
            draw, count, 1.3
        )
    else:
        roar = coloured(draw, count, draw.between(0.8, 1.8), 150.0) * np.exp(0.1 * wander(draw, count, 10.0))
        fan = draw.between(1200.0, 4500.0) * glide([(0.0, 1.0), (1.0, draw.near(0.9, 0.2))], count)
        whine = harmonics(fan * np.exp(0.003 * wander(draw, count, 8.0)), draw.rate, (1.0, 0.3))
        out = roar + draw.log_between(0.02, 0.6) * whine
    out = flanged(draw, out, draw.between(0.2, 0.8))
    return _passing(draw, out) if draw.chance(0.5) else out


def helicopter(draw: Draw, seconds: float) -> Wave:
    """Synthesize rotor blades at a steady rate, each stroke a noise burst and a thump, with a turbine above."""
    count = draw.samples(seconds)
    rate = draw.log_between(8.0, 26.0, "speed") * np.exp(0.01 * wander(draw, count, 0.5))
    if draw.chance(0.15) and not draw.is_chosen("speed"):
        rate = rate * glide([(0.0, draw.between(0.5, 1.0)), (1.0, 1.0)], count)
    phase = np.mod(turns(rate, draw.rate), 1.0)
    sharp = draw.log_between(3.0, 16.0)
    stroke = np.exp(-sharp * phase) * np.minimum(phase * 30.0, 1.0)
    low = banded(draw, count, (draw.between(30.0, 80.0), draw.between(180.0, 500.0)), 0.5, 2.0)
    high = banded(
        draw, count, (draw.between(200.0, 700.0), draw.between(1500.0, 7000.0)), draw.between(0.3, 1.4), 1.5
    )
    depth = draw.between(0.1, 0.9)
    gate = 1.0 - depth + depth * stroke / float(np.max(stroke))
    thump = lowpass(pulses(rate, draw.rate), draw.rate, draw.between(90.0, 300.0))
    tail = rate * draw.between(3.5, 6.5)
    levels = tuple(draw.spread(0.1, 1.0, 16) / np.arange(1, 17) ** 0.5)
    out = 1.2 * low * gate + draw.log_between(0.03, 0.6) * reed(tail, draw.rate, period(levels))
    out += +draw.log_between(0.15, 1.2) * high * gate
    out += draw.log_between(0.05, 1.2) * thump / (float(np.std(thump)) + 1e-9)
    out += draw.between(0.02, 0.3) * coloured(draw, count, draw.between(0.5, 1.5))
    if draw.chance(0.6):
        whine = draw.log_between(300.0, 3500.0) * np.exp(0.002 * wander(draw, count, 5.0))
        out += draw.log_between(0.01, 0.2) * harmonics(whine, draw.rate, (1.0, 0.4, 0.2))
    out = flanged(draw, out, draw.between(0.2, 0.9)) if draw.chance(0.6) else out
    out = stirred(draw, out, draw.log_between(0.5, 3.0), draw.log_between(0.3, 3.0), draw.whole(6, 20))
    return (
        _passing(draw, out)
        if draw.chance(0.25)
        else out * np.exp(draw.between(0.05, 0.4) * wander(draw, count, draw.log_between(0.3, 3.0)))
    )


def flanged(draw: Draw, wave: Wave, gain: float) -> Wave:
    """Add a ground reflection whose delay varies as the source moves."""
    count = len(wave)
    base = draw.log_between(0.0008, 0.012)
    delay = base * glide([(0.0, 1.0), (1.0, draw.between(0.6, 1.6))], count) * draw.rate
    at = np.arange(count)
    return wave + gain * np.interp(at - delay, at, wave)


def ship(draw: Draw, seconds: float) -> Wave:
    """Synthesize a ship's horn, or its slow engine and bow wave."""
    count = draw.samples(seconds)
    wash = banded(draw, count, (100.0, 2500.0), 1.0, 1.5) * np.exp(0.25 * wander(draw, count, 1.0))
    if draw.chance(0.55):
        return ship_horn(draw, seconds) + draw.log_between(0.01, 0.15) * wash
    speed = draw.between(3.0, 9.0, "speed") * np.exp(0.01 * wander(draw, count, 1.0))
    motor = combustion(draw, speed, draw.pick((2, 4, 6)), draw.between(0.1, 0.6), draw.between(0.1, 0.5))
    return motor + draw.between(0.1, 0.8) * wash


def train(draw: Draw, seconds: float) -> Wave:
    """Synthesize wheels over rail joints, a diesel or steam engine, and horns or whistles."""
    count = draw.samples(seconds)
    kind: Callable[[Draw, int], Wave] = draw.pick((_rails, _rails, _steam))
    out = kind(draw, count)
    out /= float(np.std(out)) + 1e-9
    if draw.chance(0.5):
        out = draw.log_between(0.05, 1.0) * out + draw.between(1.0, 3.0) * train_horn(draw, seconds)
    return out


def _rails(draw: Draw, count: int) -> Wave:
    roll = banded(draw, count, (60.0, draw.between(600.0, 2500.0)), 1.2, 1.5) * np.exp(
        0.15 * wander(draw, count, 5.0)
    )
    out = 0.5 * roll
    period = draw.between(0.5, 1.4, "-speed")
    gap = draw.between(0.08, 0.2)
    clack_band = (draw.between(150.0, 500.0), draw.between(1200.0, 4000.0))
    for beat in np.arange(draw.between(0.0, period), count / draw.rate, period):
        for wheel in (0.0, gap, 0.5 * period, 0.5 * period + gap)[: draw.pick((2, 2, 4))]:
            size = draw.samples(0.11)
            clack = banded(draw, size, clack_band, 0.6) * np.exp(-np.arange(size) / (0.018 * draw.rate))
            place(out, clack, float(beat) + wheel, draw.rate, draw.between(1.5, 3.0))
    if draw.chance(0.3):
        squeal = draw.between(1800.0, 5000.0) * np.exp(0.01 * wander(draw, count, 4.0))
        out += 0.3 * harmonics(squeal, draw.rate, (1.0, 0.4)) * np.clip(wander(draw, count, 1.0), 0.0, 2.0)
    return out


def _steam(draw: Draw, count: int) -> Wave:
    chuffs = draw.log_between(1.5, 7.0, "speed") * glide([(0.0, 1.0), (1.0, draw.between(0.9, 1.5))], count)
    phase = np.mod(turns(chuffs, draw.rate), 1.0)
    accent = 0.75 + 0.25 * (np.floor(turns(chuffs, draw.rate)) % 4 == 0)
    puff = np.minimum(phase * 12.0, 1.0) * np.exp(-draw.between(3.0, 7.0) * phase) * accent
    return np.asarray(coloured(draw, count, draw.between(0.5, 1.3), 150.0) * (0.05 + puff))


def _throttle(draw: Draw, count: int, top: float) -> Wave:
    """Return a throttle curve: up in a fifth of a second, held, then back to idle."""
    idle = top * draw.between(0.25, 0.5)
    seconds = count / draw.rate
    points = [(0.0, idle if draw.chance(0.6) else top)]
    at = draw.between(0.05, 0.8)
    while at < seconds:
        hold, rest = draw.log_between(0.15, 2.5), draw.log_between(0.1, 1.2)
        up, down = draw.between(0.1, 0.35), draw.between(0.3, 0.8)
        held = top * draw.between(0.85, 1.05)
        for step, value in ((0.0, idle), (up, top), (up + hold, held), (up + hold + down, idle)):
            points.append(((at + step) / seconds, value))
        at += up + hold + down + rest
    return glide([*points, (max(points[-1][0], 1.0) + 0.01, idle)], count)


def chainsaw(draw: Draw, seconds: float) -> Wave:
    """Synthesize a two-stroke engine, which fires on every revolution: idling, revving, and slowing under load."""
    count = draw.samples(seconds)
    top = draw.log_between(85.0, 190.0, "speed")
    plan = draw.pick(("throttle", "throttle", "throttle", "rev", "cut", "cut", "idle"))
    if plan == "throttle":
        speed = _throttle(draw, count, top)
    elif plan == "cut":
        speed = top * np.exp(0.08 * wander(draw, count, draw.between(0.3, 2.0)))
    elif plan == "idle":
        speed = draw.between(30.0, 60.0) * np.exp(0.05 * wander(draw, count, 2.0))
    else:
        speed = _speed(draw, count, (35.0, 60.0), (100.0, 190.0))
    speed = speed * np.exp(draw.log_between(0.001, 0.008) * wander(draw, count, 25.0))
    every_other = 1.0 + draw.between(0.0, 0.5) * np.sign(np.sin(np.pi * turns(speed, draw.rate)))
    shape = [(draw.log_between(90.0, 400.0), 200.0, 1.0), (draw.log_between(600.0, 1400.0), 600.0, 0.9)]
    shape += [
        (draw.log_between(1600.0, 3000.0), 900.0, draw.between(0.15, 0.7)),
        (draw.log_between(3500.0, 6500.0), 1800.0, draw.between(0.03, 0.3)),
    ]
    fired = formants(pulses(speed, draw.rate) * every_other, draw.rate, shape, 0.02)
    fired /= float(np.std(fired)) + 1e-9
    rasp = banded(draw, count, (draw.between(300.0, 1500.0), 7500.0), draw.between(0.2, 1.0))
    rasp *= 0.6 + 0.4 * np.sin(2 * np.pi * turns(speed, draw.rate))
    out = np.tanh(draw.between(0.3, 1.2) * fired) + draw.log_between(0.02, 0.35) * rasp
    rumble = draw.log_between(0.01, 0.2) * banded(draw, count, (30.0, draw.between(150.0, 500.0)), 0.5)
    out = out + rumble * np.exp(0.2 * wander(draw, count, 6.0))
    low, high = float(np.min(speed)), float(np.max(speed))
    throttle = (speed - low) / max(high - low, 0.3 * high)
    dull = lowpass(out, draw.rate, draw.log_between(300.0, 1500.0), 1)
    out = stirred(
        draw,
        dull + throttle * (out - dull) if high > 1.3 * low else out,
        draw.between(1.0, 4.0),
        draw.between(1.5, 5.0),
        12,
    )
    return highpass(out, draw.rate, 40.0) * (speed / float(np.max(speed))) ** draw.between(0.5, 2.5)
