"""A track's columns as a picture, worked out for all its pixels at once."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from desktop.timeline.columns import Columns

LOUDER = 0.65
"""Waveforms are drawn with this power of their amplitude, so that quiet sounds can be seen too."""


def wave_image(found: Columns, height: int, colour: QColor, *, joined: bool) -> QImage:
    """The columns as a picture of their own width, the middle at half its height, with soft edges."""
    low, high = (np.sign(v) * np.abs(np.clip(v, -1, 1)) ** LOUDER for v in (found.low, found.high))
    if joined:
        low[1:], high[1:] = np.minimum(low[1:], high[:-1]), np.maximum(high[1:], low[:-1])
    middle = height / 2
    top = (middle - high * middle - 0.5).astype(np.float32)
    bottom = (middle - low * middle + 0.5).astype(np.float32)
    # Quiet sounds take few rows, and only those are worked out.
    first, last = max(0, int(top.min())), min(height, int(bottom.max()) + 1)
    y = np.arange(first, last, dtype=np.float32)[:, None]
    cover = np.minimum(y + 1, bottom)
    cover -= np.maximum(y, top)
    np.clip(cover, 0, 1, out=cover)
    cover *= found.weight * 255
    pixels = np.zeros((height, len(top)), np.uint32)
    np.take(_shades(colour), cover.astype(np.uint8), out=pixels[first:last], mode="clip")
    stride = pixels.shape[1] * 4
    return QImage(
        pixels.data, pixels.shape[1], height, stride, QImage.Format.Format_ARGB32_Premultiplied
    ).copy()


def _shades(colour: QColor) -> NDArray[np.uint32]:
    """The colour at each alpha, premultiplied."""
    alpha = np.arange(256, dtype=np.uint32)
    red, green, blue = (np.uint32(c) * alpha // np.uint32(255) for c in colour.getRgb()[:3])  # type: ignore[index]
    return np.asarray(alpha << np.uint32(24) | red << np.uint32(16) | green << np.uint32(8) | blue, np.uint32)
