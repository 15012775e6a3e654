"""From hints to the three best regions: candidates from the merge trees, judged by a learnt ranker.

A click names a chain of regions, smallest to largest, in each tree. Each candidate is described by what makes a
region an object (strong closed outline, colours unlike its surroundings, agreement between trees and with the
network), a small ranker turns that into an expected IoU, and the three are chosen together so that one of them
is likely right, rather than three times nearly the same.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from engine.vision.regions import Floats, RegionMap, Superpixels, Tree

Members = NDArray[np.bool_]
"""Which superpixels each candidate holds: bool (c, n)."""


@dataclass(frozen=True)
class Marks:
    """Hints in superpixels: ``keep`` and ``drop`` leaves (no leaf in both) and a box (x0, y0, x1, y1) or None."""

    keep: tuple[int, ...] = ()
    drop: tuple[int, ...] = ()
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Support:
    """What others say about each superpixel: ``masks`` (k, n), 0..1, and how sure they are, ``scores`` (k,)."""

    masks: Floats
    scores: Floats

    @staticmethod
    def none(count: int) -> "Support":
        return Support(np.zeros((0, count)), np.zeros(0))


def candidates(regions: RegionMap, marks: Marks, support: Support) -> Members:
    """Regions that hold every kept leaf and no dropped one, without repeats, (c, n).

    From the trees (with a box alone: those that fill it), from the network's masks, and each of these again
    after ``regrown``.
    """
    leaves = regions.leaves
    found: list[NDArray[np.bool_]] = []
    for tree in regions.trees:
        found += _chain(tree, leaves, marks) if marks.keep else []
        found += _inside(tree, leaves, marks.box) if marks.box else []
    drawn = [mask > level for mask in support.masks for level in (0.3, 0.5)]
    members = np.array(found + drawn, bool).reshape(-1, leaves.count)
    members[:, list(marks.keep)] = True
    members[:, list(marks.drop)] = False
    if len(marks.keep) == 1 and not marks.drop and not marks.box:
        # A node of a tree is in one piece already.
        members = np.concatenate([members[: len(found)], _one_piece(leaves, members[len(found) :], marks)])
    else:
        members = _one_piece(leaves, members, marks)
    members = _without_repeats(members)
    again = regrown(leaves, members[_unlike(members, leaves.area)], marks)
    members = _without_repeats(np.concatenate([members, again]))
    return members[(members @ leaves.area) < 0.995 * leaves.area.sum()]


def _without_repeats(members: Members) -> Members:
    _, first = np.unique(np.packbits(members, axis=1), axis=0, return_index=True)
    return members[np.sort(first)]


def _unlike(members: Members, area: Floats, limit: float = 0.88, most: int = 32) -> list[int]:
    """Indices of candidates none of which is nearly another."""
    alike = overlaps(members, area)
    chosen: list[int] = []
    for index in range(len(members)):
        if len(chosen) < most and not (alike[index, chosen] > limit).any():
            chosen.append(index)
    return chosen


def _chain(tree: Tree, leaves: Superpixels, marks: Marks, growth: float = 1.05) -> list[NDArray[np.bool_]]:
    """The regions above the first kept leaf, each with the others' shares, less whatever was dropped."""
    chains = [tree.ancestors(leaf) for leaf in marks.keep]
    cuts = []
    for leaf in marks.drop:
        apart = [node for node in tree.ancestors(leaf) if not _holds(tree, node, marks.keep)]
        cuts.append(tree.members(apart[-1]))
    out: list[NDArray[np.bool_]] = []
    least = 0.0
    for node in chains[0]:
        region = np.zeros(leaves.count, bool)
        region[tree.members(node)] = True
        size = int(tree.stop[node] - tree.start[node])
        if size < least:
            continue
        least = size * growth
        for chain in chains[1:]:
            # Another kept leaf outside this region brings its own region of about the same size.
            if not region[chain[0]]:
                fitting = [n for n in chain if tree.stop[n] - tree.start[n] <= size]
                region[tree.members(fitting[-1] if fitting else chain[0])] = True
        for cut in cuts:
            region[cut] = False
        out.append(region)
    return out


def _holds(tree: Tree, node: int, leaves: tuple[int, ...]) -> bool:
    return bool(np.isin(leaves, tree.members(node)).any())


def _inside(
    tree: Tree, leaves: Superpixels, box: tuple[float, float, float, float]
) -> list[NDArray[np.bool_]]:
    """The regions that fill the box best, cut at it."""
    x, y = leaves.place[:, 0], leaves.place[:, 1]
    within = (x >= box[0]) & (x < box[2]) & (y >= box[1]) & (y < box[3])
    if not within.any():
        return []
    ordered = (leaves.area * within)[tree.order]
    inside = np.concatenate([[0.0], np.cumsum(ordered)])
    every = np.concatenate([[0.0], np.cumsum(leaves.area[tree.order])])
    shared = inside[tree.stop] - inside[tree.start]
    overlap = shared / (every[tree.stop] - every[tree.start] + inside[-1] - shared)
    out = []
    for node in np.argsort(-overlap, kind="stable")[:12]:
        region = np.zeros(leaves.count, bool)
        region[tree.members(int(node))] = True
        out.append(region & within)
    return out


