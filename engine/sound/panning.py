"""Gains from the channels of a take to those of a layout: constant power for one channel, balance for two."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.sound.layout import ChannelLayout

Gains = NDArray[np.float64]
"""Factors on amplitude for left and right, shape (2,)."""

Matrix = NDArray[np.float64]
"""Factors on amplitude from each channel of a take to each of a layout: (channels of the layout, of the take)."""


def mono_gains(pan: float) -> Gains:
    """Return the gains of one channel to left and right, by the sine-cosine law.

    left^2 + right^2 is 1 everywhere, so that a sound moves without getting louder: -3 dB a side at the centre.

    Args:
        pan: -1 (left) to 1 (right).
    """
    angle = (pan + 1.0) * math.pi / 4.0
    return np.array([_cosine(angle), _cosine(math.pi / 2.0 - angle)])


def balance_gains(pan: float) -> Gains:
    """Return the gains of left and right of a stereo sound: 1 at the centre, less on the side turned away from.

    No side is ever raised, so that a balance cannot clip.

    Args:
        pan: -1 (left) to 1 (right).
    """
    turned_from = _cosine(abs(pan) * math.pi / 2.0)
    return np.array([turned_from, 1.0] if pan > 0 else [1.0, turned_from])


def balance_of(layout: ChannelLayout, pan: float) -> Gains:
    """Return the gains of a balance for every channel of a layout, (channels,); 1 for those in the middle.

    Args:
        layout: of the sound.
        pan: -1 (left) to 1 (right).
    """
    left, right = balance_gains(pan)
    beside = [0.0 if c.lfe else c.azimuth_deg or 0.0 for c in layout.channels]
    return np.array([left if azimuth > 0 else right if azimuth < 0 else 1.0 for azimuth in beside])


def source_gains(channels: int, pan: float, layout: ChannelLayout) -> Matrix:
    """Return the gains from a take's channels to a layout's, (channels of the layout, ``channels``).

    One channel is panned between left and right with constant power; two are balanced between them; as many as the
    layout has go to theirs, balanced. In mono, one channel stays as it is and two are averaged.

    Args:
        channels: of the take.
        pan: -1 (left) to 1 (right).
        layout: what the take is mixed to.

    Raises:
        BadInput: a take of this many channels cannot be mixed to this layout.
    """
    if layout.stereo_pair is None:
        return _to_mono(channels, pan, layout)
    gains = np.zeros((len(layout), channels))
    if channels == 1:
        gains[layout.stereo_pair, 0] = mono_gains(pan)
    elif channels == 2:
        gains[layout.stereo_pair, (0, 1)] = balance_gains(pan)
    elif channels == len(layout):
        np.fill_diagonal(gains, balance_of(layout, pan))
    else:
        raise _unmixable(channels, layout)
    return gains


def _to_mono(channels: int, pan: float, layout: ChannelLayout) -> Matrix:
    if len(layout) != 1 or channels not in {1, 2}:
        raise _unmixable(channels, layout)
    return np.ones((1, 1)) if channels == 1 else balance_gains(pan)[None] / 2.0


def _unmixable(channels: int, layout: ChannelLayout) -> BadInput:
    if layout.ambisonic_order:
        return BadInput(f"Takes cannot be mixed to {layout.title}: choose a layout of loudspeakers.")
    usable = f"one, two or {len(layout)}" if len(layout) > 2 else "one or two"
    return BadInput(
        f"A take of {channels} channels cannot be mixed to {layout.title}; use one of {usable} channels."
    )


def _cosine(angle: float) -> float:
    """Return the cosine on 0..pi/2, with a true 0 at the end: what is panned hard away is silent."""
    return math.cos(angle) if angle < math.pi / 2.0 else 0.0
