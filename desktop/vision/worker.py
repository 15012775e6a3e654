"""The vision worker: masks and names from a thread of its own that keeps its models loaded."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.document.messages import message_of
from desktop.threads.latest_queue import Desk
from desktop.threads.request_thread import Answer, Handler, Lane
from desktop.vision.candidates import Thing, anchor
from desktop.vision.outline import trace
from desktop.vision.worker_protocol import (
    Find,
    Found,
    Glance,
    Glimpse,
    Prepare,
    Proposal,
    Propose,
    Request,
    Sight,
    Suggest,
    Suggested,
)
from engine.scene.hints import Hints
from engine.scene.masks import Mask
from engine.vision.still import Still

ORDER = (Prepare, Propose, Find, Suggest, Glance)
OF_ONE_STILL = (Propose, Find, Glance)
WORDS = {Prepare: "Looking at the still", Find: "Finding objects", Suggest: "Naming an object"}
MOST_FOUND = 8


class VisionWorker(QObject):
    """Asks the thread one thing at a time; the newest hover, hints and still replace those that wait.

    Answers about another still than the present one are dropped, so the still may change at any time.

    Args:
        make: makes what looks at stills, in the thread, when first needed; it loads the models.

    Signals, all given in the thread of this object:
        prepared(str): the still of this digest can be hovered and hinted.
        hover_mask(Glimpse), proposed(Proposal), found(Found), suggested(Suggested): answers.
        refused(int): no name was found for the object with this ticket.
        failed(Message): what went wrong; the worker goes on.
        busy_changed(str): words for what runs, "" for nothing worth saying.
    """

    prepared = Signal(str)
    hover_mask = Signal(object)
    proposed = Signal(object)
    found = Signal(object)
    suggested = Signal(object)
    refused = Signal(int)
    failed = Signal(object)
    busy_changed = Signal(str)

    def __init__(self, make: Callable[[], Sight], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk: Desk[Request] = Desk(ORDER, queued=(Suggest,))
        self._digest: str | None = None
        self._ready: str | None = None
        self._hovering = False
        self._pointed = (-1.0, -1.0)
        self._hover_failed = False
        self._words = ""
        self._closed = False
        self._lane = Lane(lambda: _handler(make()), self)
        self._lane.answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def ready(self) -> bool:
        """Whether the present still is prepared."""
        return self._ready is not None and self._ready == self._digest

    @property
    def waiting(self) -> int:
        """How many requests wait, the one in flight not counted."""
        return self._desk.waiting

    def prepare(self, still: Still | None) -> None:
        """Makes this the present still and prepares it; None leaves no still to look at."""
        self._digest = None if still is None else still.digest
        self._desk.drop((Prepare, *OF_ONE_STILL))
        self._hovering = self._hover_failed = False
        if still is not None:
            self._put(Prepare(still))

    def hover(self, x: float, y: float) -> None:
        """Asks for what a click there would take, once the still is prepared; outside the still, stops asking."""
        self._hovering = x >= 0 and y >= 0
        self._pointed = (x, y)
        self._desk.drop((Glance,))
        self._glance()

    def propose(self, hints: Hints) -> None:
        if self._digest is not None:
            self._put(Propose(self._digest, hints))

    def withdraw(self) -> None:
        """The hints are no longer asked about."""
        self._desk.drop((Propose,))

    def find_objects(self, limit: int = MOST_FOUND) -> None:
        if self._digest is not None:
            self._put(Find(self._digest, limit))

    def suggest(self, still: Still, mask: Mask, ticket: int) -> None:
        """Asks what the object is; the answer carries the ticket, also after the still has changed."""
        self._put(Suggest(still, mask, ticket))

    def close(self) -> None:
        """Ends the thread, after what it is doing. Nothing is answered any more."""
        self._closed = True
        self._lane.close()

    def _glance(self) -> None:
        if self._hovering and self.ready and self._digest is not None:
            self._put(Glance(self._digest, *self._pointed))

    def _put(self, request: Request) -> None:
        if not self._closed:
            self._desk.put(type(request), request)
            self._next()

    def _next(self) -> None:
        request = self._desk.take()
        if request is not None:
            self._lane.ask(request)
        kind = self._desk.in_flight
        words = WORDS.get(kind, "") if kind is not None else ""
        if words != self._words:
            self._words = words
            self.busy_changed.emit(words)

    @Slot(object)
    def _deliver(self, answer: Answer) -> None:
        if self._closed:
            return
        self._desk.finish()
        if answer.error is not None:
            self._fail(answer.request, answer.error)
        elif self._is_current(answer.request):
            self._emit(answer.request, answer.value)
        self._next()

    def _is_current(self, request: Request) -> bool:
        if isinstance(request, Suggest):
            return True
        digest = request.still.digest if isinstance(request, Prepare) else request.digest
        return digest == self._digest

    def _emit(self, request: Request, value: object) -> None:
        match request:
            case Prepare(still):
                self._ready = still.digest
                self.prepared.emit(still.digest)
                self._glance()
            case Glance():
                if self._hovering:
                    self.hover_mask.emit(value)
            case Propose():
                self.proposed.emit(value)
            case Find():
                self.found.emit(value)
            case Suggest():
                self.suggested.emit(value)

    def _fail(self, request: Request, error: Exception) -> None:
        if isinstance(request, Suggest):
            self.refused.emit(request.ticket)
        elif not self._is_current(request):
            return
        if isinstance(request, Glance):
            if self._hover_failed:
                return
            self._hover_failed = True
        self.failed.emit(message_of(error))


def _handler(sight: Sight) -> Handler:
    """Answers requests with this sight."""

    def handle(request: Request) -> object:
        match request:
            case Prepare(still):
                sight.prepare(still)
                return still.digest
            case Glance(digest, x, y):
                return Glimpse(digest, x, y, sight.glance(digest, x, y))
            case Propose(digest, hints):
                masks, scores = sight.propose(digest, hints)
                outlines = tuple(trace(mask) for mask in masks)
                return Proposal(digest, hints, tuple(masks), tuple(scores), outlines)
            case Find(digest, limit):
                masks = sight.find(digest, limit)
                return Found(digest, tuple(Thing(mask, trace(mask), anchor(mask)) for mask in masks))
            case Suggest(still, mask, ticket):
                return Suggested(still.digest, ticket, sight.suggest(still, mask))

    return handle
