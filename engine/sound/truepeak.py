"""Peaks between samples of a stream (ITU-R BS.1770-4, annex 2), with the filter that ``loudness`` uses."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.sound.waveform import Waveform, to_db

OVERSAMPLING = 4
REACH = 10
"""How many samples to either side a point between samples depends on."""

MOST_LIFT = 2.25
"""No point between samples is farther out than this many times the outermost sample within reach: the largest sum
of the filter's absolute factors is 2.241. What is quiet enough need not be oversampled."""

STRETCH = 1024


def oversampled(samples: Waveform) -> NDArray[np.float64]:
    """The waveform at four times its rate, (channels, 4 * samples): peaks between samples show."""
    from scipy.signal import resample_poly

    return np.asarray(
        resample_poly(samples.astype(np.float64), OVERSAMPLING, 1, axis=1, window=_interpolator())
    )


@lru_cache(maxsize=1)
def _interpolator() -> NDArray[np.float64]:
    """The low-pass that finds what lies between samples: 20 samples long, flat within 0.02 dB to a quarter of the rate.

    It is the one that ``resample_poly`` would design anew on every call.
    """
    from scipy.signal import firwin

    return np.asarray(firwin(20 * OVERSAMPLING + 1, 1.0 / OVERSAMPLING, window=("kaiser", 5.0)))


def true_peak_dbtp(samples: Waveform) -> float:
    """The highest point at and between the samples, in dB of full scale (annex 2); of silence, -inf."""
    if not samples.size:
        return -math.inf
    return to_db(max(float(np.abs(oversampled(samples)).max()), float(np.abs(samples).max())))


def peaks_between(samples: Waveform) -> NDArray[np.float64]:
    """The outermost point from each sample to before the next, over all channels.

    Args:
        samples: float32 (channels, n + 2 * REACH): with what comes before and after.

    Returns:
        (n,) absolute values, 1.0 full scale.
    """
    inside = slice(REACH * OVERSAMPLING, -REACH * OVERSAMPLING)
    fine = np.abs(oversampled(samples)[:, inside]).max(axis=0)
    exact = np.abs(samples[:, REACH:-REACH]).max(axis=0)
    return np.asarray(np.maximum(fine.reshape(-1, OVERSAMPLING).max(axis=1), exact))


class TruePeakMeter:
    """The highest true peak of all that was fed.

    Args:
        channels: of the stream.
    """

    def __init__(self, channels: int) -> None:
        self._peak = 0.0
        self._tail = np.zeros((channels, REACH), np.float32)

    def feed(self, samples: Waveform) -> None:
        """Takes the next stretch, float32 (channels, any number of samples)."""
        whole = np.concatenate([self._tail, samples], axis=1)
        self._peak = max(self._peak, _highest(whole, self._peak))
        self._tail = whole[:, -2 * REACH :].copy()

    @property
    def dbtp(self) -> float:
        """In dB of full scale, as if silence followed; of silence, -inf."""
        ending = np.pad(self._tail, ((0, 0), (0, REACH)))
        return to_db(max(self._peak, _highest(ending, self._peak)))


def _highest(samples: Waveform, known: float) -> float:
    """The highest peak within ``samples``, whose ends are only context; found only where it may pass ``known``."""
    for start in range(REACH, samples.shape[1] - REACH, STRETCH):
        stop = min(start + STRETCH, samples.shape[1] - REACH)
        part = samples[:, start - REACH : stop + REACH]
        if float(np.abs(part).max()) * MOST_LIFT > known:
            known = max(known, float(peaks_between(part).max()))
    return known