def _one_piece(leaves: Superpixels, members: Members, marks: Marks) -> Members:
    """Each candidate reduced to its piece round the first kept leaf (or its largest piece); empty ones go."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows, edges = np.nonzero(members[:, leaves.first] & members[:, leaves.second])
    offset = rows * leaves.count
    nodes = len(members) * leaves.count
    ends = offset + leaves.first[edges], offset + leaves.second[edges]
    graph = coo_array((np.ones(len(rows), np.int8), ends), shape=(nodes, nodes)).tocsr()
    piece = connected_components(graph, directed=False)[1].reshape(members.shape)
    out = []
    for region, pieces in zip(members, piece, strict=True):
        if not region.any():
            continue
        if marks.keep and region[marks.keep[0]]:
            anchor = pieces[marks.keep[0]]
        else:
            names, where = np.unique(pieces[region], return_inverse=True)
            anchor = names[np.bincount(where, weights=leaves.area[region]).argmax()]
        out.append(region & (pieces == anchor))
    return np.array(out, bool).reshape(-1, leaves.count)


def regrown(leaves: Superpixels, members: Members, marks: Marks, rounds: int = 6) -> Members:
    """Each candidate again, after every superpixel went to the side whose colours and neighbours it is like.

    GrabCut's energy (Rother et al. 2004) on superpixels, with palette histograms for its colour models and mean
    field in place of the graph cut, all candidates at once.
    """
    if not len(members):
        return members
    shade = leaves.shade.astype(np.float32)
    area = leaves.area.astype(np.float32)
    start = members.astype(np.float32)
    inside = start
    for _ in range(rounds):
        own = (inside * area) @ shade + 20.0
        other = ((1 - inside) * area) @ shade + 20.0
        odds = np.log(own / own.sum(axis=1, keepdims=True)) - np.log(other / other.sum(axis=1, keepdims=True))
        neighbours = (leaves.ties @ inside.T).T * 2 - 1
        force = 0.9 * np.clip(odds, -3, 3) @ shade.T + 2.5 * neighbours + 1.2 * (start * 2 - 1)
        force[:, list(marks.keep)] = 9.0
        force[:, list(marks.drop)] = -9.0
        inside = (1 / (1 + np.exp(-1.5 * force))).astype(np.float32)
    return _one_piece(leaves, inside > 0.5, marks)


def overlaps(members: Members, area: Floats) -> Floats:
    """IoU of every pair of candidates, (c, c)."""
    weighted = (members * area).astype(np.float32)
    shared = (weighted @ members.T.astype(np.float32)).astype(float)
    size = weighted.sum(axis=1)
    return cast(Floats, shared / np.maximum(size[:, None] + size[None] - shared, 1.0))


FEATURES = (
    "size size2 outline inside weak contrast spread border rim round fill centre click agree "
    "net_best net_score net_in net_out"
).split()


def describe(leaves: Superpixels, members: Members, marks: Marks, support: Support) -> Floats:
    """What makes each candidate an object, (c, len(FEATURES)), each about -3..3."""
    m = members.astype(np.float32)
    share = (m @ leaves.area) / leaves.area.sum()
    size = np.log(share + 1e-5)
    columns = [size / 3 + 1, (size / 3 + 1) ** 2, *_outline_features(leaves, members)]
    columns += _colour_features(leaves, members, m)
    columns += _shape_features(leaves, m, marks)
    columns.append(_agreement(members, leaves.area))
    columns += _support_features(leaves, m, support)
    return np.stack(columns, axis=1)


def _outline_features(leaves: Superpixels, members: Members) -> list[Floats]:
    """Edge on the outline and within, and how much of the outline hardly is one."""
    one, two = members[:, leaves.first], members[:, leaves.second]
    cut, within = (one != two).astype(float), (one & two).astype(float)
    edge = leaves.edge
    typical = float(np.median(edge)) + 1.0
    length = cut @ leaves.length + 1e-3
    outline = (cut @ leaves.strength) / length / typical
    inside = (within @ leaves.strength) / (within @ leaves.length + 1.0) / typical
    weak = (cut @ (leaves.length * (edge < typical))) / length
    return [np.log(outline + 0.1), np.log(inside + 0.1), weak * 2 - 1]


def _colour_features(leaves: Superpixels, members: Members, m: Floats) -> list[Floats]:
    """How unlike the ring round it a candidate's palette is, and how many colours it has."""
    around = np.zeros_like(m)
    for here, there in ((leaves.first, leaves.second), (leaves.second, leaves.first)):
        touching = members[:, here] & ~members[:, there]
        rows, edges = np.nonzero(touching)
        around[rows, there[edges]] = 1.0
    own = m @ leaves.palette
    own /= np.maximum(own.sum(axis=1, keepdims=True), 1.0)
    ring = around @ leaves.palette
    ring /= np.maximum(ring.sum(axis=1, keepdims=True), 1.0)
    contrast = np.abs(own - ring).sum(axis=1) / 2
    spread = -(own * np.log(own + 1e-9)).sum(axis=1)
    return [contrast * 2 - 1, spread - 1.5]


