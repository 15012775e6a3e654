"""True peak: the highest point at and between samples (ITU-R BS.1770-4, annex 2).

Between every two samples three points are interpolated by a filter of 20 samples, that is 4-fold oversampling. Only
where the samples around leave a chance of a new highest point are they worked out.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.sound.waveform import Waveform, to_db

OVERSAMPLING = 4
REACH = 10
"""Samples to either side on which a point between samples depends."""

MOST_LIFT = 2.2415
"""Upper bound of a point between samples over the outermost sample within reach: the largest sum of the filter's
absolute factors. What is quiet enough need not be oversampled."""

LIFTS = ((0.63348, 0.97446), (0.29655, 1.30430))
"""Tighter bounds in two parts, for the point in the middle between two samples and for the two beside it: a factor of
the sum of the two samples next to it, and one of the outermost sample within reach."""

CHUNK = 32_768
"""Samples searched at a time, so that the working memory stays in the processor's cache."""

PRODUCT_ROWS = 256
"""Rows of one matrix product: with more, BLAS starts threads for it, which wait for each other longer than it takes."""

_ROWS = 16
"""Samples whose points in between one row of the matrix product gives."""

Peaks = NDArray[np.float32]


def true_peak_dbtp(samples: Waveform) -> float:
    """Return the highest point at and between the samples in dBTP; -inf for silence.

    Args:
        samples: float32 (channels, samples), as if silence came before and after.
    """
    meter = TruePeakMeter(samples.shape[0])
    meter.feed(samples)
    return meter.dbtp


