"""Objects proposed for the whole still, and where each one's badge is placed."""

from dataclasses import dataclass

import numpy as np

from desktop.vision.geometry import Point
from desktop.vision.outline import Outline
from engine.scene.masks import Mask

ANCHOR_GRID = 256
"""Badge anchors are searched on a mask scaled to this many pixels; finer is not visible."""


@dataclass(frozen=True, eq=False)
class MaskCandidate:
    """A mask found in the still that may become an object.

    Attributes:
        mask: its pixels.
        outline: outline of the mask.
        anchor: position of its badge in still pixels, as far inside the mask as possible.
        name: what it is, or None if the model is not sure.
    """

    mask: Mask
    outline: Outline
    anchor: Point
    name: str | None = None

    @property
    def area(self) -> int:
        return self.outline.area


def badge_anchor(mask: Mask) -> Point:
    """Return the point of a mask that is farthest from its edge, in still pixels."""
    import cv2

    height, width = mask.shape
    shrink = max(1.0, max(height, width) / ANCHOR_GRID)
    size = max(1, round(width / shrink)), max(1, round(height / shrink))
    small = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    # Pad by one pixel, so that the still's border counts as an edge of the mask.
    deep = cv2.distanceTransform(np.pad((small > 127).astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    if not deep.any():
        rows, columns = np.nonzero(mask)
        return (float(columns[0]) + 0.5, float(rows[0]) + 0.5) if len(rows) else (0.0, 0.0)
    row, column = np.unravel_index(int(deep.argmax()), deep.shape)
    return (float(column) + 0.5) * width / size[0], (float(row) + 0.5) * height / size[1]
