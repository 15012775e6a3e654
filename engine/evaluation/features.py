"""Features for the judges, log-mel spectrograms and MFCC statistics, independent of the generator's front end.

Clips are first brought to one level, so that a judge cannot tell classes by loudness, which is measured
separately (``engine.evaluation.sound``). Silence is floored at -60 dB, or a judge would learn the digital
silence that pads ESC-10's short recordings.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

from engine.evaluation.clip_sets import RATE

WINDOW = 1024
HOP = 320
MELS = 64
COEFFICIENTS = 20
FLOOR = 1e-3

Floats = NDArray[np.float32]


def level(waveform: Floats) -> Floats:
    """Return the waveform (samples,) without its mean, with a peak of 0.5. Silence stays silent."""
    centred = waveform - waveform.mean()
    peak = float(np.abs(centred).max(initial=0.0))
    levelled: Floats = np.asarray(centred * (0.5 / max(peak, 1e-6)), dtype=np.float32)
    return levelled


def log_mel(waveform: Floats) -> Floats:
    """Return the natural logarithm of the mel magnitudes of a clip at ``RATE``.

    Args:
        waveform: float32 (samples,), of any level.

    Returns:
        float32 (``MELS``, frames), one frame per 20 ms, from about -6.9 (the floor) to 5.
    """
    padded = np.pad(level(waveform), WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    magnitudes = np.abs(np.fft.rfft(frames * window, axis=1))
    return np.log(np.maximum(_filters() @ magnitudes.T, FLOOR)).astype(np.float32)


def log_mels(waveforms: Floats) -> Floats:
    """Return ``log_mel`` of each of (N, samples): float32 (N, ``MELS``, frames)."""
    return np.stack([log_mel(waveform) for waveform in waveforms])


def mfcc_statistics(waveform: Floats) -> Floats:
    """Return statistics of a clip's MFCCs over time as one vector, independent of its length.

    Returns:
        float32 (6 x ``COEFFICIENTS``,): mean, standard deviation, 10th and 90th percentile over time, and the
            standard
        deviation and mean absolute value of the frame-to-frame differences.
    """
    coefficients = dct(log_mel(waveform), axis=0, norm="ortho")[:COEFFICIENTS]
    change = np.diff(coefficients, axis=1)
    low, high = np.percentile(coefficients, (10, 90), axis=1)
    columns = (
        coefficients.mean(axis=1),
        coefficients.std(axis=1),
        low,
        high,
        change.std(axis=1),
        np.abs(change).mean(axis=1),
    )
    return np.concatenate(columns).astype(np.float32)


def all_mfcc_statistics(waveforms: Floats) -> Floats:
    """Return ``mfcc_statistics`` of each of (N, samples): float32 (N, 6 x ``COEFFICIENTS``)."""
    return np.stack([mfcc_statistics(waveform) for waveform in waveforms])


@lru_cache(maxsize=1)
def _filters() -> NDArray[np.float64]:
    """Return triangular mel filters of unit height (HTK's formula) from 0 to 8 kHz: (``MELS``, bins)."""
    top = 2595.0 * np.log10(1.0 + RATE / 2 / 700.0)
    corners = 700.0 * (10.0 ** (np.linspace(0.0, top, MELS + 2) / 2595.0) - 1.0)
    bins = np.fft.rfftfreq(WINDOW, 1.0 / RATE)
    rising = (bins - corners[:-2, None]) / np.diff(corners)[:-1, None]
    falling = (corners[2:, None] - bins) / np.diff(corners)[1:, None]
    triangles: NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling))
    normalised: NDArray[np.float64] = 2.0 * triangles / np.maximum(triangles.sum(axis=1, keepdims=True), 1e-9)
    return normalised
