"""Filters: fixed ones, resonances, and moving formants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft, rfftfreq
from scipy.signal import butter, lfilter, sosfilt

from engine.synthesis.random_draws import Draw, Range, Wave


def lowpass(wave: Wave, rate: int, cutoff: float, order: int = 2) -> Wave:
    """Apply a Butterworth low pass; a cutoff above the band leaves the sound unchanged."""
    if cutoff >= 0.49 * rate:
        return wave
    return np.asarray(sosfilt(butter(order, cutoff, "lowpass", fs=rate, output="sos"), wave))


def highpass(wave: Wave, rate: int, cutoff: float, order: int = 2) -> Wave:
    """Apply a Butterworth high pass."""
    cutoff = min(cutoff, 0.45 * rate)
    return np.asarray(sosfilt(butter(order, cutoff, "highpass", fs=rate, output="sos"), wave))


def bandpass(wave: Wave, rate: int, band: Range, order: int = 2) -> Wave:
    """Apply a Butterworth band pass between two frequencies in Hz."""
    high = min(band[1], 0.48 * rate)
    low = min(band[0], 0.8 * high)
    return np.asarray(sosfilt(butter(order, (low, high), "bandpass", fs=rate, output="sos"), wave))


def resonance(wave: Wave, rate: int, frequency: float, seconds: float) -> Wave:
    """Apply a two-pole resonator that decays by 60 dB in ``seconds``; a unit impulse rings at about 1."""
    angle = 2.0 * np.pi * min(frequency, 0.48 * rate) / rate
    radius = float(np.exp(-6.9078 / (rate * max(seconds, 1e-4))))
    return np.asarray(
        lfilter([float(np.sin(angle))], [1.0, -2.0 * radius * float(np.cos(angle)), radius * radius], wave)
    )


def tilt(wave: Wave, rate: int, corner: float) -> Wave:
    """Apply a one-pole low pass: 6 dB per octave above ``corner``."""
    pole = float(np.exp(-2.0 * np.pi * corner / rate))
    return np.asarray(lfilter([1.0 - pole], [1.0, -pole], wave))


Formant = tuple[Wave | float, float, float]
"""Centre in Hz (fixed, or a curve as long as the sound), bandwidth in Hz, gain."""


def formants(wave: Wave, rate: int, resonances: Sequence[Formant], floor: float = 0.01) -> Wave:
    """Filter a source by resonances that may move, frame by frame (overlap-add of 32 ms frames).

    Args:
        wave: (n,) source.
        rate: samples per second.
        resonances: the formants; a curve for the centre makes it glide.
        floor: gain away from the formants.
    """
    frequency, middles = _frames(len(wave), rate)
    return _reshaped(wave, rate, _formant_gains(frequency, middles, resonances, floor))


def _frames(count: int, rate: int) -> tuple[Wave, NDArray[np.int64]]:
    """Return the frequencies of the bins and the centres of the frames that ``_reshaped`` uses."""
    size = 2 * round(rate * 0.016)
    hop = size // 2
    frames = count // hop + 2
    return rfftfreq(size, 1.0 / rate), np.clip(np.arange(frames) * hop, 0, count - 1)


def _reshaped(wave: Wave, rate: int, gains: Wave) -> Wave:
    """Multiply the short-time spectrum by ``gains`` (frames, bins); frames of 32 ms with half overlap."""
    size = 2 * round(rate * 0.016)
    hop = size // 2
    frames = len(gains)
    padded = np.zeros(hop * (frames + 1))
    padded[hop : hop + len(wave)] = wave
    blocks = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    window = np.sin(np.pi * (np.arange(size) + 0.5) / size)
    shaped = irfft(rfft(blocks * window, axis=1) * gains, size, axis=1) * window
    out = np.zeros_like(padded)
    out[: frames * hop] += shaped[:, :hop].reshape(-1)
    out[hop:] += shaped[:, hop:].reshape(-1)
    return out[hop : hop + len(wave)]


def stirred(draw: Draw, wave: Wave, depth_db: float, hertz: float, bands: int = 10) -> Wave:
    """Modulate the level of each frequency band independently, like turbulence and moving sources.

    Args:
        draw: randomness and rate.
        wave: (n,) sound.
        depth_db: standard deviation of a band's level.
        hertz: rate of change.
        bands: number of bands between 60 Hz and the top.
    """
    frequency, middles = _frames(len(wave), draw.rate)
    knots = max(3, int(len(wave) / draw.rate * hertz * 2) + 3)
    field = draw.rng.normal(0.0, depth_db / 8.686, (knots, bands))
    time = middles / max(len(wave), 1) * (knots - 1)
    early = np.minimum(time.astype(np.int64), knots - 2)
    share = (time - early)[:, None]
    rows = field[early] * (1.0 - share) + field[early + 1] * share
    place = np.clip(np.log2(np.maximum(frequency, 60.0) / 60.0) / np.log2(draw.rate / 120.0), 0.0, 1.0) * (
        bands - 1
    )
    low = np.minimum(place.astype(np.int64), bands - 2)
    part = place - low
    return _reshaped(wave, draw.rate, np.exp(rows[:, low] * (1.0 - part) + rows[:, low + 1] * part))


def _formant_gains(
    frequency: Wave, middles: NDArray[np.int64], resonances: Sequence[Formant], floor: float
) -> Wave:
    gains = np.full((len(middles), len(frequency)), floor)
    for centre, width, gain in resonances:
        track = centre[middles] if isinstance(centre, np.ndarray) else np.full(len(middles), centre)
        away = (frequency[None, :] - track[:, None]) / (0.5 * width)
        gains += gain / np.sqrt(1.0 + away * away) / (1.0 + 0.02 * away * away)
    return gains
