"""The segmenter: masks of the object that hints on a still mean; prepare once, propose many times."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.scene.hints import Click, Hints
from engine.scene.masks import Mask
from engine.vision.still import Still

if TYPE_CHECKING:
    from engine.vision.description import PromptMarks
    from engine.vision.proposals import Ranker
    from engine.vision.refinement import GuidedFilter
    from engine.vision.regions import RegionMap
    from engine.vision.sam_prompter import SamPrompter, StillViews

REMEMBERED = 3
"""Number of prepared stills kept in memory."""
HOVER_SIDE = 1024
"""Longest side of the copy of a still on which a hover mask is computed: about screen resolution."""


@dataclass(frozen=True)
class MaskProposal:
    """Three interpretations of the same hints: usually a part, the object, and more than it.

    Attributes:
        masks: bool (3, H, W) at the still's size, best first, each one component without holes.
        scores: float32 (3,), expected IoU, descending.
        logits: float32 (3, L, L), low-resolution masks in the network's square frame, as input to the next
            proposal.
    """

    masks: NDArray[np.bool_]
    scores: NDArray[np.float32]
    logits: NDArray[np.float32]


@dataclass(frozen=True)
class GuidedStill:
    """A still, and what refines masks on it.

    Attributes:
        still: the still.
        small: uint8 (h, w, 3), the copy of it on which hover masks are computed.
        working: uint8 (h, w, 3), the copy of it on which masks are found.
        guide: the edges of ``working``.
    """

    still: Still
    small: NDArray[np.uint8]
    working: NDArray[np.uint8]
    guide: "GuidedFilter"

    def to_still(
        self, columns: NDArray[Any], rows: NDArray[Any]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Convert centres of working pixels to (x, y) in the still."""
        wide, tall = self.still.width / self.working.shape[1], self.still.height / self.working.shape[0]
        return (columns + 0.5) * wide, (rows + 0.5) * tall


@dataclass(frozen=True)
class _Prepared(GuidedStill):
    regions: "RegionMap | None"
    encoded: "StillViews | None"


