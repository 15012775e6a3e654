"""A hierarchy of regions of a still: superpixels, merged pair by pair into ever larger ones.

Superpixels are SLIC's (Achanta et al. 2012). They are merged greedily, cheapest pair first, as in
region-merging hierarchies (Arbelaez et al. 2011, section 4; Uijlings et al. 2013): every superpixel then has
a chain of ancestors up to the whole still, one of which is nearly always the object or a part of it. Several
trees with different merge criteria (colour, edges) are built, because no single one is right everywhere.
"""

import heapq
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

RegionLabels = NDArray[np.int32]
Floats = NDArray[np.float64]

WORKING_SIDE = 512
"""The longest side, in pixels, at which regions are found."""


@dataclass(frozen=True)
class MergeCriterion:
    """Weights of the merge cost.

    Attributes:
        colour: weight of the distance of the mean colours (Lab units).
        palette: weight of the difference (0..1) of the palette histograms.
        edge: weight of the mean edge strength along the border.
        size: exponent of the smaller area; a large one merges specks first.
    """

    colour: float
    palette: float
    edge: float
    size: float


MERGE_CRITERIA = (
    MergeCriterion(1.0, 40.0, 1.0, 0.8),
    MergeCriterion(1.0, 60.0, 0.3, 0.5),
    MergeCriterion(0.3, 10.0, 2.0, 0.5),
    MergeCriterion(0.3, 10.0, 2.0, 0.8),
    MergeCriterion(1.0, 40.0, 1.0, 0.25),
    MergeCriterion(1.0, 40.0, 1.0, 0.5),
)


@dataclass(frozen=True)
class Superpixels:
    """The leaves of every tree, with n superpixels and e adjacent pairs.

    Attributes:
        labels: int32 (h, w), 0..n-1, at working resolution.
        area: (n,) pixels.
        colour: (n, 3) mean Lab.
        palette: (n, K) pixels per palette colour.
        place: (n, 2) mean (x, y).
        border: (n,) pixels on the still's border.
        first: (e,) first of each adjacent pair.
        second: (e,) second of each adjacent pair.
        length: (e,) pixels of shared border.
        strength: (e,) edge strength summed over the shared border.
    """

    labels: RegionLabels
    area: Floats
    colour: Floats
    palette: Floats
    place: Floats
    border: Floats
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    length: Floats
    strength: Floats

    @property
    def count(self) -> int:
        """Number of superpixels n."""
        return len(self.area)

    @cached_property
    def edge(self) -> Floats:
        """(e,) mean edge strength between the adjacent pairs."""
        return self.strength / self.length

    @cached_property
    def shade(self) -> Floats:
        """(n, K) palette histogram of each superpixel, summing to 1."""
        return self.palette / self.area[:, None]

    @cached_property
    def ties(self) -> "csr_array":
        """(n, n) affinity of neighbours: high for long borders without an edge; rows sum to 1."""
        from scipy.sparse import coo_array, diags_array

        alike = self.length * np.exp(-np.minimum(self.edge / (np.median(self.edge) + 1e-3), 50.0))
        both = np.concatenate([self.first, self.second]), np.concatenate([self.second, self.first])
        ties = coo_array((np.concatenate([alike, alike]), both), shape=(self.count, self.count)).tocsr()
        return (diags_array(1 / (np.asarray(ties.sum(axis=1)).ravel() + 1e-30)) @ ties).tocsr()

    def mean(self, layers: NDArray[np.float32]) -> Floats:
        """Return the mean of each layer (k, h, w) over each superpixel, (k, n)."""
        flat = self.labels.ravel()
        sums = [np.bincount(flat, weights=layer.ravel(), minlength=self.count) for layer in layers]
        return np.asarray(np.array(sums) / self.area)


@dataclass(frozen=True)
class Tree:
    """A binary merge tree; node ``i < n`` is superpixel ``i``, the last node is the whole still.

    Attributes:
        parent: (m,) parent of each node, -1 at the root.
        cost: (m,) cost of the merge into each node, 0 for leaves.
        order: (n,) superpixels sorted so that a node's are ``order[start:stop]``.
        start: (m,) start of each node's superpixels in ``order``.
        stop: (m,) end of each node's superpixels in ``order``.
    """

    parent: NDArray[np.int64]
    cost: Floats
    order: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]

    def ancestors(self, node: int) -> list[int]:
        """Return ``node`` and its ancestors, smallest first."""
        chain = []
        while node >= 0:
            chain.append(node)
            node = int(self.parent[node])
        return chain

    def members(self, node: int) -> NDArray[np.int64]:
        """Return the superpixels of a node."""
        return self.order[self.start[node] : self.stop[node]]


