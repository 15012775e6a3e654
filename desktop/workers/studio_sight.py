"""Sight by the engine's models. Imports torch only where it is used, which is in the vision thread."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desktop.canvas.outline import Outline, trace
from desktop.workers.libraries import open_torch
from desktop.workers.sight import Suggestion
from engine.errors import BadInput
from engine.scene.hints import Click, Hints
from engine.scene.masks import Mask
from engine.vision.still import Still

if TYPE_CHECKING:
    from engine.generation.parts import SegmenterLike

GLANCE_FROM, GLANCE_SIDE = 1600, 800
"""A still with a longer side than the first is glanced at through a copy of the second: hovering stays quick."""
REMEMBERED = 3


@dataclass(frozen=True)
class _Seen:
    """A still, the copy of it that is glanced at, and how many times as wide and tall the still is."""

    still: Still
    small: Still
    across: float
    down: float


class StudioSight:
    """Args:
    model: a model folder or a catalogue id; None is the bundled model.
    device: "cpu", "cuda", "mps" or "auto".
    threads: of torch, for the thread that this is made in; None leaves them. Where other work keeps the cores
        busy, one is much quicker than two.
    """

    def __init__(
        self, model: str | Path | None = None, device: str = "cpu", threads: int | None = None
    ) -> None:
        open_torch()
        from engine.generation.parts import FolderParts
        from engine.studio import Studio

        if threads is not None:
            import torch

            torch.set_num_threads(threads)
        parts = FolderParts(model, device)
        self._segmenter: SegmenterLike = parts.segmenter()
        self._studio: Studio = Studio(parts=parts)
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def prepare(self, still: Still) -> None:
        seen = _small_copy(still)
        self._segmenter.prepare(still)
        self._segmenter.prepare(seen.small)
        self._seen[still.digest] = seen
        self._seen.move_to_end(still.digest)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def glance(self, digest: str, x: float, y: float) -> Outline:
        seen = self._recall(digest)
        small = seen.small
        self._segmenter.prepare(small)
        at = Click(min(x / seen.across, small.width - 1e-3), min(y / seen.down, small.height - 1e-3))
        proposal = self._segmenter.propose(small.digest, Hints((at,)))
        return trace(np.asarray(proposal.masks[0], np.bool_)).scaled(seen.across, seen.down)

    def propose(self, digest: str, hints: Hints) -> tuple[Sequence[Mask], Sequence[float]]:
        self._segmenter.prepare(self._recall(digest).still)
        proposal = self._segmenter.propose(digest, hints)
        kept = [i for i, mask in enumerate(proposal.masks) if mask.any()]
        return [_frozen(proposal.masks[i]) for i in kept], [float(proposal.scores[i]) for i in kept]

    def find(self, digest: str, limit: int) -> Sequence[Mask]:
        self._segmenter.prepare(self._recall(digest).still)
        found = self._segmenter.find_objects(digest, limit)
        return [_frozen(proposal.masks[0]) for proposal in found if proposal.masks[0].any()]

    def suggest(self, still: Still, mask: Mask) -> Suggestion:
        thing = self._studio.object_of(still, mask)
        return Suggestion(thing.name, thing.prompt, thing.level_lufs)

    def _recall(self, digest: str) -> _Seen:
        seen = self._seen.get(digest)
        if seen is None:
            raise BadInput("The still is not prepared; open it again.")
        return seen


def _small_copy(still: Still) -> _Seen:
    """The still with a copy small enough to glance at, which is the still itself where it is small."""
    import cv2

    longest = max(still.width, still.height)
    if longest <= GLANCE_FROM:
        return _Seen(still, still, 1.0, 1.0)
    shrink = GLANCE_SIDE / longest
    width, height = max(32, round(still.width * shrink)), max(32, round(still.height * shrink))
    pixels: NDArray[np.uint8] = np.asarray(
        cv2.resize(still.pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8
    )
    return _Seen(still, Still.from_pixels(pixels), still.width / width, still.height / height)


def _frozen(mask: NDArray[np.bool_]) -> Mask:
    owned = np.array(mask, np.bool_)
    owned.setflags(write=False)
    return owned
