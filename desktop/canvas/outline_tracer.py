"""Outlines of masks for the canvas, traced in a thread and cached by the mask's digest."""

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
    """Requests outlines and keeps them.

    Signals:
        object_traced(): an object's outline is available.
        draft_traced(int, Outline): the outline of the draft's mask at this index.
        pyramid_built(ImagePyramid): the pyramid of a still.
        failed(Message): an error, such as lack of memory; the canvas goes on working.
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
        """Number of pending replies."""
        return self._thread.waiting

    def outline_of(self, thing: SoundingObject) -> Outline | None:
        """Return the object's outline, or the one before its mask was edited until the new one is traced, or None."""
        return self._outlines.get(thing.mask_digest) or self._last.get(thing.index)

    def begin(self, still: Still | None) -> None:
        """Forget all outlines and build the pyramid of another still."""
        self._objects = ()
        self._last.clear()
        self.forget_draft()
        if still is not None:
            self._thread.build_pyramid(still)

    def trace_objects(self, objects: Sequence[SoundingObject]) -> None:
        """Trace masks without an outline; drop outlines that are not shown, except recent ones."""
        self._objects = tuple(objects)
        for thing in self._objects:
            if thing.mask_digest not in self._outlines:
                self._thread.trace(thing.mask_digest, thing.mask)
        shown = {thing.mask_digest for thing in self._objects}
        recent = set(list(self._outlines)[-KEPT_FOR_UNDO:])
        self._outlines = {name: it for name, it in self._outlines.items() if name in shown | recent}

    def trace_draft(self, draft: ObjectDraft, only: int | None = None) -> None:
        """Trace the draft's masks without an outline, and the one at ``only``, which has changed."""
        self.forget_draft()
        for place, mask in enumerate(draft.masks):
            if place == only or draft.outlines[place] is None:
                self._thread.trace(f"{PROPOSAL}/{self._serial}/{place}", mask)

    def forget_draft(self) -> None:
        """Ignore pending replies about drafts."""
        self._serial += 1

    def close(self) -> None:
        """Stop the thread."""
        self._thread.close()

    @Slot(str, object)
    def _keep(self, name: str, outline: Outline) -> None:
        if name.startswith(f"{PROPOSAL}/"):
            _, serial, place = name.split("/")
            # A reply about an older draft still ends the wait of the stroke that requested it.
            self.draft_traced.emit(int(place) if int(serial) == self._serial else -1, outline)
            return
        self._outlines[name] = outline
        for thing in self._objects:
            if thing.mask_digest == name:
                self._last[thing.index] = outline
        self.object_traced.emit()
