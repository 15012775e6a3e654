"""The export threads: one computes previews, one exports."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.document.messages import Message, message_of
from desktop.export.last_export import LastExportStore
from desktop.export.preview import ExportPreview, PreviewRequest, preview_of
from desktop.threads.request_thread import Reply, RequestThread
from engine.errors import Cancelled
from engine.export.plan import ExportSettings
from engine.files import numbered_folder
from engine.jobs.time_left import TimeLeftEstimator
from engine.progress import Progress, Report
from engine.scene.scene import Scene
from engine.sound.cache import TakeSource

LEAST_SECONDS = 0.1
"""Least time between two progress reports."""


@dataclass(frozen=True)
class ExportRequest:
    """All that an export needs; later edits do not change it. ``numbered`` writes beside ``out`` if that is taken."""

    scene: Scene = field(repr=False, compare=False)
    takes: TakeSource = field(repr=False, compare=False)
    out: Path
    settings: ExportSettings
    numbered: bool = False


@dataclass(frozen=True)
class ExportProgress:
    """Progress of an export.

    Attributes:
        fraction: 0 to 1.
        text: what is being done.
        seconds: estimated time left in seconds, or None.
    """

    fraction: float
    text: str
    seconds: float | None = None


@dataclass(frozen=True)
class ExportResult:
    """What an export wrote, with the size of each file in bytes."""

    exported: "Exported"
    sizes: tuple[int, ...]


if TYPE_CHECKING:
    from engine.export.run import Exported


class WriteExport(Protocol):
    """Protocol of ``engine.export.run.export``."""

    def __call__(
        self,
        scene: Scene,
        takes: TakeSource,
        out: Path,
        settings: ExportSettings | None = None,
        *,
        made: datetime,
        progress: Progress | None = None,
    ) -> "Exported": ...


def engine_export() -> WriteExport:
    """Load the engine's export, which the window starts without."""
    from engine.export.run import export

    return export


class ExportWorker(QObject):
    """Computes previews and exports in threads. One export at a time; each ends as done, failed or cancelled.

    Signals:
        previewed(ExportPreview): the result of the newest request.
        progressed(ExportProgress): progress of the running export.
        done(ExportResult): the export has finished.
        failed(Message): the export has failed.
        cancelled(): the export was cancelled.
        forgotten(Message): the choices could not be saved.
    """

    previewed = Signal(object)
    progressed = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    forgotten = Signal(object)
    _reported = Signal(float, str)

    def __init__(
        self,
        write: WriteExport | None = None,
        look: Callable[[PreviewRequest], ExportPreview] = preview_of,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._stop = Event()
        self._pace = TimeLeftEstimator()
        self._running = False
        self._asking: PreviewRequest | None = None
        self._newest: PreviewRequest | None = None
        queued = Qt.ConnectionType.QueuedConnection
        self._planning = RequestThread(lambda: lambda request: _planned(request, look), self)
        self._planning.replied.connect(self._take_preview, queued)
        self._writing = RequestThread(
            lambda: lambda request: self._written(request, write or engine_export()), self
        )
        self._writing.replied.connect(self._take_end, queued)
        self._reported.connect(self._take_report, queued)

    @property
    def running(self) -> bool:
        return self._running

    def look(self, asked: PreviewRequest) -> None:
        """Request a preview; a newer request replaces a pending one."""
        self._newest = asked
        if self._asking is None:
            self._ask()

    def remember(self, memory: LastExportStore) -> None:
        """Save the last export's choices, in the thread."""
        self._planning.ask(memory)

    def export(self, request: ExportRequest) -> None:
        """Start an export, unless one is running."""
        if self._running:
            return
        self._running = True
        self._stop.clear()
        self._pace = TimeLeftEstimator()
        self._writing.ask(request)

    def cancel(self) -> None:
        """Cancel the running export; ``cancelled`` follows once its files are removed."""
        self._stop.set()

    def close(self) -> None:
        """Cancel the running export and end the threads."""
        self._stop.set()
        self._planning.close()
        self._writing.close()

    def _ask(self) -> None:
        self._asking, self._newest = self._newest, None
        if self._asking is not None:
            self._planning.ask(self._asking)

    @Slot(object)
    def _take_preview(self, answer: Reply) -> None:
        if isinstance(answer.request, LastExportStore):
            if answer.error is not None:
                self.forgotten.emit(message_of(answer.error))
            return
        self._asking = None
        if self._newest is not None:
            self._ask()
        elif answer.error is None:
            self.previewed.emit(answer.value)
        else:
            self.previewed.emit(ExportPreview(answer.request, None, (message_of(answer.error).text,)))

    def _written(self, request: ExportRequest, write: WriteExport) -> ExportResult:
        """Export. Runs in the thread."""
        progress = Progress(throttled(self._reported.emit, LEAST_SECONDS), self._stop.is_set)
        now = datetime.now().astimezone()
        with numbered_folder(request.out) if request.numbered else nullcontext(request.out) as out:
            done = write(request.scene, request.takes, out, request.settings, made=now, progress=progress)
        return ExportResult(done, tuple(size_of(file.path) for file in done.files))

    @Slot(float, str)
    def _take_report(self, fraction: float, text: str) -> None:
        if self._running:
            seconds = self._pace.at(time.monotonic(), fraction)
            self.progressed.emit(ExportProgress(fraction, text, seconds))

    @Slot(object)
    def _take_end(self, answer: Reply) -> None:
        self._running = False
        if answer.error is None:
            self.done.emit(answer.value)
        elif isinstance(answer.error, Cancelled):
            self.cancelled.emit()
        else:
            self.failed.emit(failure_message(answer.error))


def failure_message(error: BaseException) -> Message:
    """Return the message for an export's error."""
    message = message_of(error)
    return Message(message.kind, f"Nothing was exported. {message.text}")


def throttled(report: Report, least: float) -> Report:
    """Return a report function that drops calls within ``least`` seconds of the last one.

    Queued reports would outlast the work.
    """
    last = float("-inf")

    def report_seldom(fraction: float, text: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= least:
            last = now
            report(fraction, text)

    return report_seldom


def size_of(path: Path) -> int:
    """Return the size of a file in bytes; 0 if it was removed already."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _planned(request: Any, look: Callable[[PreviewRequest], ExportPreview]) -> ExportPreview | None:
    """Handle a preview request. Runs in the thread."""
    if isinstance(request, LastExportStore):
        request.save()
        return None
    return look(request)
