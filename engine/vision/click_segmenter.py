"""The segmenter on frozen features: prepare a still once, then answer clicks, boxes and corrections."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput, FoleyscapeError
from engine.inputs import read_json
from engine.scene.hints import Click, Hints
from engine.scene.masks import Mask
from engine.vision.click_candidates import FINE, Candidates, ClickPredictor, EncodedStill, choose
from engine.vision.click_decoder import FRAME, ClickNetwork
from engine.vision.sam_network import CONFIG, WEIGHTS
from engine.vision.segmenter import (
    REMEMBERED,
    GuidedStill,
    MaskProposal,
    Segmenter,
    check_hints_on,
    guided_still,
    refined_mask,
)
from engine.vision.still import Still

CLASS = "ClickNetwork"
"""The class name in the config of a folder with this segmenter."""
THINNEST = 60.0
"""Masks smaller than a square of this many working pixels keep their own outline, see ``refined_mask``."""
MOST_ROUNDS = 4
"""Number of hints answered one after the other, each correcting the answer before; earlier ones are answered at once.
"""
ACROSS = 7
"""Clicks across a still to find objects."""
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class _Ready:
    guided: GuidedStill
    encoded: EncodedStill
    answers: dict[Hints, Candidates]


class ClickSegmenter:
    """Proposes masks from hints, as ``engine.vision.segmenter.Segmenter`` does.

    Args:
        predictor: encodes stills and answers hints.
    """

    def __init__(self, predictor: ClickPredictor) -> None:
        self._predictor = predictor
        self._ready: OrderedDict[str, _Ready] = OrderedDict()
        self.encoded_count = 0

    @classmethod
    def from_folder(cls, path: Path, device: str = "cpu") -> "ClickSegmenter":
        """Load ``model.safetensors``; the features are the data package's.

        Raises:
            BadInput: the weights cannot be read, or the data package is missing.
        """
        from engine.vision.efficientnet import load_efficientnet

        return cls(ClickPredictor(load_click_network(path / WEIGHTS), load_efficientnet(device), device))

    def prepare(self, still: Still) -> None:
        """Prepare a still for proposals; the last few stills are cached by digest."""
        if still.digest not in self._ready:
            self._ready[still.digest] = _Ready(guided_still(still), self._predictor.encode(still), {})
            self.encoded_count += 1
        self._ready.move_to_end(still.digest)
        while len(self._ready) > REMEMBERED:
            self._ready.popitem(last=False)

    def is_prepared(self, still_digest: str) -> bool:
        """Return whether ``propose`` can be called for this still without preparing it again."""
        return still_digest in self._ready

    def propose(self, still_digest: str, hints: Hints, previous: MaskProposal | None = None) -> MaskProposal:
        """Propose masks of what the hints mean.

        Args:
            still_digest: digest of a prepared still.
            hints: at least one keep click or a box, in still pixels.
            previous: the proposal that the hints correct; None takes what the earlier hints gave.

        Raises:
            BadInput: the still is not prepared, a hint is outside it, or nothing is to be kept.
        """
        ready = self._recall(still_digest)
        check_hints_on(hints, ready.guided.still)
        before = None if previous is None else np.asarray(previous.logits[0], np.float32)
        found = self._answer(ready, hints, before)
        return self._proposal(ready, found, choose(found), hints)

    def hover_mask(self, still_digest: str, hints: Hints) -> Mask:
        """Return the first mask of ``propose``, quickly, on a copy of the still at screen resolution.

        Returns:
            bool (h, w): the still's size, or smaller with the same aspect ratio.

        Raises:
            BadInput: as for ``propose``.
        """
        ready = self._recall(still_digest)
        check_hints_on(hints, ready.guided.still)
        found = self._answer(ready, hints, None)
        coarse = coarse_mask(found.logits[choose(found, 1)[0]], ready)
        return refined_mask(ready.guided, coarse, hints, ready.guided.small, THINNEST)

    def find_objects(self, still_digest: str, limit: int = 8) -> list[MaskProposal]:
        """Find what looks like objects in the still, most likely first, with little overlap.

        Raises:
            BadInput: the still is not prepared.
        """
        from engine.vision.object_search import select_objects

        ready = self._recall(still_digest)
        clicks = _grid(ready.guided.still)
        seen = self._predictor.sweep(ready.encoded, clicks)
        shown = _shown(ready)
        found = [((it.logits > 0)[:, shown[0], shown[1]], it.scores) for it in seen]
        proposals = []
        for index, order in select_objects(found, limit):
            hints = Hints((clicks[index],))
            proposals.append(self._proposal(ready, seen[index], list(order), hints))
        return proposals

    def _recall(self, digest: str) -> _Ready:
        ready = self._ready.get(digest)
        if ready is None:
            raise BadInput("The still is not prepared; open it again.")
        self._ready.move_to_end(digest)
        return ready

    def _answer(self, ready: _Ready, hints: Hints, previous: Floats | None) -> Candidates:
        """Return candidates; without a previous answer, each hint corrects the answer to those before it."""
        if previous is None and hints in ready.answers:
            return ready.answers[hints]
        before = previous if previous is not None else self._earlier(ready, hints)
        found = self._predictor.candidates(ready.encoded, hints, before)
        if previous is None:
            if len(ready.answers) > 2 * MOST_ROUNDS:
                ready.answers.clear()
            ready.answers[hints] = found
        return found

    def _earlier(self, ready: _Ready, hints: Hints) -> Floats | None:
        """Return the first mask's logits for all clicks but the last, or None if they say nothing yet."""
        earlier = replace(hints, clicks=hints.clicks[:-1])
        says = earlier.box is not None or any(click.keep for click in earlier.clicks)
        rounds = len(hints.clicks) + (hints.box is not None)
        if not hints.clicks or not says or (rounds > MOST_ROUNDS and earlier not in ready.answers):
            return None
        found = self._answer(ready, earlier, None)
        return np.asarray(found.logits[choose(found, 1)[0]], np.float32)

    def _proposal(self, ready: _Ready, found: Candidates, order: list[int], hints: Hints) -> MaskProposal:
        scores = found.scores[order]
        masks = [
            refined_mask(
                ready.guided, coarse_mask(found.logits[i], ready), hints, ready.guided.still.pixels, THINNEST
            )
            for i in order
        ]
        return MaskProposal(np.stack(masks), np.asarray(scores, np.float32), found.logits[order])


