"""Things that ring when struck: sums of decaying partials, and plucked strings."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from engine.training.synthesis.draw import Draw, Wave
from engine.training.synthesis.noises import white


def rung(draw: Draw, seconds: float, frequencies: Wave, decays: Wave, levels: Wave) -> Wave:
    """One strike of a bank of modes.

    Args:
        draw: randomness (the phases) and rate.
        seconds: length of the result.
        frequencies: (k,) Hz; those above the band are left out.
        decays: (k,) seconds to fall by 60 dB.
        levels: (k,) at the strike.
    """
    count = draw.samples(seconds)
    out = np.zeros(count)
    for frequency, fall, level in zip(frequencies, decays, levels, strict=True):
        if frequency > 0.47 * draw.rate:
            continue
        span = min(count, draw.samples(float(fall) * 1.1))
        pole = np.exp(-6.9078 / (draw.rate * fall) + 2j * np.pi * frequency / draw.rate)
        start = level * np.exp(2j * np.pi * draw.between(0.0, 1.0))
        out[:span] += _spiral(complex(start), complex(pole), span)
    return out


def _spiral(start: complex, pole: complex, count: int) -> Wave:
    """Real part of ``start * pole**k``: by blocks, far cheaper than a sine for each sample."""
    block = 256
    inner = pole ** np.arange(block)
    outer = start * (pole**block) ** np.arange((count + block - 1) // block)
    return np.real(outer[:, None] * inner[None, :]).reshape(-1)[:count]


def plucked(draw: Draw, seconds: float, pitch: float, bright: float, sustain: float) -> Wave:
    """A plucked string (Karplus and Strong 1983, with the fractional delay of Jaffe and Smith).

    Args:
        draw: randomness and rate.
        seconds: length of the result.
        pitch: Hz.
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
