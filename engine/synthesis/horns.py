"""Horns, sirens and whistles: chords of reeds, sweeps, and steam."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.synthesis.envelopes import glide, swell, wander
from engine.synthesis.events import repeated
from engine.synthesis.filters import formants
from engine.synthesis.noises import banded
from engine.synthesis.random_draws import Draw, Wave
from engine.synthesis.sources import harmonics, pulses


def horn(draw: Draw, seconds: float) -> Wave:
    """Synthesize the horn of a car, a ship or a train, or a bulb horn."""
    kind = draw.between(0.0, 1.0)
    if kind < 0.6:
        return car_horn(draw, seconds)
    if kind < 0.75:
        return bulb_horn(draw, seconds)
    return ship_horn(draw, seconds) if kind < 0.85 else train_horn(draw, seconds)


def blown(draw: Draw, seconds: float, notes: Sequence[float], peaks: Sequence[float], sag: float) -> Wave:
    """Synthesize a chord of reeds or diaphragms with the resonances of their bells.

    Args:
        draw: randomness and rate.
        seconds: duration.
        notes: pitches in Hz.
        peaks: resonances of the bells in Hz.
        sag: relative fall of the pitch as the air stops.
    """
    count = draw.samples(seconds)
    bend = glide([(0.0, 1.0 - sag), (min(0.05 / seconds, 0.3), 1.0), (0.9, 1.0), (1.0, 1.0 - sag)], count)
    out = np.zeros(count)
    for note in notes:
        pitch = note * bend * np.exp(0.002 * wander(draw, count, 8.0))
        out += pulses(pitch, draw.rate, draw.between(0.0, 1.0)) * draw.between(0.6, 1.0)
    out = formants(out, draw.rate, [(peak, 0.5 * peak, 1.0) for peak in peaks], 0.05)
    return (
        out
        / (float(np.std(out)) + 1e-9)
        * swell(draw, count, draw.between(0.01, 0.05), draw.between(0.03, 0.15))
    )


def car_horn(draw: Draw, seconds: float) -> Wave:
    """Synthesize two diaphragms about a third apart, honked short or long."""
    low = draw.between(290.0, 440.0)
    notes = (low, low * draw.between(1.18, 1.28)) if draw.chance(0.8) else (low,)
    peaks = (draw.between(1200.0, 2200.0), draw.between(2500.0, 4000.0))
    length = draw.log_between(0.12, 1.8)
    return repeated(
        draw, seconds, lambda: blown(draw, draw.near(length, 0.4), notes, peaks, 0.01), (0.08, 1.0), most=8
    )


def bulb_horn(draw: Draw, seconds: float) -> Wave:
    """Synthesize the rubber bulb horn of bicycles and clowns: one brassy squawk."""
    note = draw.between(220.0, 520.0)
    peaks = (draw.between(700.0, 1200.0), draw.between(1600.0, 2600.0))
    return repeated(
        draw, seconds, lambda: blown(draw, draw.between(0.12, 0.4), (note,), peaks, 0.15), (0.1, 0.8)
    )


def ship_horn(draw: Draw, seconds: float) -> Wave:
    """Synthesize one or two very low, long notes."""
    low = draw.log_between(70.0, 190.0)
    notes = (low,) if draw.chance(0.6) else (low, low * draw.pick((1.25, 1.5, 1.01)))
    peaks = (low * 2.5, draw.between(400.0, 900.0))
    return repeated(
        draw, seconds, lambda: blown(draw, draw.between(1.2, 4.5), notes, peaks, 0.03), (0.4, 2.0), most=3
    )


def train_horn(draw: Draw, seconds: float) -> Wave:
    """Synthesize a chord of three to five air chimes, or a steam whistle."""
    if draw.chance(0.4):
        return repeated(draw, seconds, lambda: _steam_whistle(draw), (0.15, 1.0), most=5)
    root = draw.between(220.0, 370.0)
    chords = ((1.0, 1.19, 1.5), (1.0, 1.26, 1.5, 1.68, 2.0), (1.0, 1.19, 1.41), (1.0, 1.34))
    notes = [root * step for step in draw.pick(chords)]
    peaks = (draw.between(600.0, 1000.0), draw.between(1300.0, 2400.0))
    return repeated(
        draw, seconds, lambda: blown(draw, draw.log_between(0.4, 2.5), notes, peaks, 0.03), (0.15, 1.0)
    )


def _steam_whistle(draw: Draw) -> Wave:
    length = draw.log_between(0.4, 2.5)
    count = draw.samples(length)
    root = draw.between(380.0, 800.0)
    bend = glide([(0.0, 0.8), (0.15, 1.0), (0.85, 1.0), (1.0, draw.between(0.75, 0.95))], count)
    out = 0.15 * banded(draw, count, (600.0, 6000.0))
    for step in draw.pick(((1.0,), (1.0, 1.25, 1.5), (1.0, 1.2, 1.5, 1.8))):
        pitch = root * step * bend * np.exp(0.004 * wander(draw, count, 15.0))
        out += harmonics(pitch, draw.rate, (1.0, 0.15, 0.25, 0.06, 0.08))
    return out * swell(draw, count, 0.08, 0.2)


def siren(draw: Draw, seconds: float) -> Wave:
    """Synthesize a wail, yelp, two-tone or air-raid siren."""
    count = draw.samples(seconds)
    time = np.arange(count) / draw.rate + draw.between(0.0, 5.0)
    kind = draw.pick(("wail", "yelp", "two", "raid"))
    low = draw.between(450.0, 750.0)
    high = low * draw.between(1.6, 2.6)
    if kind == "two":
        pitch = np.where(
            np.mod(time * draw.between(0.7, 2.0), 1.0) < 0.5, low, low * draw.pick((1.25, 1.33, 1.5))
        )
    else:
        rate = {
            "wail": draw.between(0.15, 0.5, "speed"),
            "yelp": draw.between(2.0, 5.0, "speed"),
            "raid": draw.between(0.08, 0.2, "speed"),
        }[kind]
        turn = np.mod(time * rate, 1.0)
        rise = draw.between(0.3, 0.7)
        shape = np.where(turn < rise, turn / rise, (1.0 - turn) / (1.0 - rise))
        pitch = low * (high / low) ** np.sin(0.5 * np.pi * shape)
    out = pulses(pitch, draw.rate)
    peaks = [(draw.between(800.0, 1500.0), 600.0, 1.0), (draw.between(2000.0, 3500.0), 1200.0, 0.5)]
    out = formants(out, draw.rate, peaks, 0.05)
    if draw.chance(0.4):
        out = out * np.exp(0.5 * wander(draw, count, 0.4))
    return out
