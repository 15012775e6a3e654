"""The generation worker: one thread, one studio whose models stay loaded, one job at a time."""

import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QThread, Signal

from desktop.document.messages import message_of
from desktop.document.time_left import TimeLeftEstimator
from engine.errors import Cancelled
from engine.generation.generator import GeneratorInfo
from engine.generation.requests import GenerationRequest
from engine.logs import log_failure
from engine.progress import Progress

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from engine.studio import GenerationResult
    from engine.vision.still import Still


class GenerationBackend(Protocol):
    """What the worker needs of ``engine.studio.Studio``."""

    @property
    def generators(self) -> tuple[GeneratorInfo, ...]:
        """What is known of each generator, the usual one first."""

    @property
    def device_name(self) -> str:
        """What they run on, in words."""

    def warm_up(self) -> None:
        """Loads what making takes, so that the first take is not kept waiting."""

    def generate(
        self, request: GenerationRequest, still: "Still | None" = None, progress: Progress | None = None
    ) -> "GenerationResult":
        """Makes what was asked."""


@dataclass(frozen=True)
class WorkItem:
    """One job, as it crosses into the thread."""

    id: int
    request: GenerationRequest
    still: "Still | None" = field(default=None, repr=False)


@dataclass(frozen=True)
class JobProgress:
    """How far a job is: of the whole, in words, and the seconds that it will still take where that is known."""

    fraction: float
    words: str
    seconds_left: float | None = None


class GenerationWorker(QThread):
    """Runs what it is handed, in order. Every job ends in exactly one of made, failed and cancelled.

    Args:
        make: makes the studio, in the thread, when first needed; asked again after it failed.

    Signals, to be connected queued:
        opened(tuple): the studio is there; what is known of its generators, the usual one first.
        located(str): what it runs on, in words.
        unavailable(Message): it could not be made.
        stepped(int, Step): how far the job of this number is.
        made(int, tuple): its takes. failed(int, Message): why there are none. cancelled(int).
    """

    opened = Signal(object)
    located = Signal(str)
    unavailable = Signal(object)
    progressed = Signal(int, object)
    made = Signal(int, object)
    failed = Signal(int, object)
    cancelled = Signal(int)

    def __init__(self, make: Callable[[], GenerationBackend], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("generation")
        self._make = make
        self._maker: GenerationBackend | None = None
        self._inbox: SimpleQueue[WorkItem | str | None] = SimpleQueue()
        self._unwanted: set[int] = set()
        self._closing = False

    def open(self) -> None:
        """Asks for the studio to be made, without its models; ``opened`` or ``unavailable`` answers."""
        self._put("open")

    def warm_up(self) -> None:
        """Loads the models ahead of the first job; what goes wrong is told by that job."""
        self._put("warm up")

    def enqueue(self, work: WorkItem) -> None:
        self._put(work)

    def cancel(self, id_: int) -> None:
        """Ends a job within a step; one that has not begun never does."""
        self._unwanted.add(id_)

    def close(self) -> None:
        """Cancels what runs, drops what waits, and ends the thread. Nothing is started any more."""
        self._closing = True
        self._inbox.put(None)
        self.wait()

    def run(self) -> None:
        while (task := self._inbox.get()) is not None and not self._closing:
            if isinstance(task, WorkItem):
                self._do(task)
            elif task == "open":
                self._open()
            else:
                self._warm_up()

    def _put(self, task: WorkItem | str) -> None:
        if self._closing:
            return
        self._inbox.put(task)
        if not self.isRunning():
            self.start()

    def _open(self) -> None:
        try:
            generators = self._studio().generators
        except BaseException as error:  # noqa: BLE001 - the edge of the thread: whatever it is, it is told
            log_failure(log, "Opening the model", error)
            self.unavailable.emit(message_of(error))
        else:
            self.opened.emit(generators)
            with contextlib.suppress(Exception):  # The first job fails by the same, and says so.
                self.located.emit(self._studio().device_name)

    def _warm_up(self) -> None:
        with contextlib.suppress(Exception):  # The job that needs it fails by the same, and says so.
            self._studio().warm_up()

    def _do(self, work: WorkItem) -> None:
        try:
            sounds = self._studio().generate(work.request, work.still, self._progress(work.id))
        except Cancelled:
            self.cancelled.emit(work.id)
        except BaseException as error:  # noqa: BLE001 - the edge of the thread: whatever it is, it is told
            log_failure(log, "Making takes", error)
            self.failed.emit(work.id, message_of(error))
        else:
            self.made.emit(work.id, sounds.takes)
        self._unwanted.discard(work.id)

    def _progress(self, id_: int) -> Progress:
        pace = TimeLeftEstimator()

        def report(fraction: float, words: str) -> None:
            self.progressed.emit(id_, JobProgress(fraction, words, pace.at(time.monotonic(), fraction)))

        progress = Progress(report, lambda: self._closing or id_ in self._unwanted)
        progress.raise_if_cancelled()
        return progress

    def _studio(self) -> GenerationBackend:
        if self._maker is None:
            self._maker = self._make()
        return self._maker
