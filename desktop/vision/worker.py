"""The vision worker: masks and labels from a thread of its own that keeps its models loaded."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.document.messages import message_of
from desktop.threads.latest_queue import LatestWinsQueue
from desktop.threads.request_thread import Handler, Reply, RequestThread
from desktop.vision.candidates import MaskCandidate
from desktop.vision.outline import trace_outline
from desktop.vision.pole import inner_pole
from desktop.vision.worker_protocol import (
    CandidatesFound,
    FindRequest,
    HoverRequest,
    HoverResult,
    LabelRequest,
    LabelResult,
    PrepareRequest,
    ProposalResult,
    ProposeRequest,
    VisionBackend,
    VisionRequest,
)
from engine.scene.hints import Hints
from engine.scene.masks import Mask
from engine.vision.still import Still

ORDER = (PrepareRequest, ProposeRequest, FindRequest, LabelRequest, HoverRequest)
OF_ONE_STILL = (ProposeRequest, FindRequest, HoverRequest)
WORDS = {
    PrepareRequest: "Looking at the still",
    FindRequest: "Finding objects",
    LabelRequest: "Naming an object",
}
MOST_FOUND = 8


class VisionWorker(QObject):
    """Sends one request at a time to the vision thread; a new hover, hint or still replaces the pending one.

    Results for another still than the current one are dropped, so the still may change at any time.

    Args:
        make: creates the vision backend, in the thread, when it is first needed; it loads the models.

    Signals:
        prepared(str): the still of this digest can be hovered and hinted.
        hover_mask(HoverResult): the mask under the pointer.
        proposed(ProposalResult): masks for the hints.
        candidates_found(CandidatesFound): objects found in the still.
        labelled(LabelResult): a label for an object.
        label_failed(int): no label was found for the object of this request id.
        failed(Message): an error; the worker goes on.
        busy_changed(str): text for what is running, "" if nothing worth showing is.
    """

    prepared = Signal(str)
    hover_mask = Signal(object)
    proposed = Signal(object)
    candidates_found = Signal(object)
    labelled = Signal(object)
    label_failed = Signal(int)
    failed = Signal(object)
    busy_changed = Signal(str)

    def __init__(self, make: Callable[[], VisionBackend], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending: LatestWinsQueue[VisionRequest] = LatestWinsQueue(ORDER, queued=(LabelRequest,))
        self._digest: str | None = None
        self._still: Still | None = None
        self._ready: str | None = None
        self._hovering = False
        self._pointed = (-1.0, -1.0)
        self._hover_failed = False
        self._words = ""
        self._closed = False
        self._thread = RequestThread(lambda: _handler(make()), self)
        self._thread.replied.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def ready(self) -> bool:
        """Whether the current still is prepared."""
        return self._ready is not None and self._ready == self._digest

    @property
    def waiting(self) -> int:
        """Number of pending requests, without the one in flight."""
        return self._pending.waiting

    def prepare(self, still: Still | None) -> None:
        """Set the current still and prepare it; None clears it."""
        self._still = still
        self._digest = None if still is None else still.digest
        self._pending.drop((PrepareRequest, *OF_ONE_STILL))
        self._hovering = self._hover_failed = False
        if still is not None:
            self._put(PrepareRequest(still))

    def renew(self) -> None:
        """Make another backend, as after a change of the model, and prepare the present still with it."""
        self._thread.renew()
        self._ready = None
        self.prepare(self._still)

    def hover(self, x: float, y: float) -> None:
        """Request the mask that a click at (x, y) would take. Outside the still, drop the pending request."""
        self._hovering = x >= 0 and y >= 0
        self._pointed = (x, y)
        self._pending.drop((HoverRequest,))
        self._hover()

    def propose(self, hints: Hints) -> None:
        if self._digest is not None:
            self._put(ProposeRequest(self._digest, hints))

    def withdraw(self) -> None:
        """Drop the pending hints."""
        self._pending.drop((ProposeRequest,))

    def find_objects(self, limit: int = MOST_FOUND) -> None:
        if self._digest is not None:
            self._put(FindRequest(self._digest, limit))

    def label(self, still: Still, mask: Mask, request_id: int) -> None:
        """Request a label for an object. The result is emitted even if the still has changed since."""
        self._put(LabelRequest(still, mask, request_id))

    def close(self) -> None:
        """End the thread after the current request; nothing is emitted any more."""
        self._closed = True
        self._thread.close()

    def _hover(self) -> None:
        if self._hovering and self.ready and self._digest is not None:
            self._put(HoverRequest(self._digest, *self._pointed))

    def _put(self, request: VisionRequest) -> None:
        if not self._closed:
            self._pending.put(type(request), request)
            self._next()

    def _next(self) -> None:
        request = self._pending.take()
        if request is not None:
            self._thread.ask(request)
        kind = self._pending.in_flight
        words = WORDS.get(kind, "") if kind is not None else ""
        if words != self._words:
            self._words = words
            self.busy_changed.emit(words)

    @Slot(object)
    def _deliver(self, answer: Reply) -> None:
        if self._closed:
            return
        self._pending.finish()
        if answer.error is not None:
            self._fail(answer.request, answer.error)
        elif self._is_current(answer.request):
            self._emit(answer.request, answer.value)
        self._next()

    def _is_current(self, request: VisionRequest) -> bool:
        if isinstance(request, LabelRequest):
            return True
        digest = request.still.digest if isinstance(request, PrepareRequest) else request.digest
        return digest == self._digest

    def _emit(self, request: VisionRequest, value: object) -> None:
        match request:
            case PrepareRequest(still):
                self._ready = still.digest
                self.prepared.emit(still.digest)
                self._hover()
            case HoverRequest():
                if self._hovering:
                    self.hover_mask.emit(value)
            case ProposeRequest():
                self.proposed.emit(value)
            case FindRequest():
                self.candidates_found.emit(value)
            case LabelRequest():
                self.labelled.emit(value)

    def _fail(self, request: VisionRequest, error: Exception) -> None:
        if isinstance(request, LabelRequest):
            self.label_failed.emit(request.request_id)
        elif not self._is_current(request):
            return
        if isinstance(request, HoverRequest):
            if self._hover_failed:
                return
            self._hover_failed = True
        self.failed.emit(message_of(error))


def _handler(backend: VisionBackend) -> Handler:
    """Return the function that answers requests with this backend."""

    def handle(request: VisionRequest) -> object:
        match request:
            case PrepareRequest(still):
                backend.prepare(still)
                return still.digest
            case HoverRequest(digest, x, y):
                return HoverResult(digest, x, y, backend.hover_mask(digest, x, y))
            case ProposeRequest(digest, hints):
                masks, scores = backend.propose(digest, hints)
                outlines = tuple(trace_outline(mask) for mask in masks)
                return ProposalResult(digest, hints, tuple(masks), tuple(scores), outlines)
            case FindRequest(digest, limit):
                found = backend.find(digest, limit)
                return CandidatesFound(
                    digest,
                    tuple(
                        MaskCandidate(mask, trace_outline(mask), inner_pole(mask), name)
                        for mask, name in found
                    ),
                )
            case LabelRequest(still, mask, request_id):
                return LabelResult(still.digest, request_id, backend.label(still, mask))

    return handle
