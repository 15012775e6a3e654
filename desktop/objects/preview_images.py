"""Waveform peaks of takes and thumbnails of objects. No Qt; for a background thread."""

import numpy as np
from numpy.typing import NDArray

from engine.scene.masks import Mask, bounds

Peaks = NDArray[np.float32]
"""float32 (2, columns): minimum and maximum of each column."""

COLUMNS = 240
SIDE = 112
MARGIN = 0.12
DIMMED = 0.3


def peaks(samples: NDArray[np.float32], columns: int = COLUMNS) -> Peaks:
    """Reduce a waveform to peaks.

    Args:
        samples: float32 (channels, samples); all channels together.
        columns: at least 1; fewer are returned if there are fewer samples.
    """
    length = samples.shape[1]
    if length == 0:
        return np.zeros((2, 1), np.float32)
    starts = np.unique(np.linspace(0, length, columns, endpoint=False).astype(np.int64))
    low = np.minimum.reduceat(samples.min(axis=0), starts)
    high = np.maximum.reduceat(samples.max(axis=0), starts)
    return np.stack([low, high]).astype(np.float32)


def crop_box(mask: Mask, margin: float = MARGIN) -> tuple[int, int, int, int]:
    """Return the square box (x0, y0, x1, y1) around a mask with a margin, moved and cut to fit into its picture."""
    x0, y0, x1, y1 = bounds(mask)
    height, width = mask.shape
    side = min(round(max(x1 - x0, y1 - y0) * (1 + 2 * margin)), max(width, height))
    left, right = _within((x0 + x1) // 2, side, width)
    top, bottom = _within((y0 + y1) // 2, side, height)
    return left, top, right, bottom


def _within(middle: int, side: int, most: int) -> tuple[int, int]:
    side = max(1, min(side, most))
    start = min(max(middle - side // 2, 0), most - side)
    return start, start + side


def cut_out(pixels: NDArray[np.uint8], mask: Mask, side: int = SIDE) -> NDArray[np.uint8]:
    """Return a thumbnail of an object with its surroundings dimmed: uint8 RGB, at most ``side`` pixels a side.

    Args:
        pixels: uint8 (H, W, 3).
        mask: bool (H, W), not empty.
        side: in pixels.
    """
    import cv2

    x0, y0, x1, y1 = crop_box(mask)
    part = pixels[y0:y1, x0:x1].astype(np.float32)
    share = np.where(mask[y0:y1, x0:x1], 1.0, DIMMED).astype(np.float32)
    scale = side / max(x1 - x0, y1 - y0)
    size = (max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale)))
    small = cv2.resize(part * share[..., None], size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.clip(np.round(small), 0, 255).astype(np.uint8))
