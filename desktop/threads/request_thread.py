"""A thread that answers requests in order, with exactly one reply for each."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from engine.logs import log_failure

log = logging.getLogger(__name__)

Handler = Callable[[Any], object]
RENEW = object()


@dataclass(frozen=True)
class Reply:
    """The outcome of a request: a value or an error."""

    request: Any
    value: Any = None
    error: Exception | None = None


class RequestThread(QThread):
    """A worker thread with a request queue.

    Args:
        make: creates the handler, in the thread, when the first request is handled.

    Signals:
        replied(Reply): connect it to a method of a QObject, which is then called in that object's thread.
    """

    replied = Signal(object)

    def __init__(self, make: Callable[[], Handler], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._handler: Handler | None = None
        self._requests: SimpleQueue[Any] = SimpleQueue()
        self._closing = False

    def ask(self, request: object) -> None:
        """Queue a request. The first one starts the thread."""
        if self._closing:
            return
        self._requests.put(request)
        if not self.isRunning():
            self.start()

    def renew(self) -> None:
        """Create a new handler for the requests that follow."""
        self.ask(RENEW)

    def close(self) -> None:
        """End the thread after the current request; pending requests are dropped."""
        self._closing = True
        self._requests.put(None)
        self.wait()

    def run(self) -> None:
        while (request := self._requests.get()) is not None and not self._closing:
            if request is RENEW:
                self._handler = None
            else:
                self.replied.emit(self._reply(request))

    def _reply(self, request: object) -> Reply:
        try:
            if self._handler is None:
                self._handler = self._make()
            return Reply(request, self._handler(request))
        except Exception as error:  # noqa: BLE001 - edge of the thread: every error becomes a reply
            log_failure(log, type(request).__name__, error)
            return Reply(request, error=error)
