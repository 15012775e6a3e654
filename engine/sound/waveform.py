"""Waveforms in memory, and decibels."""

import math

import numpy as np
from numpy.typing import NDArray

Waveform = NDArray[np.float32]
"""float32 (channels, samples), full scale 1.0."""


def to_db(gain: float) -> float:
    """Convert an amplitude factor to decibels; 0 is -inf."""
    return 20.0 * math.log10(gain) if gain > 0 else -math.inf


def from_db(gain_db: float) -> float:
    """Convert decibels to an amplitude factor."""
    return float(10.0 ** (gain_db / 20.0))