class Segmenter:
    """Proposes masks from hints.

    Two methods are combined: a Segment Anything network (arXiv 2304.02643), and a hierarchy of regions of the
    still itself with a learned ranker. A published network is accurate enough to be used alone.

    Args:
        prompter: the network, or None to use regions only.
        ranker: judges regions, or None to use the network only.
    """

    def __init__(self, prompter: "SamPrompter | None", ranker: "Ranker | None") -> None:
        if prompter is None and ranker is None:
            raise BadInput("A segmenter needs a network or a ranker of regions.")
        self._prompter = prompter
        self._ranker = ranker
        self._prepared: OrderedDict[str, _Prepared] = OrderedDict()
        self.encoded_count = 0

    @classmethod
    def from_folder(cls, path: str | Path, device: str = "cpu") -> "Segmenter":
        """Load from a folder: our layout (``config.json``, safetensors), or a published ``.pth`` (or that file).

        Raises:
            BadInput: there is nothing that can be loaded.
        """
        from engine.vision.segmenter_files import load_parts

        return cls(*load_parts(Path(path), device))

    def prepare(self, still: Still) -> None:
        """Prepare a still for proposals; the last few stills are cached by digest."""
        if still.digest in self._prepared:
            self._prepared.move_to_end(still.digest)
            return
        from engine.vision.regions import RegionMap

        guided = guided_still(still)
        regions = RegionMap.of(guided.working) if self._ranker is not None else None
        encoded = self._prompter.encode(still.pixels) if self._prompter is not None else None
        self.encoded_count += 1
        self._prepared[still.digest] = _Prepared(
            still, guided.small, guided.working, guided.guide, regions, encoded
        )
        while len(self._prepared) > REMEMBERED:
            self._prepared.popitem(last=False)

    def is_prepared(self, still_digest: str) -> bool:
        """Return whether ``propose`` can be called for this still without preparing it again."""
        return still_digest in self._prepared

    def propose(self, still_digest: str, hints: Hints, previous: MaskProposal | None = None) -> MaskProposal:
        """Propose masks of what the hints mean.

        Args:
            still_digest: digest of a prepared still.
            hints: at least one keep click or a box, in still pixels.
            previous: the proposal before the latest hint, which stabilizes the next.

        Raises:
            BadInput: the still is not prepared, a hint is outside it, or nothing is to be kept.
        """
        prepared = self._recall(still_digest)
        check_hints_on(hints, prepared.still)
        coarse, scores = self._coarse(prepared, hints, previous)
        masks = np.stack([refined_mask(prepared, mask, hints, prepared.still.pixels) for mask in coarse])
        return MaskProposal(masks, scores, self._logits(coarse))

    def hover_mask(self, still_digest: str, hints: Hints) -> Mask:
        """Return the first mask of ``propose``, quickly, on a copy of the still at screen resolution.

        Returns:
            bool (h, w): the still's size, or smaller with the same aspect ratio and ``HOVER_SIDE`` as longest
                side.

        Raises:
            BadInput: as for ``propose``.
        """
        prepared = self._recall(still_digest)
        check_hints_on(hints, prepared.still)
        coarse, _ = self._coarse(prepared, hints, None)
        return refined_mask(prepared, coarse[0], hints, prepared.small)

    def find_objects(self, still_digest: str, limit: int = 8) -> list[MaskProposal]:
        """Find what looks like objects in the still, most likely first, with little overlap.

        Raises:
            BadInput: the still is not prepared.
        """
        from engine.vision.object_search import select_objects

        prepared = self._recall(still_digest)
        clicks = (
            _grid_clicks(prepared.still)
            if prepared.regions is None
            else _region_clicks(prepared.regions, prepared)
        )
        found = [(click, *self._coarse(prepared, Hints((click,)), None)) for click in clicks]
        chosen = select_objects([(coarse, scores) for _, coarse, scores in found], limit)
        proposals = []
        for index, order in chosen:
            click, coarse, scores = found[index]
            masks = np.stack(
                [refined_mask(prepared, coarse[i], Hints((click,)), prepared.still.pixels) for i in order]
            )
            proposals.append(MaskProposal(masks, scores[list(order)], self._logits(coarse[list(order)])))
        return proposals

    def _recall(self, digest: str) -> _Prepared:
        prepared = self._prepared.get(digest)
        if prepared is None:
            raise BadInput("The still is not prepared; open it again.")
        self._prepared.move_to_end(digest)
        return prepared

    def _coarse(
        self, prepared: _Prepared, hints: Hints, previous: MaskProposal | None
    ) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Return three masks at working resolution, bool (3, h, w), and their scores, best first."""
        predicted = None
        if self._prompter is not None and prepared.encoded is not None:
            predicted = self._prompter.predict(prepared.encoded, hints, previous.logits if previous else None)
        if self._ranker is None or prepared.regions is None:
            assert predicted is not None
            rows, columns = np.mgrid[: prepared.working.shape[0], : prepared.working.shape[1]]
            order = np.argsort(-predicted.scores, kind="stable")[:3]
            chances = predicted.at(*prepared.to_still(columns, rows))
            return chances[order] > 0.5, predicted.scores[order]
        from engine.vision.description import NetworkEvidence
        from engine.vision.proposals import propose_regions

        leaves = prepared.regions.leaves
        support = NetworkEvidence.none(leaves.count)
        if predicted is not None:
            places = prepared.to_still(leaves.place[:, 0], leaves.place[:, 1])
            support = NetworkEvidence(predicted.at(*places).astype(float), predicted.scores.astype(float))
        marks = _prompt_marks(hints, prepared)
        return propose_regions(prepared.regions, marks, support, self._ranker)

    def _logits(self, coarse: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return the masks in the network's frame: padded square, low resolution, about -8..8."""
        import cv2

        low = self._prompter.low_size if self._prompter is not None else 64
        side = max(coarse.shape[1:])
        square = np.zeros((len(coarse), side, side), np.float32)
        square[:, : coarse.shape[1], : coarse.shape[2]] = coarse
        small = [cv2.resize(layer, (low, low), interpolation=cv2.INTER_AREA) for layer in square]
        return np.asarray(np.stack(small) * 16 - 8, np.float32)


def guided_still(still: Still) -> GuidedStill:
    """Compute what refines masks on a still."""
    from engine.vision.refinement import GuidedFilter
    from engine.vision.regions import working_copy

    working = working_copy(still.pixels)
    large = max(still.pixels.shape[:2]) > HOVER_SIDE
    small = working_copy(still.pixels, HOVER_SIDE) if large else still.pixels
    return GuidedStill(still, small, working, GuidedFilter.of(working))


