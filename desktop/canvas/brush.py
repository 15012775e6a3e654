"""Brush strokes on masks. No widgets."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from desktop.vision.geometry import Point
from engine.scene.masks import Mask

SIZES = (2, 400)
"""Smallest and largest diameter, in view pixels."""
SHIFT = 4
"""Fractional bits of coordinates, so that strokes are placed precisely when zoomed in."""


def apply_stroke(mask: Mask, points: Sequence[Point], diameter: float, *, adds: bool) -> Mask:
    """Return the mask with a round stroke through ``points`` added or removed, read-only.

    Args:
        mask: the mask before the stroke.
        points: in still pixels.
        diameter: in still pixels.
        adds: whether the stroke adds to the mask.
    """
    import cv2

    painted = np.array(mask, np.uint8)
    value, scale = int(adds), 1 << SHIFT
    places = [(round((x - 0.5) * scale), round((y - 0.5) * scale)) for x, y in points]
    radius = max(round(diameter / 2 * scale), scale // 2)
    for place in places:
        cv2.circle(painted, place, radius, value, cv2.FILLED, cv2.LINE_8, SHIFT)
    for one, other in pairwise(places):
        if one != other:
            cv2.fillConvexPoly(painted, _band(one, other, radius), value, cv2.LINE_8, SHIFT)
    result = painted.view(np.bool_)
    result.setflags(write=False)
    return result


def step_diameter(diameter: float, steps: float) -> float:
    """Return the brush diameter ``steps`` sizes up or down; each step is a factor of 1.25."""
    return float(min(max(diameter * 1.25**steps, SIZES[0]), SIZES[1]))


def _band(one: tuple[int, int], other: tuple[int, int], radius: int) -> np.ndarray:
    """Return the corners of the rectangle between two round ends."""
    start, end = np.asarray(one, float), np.asarray(other, float)
    along = (end - start) / np.linalg.norm(end - start)
    side = np.array([-along[1], along[0]]) * radius
    return np.round([start + side, end + side, end - side, start - side]).astype(np.int32)
