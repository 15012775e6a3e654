"""Augmentation of recordings: speed, pitch, equalization, position in time, repetition, gain.

Every function takes its own generator and leaves its input unchanged. Waveforms are mono float32 at 16 kHz.
"""

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy import signal

RATE = 16_000
Wave = NDArray[np.float32]


def trimmed(waveform: Wave, floor_db: float = -50.0) -> Wave:
    """Trim silence at both ends, detected on 20 ms frames relative to the loudest one."""
    hop = RATE // 50
    frames = np.lib.stride_tricks.sliding_window_view(waveform, min(hop, len(waveform)))[::hop]
    power = (frames**2).mean(axis=1)
    heard = np.flatnonzero(power > power.max() * 10 ** (floor_db / 10))
    if len(heard) == 0:
        return waveform
    return waveform[heard[0] * hop : (heard[-1] + 1) * hop + hop]


def with_speed(waveform: Wave, rng: np.random.Generator, spread: float = 0.12) -> Wave:
    """Resample a little faster or slower: pitch and duration change together."""
    factor = float(np.exp(rng.uniform(-spread, spread)))
    return np.asarray(soxr.resample(waveform, RATE, RATE * factor, quality="MQ"), dtype=np.float32)


def with_colour(waveform: Wave, rng: np.random.Generator, spread_db: float = 5.0) -> Wave:
    """Apply a random gentle equalizer of two wide bells, like another microphone and distance."""
    for _ in range(2):
        gain = 10 ** (rng.uniform(-spread_db, spread_db) / 40)
        centre = 2 * np.pi * np.exp(rng.uniform(np.log(120), np.log(6_000))) / RATE
        alpha = np.sin(centre) / (2 * rng.uniform(0.4, 1.2))
        b = np.array([1 + alpha * gain, -2 * np.cos(centre), 1 - alpha * gain])
        a = np.array([1 + alpha / gain, -2 * np.cos(centre), 1 - alpha / gain])
        waveform = signal.lfilter(b / a[0], a / a[0], waveform).astype(np.float32)
    return waveform


def placed(waveform: Wave, samples: int, rng: np.random.Generator) -> Wave:
    """Crop or extend to exactly ``samples``.

    A longer sound is cropped at random. A shorter one is placed at random, and often repeated after a pause,
    because short events occur singly and in series.
    """
    if len(waveform) >= samples:
        start = int(rng.integers(0, len(waveform) - samples + 1))
        return waveform[start : start + samples].copy()
    out = np.zeros(samples, dtype=np.float32)
    at = int(rng.integers(0, max(1, min(samples - len(waveform), samples // 4))))
    repeats = rng.random() < 0.6
    while at < samples:
        piece = waveform[: samples - at]
        out[at : at + len(piece)] += piece * np.float32(10 ** (rng.uniform(-4, 0) / 20))
        at += len(waveform) + int(rng.exponential(0.5) * RATE)
        if not repeats:
            break
    return out


def at_peak(waveform: Wave, peak: float) -> Wave:
    """Remove the mean and scale to ``peak``; silence stays silent."""
    centred = waveform - waveform.mean()
    return np.asarray(centred * (peak / max(float(np.abs(centred).max()), 1e-4)), dtype=np.float32)


def varied(waveform: Wave, samples: int, rng: np.random.Generator) -> Wave:
    """Return a new example of ``samples`` from a recording, with random speed, position and equalization, peak 0.5."""
    changed = with_speed(waveform, rng) if rng.random() < 0.7 else waveform
    if len(changed) < samples * 1.2:
        changed = trimmed(changed) if rng.random() < 0.7 else changed
    laid = placed(changed, samples, rng)
    if rng.random() < 0.6:
        laid = with_colour(laid, rng)
    return at_peak(laid, 0.5)
