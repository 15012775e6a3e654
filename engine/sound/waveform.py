"""Waveforms in memory, and decibels."""

import math

from engine.scene.takes import Waveform

__all__ = ["Waveform", "from_db", "to_db"]


def to_db(gain: float) -> float:
    """Convert an amplitude factor to decibels; 0 is -inf."""
    return 20.0 * math.log10(gain) if gain > 0 else -math.inf


def from_db(gain_db: float) -> float:
    """Convert decibels to an amplitude factor."""
    return float(10.0 ** (gain_db / 20.0))
