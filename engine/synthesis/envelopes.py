"""Curves over time: pitch glides, slow random modulation, attacks and decays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.synthesis.random_draws import Draw, Wave


def glide(points: Sequence[tuple[float, float]], count: int) -> Wave:
    """Interpolate ``(position 0..1, value)`` points smoothly, on a log scale if all values are positive."""
    where = np.array([p for p, _ in points])
    values = np.array([v for _, v in points])
    at = np.linspace(0.0, 1.0, count)
    positive = bool(np.all(values > 0))
    knots = np.log(values) if positive else values
    index = np.clip(np.searchsorted(where, at, side="right") - 1, 0, len(where) - 2)
    share = np.clip((at - where[index]) / np.maximum(where[index + 1] - where[index], 1e-9), 0.0, 1.0)
    share = share * share * (3.0 - 2.0 * share)
    curve = knots[index] * (1.0 - share) + knots[index + 1] * share
    return np.asarray(np.exp(curve) if positive else curve)


def wander(draw: Draw, count: int, hertz: float) -> Wave:
    """Return a slow random curve, mean about 0 and spread about 1, changing direction ``hertz`` times a second."""
    knots = max(4, int(count / draw.rate * hertz * 2) + 4)
    values = draw.rng.standard_normal(knots)
    at = np.linspace(0.5, knots - 2.5, count) + draw.between(0.0, 0.9)
    index = at.astype(np.int64)
    share = at - index
    share = share * share * (3.0 - 2.0 * share)
    last = knots - 1
    return values[index] * (1.0 - share) + values[np.minimum(index + 1, last)] * share


def swell(draw: Draw, count: int, attack: float, release: float, bend: float = 1.0) -> Wave:
    """Return an envelope that rises to 1 in ``attack`` seconds and falls to 0 in the last ``release`` seconds."""
    position = np.arange(count) / draw.rate
    up = np.clip(position / max(attack, 1e-4), 0.0, 1.0)
    down = np.clip((count / draw.rate - position) / max(release, 1e-4), 0.0, 1.0)
    curve: Wave = (0.5 - 0.5 * np.cos(np.pi * up)) * (0.5 - 0.5 * np.cos(np.pi * down))
    return curve**bend


def decay(draw: Draw, count: int, seconds: float) -> Wave:
    """Return an exponential decay by 60 dB in ``seconds``."""
    return np.asarray(np.exp(-6.9078 * np.arange(count) / (draw.rate * max(seconds, 1e-4))))


def struck(draw: Draw, count: int, attack: float, seconds: float) -> Wave:
    """Return an envelope that rises in ``attack`` seconds and then decays by 60 dB in ``seconds``."""
    rise = np.clip(np.arange(count) / (draw.rate * max(attack, 1e-5)), 0.0, 1.0)
    return rise * decay(draw, count, seconds)


def soften_ends(wave: Wave, samples: int) -> Wave:
    """Fade both ends over ``samples``, so that the sound starts and stops without a click."""
    length = min(samples, len(wave) // 2)
    if length < 1:
        return wave
    ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / length)
    out = wave.copy()
    out[:length] *= ramp
    out[-length:] *= ramp[::-1]
    return out