def peaks_between(samples: Waveform) -> Peaks:
    """Return the outermost point from each sample to before the next, over all channels.

    Accurate to 1e-6 of the outermost sample; the last bits depend on where in ``samples`` a point lies.

    Args:
        samples: float32 (channels, n + 2 * REACH), with what comes before and after.

    Returns:
        (n,) absolute values, 1.0 full scale.
    """
    length = samples.shape[1] - 2 * REACH
    peaks = np.abs(samples[:, REACH : REACH + length]).max(axis=0) * np.float32(_sample_gain())
    rows = -(-length // _ROWS)
    padded = np.zeros((rows + 2) * _ROWS + 2 * REACH, np.float32)
    windows = np.empty((rows, _ROWS + 2 * REACH - 1), np.float32)
    points = np.empty((rows, _ROWS), np.float32)
    for channel in samples:
        padded[: len(channel) - 1] = channel[1:]
        for first in range(0, windows.shape[1], _ROWS):
            width = min(_ROWS, windows.shape[1] - first)
            columns = padded[first : first + rows * _ROWS].reshape(rows, _ROWS)
            windows[:, first : first + width] = columns[:, :width]
        for matrix in _interpolation_matrices():
            for first in range(0, rows, PRODUCT_ROWS):
                part = slice(first, first + PRODUCT_ROWS)
                np.matmul(windows[part], matrix, out=points[part])
            found = points.ravel()[:length]
            np.maximum(peaks, np.abs(found, out=found), out=peaks)
    return np.asarray(peaks)


class TruePeakMeter:
    """Find the highest true peak of a stream.

    Args:
        channels: channels of the stream.
    """

    def __init__(self, channels: int) -> None:
        self._peak = 0.0
        self._tail = np.zeros((channels, REACH), np.float32)
        self._whole = np.empty((channels, CHUNK + 2 * REACH), np.float32)
        self._search = _Search()

    def feed(self, samples: Waveform) -> None:
        """Process the next block, float32 (channels, any number of samples)."""
        for start in range(0, samples.shape[1], CHUNK):
            part = samples[:, start : start + CHUNK]
            before = self._tail.shape[1]
            whole = self._whole[:, : before + part.shape[1]]
            whole[:, :before], whole[:, before:] = self._tail, part
            self._peak = self._search.highest(whole, self._peak)
            self._tail = whole[:, -2 * REACH :].copy()

    @property
    def dbtp(self) -> float:
        """The highest since the start in dBTP, as if silence followed; -inf for silence."""
        return to_db(self._search.highest(np.pad(self._tail, ((0, 0), (0, REACH))), self._peak))


class _Search:
    """Find peaks, in memory that is used again: new pages would cost more than the search."""

    def __init__(self) -> None:
        self._memory = np.empty((4, CHUNK + 2 * REACH), np.float32)

    def highest(self, samples: Waveform, known: float) -> float:
        """Return ``known`` or a higher peak within ``samples``, whose outer REACH samples are only context."""
        if samples.shape[1] <= 2 * REACH:
            return known
        for channel in samples:
            known = self._highest(channel, known)
        return known

    def _windows(self, samples: Waveform, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the samples from 9 before to 10 after each place, counted from the first that is no context."""
        return np.asarray(samples[places[:, None] + np.arange(1, 2 * REACH + 1)], np.float64)

    def _highest(self, samples: Waveform, known: float) -> float:
        size = np.abs(samples, out=self._memory[0, : len(samples)])
        outermost = float(size.max())
        if outermost * MOST_LIFT <= known:
            return known
        if outermost * _sample_gain() > known:
            known = max(known, float(size[REACH:-REACH].max()) * _sample_gain())
        places = self._candidates(size, known)
        if not len(places):
            return known
        windows = self._windows(samples, places)
        best = windows[int(np.abs(windows @ _filters().T).argmax()) // len(_filters())]
        # Summed once more by itself, so that the last bits do not depend on how the stream was cut up.
        return max(known, float(np.abs((_filters() * best).sum(axis=1)).max()))

    def _candidates(self, size: Waveform, known: float) -> NDArray[np.intp]:
        """Return the samples, counted from REACH, after which a point before the next may be higher than ``known``.

        Args:
            size: absolute samples (n + 2 * REACH,).
            known: highest peak so far.
        """
        length = len(size) - 2 * REACH
        one, two, three = self._memory[1:]
        # The highest of 2, 4, 8, 16 and then 20 samples from each; of 20, they begin 9 before the place.
        twos = np.maximum(size[1:-1], size[2:], out=one[: length + 18])
        fours = np.maximum(twos[:-2], twos[2:], out=two[: length + 16])
        eights = np.maximum(fours[:-4], fours[4:], out=one[: length + 12])
        sixteens = np.maximum(eights[:-8], eights[8:], out=three[: length + 4])
        within = np.maximum(sixteens[:length], fours[16 : 16 + length], out=three[:length])
        nearest = np.add(size[REACH : REACH + length], size[REACH + 1 : REACH + 1 + length], out=one[:length])
        # All in float32: a millionth less makes up for its rounding.
        least = known * (1.0 - 1e-6)
        hopeful = np.zeros(length, np.bool_)
        for next_to, around in LIFTS:
            needed = np.multiply(within, np.float32(-around / next_to), out=two[:length])
            needed += np.float32(least / next_to)
            hopeful |= nearest > needed
        return np.flatnonzero(hopeful)


@lru_cache(maxsize=1)
def _interpolator() -> NDArray[np.float64]:
    """Return the low-pass that finds what lies between samples: 81 factors at 4 times the rate.

    It is 20 samples long, a windowed sinc (Kaiser, beta 5), flat within 0.02 dB to a quarter of the rate.
    """
    reach = REACH * OVERSAMPLING
    sinc = np.sinc(np.arange(-reach, reach + 1) / OVERSAMPLING) * np.kaiser(2 * reach + 1, 5.0)
    return np.asarray(sinc / sinc.sum() * OVERSAMPLING)


def _sample_gain() -> float:
    """Return what the filter makes of a sample itself: 1.0006."""
    return float(_interpolator()[REACH * OVERSAMPLING])


@lru_cache(maxsize=1)
def _filters() -> NDArray[np.float64]:
    """Return the factors of the 20 samples round each of the three points between two samples: (3, 20)."""
    phases = [_interpolator()[phase::OVERSAMPLING][::-1] for phase in range(1, OVERSAMPLING)]
    return np.stack(phases)


@lru_cache(maxsize=1)
def _interpolation_matrices() -> NDArray[np.float32]:
    """Return what turns 35 samples into the points after each of the middle 16: (35, 16) for each of three points."""
    matrices = np.zeros((OVERSAMPLING - 1, _ROWS + 2 * REACH - 1, _ROWS), np.float32)
    for row in range(_ROWS):
        matrices[:, row : row + 2 * REACH, row] = _filters()
    return matrices
