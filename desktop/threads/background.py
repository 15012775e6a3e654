"""One worker thread for file access: tasks run in order, results arrive in the GUI thread."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from engine.logs import log_failure

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True)
class BackgroundTask(Generic[Result]):
    """A function to run in the worker thread and the callbacks for its result or its error."""

    work: Callable[[], Result]
    done: Callable[[Result], None]
    failed: Callable[[BaseException], None]


class Background(QObject):
    """Runs tasks one after another in a worker thread, so that a save and what follows it keep their order.

    Signals:
        busy_changed(bool): whether any task runs or waits.
    """

    busy_changed = Signal(bool)
    _asked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting = 0
        self._closed = False
        self._thread = QThread(self)
        self._thread.setObjectName("background")
        self._worker = _Worker()
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.run, Qt.ConnectionType.QueuedConnection)
        self._worker.ended.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        return self._waiting > 0

    def run(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Run ``work`` in the worker thread, then exactly one of ``done`` and ``failed`` in the GUI thread."""
        if self._closed:
            return
        if not self._thread.isRunning():
            self._thread.start()
        self._waiting += 1
        if self._waiting == 1:
            self.busy_changed.emit(True)
        self._asked.emit(BackgroundTask(work, done, failed))

    def close(self) -> None:
        """Finish all queued tasks and end the thread. Their results are dropped."""
        if self._closed:
            return
        self._closed = True
        if self._thread.isRunning():
            self._asked.emit(BackgroundTask(self._thread.quit, _ignore, _ignore))
            self._thread.wait()

    @Slot(object, object, object)
    def _take(self, job: BackgroundTask[Any], result: Any, error: BaseException | None) -> None:
        self._waiting -= 1
        if self._closed:
            return
        if not self._waiting:
            self.busy_changed.emit(False)
        if error is None:
            job.done(result)
        else:
            job.failed(error)


class _Worker(QObject):
    """Runs the tasks; lives in the worker thread."""

    ended = Signal(object, object, object)

    @Slot(object)
    def run(self, job: BackgroundTask[Any]) -> None:
        try:
            result = job.work()
        except Exception as error:  # noqa: BLE001 - edge of the thread: every error is reported
            log_failure(log, getattr(job.work, "__qualname__", "A task"), error)
            self.ended.emit(job, None, error)
        else:
            self.ended.emit(job, result, None)


def _ignore(_: object) -> None:
    return
