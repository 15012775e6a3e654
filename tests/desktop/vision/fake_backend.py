"""Sight without models: masks are squares round the hints, and every call is counted."""

import threading
from collections import Counter
from collections.abc import Sequence

import numpy as np

from desktop.vision.outline import Outline, trace_outline
from desktop.vision.worker_protocol import ObjectLabel
from engine.scene.hints import Hints
from engine.scene.masks import Mask
from engine.vision.still import Still


def still_of(width: int = 160, height: int = 120, shade: int = 90) -> Still:
    return Still.from_pixels(np.full((height, width, 3), shade, np.uint8))


def square(still: Still, x: float, y: float, half: int = 12) -> Mask:
    """A mask of a square round a place."""
    mask = np.zeros((still.height, still.width), np.bool_)
    mask[max(0, int(y) - half) : int(y) + half, max(0, int(x) - half) : int(x) + half] = True
    mask.setflags(write=False)
    return mask


class FakeBackend:
    """Waits at each call while ``gate`` is shut; raises ``error`` once if there is one."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.error: Exception | None = None
        self.finds: tuple[tuple[float, float], ...] = ((30.0, 30.0), (120.0, 80.0))
        self.places: list[tuple[float, float]] = []
        self.said = ObjectLabel("dog", "dog", -20.0)
        self._stills: dict[str, Still] = {}

    def prepare(self, still: Still) -> None:
        self._enter("prepare")
        self._stills[still.digest] = still

    def hover_mask(self, digest: str, x: float, y: float) -> Outline:
        self._enter("glance")
        self.places.append((x, y))
        return trace_outline(square(self._stills[digest], x, y))

    def propose(self, digest: str, hints: Hints) -> tuple[Sequence[Mask], Sequence[float]]:
        self._enter("propose")
        box = hints.box
        x, y = (hints.clicks[-1].x, hints.clicks[-1].y) if box is None else (box.x0, box.y0)
        return [square(self._stills[digest], x, y, half) for half in (12, 6, 20)], [0.9, 0.8, 0.7]

    def find(self, digest: str, limit: int) -> Sequence[tuple[Mask, str | None]]:
        self._enter("find")
        still = self._stills[digest]
        names = ("dog", None, "bell")
        return [(square(still, *place), names[i % 3]) for i, place in enumerate(self.finds)][:limit]

    def label(self, still: Still, mask: Mask) -> ObjectLabel:
        self._enter("suggest")
        return self.said

    def _enter(self, name: str) -> None:
        self.calls[name] += 1
        self.entered.set()
        assert self.gate.wait(10)
        if self.error is not None:
            error, self.error = self.error, None
            raise error
