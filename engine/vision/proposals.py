"""Proposals: from hints to the three best regions, with candidates from the merge trees and a learned ranker.

A click selects a chain of regions, smallest to largest, in each tree. Each candidate is described by object
features (strong closed outline, colours unlike its surroundings, agreement between trees and with the
network), a small ranker turns these into a probability, and the three are chosen together so that one of them
is likely right, rather than three variants of the same region.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from engine.vision.description import Members, NetworkEvidence, PromptMarks, describe, overlaps
from engine.vision.regions import Floats, RegionMap, Superpixels, Tree

Region = NDArray[np.bool_]


def candidates(regions: RegionMap, marks: PromptMarks, support: NetworkEvidence) -> tuple[Members, Floats]:
    """Return regions that contain every kept leaf and no dropped one, unique, (c, n), and their persistence (c,).

    From the trees (with a box alone, those that fill it), from the network's masks, and each of these again
    after ``grabcut_refine``. Persistence is the log ratio of the cost of merging a region further to the cost
    of creating it, by which stable regions are known (Matas et al. 2002); 0 for regions not from a tree.
    """
    leaves = regions.leaves
    found: list[tuple[Region, float]] = []
    for tree in regions.trees:
        found += _chain(tree, leaves, marks) if marks.keep else []
        found += _inside(tree, leaves, marks.box) if marks.box else []
    # For a single click a tree's regions are connected; other hints cut them, or join several.
    grown = len(found) if len(marks.keep) == 1 and not marks.drop and not marks.box else 0
    found += [(mask > level, 0.0) for mask in support.masks for level in (0.3, 0.5)]
    members = np.array([region for region, _ in found], bool).reshape(-1, leaves.count)
    lasting = np.array([persistence for _, persistence in found])
    members[:, list(marks.keep)] = True
    members[:, list(marks.drop)] = False
    members[grown:] = _largest_component(leaves, members[grown:], marks)
    members, lasting = _without_repeats(members, lasting)
    again = grabcut_refine(leaves, members[_distinct(members, leaves.area)], marks)
    members, lasting = np.concatenate([members, again]), np.concatenate([lasting, np.zeros(len(again))])
    members, lasting = _without_repeats(members, lasting)
    chosen = members.any(axis=1) & ((members @ leaves.area) < 0.995 * leaves.area.sum())
    return members[chosen], lasting[chosen]


def _without_repeats(members: Members, lasting: Floats) -> tuple[Members, Floats]:
    """Return each region once, with its greatest persistence."""
    if not len(members):
        return members, lasting
    _, first, same = np.unique(np.packbits(members, axis=1), axis=0, return_index=True, return_inverse=True)
    greatest = np.zeros(len(first))
    np.maximum.at(greatest, same.ravel(), lasting)
    return members[first], greatest


def _distinct(members: Members, area: Floats, limit: float = 0.88, most: int = 32) -> list[int]:
    """Return indices of candidates no two of which are nearly the same."""
    alike = overlaps(members, area)
    chosen: list[int] = []
    for index in range(len(members)):
        if len(chosen) < most and not (alike[index, chosen] > limit).any():
            chosen.append(index)
    return chosen


def _chain(
    tree: Tree, leaves: Superpixels, marks: PromptMarks, growth: float = 1.05
) -> list[tuple[Region, float]]:
    """Return the regions above the first kept leaf, joined with those of the others, minus dropped ones."""
    chains = [tree.ancestors(leaf) for leaf in marks.keep]
    cuts = []
    for leaf in marks.drop:
        apart = [node for node in tree.ancestors(leaf) if not _holds(tree, node, marks.keep)]
        cuts.append(tree.members(apart[-1]))
    out: list[tuple[Region, float]] = []
    least = 0.0
    for node in chains[0]:
        size = int(tree.stop[node] - tree.start[node])
        if size < least:
            continue
        region = np.zeros(leaves.count, bool)
        region[tree.members(node)] = True
        least = size * growth
        for chain in chains[1:]:
            # A kept leaf outside this region adds its own region of about the same size.
            if not region[chain[0]]:
                fitting = [n for n in chain if tree.stop[n] - tree.start[n] <= size]
                region[tree.members(fitting[-1] if fitting else chain[0])] = True
        for cut in cuts:
            region[cut] = False
        out.append((region, _persistence(tree, node)))
    return out


def _persistence(tree: Tree, node: int) -> float:
    above = int(tree.parent[node])
    return float(np.log((tree.cost[above] + 1) / (tree.cost[node] + 1))) if above >= 0 else 0.0


def _holds(tree: Tree, node: int, leaves: tuple[int, ...]) -> bool:
    return bool(np.isin(leaves, tree.members(node)).any())


def _inside(
    tree: Tree, leaves: Superpixels, box: tuple[float, float, float, float]
) -> list[tuple[Region, float]]:
    """Return the regions that fill the box best, clipped to it."""
    x, y = leaves.place[:, 0], leaves.place[:, 1]
    within = (x >= box[0]) & (x < box[2]) & (y >= box[1]) & (y < box[3])
    if not within.any():
        return []
    ordered = (leaves.area * within)[tree.order]
    inside = np.concatenate([[0.0], np.cumsum(ordered)])
    every = np.concatenate([[0.0], np.cumsum(leaves.area[tree.order])])
    shared = inside[tree.stop] - inside[tree.start]
    overlap = shared / (every[tree.stop] - every[tree.start] + inside[-1] - shared)
    out: list[tuple[Region, float]] = []
    for node in np.argsort(-overlap, kind="stable")[:12]:
        region = np.zeros(leaves.count, bool)
        region[tree.members(int(node))] = True
        out.append((region & within, _persistence(tree, int(node))))
    return out


def _largest_component(leaves: Superpixels, members: Members, marks: PromptMarks) -> Members:
    """Reduce each candidate to its component at the first kept leaf (or the largest)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows, edges = np.nonzero(members[:, leaves.first] & members[:, leaves.second])
    offset = rows * leaves.count
    nodes = len(members) * leaves.count
    ends = offset + leaves.first[edges], offset + leaves.second[edges]
    graph = coo_array((np.ones(len(rows), np.int8), ends), shape=(nodes, nodes)).tocsr()
    piece = connected_components(graph, directed=False)[1].reshape(members.shape)
    out = np.zeros_like(members)
    for index, (region, pieces) in enumerate(zip(members, piece, strict=True)):
        if not region.any():
            continue
        if marks.keep and region[marks.keep[0]]:
            anchor = pieces[marks.keep[0]]
        else:
            names, where = np.unique(pieces[region], return_inverse=True)
            anchor = names[np.bincount(where, weights=leaves.area[region]).argmax()]
        out[index] = region & (pieces == anchor)
    return out


