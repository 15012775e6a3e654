"""What every generated take goes through: no DC, no clicks at its ends, the loudness asked for."""

import numpy as np

from engine.sound.limiter import limit_peaks
from engine.sound.loudness import level_lufs
from engine.sound.truepeak import true_peak_dbtp
from engine.sound.waveform import Waveform, from_db

LOWEST_HZ = 20.0
FADE_SECONDS = 0.008
CEILING_DBTP = -1.0
MOST_LIMITING_DB = 12.0
"""Beyond this the limiter would be heard as distortion; a sound of single sharp clicks then stays quieter."""

ATTACK_SECONDS, RELEASE_SECONDS = 0.008, 0.002
"""Quicker than in a mix: a take is one sound, whose body should not duck under its own onset."""

TOLERANCE_LU = 0.02
MOST_ROUNDS = 12


def prepare_take(
    samples: Waveform, rate: int, lufs: float, ceiling_dbtp: float = CEILING_DBTP, *, overlap: int = 0
) -> Waveform:
    """Return a waveform without DC, faded at its ends, at ``lufs`` and under ``ceiling_dbtp``. Silence stays silence.

    Args:
        samples: float32 (channels, samples), full scale 1.0.
        rate: samples per second.
        lufs: loudness (ITU-R BS.1770-4); see ``normalize_loudness`` for where it is not reached.
        ceiling_dbtp: highest true peak.
        overlap: if above 0, samples at the end that are laid over the start, which makes a loop instead of faded ends.
    """
    clean = remove_dc(samples, rate)
    ends = looped(clean, overlap) if overlap else fade_ends(clean, rate)
    return normalize_loudness(ends, rate, lufs, ceiling_dbtp)


def looped(samples: Waveform, overlap: int) -> Waveform:
    """Return a waveform whose end continues in its start: its last ``overlap`` samples fade into its first.

    Args:
        samples: float32 (channels, samples), of at least twice the overlap.
        overlap: samples of the crossfade of equal power, by which the result is shorter.
    """
    length = samples.shape[1] - overlap
    angle = np.linspace(0, np.pi / 2, overlap)
    out = samples[:, :length].copy()
    out[:, :overlap] = out[:, :overlap] * np.sin(angle) + samples[:, length:] * np.cos(angle)
    return np.asarray(out, np.float32)


def remove_dc(samples: Waveform, rate: int) -> Waveform:
    """Return the waveform without what lies below hearing: a second-order high-pass at 20 Hz, run both ways.

    Args:
        samples: float32 (channels, samples).
        rate: samples per second.
    """
    from scipy.signal import butter, sosfiltfilt

    if samples.shape[1] < rate // 10:
        return np.asarray(samples - samples.mean(axis=1, keepdims=True), np.float32)
    filters = butter(2, LOWEST_HZ, "highpass", fs=rate, output="sos")
    centred = samples.astype(np.float64) - samples.mean(axis=1, keepdims=True)
    return np.asarray(
        sosfiltfilt(filters, centred, axis=1, padlen=min(rate // 2, samples.shape[1] - 1)), np.float32
    )


def fade_ends(samples: Waveform, rate: int, seconds: float = FADE_SECONDS) -> Waveform:
    """Return the waveform with raised-cosine fades at both ends, so that it starts and stops without a click.

    Args:
        samples: float32 (channels, samples).
        rate: samples per second.
        seconds: length of each fade, at most half the sound.
    """
    length = min(round(seconds * rate), samples.shape[1] // 2)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / max(length, 1))
    envelope = np.ones(samples.shape[1])
    envelope[:length] *= rise
    envelope[samples.shape[1] - length :] *= rise[::-1]
    return np.asarray(samples * envelope, np.float32)


def normalize_loudness(
    samples: Waveform, rate: int, lufs: float, ceiling_dbtp: float = CEILING_DBTP
) -> Waveform:
    """Return the waveform at ``lufs`` with no true peak over ``ceiling_dbtp``. Silence stays silence.

    A plain gain where that is enough; otherwise a look-ahead limiter takes the peaks, and the gain is raised until
    the level is met or the limiter would have to take more than ``MOST_LIMITING_DB``: then it stays quieter.

    Args:
        samples: float32 (channels, samples).
        rate: samples per second.
        lufs: integrated loudness; of sounds under 400 ms, that of the whole as one block.
        ceiling_dbtp: highest true peak.
    """
    level = level_lufs(samples, rate)
    if level is None:
        return samples
    most = ceiling_dbtp + MOST_LIMITING_DB - true_peak_dbtp(samples)
    gain = min(lufs - level, most)
    changed = _raised(samples, gain, rate, ceiling_dbtp)
    for _ in range(MOST_ROUNDS):
        missing = lufs - (level_lufs(changed, rate) or lufs)
        if abs(missing) < TOLERANCE_LU or (missing > 0 and gain >= most):
            break
        gain = min(gain + missing, most)
        changed = _raised(samples, gain, rate, ceiling_dbtp)
    return changed


def _raised(samples: Waveform, gain_db: float, rate: int, ceiling_dbtp: float) -> Waveform:
    """Return the waveform at another gain, limited."""
    return limit_peaks(
        samples * np.float32(from_db(gain_db)),
        rate,
        ceiling_dbtp,
        attack_seconds=ATTACK_SECONDS,
        release_seconds=RELEASE_SECONDS,
    )
