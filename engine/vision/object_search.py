"""Search for all objects of a still: where to click, and which of the resulting masks to show."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.regions import RegionMap

Candidate = tuple[NDArray[np.bool_], NDArray[np.float32]]
"""Masks (3, h, w), best first, and their scores (3,)."""


def seed_points(regions: RegionMap, count: int = 24) -> list[tuple[int, int]]:
    """Return points (x, y) at working resolution, at the centres of about ``count`` regions of the first tree."""
    tree, leaves = regions.trees[0], regions.leaves
    top = len(tree.parent) - 1
    label = np.empty(leaves.count, np.int32)
    chosen = [node for node in range(top) if node < top - count + 1 and tree.parent[node] > top - count]
    for number, node in enumerate(chosen):
        label[tree.members(node)] = number
    picture = label[leaves.labels]
    points = []
    for number in range(len(chosen)):
        region = np.pad((picture == number).astype(np.uint8), 1)
        if region.sum() < 0.002 * picture.size:
            continue
        depth = cv2.distanceTransform(region, cv2.DIST_L2, 3)[1:-1, 1:-1]
        y, x = np.unravel_index(int(depth.argmax()), depth.shape)
        points.append((int(x), int(y)))
    return points


def select_objects(found: Sequence[Candidate], limit: int) -> list[tuple[int, tuple[int, ...]]]:
    """Select the candidates to show: (index, order of its masks with the chosen one first), most likely first.

    A mask that covers most of the still is background; one that overlaps a more likely one is dropped.
    """
    every = [
        (float(scores[i]), index, i) for index, (_, scores) in enumerate(found) for i in range(len(scores))
    ]
    taken: list[NDArray[np.bool_]] = []
    chosen: list[tuple[int, tuple[int, ...]]] = []
    for _, index, i in sorted(every, reverse=True):
        mask = found[index][0][i]
        share = mask.mean()
        if not 0.002 < share < 0.5 or any(_overlap(mask, other) > 0.3 for other in taken):
            continue
        taken.append(mask)
        rest = [j for j in range(len(found[index][1])) if j != i]
        chosen.append((index, (i, *rest)))
        if len(chosen) == limit:
            break
    return chosen


def _overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return the shared area divided by the smaller area."""
    return float((one & other).sum() / max(1, min(one.sum(), other.sum())))
