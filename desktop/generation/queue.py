"""The queue of what is to be generated: bookkeeping in the GUI thread. What it has seen end is its history."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.document.messages import Message
from desktop.generation.worker import GenerationWorker, JobProgress, WorkItem
from engine.generation.requests import GenerationRequest
from engine.scene.takes import Take

if TYPE_CHECKING:
    from engine.project.folder import Project
    from engine.vision.still import Still

State = Literal["waiting", "running", "cancelling", "done", "failed", "cancelled"]
ACTIVE: frozenset[State] = frozenset({"waiting", "running", "cancelling"})
REMEMBERED = 20
"""Ended jobs that are still shown."""


@dataclass(frozen=True, eq=False)
class GenerationJob:
    """What was asked for, as it was when it was asked for, and what has become of it.

    Attributes:
        id: its number in the queue.
        request: what to make. still: of what; let go of when it ends.
        label: what a person calls it.
        objects: numbers of the objects that it is for.
        home: the project that its takes go to, also after the project has been closed.
        state, step, message: how it stands, how far it is while it runs, and why it failed.
    """

    id: int
    request: GenerationRequest
    still: "Still | None" = field(repr=False)
    label: str
    objects: tuple[int, ...]
    home: "Project | None" = field(default=None, repr=False)
    state: State = "waiting"
    step: JobProgress | None = None
    message: str = ""

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    def objects_of(self, take: Take) -> tuple[int, ...]:
        """The numbers of the objects that one of its takes is of."""
        return take.objects or self.objects


class GenerationQueue(QObject):
    """Hands one job at a time to the worker.

    Signals:
        changed(): a job came, went on or ended.
        made(Job, tuple): the takes of a job that is done.
        failed(Message): why a job made none; once for each.
    """

    changed = Signal()
    made = Signal(object, object)
    failed = Signal(object)

    def __init__(self, worker: GenerationWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._jobs: dict[int, GenerationJob] = {}
        self._next = 1
        self._running: int | None = None
        queued = Qt.ConnectionType.QueuedConnection
        worker.progressed.connect(self._step, queued)
        worker.made.connect(self._made, queued)
        worker.failed.connect(self._failed, queued)
        worker.cancelled.connect(self._cancelled, queued)

    @property
    def jobs(self) -> tuple[GenerationJob, ...]:
        """All that is known of, in the order in which it was asked for."""
        return tuple(self._jobs.values())

    @property
    def running(self) -> GenerationJob | None:
        return None if self._running is None else self._jobs[self._running]

    @property
    def waiting(self) -> tuple[GenerationJob, ...]:
        return tuple(job for job in self.jobs if job.state == "waiting")

    def job(self, id_: int) -> GenerationJob | None:
        return self._jobs.get(id_)

    def submit(
        self,
        request: GenerationRequest,
        still: "Still | None",
        label: str,
        objects: tuple[int, ...],
        home: "Project | None" = None,
    ) -> int:
        """Queues a job, and gives its number."""
        job = GenerationJob(self._next, request, still, label, objects, home)
        self._next += 1
        self._jobs[job.id] = job
        self._go_on()
        return job.id

    def cancel(self, id_: int) -> None:
        """One that waits is cancelled at once, one that runs within a step."""
        job = self._jobs.get(id_)
        if job is None:
            return
        if job.state == "waiting":
            self._end(job, "cancelled")
        elif job.state == "running":
            self._put(replace(job, state="cancelling"))
            self._worker.cancel(id_)
        self.changed.emit()

    def cancel_all(self) -> None:
        for job in reversed(self.jobs):
            self.cancel(job.id)

    def forget_ended(self) -> None:
        self._jobs = {id_: job for id_, job in self._jobs.items() if job.active}
        self.changed.emit()

    def _go_on(self) -> None:
        if self._running is None and self.waiting:
            job = replace(self.waiting[0], state="running")
            self._running = job.id
            self._put(job)
            self._worker.enqueue(WorkItem(job.id, job.request, job.still))
        self.changed.emit()

    def _put(self, job: GenerationJob) -> None:
        self._jobs[job.id] = job

    def _end(self, job: GenerationJob, state: State, message: str = "") -> GenerationJob:
        ended = replace(job, state=state, still=None, step=None, message=message)
        self._put(ended)
        if self._running == job.id:
            self._running = None
        past = [other.id for other in self.jobs if not other.active]
        for id_ in past[:-REMEMBERED]:
            del self._jobs[id_]
        return ended

    @Slot(int, object)
    def _step(self, id_: int, step: JobProgress) -> None:
        job = self._jobs.get(id_)
        if job is not None and job.active:
            self._put(replace(job, step=step))
            self.changed.emit()

    @Slot(int, object)
    def _made(self, id_: int, takes: tuple[Take, ...]) -> None:
        job = self._end(self._jobs[id_], "done")
        self._go_on()
        self.made.emit(job, takes)

    @Slot(int, object)
    def _failed(self, id_: int, message: Message) -> None:
        self._end(self._jobs[id_], "failed", message.text)
        self._go_on()
        self.failed.emit(message)

    @Slot(int)
    def _cancelled(self, id_: int) -> None:
        self._end(self._jobs[id_], "cancelled")
        self._go_on()
