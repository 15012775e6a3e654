"""Noise of many spectral slopes."""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from engine.synthesis.random_draws import Draw, Range, Wave


def white(draw: Draw, count: int) -> Wave:
    """Return Gaussian noise with a standard deviation of 1."""
    return draw.rng.standard_normal(count)


def coloured(draw: Draw, count: int, slope: float, floor: float = 40.0) -> Wave:
    """Return noise whose power falls by ``slope`` x 3 dB per octave above ``floor`` Hz: 0 white, 1 pink, 2 brown."""
    size = next_fast_len(count, real=True)
    frequency = np.maximum(rfftfreq(size, 1.0 / draw.rate), floor)
    spectrum = rfft(white(draw, size)) * frequency ** (-0.5 * slope)
    spectrum[0] = 0.0
    return _unit(irfft(spectrum, size)[:count])


OPEN = 7_000.0
"""A band that ends above this many Hz has no upper end."""


def banded(draw: Draw, count: int, band: Range, slope: float = 0.0, skirt: float = 4.0) -> Wave:
    """Return noise between two frequencies, with skirts of ``skirt`` x 6 dB per octave."""
    low, high = band
    if high >= OPEN:  # what reaches the top at 16 kHz goes on to the top at any rate
        high *= max(1.0, draw.rate / 16_000)
    size = next_fast_len(count, real=True)
    frequency = np.maximum(rfftfreq(size, 1.0 / draw.rate), 1.0)
    gain = frequency ** (-0.5 * slope)
    gain = gain / np.sqrt(
        (1.0 + (low / frequency) ** (2 * skirt)) * (1.0 + (frequency / high) ** (2 * skirt))
    )
    return _unit(irfft(rfft(white(draw, size)) * gain, size)[:count])


def _unit(wave: Wave) -> Wave:
    scaled: Wave = wave / (float(np.sqrt(np.mean(wave * wave))) + 1e-12)
    return scaled
