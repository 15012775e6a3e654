"""Hints and evidence per superpixel, and the features by which the ranker recognizes an object."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.regions import Floats, Superpixels

Members = NDArray[np.bool_]
"""The superpixels of each candidate: bool (c, n)."""


@dataclass(frozen=True)
class PromptMarks:
    """Hints in superpixels: ``keep`` and ``drop`` leaves (disjoint), and a box (x0, y0, x1, y1) or None."""

    keep: tuple[int, ...] = ()
    drop: tuple[int, ...] = ()
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class NetworkEvidence:
    """The network's masks per superpixel, ``masks`` (k, n) in 0..1, and their confidences, ``scores`` (k,)."""

    masks: Floats
    scores: Floats

    @staticmethod
    def none(count: int) -> "NetworkEvidence":
        """Return empty evidence for ``count`` superpixels."""
        return NetworkEvidence(np.zeros((0, count)), np.zeros(0))


def overlaps(members: Members, area: Floats) -> Floats:
    """Return the IoU of every pair of candidates, (c, c)."""
    weighted = (members * area).astype(np.float32)
    shared = (weighted @ members.T.astype(np.float32)).astype(float)
    size = weighted.sum(axis=1)
    return cast(Floats, shared / np.maximum(size[:, None] + size[None] - shared, 1.0))


FEATURES = (
    "size size2 lasting outline inside weak strong step contrast spread apart border rim round fill centre click "
    "depth hull agree net_best net_score net_in net_out net_sure net_mean net_ring"
).split()


def describe(
    leaves: Superpixels, members: Members, lasting: Floats, marks: PromptMarks, support: NetworkEvidence
) -> Floats:
    """Return the features of each candidate, (c, len(FEATURES)), each about -3..3."""
    m = cast(
        Floats, members.astype(np.float32)
    )  # single precision: these products dominate the time of a click
    share = (m @ leaves.area) / leaves.area.sum()
    size = np.log(share + 1e-5)
    columns = [
        size / 3 + 1,
        (size / 3 + 1) ** 2,
        np.minimum(lasting, 3.0) - 0.5,
        *_outline_features(leaves, members),
    ]
    around = _ring(leaves, members)
    columns += _colour_features(leaves, m, around)
    columns += _shape_features(leaves, m, marks)
    columns += _form_features(leaves, members, marks)
    columns.append(_agreement(members, leaves.area))
    columns += _support_features(leaves, m, around, support)
    return np.stack(columns, axis=1)


def _outline_features(leaves: Superpixels, members: Members) -> list[Floats]:
    """Return the edge strength on the outline and inside, and the share of the outline with hardly any edge."""
    one, two = members[:, leaves.first], members[:, leaves.second]
    cut, within = (one != two).astype(float), (one & two).astype(float)
    edge = leaves.edge
    typical = float(np.median(edge)) + 1.0
    length = cut @ leaves.length + 1e-3
    outline = (cut @ leaves.strength) / length / typical
    inside = (within @ leaves.strength) / (within @ leaves.length + 1.0) / typical
    weak = (cut @ (leaves.length * (edge < typical))) / length
    strong = (cut @ (leaves.length * (edge > np.quantile(edge, 0.8)))) / length
    apart = np.linalg.norm(leaves.colour[leaves.first] - leaves.colour[leaves.second], axis=1)
    step = (cut @ (leaves.length * apart)) / length
    return [np.log(outline + 0.1), np.log(inside + 0.1), weak * 2 - 1, strong * 2 - 1, np.log(step + 1) - 2.5]


def _ring(leaves: Superpixels, members: Members) -> Floats:
    """Return 1 for superpixels just outside each candidate, else 0, (c, n)."""
    around = np.zeros(members.shape, np.float32)
    for here, there in ((leaves.first, leaves.second), (leaves.second, leaves.first)):
        rows, edges = np.nonzero(members[:, here] & ~members[:, there])
        around[rows, there[edges]] = 1.0
    return cast(Floats, around)


def _colour_features(leaves: Superpixels, m: Floats, around: Floats) -> list[Floats]:
    """Return how the palette differs from the surrounding ring and from the rest, and the number of colours."""
    own = m @ leaves.palette
    rest = leaves.palette.sum(axis=0) - own
    rest /= np.maximum(rest.sum(axis=1, keepdims=True), 1.0)
    own /= np.maximum(own.sum(axis=1, keepdims=True), 1.0)
    ring = around @ leaves.palette
    ring /= np.maximum(ring.sum(axis=1, keepdims=True), 1.0)
    contrast = np.abs(own - ring).sum(axis=1) / 2
    spread = -(own * np.log(own + 1e-9)).sum(axis=1)
    rare = np.abs(own - rest).sum(axis=1) / 2
    return [contrast * 2 - 1, spread - 1.5, rare * 2 - 1]


