"""The canvas's thread: builds image pyramids and traces masks, so that paint events never do."""

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.canvas.image_pyramid import build_image_pyramid
from desktop.document.messages import message_of
from desktop.threads.request_thread import Handler, Reply, RequestThread
from desktop.vision.outline import trace_outline
from engine.scene.masks import Mask
from engine.vision.still import Still


@dataclass(frozen=True)
class BuildPyramid:
    """A request to build the image pyramid of a still."""

    still: Still


@dataclass(frozen=True)
class TraceMask:
    """A request to trace a mask; ``name`` comes back with the outline and identifies it."""

    name: str
    mask: Mask = field(compare=False, repr=False)


class TraceThread(QObject):
    """Builds pyramids and traces masks in a thread.

    Signals:
        pyramid_built(ImagePyramid): the pyramid of a still.
        traced(str, Outline): the outline requested under this name.
        failed(Message): an error, such as lack of memory; the canvas goes on working.
    """

    pyramid_built = Signal(object)
    traced = Signal(str, object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting = 0
        self._asked: set[str] = set()
        self._thread = RequestThread(_handler, self)
        self._thread.replied.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def waiting(self) -> int:
        """Number of pending replies."""
        return self._waiting

    def build_pyramid(self, still: Still) -> None:
        self._ask(BuildPyramid(still))

    def trace(self, name: str, mask: Mask) -> None:
        """Request an outline; a name that is already pending is not requested again."""
        if name not in self._asked:
            self._asked.add(name)
            self._ask(TraceMask(name, mask))

    def close(self) -> None:
        self._thread.close()

    def _ask(self, request: object) -> None:
        self._waiting += 1
        self._thread.ask(request)

    @Slot(object)
    def _deliver(self, answer: Reply) -> None:
        self._waiting -= 1
        if isinstance(answer.request, TraceMask):
            self._asked.discard(answer.request.name)
        if answer.error is not None:
            self.failed.emit(message_of(answer.error))
        elif isinstance(answer.request, TraceMask):
            self.traced.emit(answer.request.name, answer.value)
        else:
            self.pyramid_built.emit(answer.value)


def _handler() -> Handler:
    def handle(request: BuildPyramid | TraceMask) -> object:
        return (
            build_image_pyramid(request.still)
            if isinstance(request, BuildPyramid)
            else trace_outline(request.mask)
        )

    return handle
