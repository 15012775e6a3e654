"""Panning between left and right: constant power for one channel, balance for two."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput

Gains = NDArray[np.float64]
"""Amplitude factors for left and right, shape (2,)."""


def mono_gains(pan: float) -> Gains:
    """Return the gains of one channel on left and right, by the sine-cosine law.

    left^2 + right^2 is 1 everywhere, so that panning does not change the loudness: -3 dB per side at the
    centre.

    Args:
        pan: -1 (left) to 1 (right).
    """
    angle = (pan + 1.0) * math.pi / 4.0
    return np.array([_cosine(angle), _cosine(math.pi / 2.0 - angle)])


def balance_gains(pan: float) -> Gains:
    """Return the gains of the two channels of a stereo sound: 1 at the centre, lower on the side turned away from.

    No channel is ever raised, so a balance cannot clip.

    Args:
        pan: -1 (left) to 1 (right).
    """
    turned_from = _cosine(abs(pan) * math.pi / 2.0)
    return np.array([turned_from, 1.0] if pan > 0 else [1.0, turned_from])


def source_gains(channels: int, pan: float) -> Gains:
    """Return the gains for a source with this number of channels.

    Raises:
        BadInput: it has neither one nor two channels.
    """
    if channels not in {1, 2}:
        raise BadInput(f"A take of {channels} channels cannot be mixed; use one of one or two channels.")
    return mono_gains(pan) if channels == 1 else balance_gains(pan)


def _cosine(angle: float) -> float:
    """Return the cosine on 0..pi/2, exactly 0 at the end, so that a hard pan silences the other side."""
    return math.cos(angle) if angle < math.pi / 2.0 else 0.0
