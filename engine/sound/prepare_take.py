"""What every take goes through before anyone hears it: no DC, no clicks at its ends, the level asked for."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.sound.loudness import level_lufs
from engine.sound.truepeak import OVERSAMPLING, oversampled, true_peak_dbtp
from engine.sound.waveform import Waveform, from_db

LOWEST_HZ = 20.0
FADE_SECONDS = 0.008
CEILING_DBTP = -1.0
MOST_LIMITING_DB = 12.0
"""Beyond this the limiter would be heard as distortion; a sound of single sharp clicks then stays quieter."""

LOOKAHEAD_SECONDS = 0.004
TOLERANCE_LU = 0.02


def prepare_take(samples: Waveform, rate: int, lufs: float, ceiling_dbtp: float = CEILING_DBTP) -> Waveform:
    """A waveform made fit to be used: without DC, faded at its ends, at ``lufs`` and under ``ceiling_dbtp``.

    Silence stays silence.
    """
    return normalize_loudness(fade_ends(remove_dc(samples, rate), rate), rate, lufs, ceiling_dbtp)


def remove_dc(samples: Waveform, rate: int) -> Waveform:
    """The waveform without what lies below hearing (a second-order high-pass at 20 Hz, run both ways)."""
    from scipy.signal import butter, sosfiltfilt

    if samples.shape[1] < rate // 10:
        return np.asarray(samples - samples.mean(axis=1, keepdims=True), np.float32)
    filters = butter(2, LOWEST_HZ, "highpass", fs=rate, output="sos")
    centred = samples.astype(np.float64) - samples.mean(axis=1, keepdims=True)
    return np.asarray(
        sosfiltfilt(filters, centred, axis=1, padlen=min(rate // 2, samples.shape[1] - 1)), np.float32
    )


def fade_ends(samples: Waveform, rate: int, seconds: float = FADE_SECONDS) -> Waveform:
    """The waveform with raised-cosine fades at both ends: it starts and stops at zero, without a click."""
    length = min(round(seconds * rate), samples.shape[1] // 2)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / max(length, 1))
    envelope = np.ones(samples.shape[1])
    envelope[:length] *= rise
    envelope[samples.shape[1] - length :] *= rise[::-1]
    return np.asarray(samples * envelope, np.float32)


def normalize_loudness(
    samples: Waveform, rate: int, lufs: float, ceiling_dbtp: float = CEILING_DBTP
) -> Waveform:
    """The waveform brought to ``lufs`` with no true peak over ``ceiling_dbtp``.

    A plain gain where that is enough; else a look-ahead limiter takes the peaks, and the gain is raised until
    the level is met or the limiter would have to take more than ``MOST_LIMITING_DB``. Silence stays silence.
    """
    level = level_lufs(samples, rate)
    if level is None:
        return samples
    peak = true_peak_dbtp(samples)
    most = ceiling_dbtp + MOST_LIMITING_DB - peak
    gain = min(lufs - level, most)
    changed = limit_peaks(samples * np.float32(from_db(gain)), rate, ceiling_dbtp)
    for _ in range(12):
        missing = lufs - (level_lufs(changed, rate) or lufs)
        if abs(missing) < TOLERANCE_LU or (missing > 0 and gain >= most):
            break
        gain = min(gain + missing, most)
        changed = limit_peaks(samples * np.float32(from_db(gain)), rate, ceiling_dbtp)
    return changed


def limit_peaks(samples: Waveform, rate: int, ceiling_dbtp: float = CEILING_DBTP) -> Waveform:
    """The waveform with its true peaks held under the ceiling, all channels alike."""
    over = true_peak_dbtp(samples) - ceiling_dbtp
    if over <= 0:
        return samples
    changed = np.asarray(samples * _limiting_gain(samples, rate, from_db(ceiling_dbtp)), np.float32)
    # The moving gain can lift a between-sample peak by a hair; a last plain gain makes the ceiling exact.
    rest = true_peak_dbtp(changed) - ceiling_dbtp
    return changed if rest <= 0 else np.asarray(changed * from_db(-rest - 1e-4), np.float32)


def _limiting_gain(samples: Waveform, rate: int, ceiling: float) -> NDArray[np.float64]:
    """For each sample the factor (at most 1) that keeps it under the ceiling, rising and falling smoothly.

    The least factor within the look-ahead, averaged over the same window: it can never exceed what any one
    peak allows.
    """
    from scipy.ndimage import minimum_filter1d

    fine = np.abs(oversampled(samples)).max(axis=0)
    peaks = np.maximum(fine.reshape(-1, OVERSAMPLING).max(axis=1), np.abs(samples).max(axis=0))
    peaks = np.maximum(peaks, np.concatenate([[0.0], peaks[:-1]]))
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, ceiling))
    reach = max(1, math.ceil(LOOKAHEAD_SECONDS * rate))
    window = np.hanning(2 * reach + 3)[1:-1]
    least = minimum_filter1d(needed, 2 * reach + 1, mode="nearest")
    return np.convolve(np.pad(least, reach, mode="edge"), window / window.sum(), mode="valid")