def to_lab(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Convert RGB uint8 (h, w, 3) to CIE Lab float32, L 0..100."""
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab), np.float32)


def edge_strength(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the colour change at each pixel in Lab units per pixel, the maximum over a fine and a coarse scale."""
    strongest = np.zeros(lab.shape[:2], np.float32)
    for sigma, gain in ((0.8, 1.0), (2.0, 1.6)):
        smooth = cv2.GaussianBlur(lab, (0, 0), sigma)
        across = cv2.Scharr(smooth, cv2.CV_32F, 1, 0) / 32
        down = cv2.Scharr(smooth, cv2.CV_32F, 0, 1) / 32
        strongest = np.maximum(strongest, np.sqrt((across**2 + down**2).sum(axis=2)) * gain)
    return strongest


def _palette_of(lab: NDArray[np.float32], size: int = 24) -> NDArray[np.int64]:
    """Return the nearest of ``size`` colours of the picture for each pixel, (h * w,)."""
    sample = np.ascontiguousarray(lab[::4, ::4].reshape(-1, 3))
    centres = _spread_out(sample, size, np.random.default_rng(1))
    for _ in range(6):
        nearest = _nearest(sample, centres)
        counts = np.bincount(nearest, minlength=size)[:, None]
        sums = np.stack(
            [np.bincount(nearest, weights=sample[:, c], minlength=size) for c in range(3)], axis=1
        )
        centres = np.where(counts > 0, sums / np.maximum(counts, 1), centres).astype(np.float32)
    return _nearest(lab.reshape(-1, 3), centres)


def _spread_out(sample: NDArray[np.float32], size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return initial colours far from each other (k-means++, Arthur & Vassilvitskii 2007)."""
    chosen = [sample[len(sample) // 2]]
    distance = np.full(len(sample), np.inf)
    for _ in range(size - 1):
        distance = np.minimum(distance, ((sample - chosen[-1]) ** 2).sum(axis=1))
        total = float(distance.sum())
        chance = distance / total if total > 0 else None
        chosen.append(sample[rng.choice(len(sample), p=chance)])
    return np.array(chosen, np.float32)


def _nearest(colours: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.int64]:
    distance = (centres**2).sum(axis=1)[None] - 2 * colours @ centres.T
    return cast(NDArray[np.int64], distance.argmin(axis=1))


def find_superpixels(pixels: NDArray[np.uint8], count: int = 1100) -> Superpixels:
    """Return the superpixels of a picture at working resolution, uint8 (h, w, 3)."""
    from skimage.segmentation import slic

    lab = to_lab(pixels)
    smooth = cv2.GaussianBlur(lab, (0, 0), 0.7)
    options: dict[str, Any] = {"convert2lab": False, "max_num_iter": 6, "start_label": 0}
    found = slic(smooth, n_segments=count, compactness=6, **options)
    labels = np.asarray(found, np.int32)
    flat = labels.ravel()
    n = int(flat.max()) + 1
    area = np.bincount(flat, minlength=n).astype(float)

    def mean(values: NDArray[Any]) -> Floats:
        return cast(Floats, np.bincount(flat, weights=values.ravel(), minlength=n) / area)

    palette = _palette_of(lab)
    histogram = np.bincount(flat * 24 + palette, minlength=n * 24).reshape(n, 24).astype(float)
    grid = np.indices(labels.shape)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    first, second, length, strength = _adjacency(labels, edge_strength(lab), n)
    return Superpixels(
        labels=labels,
        area=area,
        colour=np.stack([mean(lab[..., c]) for c in range(3)], axis=1),
        palette=histogram,
        place=np.stack([mean(grid[1]), mean(grid[0])], axis=1),
        border=np.bincount(rim, minlength=n).astype(float),
        first=first,
        second=second,
        length=length,
        strength=strength,
    )


def _adjacency(
    labels: RegionLabels, edge: NDArray[np.float32], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats]:
    keys, strengths = [], []
    for here, there in (np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:]):
        differ = labels[here] != labels[there]
        a, b = labels[here][differ].astype(np.int64), labels[there][differ].astype(np.int64)
        keys.append(np.minimum(a, b) * n + np.maximum(a, b))
        strengths.append(np.maximum(edge[here], edge[there])[differ])
    pairs, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    length = np.bincount(inverse).astype(float)
    strength = np.bincount(inverse, weights=np.concatenate(strengths)).astype(float)
    first, second = (pairs // n).astype(np.int64), (pairs % n).astype(np.int64)
    return first, second, length, strength


class _Merging:
    """State of one greedy merge."""

    def __init__(self, leaves: Superpixels, criterion: MergeCriterion) -> None:
        self.criterion = criterion
        self.area = list(leaves.area)
        self.colour = list(leaves.colour * leaves.area[:, None])
        self.palette = list(leaves.palette)
        self.cost = [0.0] * leaves.count
        self.children: list[tuple[int, int] | None] = [None] * leaves.count
        self.parent = [-1] * leaves.count
        self.near: list[dict[int, tuple[float, float]]] = [{} for _ in range(leaves.count)]
        pairs = zip(leaves.first.tolist(), leaves.second.tolist(), strict=True)
        edges = zip(leaves.length.tolist(), leaves.strength.tolist(), strict=True)
        for (a, b), edge in zip(pairs, edges, strict=True):
            self.near[a][b] = self.near[b][a] = edge

    def price(self, a: int, b: int) -> float:
        length, strength = self.near[a][b]
        gap = self.colour[a] / self.area[a] - self.colour[b] / self.area[b]
        palettes = float(np.abs(self.palette[a] / self.area[a] - self.palette[b] / self.area[b]).sum()) / 2
        criterion = self.criterion
        unlike = (
            criterion.colour * float(gap @ gap) ** 0.5
            + criterion.palette * palettes
            + criterion.edge * strength / length
        )
        return float(unlike * min(self.area[a], self.area[b]) ** criterion.size)

    def join(self, a: int, b: int, cost: float) -> int:
        node = len(self.parent)
        self.parent[a] = self.parent[b] = node
        self.parent.append(-1)
        self.children.append((a, b))
        self.cost.append(cost)
        for sums in (self.area, self.colour, self.palette):
            values: list[Any] = sums
            values.append(values[a] + values[b])
        around: dict[int, tuple[float, float]] = {}
        for old in (a, b):
            for other, edge in self.near[old].items():
                if other in (a, b):
                    continue
                before = around.get(other, (0.0, 0.0))
                around[other] = before[0] + edge[0], before[1] + edge[1]
                del self.near[other][old]
            self.near[old] = {}
        self.near.append(around)
        for other, edge in around.items():
            self.near[other][node] = edge
        return node

    def run(self) -> None:
        heap = [(self.price(a, b), a, b) for a in range(len(self.parent)) for b in self.near[a] if a < b]
        heapq.heapify(heap)
        while heap:
            cost, a, b = heapq.heappop(heap)
            if self.parent[a] == -1 and self.parent[b] == -1:
                node = self.join(a, b, cost)
                for other in self.near[node]:
                    heapq.heappush(heap, (self.price(node, other), node, other))


def merge(leaves: Superpixels, criterion: MergeCriterion) -> Tree:
    """Build the merge tree for one criterion.

    Edge strengths and lengths are measured once and only summed afterwards.
    """
    merging = _Merging(leaves, criterion)
    merging.run()
    start, stop, order = _leaf_order(merging.children)
    return Tree(np.array(merging.parent), np.array(merging.cost), order, start, stop)


def _leaf_order(
    children: list[tuple[int, int] | None],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the start and end of each node's leaves in the leaf order, and that order."""
    size = np.ones(len(children), np.int64)
    for node, pair in enumerate(children):
        if pair is not None:
            size[node] = size[pair[0]] + size[pair[1]]
    start = np.zeros(len(children), np.int64)
    for node in range(len(children) - 1, -1, -1):
        pair = children[node]
        if pair is not None:
            start[pair[0]] = start[node]
            start[pair[1]] = start[node] + size[pair[0]]
    leaves = [node for node, pair in enumerate(children) if pair is None]
    order = np.empty(len(leaves), np.int64)
    order[start[leaves]] = leaves
    return start, start + size, order


@dataclass(frozen=True)
class RegionMap:
    """The superpixels of a still and their merge trees, one per criterion."""

    leaves: Superpixels
    trees: tuple[Tree, ...]

    @staticmethod
    def of(pixels: NDArray[np.uint8], criteria: tuple[MergeCriterion, ...] = MERGE_CRITERIA) -> "RegionMap":
        """Find the regions of a picture at working resolution, uint8 (h, w, 3)."""
        leaves = find_superpixels(pixels)
        return RegionMap(leaves, tuple(merge(leaves, criterion) for criterion in criteria))


def working_copy(pixels: NDArray[np.uint8], side: int = WORKING_SIDE) -> NDArray[np.uint8]:
    """Scale the picture to working resolution, with ``side`` as its longest side; a smaller picture is enlarged."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
