"""Filters: fixed ones, resonances, and formants that move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft, rfftfreq
from scipy.signal import butter, lfilter, sosfilt

from engine.training.synthesis.draw import Range, Wave


def lowpass(wave: Wave, rate: int, cutoff: float, order: int = 2) -> Wave:
    """Butterworth low pass; a cutoff above the band leaves the sound as it is."""
    if cutoff >= 0.49 * rate:
        return wave
    return np.asarray(sosfilt(butter(order, cutoff, "lowpass", fs=rate, output="sos"), wave))


def highpass(wave: Wave, rate: int, cutoff: float, order: int = 2) -> Wave:
    """Butterworth high pass."""
    cutoff = min(cutoff, 0.45 * rate)
    return np.asarray(sosfilt(butter(order, cutoff, "highpass", fs=rate, output="sos"), wave))


def bandpass(wave: Wave, rate: int, band: Range, order: int = 2) -> Wave:
    """Butterworth band pass between two frequencies in Hz."""
    high = min(band[1], 0.48 * rate)
    low = min(band[0], 0.8 * high)
    return np.asarray(sosfilt(butter(order, (low, high), "bandpass", fs=rate, output="sos"), wave))


def resonance(wave: Wave, rate: int, frequency: float, seconds: float) -> Wave:
    """Two-pole resonator that rings for ``seconds`` (60 dB); an impulse of 1 gives a ring of about 1."""
    angle = 2.0 * np.pi * min(frequency, 0.48 * rate) / rate
    radius = float(np.exp(-6.9078 / (rate * max(seconds, 1e-4))))
    return np.asarray(
        lfilter([float(np.sin(angle))], [1.0, -2.0 * radius * float(np.cos(angle)), radius * radius], wave)
    )


def tilt(wave: Wave, rate: int, corner: float) -> Wave:
    """One-pole low pass: 6 dB per octave above ``corner``."""
    pole = float(np.exp(-2.0 * np.pi * corner / rate))
    return np.asarray(lfilter([1.0 - pole], [1.0, -pole], wave))


Formant = tuple[Wave | float, float, float]
"""Centre in Hz (fixed, or a curve as long as the sound), bandwidth in Hz, gain."""


def formants(wave: Wave, rate: int, resonances: Sequence[Formant], floor: float = 0.01) -> Wave:
    """Shapes a source by resonances that may move, frame by frame (overlap-add of 32 ms frames).

    Args:
        wave: (n,) source.
        rate: samples per second.
        resonances: the formants; a curve for the centre makes it glide.
        floor: gain of everything away from the formants.
    """
    size = 2 * round(rate * 0.016)
    hop = size // 2
    frames = len(wave) // hop + 2
    padded = np.zeros(hop * (frames + 1))
    padded[hop : hop + len(wave)] = wave
    blocks = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    window = np.sin(np.pi * (np.arange(size) + 0.5) / size)
    middles = np.clip(np.arange(len(blocks)) * hop, 0, len(wave) - 1)
    gains = _formant_gains(rfftfreq(size, 1.0 / rate), middles, resonances, floor)
    shaped = irfft(rfft(blocks * window, axis=1) * gains, size, axis=1) * window
    out = np.zeros_like(padded)
    for half in (0, 1):
        flat = np.zeros((len(blocks) + 1) * hop)
        flat[: len(blocks) * hop] = shaped[:, half * hop : (half + 1) * hop].reshape(-1)
        start = half * hop
        span = min(len(out) - start, len(blocks) * hop)
        out[start : start + span] += flat[:span]
    return out[hop : hop + len(wave)]


def _formant_gains(
    frequency: Wave, middles: NDArray[np.int64], resonances: Sequence[Formant], floor: float
) -> Wave:
    gains = np.full((len(middles), len(frequency)), floor)
    for centre, width, gain in resonances:
        track = centre[middles] if isinstance(centre, np.ndarray) else np.full(len(middles), centre)
        away = (frequency[None, :] - track[:, None]) / (0.5 * width)
        gains += gain / np.sqrt(1.0 + away * away) / (1.0 + 0.02 * away * away)
    return gains
