"""Refinement of a mask from working resolution to the still's own edges, in milliseconds.

Enlarging a coarse mask leaves its outline a few still pixels off. Only pixels near the outline are
reassigned, to the side whose nearby colour they are closer to. Then the mask is reduced to one component
without holes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.scene.masks import Mask

PixelPoint = tuple[int, int]

MAX_BAND = 400_000
"""Limit of outline pixels to reassign: a 50 MP still must not make a click slow."""


GUIDE_REACH, GUIDE_CALM = 6, 2e-3
"""Parameters of the guided filter: radius in working pixels, and the variance of brightness below which there
is no edge.
"""


@dataclass(frozen=True)
class GuidedFilter:
    """Brightness of a still at working resolution, 0..1, with its local mean and regularized variance, (h, w)."""

    light: NDArray[np.float32]
    mean: NDArray[np.float32]
    variance: NDArray[np.float32]

    @staticmethod
    def of(working: NDArray[np.uint8]) -> "GuidedFilter":
        """Prepare the filter for a still uint8 (h, w, 3); used for every mask on it."""
        light = np.asarray(cv2.cvtColor(working, cv2.COLOR_RGB2GRAY) / np.float32(255), np.float32)
        mean = _blurred(light)
        return GuidedFilter(light, mean, _blurred(light * light) - mean * mean + np.float32(GUIDE_CALM))

    def apply(self, coarse: Mask) -> Mask:
        """Filter a mask (h, w) of superpixels along the still's edges, rounding it where there are none.

        The guided filter (He et al., ECCV 2010, section 3.1). A mask too thin for it is returned unchanged.
        """
        soft = coarse.astype(np.float32)
        mean = _blurred(soft)
        slope = (_blurred(self.light * soft) - self.mean * mean) / self.variance
        found = _blurred(slope) * self.light + _blurred(mean - slope * self.mean) > 0.5
        return np.asarray(found if found.any() else coarse, np.bool_)


def _blurred(values: NDArray[Any]) -> NDArray[np.float32]:
    side = 2 * GUIDE_REACH + 1
    return np.asarray(cv2.blur(values, (side, side), borderType=cv2.BORDER_REPLICATE), np.float32)


def smooth_mask(coarse: Mask, sigma: float = 1.2) -> NDArray[np.float32]:
    """Smooth the staircase outline of a superpixel mask, float32 0..1."""
    return np.asarray(cv2.GaussianBlur(coarse.astype(np.float32), (0, 0), sigma), np.float32)


def local_colours(
    working: NDArray[np.uint8], inside: Mask, reach: int = 9
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the mean colours inside and outside within ``reach`` of every second pixel, (h/2, w/2, 3) each."""
    half = max(1, inside.shape[1] // 2), max(1, inside.shape[0] // 2)
    pixels = cv2.resize(working, half, interpolation=cv2.INTER_AREA).astype(np.float32)
    weight = cv2.resize(inside.astype(np.float32), half, interpolation=cv2.INTER_AREA)[..., None]
    size = reach, reach
    whole, mass = cv2.blur(pixels, size), cv2.blur(weight, size)[..., None]
    within = cv2.blur(pixels * weight, size)
    inner = within / np.maximum(mass, 1e-4)
    outer = (whole - within) / np.maximum(1 - mass, 1e-4)
    return np.asarray(inner, np.float32), np.asarray(outer, np.float32)


def enlarge(coarse: Mask, working: NDArray[np.uint8], still: NDArray[np.uint8]) -> Mask:
    """Enlarge a mask to the still's size, with its outline moved to the still's edges.

    Args:
        coarse: bool (h, w), at working resolution.
        working: uint8 (h, w, 3), the still at working resolution.
        still: uint8 (H, W, 3).
    """
    height, width = still.shape[:2]
    soft = smooth_mask(coarse)
    top, bottom, left, right = _window(soft > 0.02, (height, width))
    part = cv2.warpAffine(
        soft, _to_working(soft.shape, (height, width), (left, top)), (right - left, bottom - top),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    inside = part > 0.5
    rows, columns = np.nonzero((part > 0.12) & (part < 0.88))
    if 0 < len(rows) <= MAX_BAND:
        prior = np.asarray(np.clip(part[rows, columns], 0.02, 0.98), np.float32)
        inside[rows, columns] = _nearer_inside(coarse, working, still, rows + top, columns + left, prior)
    mask = np.zeros((height, width), bool)
    mask[top:bottom, left:right] = inside
    return mask


def _window(found: Mask, size: tuple[int, int]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    if not len(rows):
        return 0, size[0], 0, size[1]
    tall, wide = size[0] / found.shape[0], size[1] / found.shape[1]
    return (
        int(rows[0] * tall), min(size[0], int(np.ceil((rows[-1] + 1) * tall))),
        int(columns[0] * wide), min(size[1], int(np.ceil((columns[-1] + 1) * wide))),
    )  # fmt: skip


def _to_working(small: tuple[int, ...], large: tuple[int, int], corner: PixelPoint) -> NDArray[np.float64]:
    """Return the affine map from pixels of a window of the still to working pixels, centre to centre."""
    wide, tall = small[1] / large[1], small[0] / large[0]
    return np.array([[wide, 0, (corner[0] + 0.5) * wide - 0.5], [0, tall, (corner[1] + 0.5) * tall - 0.5]])


def _nearer_inside(
    coarse: Mask,
    working: NDArray[np.uint8],
    still: NDArray[np.uint8],
    rows: NDArray[Any],
    columns: NDArray[Any],
    prior: NDArray[np.float32],
) -> Mask:
    """Return, for band pixels, whether the colour is closer to the inside, given a prior by position."""
    inner, outer = local_colours(working, coarse)
    y = np.minimum(rows * inner.shape[0] // still.shape[0], inner.shape[0] - 1)
    x = np.minimum(columns * inner.shape[1] // still.shape[1], inner.shape[1] - 1)
    colour = still[rows, columns].astype(np.float32)
    to_inner = np.abs(colour - inner[y, x]).sum(axis=1)
    to_outer = np.abs(colour - outer[y, x]).sum(axis=1)
    lean = (to_outer - to_inner) / (to_outer + to_inner + 24.0)
    return cast(Mask, lean * 2.0 + np.log(prior / (1 - prior)) > 0)


def largest_component(mask: Mask, anchor: PixelPoint | None, keep_out: Sequence[PixelPoint] = ()) -> Mask:
    """Return the component of the mask at ``anchor`` (or nearest to it; without one, the largest), holes filled.

    Holes that contain a point (x, y) of ``keep_out`` stay.
    """
    outlines, tree = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return np.zeros_like(mask)
    levels = np.asarray(tree)[0]
    outer = [i for i in range(len(outlines)) if levels[i][3] < 0]
    if anchor is None:
        chosen = max(outer, key=lambda i: cv2.contourArea(outlines[i]))
    else:
        point = float(anchor[0]), float(anchor[1])
        chosen = max(outer, key=lambda i: cv2.pointPolygonTest(outlines[i], point, True))
    piece = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(piece, outlines, chosen, 1, cv2.FILLED)
    for i, level in enumerate(levels):
        if level[3] == chosen and any(
            cv2.pointPolygonTest(outlines[i], (float(x), float(y)), False) >= 0 for x, y in keep_out
        ):
            hole = np.zeros_like(piece)
            cv2.drawContours(hole, outlines, i, 1, cv2.FILLED)
            piece[(hole > 0) & ~mask] = 0
    return piece.astype(bool)


def cut_away(mask: Mask, points: Sequence[PixelPoint], radius: int) -> Mask:
    """Remove small discs around ``points`` from the mask, in place."""
    if points:
        stamp = mask.astype(np.uint8)
        for point in points:
            cv2.circle(stamp, point, radius, 0, cv2.FILLED)
        mask = stamp.astype(bool)
    return mask
