"""Where a clip stands between left and right: constant power for one channel, balance for two."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput

Gains = NDArray[np.float64]
"""Factors on amplitude for left and right, shape (2,)."""


def mono_gains(pan: float) -> Gains:
    """What one channel is given to left and right, by the sine-cosine law.

    left^2 + right^2 is 1 everywhere, so that a sound moves without getting louder: -3 dB a side at the centre.

    Args:
        pan: -1 (left) to 1 (right).
    """
    angle = (pan + 1.0) * math.pi / 4.0
    return np.array([_cosine(angle), _cosine(math.pi / 2.0 - angle)])


def balance_gains(pan: float) -> Gains:
    """What left and right of a stereo sound are given: 1 at the centre, the side turned away from falls.

    No side is ever raised, so a balance cannot clip.

    Args:
        pan: -1 (left) to 1 (right).
    """
    turned_from = _cosine(abs(pan) * math.pi / 2.0)
    return np.array([turned_from, 1.0] if pan > 0 else [1.0, turned_from])


def source_gains(channels: int, pan: float) -> Gains:
    """The law that a source of this many channels follows.

    Raises:
        BadInput: it has neither one channel nor two.
    """
    if channels not in {1, 2}:
        raise BadInput(f"A take of {channels} channels cannot be mixed; use one of one or two channels.")
    return mono_gains(pan) if channels == 1 else balance_gains(pan)


def _cosine(angle: float) -> float:
    """Cosine on 0..pi/2, with a true 0 at the end: what is panned hard away is silent."""
    return math.cos(angle) if angle < math.pi / 2.0 else 0.0