def _shape_features(leaves: Superpixels, m: Floats, marks: PromptMarks) -> list[Floats]:
    height, width = leaves.labels.shape
    area = m @ leaves.area
    border = m @ leaves.border
    one, two = m[:, leaves.first], m[:, leaves.second]
    outline = np.abs(one - two) @ leaves.length
    centre = (m * leaves.area) @ leaves.place / area[:, None]
    offset = np.abs(centre / [width, height] - 0.5).max(axis=1)
    span = np.sqrt(leaves.area.mean()) + np.stack(
        [
            np.where(m > 0, place, -np.inf).max(axis=1) - np.where(m > 0, place, np.inf).min(axis=1)
            for place in leaves.place.T
        ],
        axis=1,
    )
    at = leaves.place[list(marks.keep[:1])] if marks.keep else centre
    near = np.linalg.norm(centre - at, axis=1) / np.sqrt(area)
    rounded = np.log(area / (outline + border) ** 2 * 12.5 + 1e-3)
    fill = area / np.maximum(span.prod(axis=1), 1.0)
    return [
        border / leaves.border.sum() * 4 - 0.5,
        border / (outline + border + 1e-3) * 2 - 0.5,
        rounded / 2 + 1,
        fill * 2 - 1,
        offset * 4 - 1,
        np.minimum(near, 2) * 2 - 1,
    ]


def _form_features(leaves: Superpixels, members: Members, marks: PromptMarks) -> list[Floats]:
    """Return how deep inside the first click is, and which share of its convex hull a candidate fills."""
    area = members @ leaves.area
    depth = np.zeros(len(members))
    if marks.keep:
        places = (leaves.place[leaves.first] + leaves.place[leaves.second]) / 2
        far = np.linalg.norm(places - leaves.place[marks.keep[0]], axis=1)
        cut = members[:, leaves.first] != members[:, leaves.second]
        depth = np.where(cut, far, np.inf).min(axis=1) / np.sqrt(area)
    unit = leaves.area.mean()
    hull = [_hull_area(leaves.place[region].astype(np.float32), unit) for region in members]
    return [np.minimum(depth, 1.0) * 4 - 1, np.minimum(area / np.array(hull), 1.2) * 3 - 2]


def _hull_area(places: NDArray[np.float32], unit: float) -> float:
    """Return the area of the convex hull of the superpixels' centres, widened by half a superpixel."""
    corners = cv2.convexHull(places)
    half = unit**0.5 / 2
    return float(cv2.contourArea(corners) + half * cv2.arcLength(corners, True) + 3.14 * half * half)


def _agreement(members: Members, area: Floats) -> Floats:
    """Return how many other candidates are nearly the same region; regions found by several trees are more likely."""
    alike = overlaps(members, area)
    return np.asarray((np.clip(alike, 0.5, 1.0) * 2 - 1).sum(axis=1) / 4 - 1, float)


def _support_features(
    leaves: Superpixels, m: Floats, around: Floats, support: NetworkEvidence
) -> list[Floats]:
    """Return the agreement with the network's masks.

    In order: the best soft IoU, its score, support inside and outside; the soft IoU with the most confident
    mask, and with all, weighted by confidence; and the difference in support to the ring.
    """
    if not len(support.masks):
        return [np.zeros(len(m))] * 7
    weighted = support.masks * leaves.area
    shared = m @ weighted.T
    area = m @ leaves.area
    total = area[:, None] + weighted.sum(axis=1)[None] - shared
    iou = shared / np.maximum(total, 1.0)
    best = iou.argmax(axis=1)
    rows = np.arange(len(m))
    within = shared[rows, best] / area
    outside = 1 - shared[rows, best] / np.maximum(weighted.sum(axis=1)[best], 1.0)
    trust = np.exp(4 * (support.scores - support.scores.max()))
    mean = trust / trust.sum() @ support.masks
    inner = (m @ (mean * leaves.area)) / area
    whole = iou @ trust / trust.sum()
    round_it = (around @ (mean * leaves.area)) / np.maximum(around @ leaves.area, 1.0)
    return [
        iou[rows, best] * 2 - 1,
        support.scores[best] * 2 - 1,
        within * 2 - 1,
        outside * 2 - 1,
        iou[:, support.scores.argmax()] * 2 - 1,
        whole * 3 - 1,
        (inner - round_it) * 2,
    ]
