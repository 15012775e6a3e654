"""Minima and maxima of a waveform over increasing lengths, so that any zoom reads only a few values."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FACTOR = 4
LEVELS = 9


@dataclass(frozen=True)
class PeakPyramid:
    """The peaks of one take, at the take's own rate.

    Attributes:
        rate: samples per second.
        samples: length of the take.
        levels: pairs of minima and maxima, float32 (bins,); a bin of level k covers ``FACTOR ** k`` samples.
    """

    rate: int
    samples: int
    levels: tuple[tuple[Floats, Floats], ...] = field(repr=False, compare=False)

    @property
    def bytes(self) -> int:
        return sum(low.nbytes + high.nbytes for low, high in self.levels)


def build_peaks(waveform: Floats, rate: int) -> PeakPyramid:
    """Build the pyramid of float32 (channels, samples), over all channels together."""
    low = np.ascontiguousarray(waveform.min(axis=0))
    high = low if waveform.shape[0] == 1 else np.ascontiguousarray(waveform.max(axis=0))
    levels = [(low, high)]
    while len(levels) < LEVELS and len(levels[-1][0]) > 1:
        below = levels[-1]
        levels.append((_pooled(below[0]).min(axis=1), _pooled(below[1]).max(axis=1)))
    return PeakPyramid(rate, waveform.shape[1], tuple(levels))


def level_for(per_column: float) -> int:
    """Return the coarsest level with at least one whole bin in a column of ``per_column`` samples."""
    level = 0
    while level + 1 < LEVELS and FACTOR ** (level + 1) <= per_column:
        level += 1
    return level


def _pooled(values: Floats) -> Floats:
    """Reshape to (bins, FACTOR), padding the last bin with its last value."""
    missing = -len(values) % FACTOR
    return np.pad(values, (0, missing), mode="edge").reshape(-1, FACTOR)
