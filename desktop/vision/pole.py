"""The place inside a mask where a label or a badge belongs."""

import numpy as np

from desktop.vision.geometry import Point
from engine.scene.masks import Mask

GRID = 256
"""The place is searched on a mask scaled to this many pixels; finer is not visible."""


def inner_pole(mask: Mask) -> Point:
    """Return the point of a mask that is farthest from its edge, its pole of inaccessibility, in still pixels."""
    import cv2

    height, width = mask.shape
    shrink = max(1.0, max(height, width) / GRID)
    size = max(1, round(width / shrink)), max(1, round(height / shrink))
    small = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    # Pad by one pixel, so that the still's border counts as an edge of the mask.
    deep = cv2.distanceTransform(np.pad((small > 127).astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    if not deep.any():
        rows, columns = np.nonzero(mask)
        return (float(columns[0]) + 0.5, float(rows[0]) + 0.5) if len(rows) else (0.0, 0.0)
    row, column = np.unravel_index(int(deep.argmax()), deep.shape)
    return (float(column) + 0.5) * width / size[0], (float(row) + 0.5) * height / size[1]
