"""Outlines of masks for the canvas, traced in a thread and kept by the digest of the mask."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from desktop.canvas.object_draft import ObjectDraft
from desktop.canvas.trace_thread import TraceThread
from desktop.vision.outline import Outline
from engine.scene.objects import SoundingObject
from engine.vision.still import Still

KEPT_FOR_UNDO = 100
PROPOSAL = "proposal"


class OutlineTracer(QObject):
    """Signals:
    object_traced(): an object has its outline. draft_traced(int, Outline): the mask at this place of the draft.
    pyramid_built(ImagePyramid): of a still. failed(Message): such as no memory; the canvas works all the same.
    """

    object_traced = Signal()
    draft_traced = Signal(int, object)
    pyramid_built = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._objects: tuple[SoundingObject, ...] = ()
        self._outlines: dict[str, Outline] = {}
        self._last: dict[int, Outline] = {}
        self._serial = 0
        self._thread = TraceThread(self)
        self._thread.traced.connect(self._keep)
        self._thread.pyramid_built.connect(self.pyramid_built)
        self._thread.failed.connect(self.failed)

    @property
    def waiting(self) -> int:
        """Answers still to come."""
        return self._thread.waiting

    def outline_of(self, thing: SoundingObject) -> Outline | None:
        """Its outline; until that is traced, the one before its mask was changed. None if it never had one."""
        return self._outlines.get(thing.mask_digest) or self._last.get(thing.index)

    def begin(self, still: Still | None) -> None:
        """Another still: its objects have no outlines yet."""
        self._objects = ()
        self._last.clear()
        self.forget_draft()
        if still is not None:
            self._thread.build_pyramid(still)

    def trace_objects(self, objects: Sequence[SoundingObject]) -> None:
        """Trace those whose masks have no outline yet; forget outlines that nothing shows, but for recent ones."""
        self._objects = tuple(objects)
        for thing in self._objects:
            if thing.mask_digest not in self._outlines:
                self._thread.trace(thing.mask_digest, thing.mask)
        shown = {thing.mask_digest for thing in self._objects}
        recent = set(list(self._outlines)[-KEPT_FOR_UNDO:])
        self._outlines = {name: it for name, it in self._outlines.items() if name in shown | recent}

    def trace_draft(self, draft: ObjectDraft, only: int | None = None) -> None:
        """Trace the masks of a draft that have no outline, and the one at ``only``, which has changed."""
        self.forget_draft()
        for place, mask in enumerate(draft.masks):
            if place == only or draft.outlines[place] is None:
                self._thread.trace(f"{PROPOSAL}/{self._serial}/{place}", mask)

    def forget_draft(self) -> None:
        """Ignore answers about drafts asked for so far."""
        self._serial += 1

    def close(self) -> None:
        """Stop the thread."""
        self._thread.close()

    @Slot(str, object)
    def _keep(self, name: str, outline: Outline) -> None:
        if name.startswith(f"{PROPOSAL}/"):
            _, serial, place = name.split("/")
            # An answer about an older draft still ends the wait for the stroke that asked for it.
            self.draft_traced.emit(int(place) if int(serial) == self._serial else -1, outline)
            return
        self._outlines[name] = outline
        for thing in self._objects:
            if thing.mask_digest == name:
                self._last[thing.index] = outline
        self.object_traced.emit()
