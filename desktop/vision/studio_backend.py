"""The vision backend of the engine's models. Imports torch when it is first used, in the vision thread."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desktop.threads.torch_preload import limit_blas_to_one_thread, load_torch
from desktop.vision.outline import Outline, trace_outline
from desktop.vision.worker_protocol import ObjectLabel
from engine.errors import BadInput
from engine.scene.hints import Click, Hints
from engine.scene.masks import Mask
from engine.vision.still import Still

if TYPE_CHECKING:
    from engine.models.pool import ModelPool

REMEMBERED = 3


class StudioVisionBackend:
    """Segments and labels through a studio, in one thread.

    Args:
        model: a model folder or a catalogue id; None is the bundled model.
        device: "cpu", "cuda", "mps" or "auto".
        threads: torch threads for the current thread. None is one for the bundled model, which is small: while other
            work keeps the cores busy, one thread is ten times as fast as two. Other models get torch's default.
        pool: loaded models; None creates a pool.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        device: str = "cpu",
        threads: int | None = None,
        pool: "ModelPool | None" = None,
    ) -> None:
        load_torch()
        from engine.models.devices import use_threads
        from engine.studio import Studio

        use_threads(1 if threads is None and model is None else threads)
        self._studio: Studio = Studio(model, device, pool=pool)
        limit_blas_to_one_thread()
        self._seen: OrderedDict[str, Still] = OrderedDict()

    def prepare(self, still: Still) -> None:
        self._studio.prepare(still)
        self._seen[still.digest] = still
        self._seen.move_to_end(still.digest)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def hover_mask(self, digest: str, x: float, y: float) -> Outline:
        still = self._recall(digest)
        at = Click(min(x, still.width - 1e-3), min(y, still.height - 1e-3))
        mask = self._studio.hover_mask(still, Hints((at,)))
        return trace_outline(mask).scaled(still.width / mask.shape[1], still.height / mask.shape[0])

    def propose(self, digest: str, hints: Hints) -> tuple[Sequence[Mask], Sequence[float]]:
        proposal = self._studio.propose(self._recall(digest), hints)
        kept = [i for i, mask in enumerate(proposal.masks) if mask.any()]
        return [_frozen(proposal.masks[i]) for i in kept], [float(proposal.scores[i]) for i in kept]

    def find(self, digest: str, limit: int) -> Sequence[tuple[Mask, str | None]]:
        found = self._studio.find_named_masks(self._recall(digest), limit)
        return [(_frozen(mask), name) for mask, name in found]

    def label(self, still: Still, mask: Mask) -> ObjectLabel:
        thing = self._studio.object_of(still, mask)
        if thing.prompt is not None:
            return ObjectLabel(thing.name, thing.prompt, thing.level_lufs)
        guesses = tuple(concept.name for concept, _ in self._studio.suggest(still, mask))
        return ObjectLabel(thing.name, None, thing.level_lufs, guesses)

    def _recall(self, digest: str) -> Still:
        seen = self._seen.get(digest)
        if seen is None:
            raise BadInput("The still is not prepared; open it again.")
        return seen


def _frozen(mask: NDArray[np.bool_]) -> Mask:
    owned = np.array(mask, np.bool_)
    owned.setflags(write=False)
    return owned