def _shape_features(leaves: Superpixels, m: Floats, marks: Marks) -> list[Floats]:
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


def _agreement(members: Members, area: Floats) -> Floats:
    """How many other candidates are nearly the same region: what several trees find is more likely there."""
    alike = overlaps(members, area)
    return np.asarray((np.clip(alike, 0.5, 1.0) * 2 - 1).sum(axis=1) / 4 - 1, float)


def _support_features(leaves: Superpixels, m: Floats, support: Support) -> list[Floats]:
    """Agreement with the network's masks: the best soft IoU, its score, and support within and outside."""
    if not len(support.masks):
        return [np.zeros(len(m))] * 4
    weighted = support.masks * leaves.area
    shared = m @ weighted.T
    area = m @ leaves.area
    total = area[:, None] + weighted.sum(axis=1)[None] - shared
    iou = shared / np.maximum(total, 1.0)
    best = iou.argmax(axis=1)
    rows = np.arange(len(m))
    within = shared[rows, best] / area
    outside = 1 - shared[rows, best] / np.maximum(weighted.sum(axis=1)[best], 1.0)
    return [iou[rows, best] * 2 - 1, support.scores[best] * 2 - 1, within * 2 - 1, outside * 2 - 1]


@dataclass(frozen=True)
class Ranker:
    """A two-layer perceptron from ``describe`` to the expected IoU: (F, h), (h,), (h,), scalar bias."""

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: float

    def expected_iou(self, features: Floats) -> Floats:
        """(c,) in 0..1 for features (c, F)."""
        hidden = np.maximum(features @ self.first + self.first_bias, 0.0)
        return np.asarray(1 / (1 + np.exp(-(hidden @ self.second + self.second_bias))), float)


def choose(quality: Floats, alike: Floats, count: int = 3, sharpness: float = 8.0) -> list[int]:
    """Indices of the ``count`` candidates of which one is likely right, best first.

    Greedy: each next one adds most to the expected IoU of the best of those chosen, when every candidate is
    the truth with a chance that grows exponentially with its expected IoU.
    """
    chance = np.exp(sharpness * (quality - quality.max()))
    chance /= chance.sum()
    covered = np.zeros(len(quality))
    chosen: list[int] = []
    for _ in range(min(count, len(quality))):
        gain = np.maximum(alike, covered[None]) @ chance
        gain[chosen] = -1.0
        chosen.append(int(gain.argmax()))
        covered = np.maximum(covered, alike[chosen[-1]])
    return chosen


def propose_regions(
    regions: RegionMap, marks: Marks, support: Support, ranker: Ranker
) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """The three best regions for hints: masks bool (3, h, w) at working resolution, and scores (3,), descending."""
    leaves = regions.leaves
    members = candidates(regions, marks, support)
    if not len(members):
        members = np.zeros((1, leaves.count), bool)
        members[0, list(marks.keep) or [0]] = True
    quality = ranker.expected_iou(describe(leaves, members, marks, support))
    if marks.box is not None:
        quality = quality * (0.2 + _box_overlap(leaves, members, marks.box))
    chosen = choose(quality, overlaps(members, leaves.area))
    chosen = (chosen + [chosen[-1]] * 3)[:3]
    chosen.sort(key=lambda index: -quality[index])
    masks = members[chosen][:, leaves.labels]
    return masks, quality[chosen].astype(np.float32).clip(0, 1)


def _box_overlap(leaves: Superpixels, members: Members, box: tuple[float, float, float, float]) -> Floats:
    """IoU of each candidate's bounding box with the box."""
    out = []
    for region in members:
        (x0, y0), (x1, y1) = leaves.place[region].min(axis=0) - 5, leaves.place[region].max(axis=0) + 5
        wide, tall = min(x1, box[2]) - max(x0, box[0]), min(y1, box[3]) - max(y0, box[1])
        shared = max(wide, 0) * max(tall, 0)
        out.append(shared / ((x1 - x0) * (y1 - y0) + (box[2] - box[0]) * (box[3] - box[1]) - shared))
    return np.array(out)