def grabcut_refine(leaves: Superpixels, members: Members, marks: PromptMarks, rounds: int = 6) -> Members:
    """Reassign every superpixel of each candidate to the side whose colours and neighbours it resembles.

    GrabCut's energy (Rother et al. 2004) on superpixels, with palette histograms as colour models and mean
    field instead of the graph cut, for all candidates at once.
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
    return _largest_component(leaves, inside > 0.5, marks)


@dataclass(frozen=True)
class Ranker:
    """A two-layer perceptron from ``describe`` to a candidate's log odds, with weights (F, h), (h,) and (h,)."""

    first: Floats
    first_bias: Floats
    second: Floats

    def chances(self, features: Floats) -> Floats:
        """Return the probability of each candidate (c, F), (c,), summing to 1."""
        odds = np.maximum(features @ self.first + self.first_bias, 0.0) @ self.second
        chance = np.exp(odds - odds.max())
        return cast(Floats, chance / chance.sum())


def choose(chance: Floats, alike: Floats, count: int = 3) -> list[int]:
    """Select the ``count`` candidates of which one is most likely right.

    Greedy: each next one adds most to the expected IoU of the best one selected.

    Args:
        chance: (c,) probability of each candidate.
        alike: (c, c) IoU of every pair.
        count: how many to select.
    """
    covered = np.zeros(len(chance))
    chosen: list[int] = []
    for _ in range(min(count, len(chance))):
        gain = np.maximum(alike, covered[None]) @ chance
        gain[chosen] = -1.0
        chosen.append(int(gain.argmax()))
        covered = np.maximum(covered, alike[chosen[-1]])
    return chosen


def propose_regions(
    regions: RegionMap, marks: PromptMarks, support: NetworkEvidence, ranker: Ranker
) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Return the three best regions: masks bool (3, h, w) at working resolution, and expected IoU, descending."""
    leaves = regions.leaves
    members, lasting = candidates(regions, marks, support)
    if not len(members):
        # Only the whole still is left, as in a still of one colour.
        members, lasting = np.ones((1, leaves.count), bool), np.zeros(1)
    chance = ranker.chances(describe(leaves, members, lasting, marks, support))
    if marks.box is not None:
        chance = chance * (_box_overlap(leaves, members, marks.box) + 1e-3) ** 8
        chance /= chance.sum()
    alike = overlaps(members, leaves.area)
    chosen = choose(chance, alike)
    chosen = (chosen + [chosen[-1]] * 3)[:3]
    expected = alike @ chance
    chosen.sort(key=lambda index: -expected[index])
    return members[chosen][:, leaves.labels], expected[chosen].astype(np.float32).clip(0, 1)


def _box_overlap(leaves: Superpixels, members: Members, box: tuple[float, float, float, float]) -> Floats:
    """Return the IoU of each candidate's bounding box with the box."""
    out = []
    for region in members:
        (x0, y0), (x1, y1) = leaves.place[region].min(axis=0) - 5, leaves.place[region].max(axis=0) + 5
        wide, tall = min(x1, box[2]) - max(x0, box[0]), min(y1, box[3]) - max(y0, box[1])
        shared = max(wide, 0) * max(tall, 0)
        out.append(shared / ((x1 - x0) * (y1 - y0) + (box[2] - box[0]) * (box[3] - box[1]) - shared))
    return np.array(out)
