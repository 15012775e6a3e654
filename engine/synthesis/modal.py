"""Modal synthesis: sums of decaying partials, and plucked strings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from engine.synthesis.noises import white
from engine.synthesis.random_draws import Draw, Wave

Spiral = NDArray[np.complex128]


def rung(draw: Draw, seconds: float, frequencies: Wave, decays: Wave, levels: Wave) -> Wave:
    """Synthesize one strike of a bank of modes.

    Args:
        draw: randomness (the phases) and rate.
        seconds: duration.
        frequencies: (k,) Hz; those above the band are left out.
        decays: (k,) seconds to fall by 60 dB.
        levels: (k,) initial amplitudes.
    """
    count = draw.samples(seconds)
    heard = frequencies < 0.47 * draw.rate
    starts = levels[heard] * np.exp(2j * np.pi * draw.rng.random(int(np.sum(heard))))
    return _spirals(starts, _poles(draw, frequencies[heard], decays[heard]), count)


def _poles(draw: Draw, frequencies: Wave, decays: Wave) -> Spiral:
    return np.asarray(np.exp(-6.9078 / (draw.rate * decays) + 2j * np.pi * frequencies / draw.rate))


def _spirals(starts: Spiral, poles: Spiral, count: int) -> Wave:
    """Return the sum over all modes of the real part of ``start * pole**k``.

    In blocks, the power splits into an outer and an inner one, so that all modes are one matrix product: far
    cheaper than a sine per sample.
    """
    block = 128
    inner = poles[:, None] ** np.arange(block)[None, :]
    outer = starts * (poles**block)[None, :] ** np.arange((count + block - 1) // block)[:, None]
    rows = np.concatenate([outer.real, -outer.imag], axis=1) @ np.concatenate([inner.real, inner.imag])
    return np.asarray(rows.reshape(-1)[:count])


def plucked(draw: Draw, seconds: float, pitch: float, bright: float, sustain: float) -> Wave:
    """Synthesize a plucked string (Karplus and Strong 1983, with the fractional delay of Jaffe and Smith).

    Args:
        draw: randomness and rate.
        seconds: duration.
        pitch: pitch in Hz.
        bright: 0..1, how sharp the pluck is.
        sustain: seconds to fall by 60 dB at low frequencies.
    """
    period = draw.rate / pitch
    whole = int(period - 0.5)
    share = period - 0.5 - whole
    loss = float(10.0 ** (-3.0 / (pitch * sustain)))
    feedback = np.zeros(whole + 3)
    feedback[0] = 1.0
    feedback[whole : whole + 3] -= loss * np.array([0.5 * (1 - share), 0.5, 0.5 * share])
    burst = np.zeros(draw.samples(seconds))
    pluck = white(draw, whole)
    smooth = 1.0 - bright
    pluck = np.asarray(lfilter([1.0 - 0.9 * smooth], [1.0, -0.9 * smooth], pluck))
    pick = max(1, int(whole * draw.between(0.08, 0.4)))
    pluck[pick:] -= 0.8 * pluck[:-pick]
    span = min(len(burst), whole)
    burst[:span] = pluck[:span]
    out = np.asarray(lfilter([1.0], feedback, burst))
    return out / (float(np.max(np.abs(out))) + 1e-9)