def coarse_mask(logits: Floats, ready: _Ready) -> Mask:
    """Return logits (160, 160) over the still's square as a mask at working resolution, bool (h, w)."""
    height, width = ready.guided.working.shape[:2]
    left, top, right, bottom = (value * FINE / FRAME for value in ready.encoded.frame.placed)
    wide, tall = (right - left) / width, (bottom - top) / height
    to_logits = np.array([[wide, 0, left + wide / 2 - 0.5], [0, tall, top + tall / 2 - 0.5]], np.float32)
    found = cv2.warpAffine(
        logits,
        to_logits,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(found > 0, np.bool_)


def _shown(ready: _Ready) -> tuple[slice, slice]:
    left, top, right, bottom = (value * FINE // FRAME for value in ready.encoded.frame.placed)
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def _grid(still: Still) -> list[Click]:
    across = max(2, round(ACROSS * min(1.0, still.width / still.height)))
    down = max(2, round(ACROSS * min(1.0, still.height / still.width)))
    return [
        Click((i + 0.5) * still.width / across, (j + 0.5) * still.height / down)
        for j in range(down)
        for i in range(across)
    ]


def load_click_network(path: Path) -> ClickNetwork:
    """Load the weights that ``engine.training.click_decoder`` wrote.

    Raises:
        BadInput: they are missing, damaged, or of another network.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    network = ClickNetwork()
    try:
        values = {name: value.float() for name, value in load_file(path).items()}
        missing, unexpected = network.load_state_dict(values, strict=False)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise BadInput(f"The segmenter's weights {path} could not be read. Install them again.") from error
    if unexpected or not all(name.endswith("num_batches_tracked") for name in missing):
        raise BadInput(f"The segmenter's weights {path} do not fit; install them again.")
    return network.requires_grad_(False)


def load_segmenter(path: Path, device: str = "cpu") -> "ClickSegmenter | Segmenter":
    """Load the segmenter of a folder, of the kind that its config names.

    Raises:
        BadInput: there is nothing that can be loaded.
    """
    if _config(path).get("_class_name") == CLASS:
        return ClickSegmenter.from_folder(path, device)
    return Segmenter.from_folder(path, device)


def _config(path: Path) -> Mapping[str, object]:
    try:
        values = read_json(path / CONFIG)
    except FoleyscapeError:
        return {}  # a published checkpoint has none; what is missing or damaged is reported on loading
    return values if isinstance(values, dict) else {}
