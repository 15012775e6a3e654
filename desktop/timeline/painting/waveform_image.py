"""A track's waveform columns as an image, computed for all pixels at once."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from desktop.timeline.painting.waveform_columns import WaveformColumns

LOUDER = 0.65
"""Exponent of the displayed amplitude, so that quiet sounds are visible too."""
LINE = 0.7
"""Half of a line's opacity."""

Pixels = NDArray[np.uint32]


def draw_pixels(painter: QPainter, inside: QRectF, pixels: Pixels, first: int) -> None:
    """Draw premultiplied pixels, starting at row ``first`` of a rectangle as wide as they are."""
    height, width = pixels.shape
    if not height:
        return
    ratio = width / inside.width()
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    place = QRectF(inside.x(), inside.y() + first / ratio, inside.width(), height / ratio)
    painter.drawImage(place, image)


def wave_pixels(
    found: WaveformColumns, height: int, colour: QColor, *, joined: bool, ratio: float = 1.0
) -> tuple[Pixels, int]:
    """Return the columns as antialiased premultiplied pixels, without empty rows, and the number of the first row.

    The middle is at half the height. ``joined``: the columns form a line of the same strength on every screen;
    ``ratio`` is device pixels per view pixel.
    """
    low, high = (np.sign(v) * np.abs(np.clip(v, -1, 1)) ** LOUDER for v in (found.low, found.high))
    if joined:
        low[1:], high[1:] = np.minimum(low[1:], high[:-1]), np.maximum(high[1:], low[:-1])
    middle, half = height / 2, LINE * ratio if joined else 0.5
    top = (middle - high * middle - half).astype(np.float32)
    bottom = (middle - low * middle + half).astype(np.float32)
    # Quiet sounds need few rows, and only those are computed.
    first, last = max(0, int(top.min())), min(height, int(bottom.max()) + 1)
    y = np.arange(first, last, dtype=np.float32)[:, None]
    cover = np.minimum(y + 1, bottom)
    cover -= np.maximum(y, top)
    np.clip(cover, 0, 1, out=cover)
    cover *= found.weight * 255
    return np.take(_shades(colour), cover.astype(np.uint8), mode="clip"), first


def _shades(colour: QColor) -> NDArray[np.uint32]:
    """Return the colour at each alpha, premultiplied."""
    alpha = np.arange(256, dtype=np.uint32)
    red, green, blue = (np.uint32(c) * alpha // np.uint32(255) for c in colour.getRgb()[:3])  # type: ignore[index]
    return np.asarray(alpha << np.uint32(24) | red << np.uint32(16) | green << np.uint32(8) | blue, np.uint32)