def check_hints_on(hints: Hints, still: Still) -> None:
    """Check that hints say what to keep, and lie on the still.

    Raises:
        BadInput: they do not.
    """
    if hints.box is None and not any(click.keep for click in hints.clicks):
        raise BadInput("Click the object, or draw a box round it: nothing says yet what to keep.")
    for click in hints.clicks:
        if not (0 <= click.x < still.width and 0 <= click.y < still.height):
            raise BadInput(
                f"The click at {click.x:g},{click.y:g} is outside the still, "
                f"which is {still.width} x {still.height} pixels."
            )
    box = hints.box
    if box is not None and not (0 <= box.x0 < box.x1 <= still.width and 0 <= box.y0 < box.y1 <= still.height):
        raise BadInput(
            f"The box {box.x0:g},{box.y0:g},{box.x1:g},{box.y1:g} is empty or reaches outside the still, "
            f"which is {still.width} x {still.height} pixels."
        )


def refined_mask(
    prepared: GuidedStill,
    coarse: NDArray[np.bool_],
    hints: Hints,
    pixels: NDArray[np.uint8],
    thinnest: float = 0.0,
) -> Mask:
    """Return the mask on ``pixels`` (the still or a smaller copy of it), refined along its edges.

    Args:
        prepared: the still of the mask.
        coarse: the mask, at working resolution.
        hints: the hints that the mask answers.
        pixels: the still, or its ``small``.
        thinnest: side of a square, in working pixels; a mask of less area is not filtered, which would cost it
            its details.
    """
    from engine.vision.refinement import cut_away, enlarge, largest_component

    height, width = pixels.shape[:2]
    wide, tall = width / prepared.still.width, height / prepared.still.height

    def places(*, keep: bool) -> list[tuple[int, int]]:
        chosen = [click for click in hints.clicks if click.keep == keep]
        return [(min(int(c.x * wide), width - 1), min(int(c.y * tall), height - 1)) for c in chosen]

    kept, dropped = places(keep=True), places(keep=False)
    filtered = prepared.guide.apply(coarse) if coarse.sum() >= thinnest**2 else coarse
    mask = enlarge(filtered, prepared.working, pixels)
    mask = cut_away(mask, dropped, max(1, round(max(height, width) / 250)))
    for x, y in kept:
        mask[y, x] = True
    return largest_component(mask, kept[0] if kept else None, dropped)


def _prompt_marks(hints: Hints, prepared: _Prepared) -> "PromptMarks":
    """Return the hints in superpixels; one both kept and dropped counts as kept (the refinement splits it)."""
    from engine.vision.description import PromptMarks

    assert prepared.regions is not None
    labels = prepared.regions.leaves.labels
    wide, tall = labels.shape[1] / prepared.still.width, labels.shape[0] / prepared.still.height

    def leaf(click: Click) -> int:
        return int(
            labels[min(int(click.y * tall), len(labels) - 1), min(int(click.x * wide), labels.shape[1] - 1)]
        )

    keep = tuple(dict.fromkeys(leaf(click) for click in hints.clicks if click.keep))
    drop = tuple(dict.fromkeys(leaf(click) for click in hints.clicks if not click.keep))
    box = hints.box
    scaled = (box.x0 * wide, box.y0 * tall, box.x1 * wide, box.y1 * tall) if box else None
    return PromptMarks(keep, tuple(leaf for leaf in drop if leaf not in keep), scaled)


def _grid_clicks(still: Still, across: int = 6) -> list[Click]:
    return [
        Click((i + 0.5) * still.width / across, (j + 0.5) * still.height / across)
        for j in range(across)
        for i in range(across)
    ]


def _region_clicks(regions: "RegionMap", prepared: _Prepared) -> list[Click]:
    """Return a click well inside every medium-sized region."""
    from engine.vision.object_search import seed_points

    wide = prepared.still.width / regions.leaves.labels.shape[1]
    tall = prepared.still.height / regions.leaves.labels.shape[0]
    return [Click((x + 0.5) * wide, (y + 0.5) * tall) for x, y in seed_points(regions)]
