"""Outlines of masks as polygons, sharp at every zoom. No widgets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop.vision.geometry import Point
from desktop.vision.pole import inner_pole
from engine.scene.masks import Mask

Loop = NDArray[np.float32]
"""A closed polygon: float32 (N, 2), x and y in still pixels."""
LONGEST = 3000
"""Longest side in pixels at which outlines are traced; larger stills are reduced, which is not visible."""


@dataclass(frozen=True, eq=False)
class Outline:
    """The outline of a mask.

    Attributes:
        loops: the edges of the mask, including holes; points inside an odd number of loops are in the mask.
        box: (x0, y0, x1, y1) in still pixels, end exclusive; all 0 for an empty mask.
        area: number of pixels in the mask.
        pole: the point of the mask farthest from its edge, in still pixels.
    """

    loops: tuple[Loop, ...]
    box: tuple[float, float, float, float]
    area: int
    pole: Point = (0.0, 0.0)

    def scaled(self, across: float, down: float) -> "Outline":
        """Return the outline scaled by these factors along x and y."""
        by = np.array([across, down], np.float32)
        x0, y0, x1, y1 = self.box
        return Outline(
            tuple(loop * by for loop in self.loops),
            (x0 * across, y0 * down, x1 * across, y1 * down),
            round(self.area * across * down),
            (self.pole[0] * across, self.pole[1] * down),
        )


EMPTY_OUTLINE = Outline((), (0.0, 0.0, 0.0, 0.0), 0)


def trace_outline(mask: Mask) -> Outline:
    """Trace the outline of a mask, simplified to within about half a pixel."""
    import cv2

    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return EMPTY_OUTLINE
    x0, y0, x1, y1 = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    part = np.ascontiguousarray(mask[y0:y1, x0:x1]).view(np.uint8)
    found, _ = cv2.findContours(part, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    coarse = max(0.75, max(mask.shape) / LONGEST)
    corner = np.array([x0 + 0.5, y0 + 0.5], np.float32)
    loops = [cv2.approxPolyDP(loop, coarse, True)[:, 0, :].astype(np.float32) + corner for loop in found]
    x, y = inner_pole(part.view(np.bool_))
    return Outline(tuple(loops), (x0, y0, x1, y1), int(np.count_nonzero(part)), (x0 + x, y0 + y))
