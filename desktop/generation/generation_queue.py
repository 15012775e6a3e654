"""The generation queue as the GUI thread sees it: active jobs and the history of ended ones."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.document.messages import message_of
from desktop.generation.worker import GenerationJob, GenerationWorker, PendingRequest
from engine.jobs.job import JobList
from engine.jobs.queue import JobEvent

if TYPE_CHECKING:
    from engine.project.folder import Project
    from engine.vision.still import Still


class GenerationQueue(QObject):
    """Follows the worker's jobs. All views see the same list, which changes only together with a signal.

    Signals:
        changed(): a job was added, progressed or ended.
        made(Job, GenerationResult): the result of a finished job.
        failed(Message): why a job failed; emitted once per job.
    """

    changed = Signal()
    made = Signal(object, object)
    failed = Signal(object)

    def __init__(self, worker: GenerationWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._seen: JobList[PendingRequest] = worker.jobs.snapshot
        self._first = 0
        worker.jobs_changed.connect(self._follow, Qt.ConnectionType.QueuedConnection)

    @property
    def jobs(self) -> tuple[GenerationJob, ...]:
        """All listed jobs, in the order of submission; of jobs for an earlier scene only those that still run."""
        return tuple(job for job in self._seen.jobs if job.active or job.id >= self._first)

    def is_own(self, job: GenerationJob) -> bool:
        """Return whether a job was queued for the scene that is open."""
        return job.id >= self._first

    @Slot()
    def begin_scene(self) -> None:
        """Forget the ended jobs: another scene is open. Jobs that run or wait go on."""
        self._first = max((job.id for job in self._seen.jobs), default=self._first - 1) + 1
        self._worker.jobs.forget_ended()
        self._seen = self._worker.jobs.snapshot
        self.changed.emit()

    @property
    def running(self) -> GenerationJob | None:
        return next(iter(self._seen.running), None)

    @property
    def waiting(self) -> tuple[GenerationJob, ...]:
        return self._seen.waiting

    def submit(
        self, request: PendingRequest, still: "Still | None" = None, home: "Project | None" = None
    ) -> int:
        """Queue a job and return its id."""
        number = self._worker.enqueue(request, still, home)
        self._see(self._worker.jobs.snapshot)
        return number

    def cancel(self, id_: int) -> None:
        """Cancel a job: a waiting one at once, a running one within a step."""
        self._worker.jobs.cancel(id_)
        self._see(self._worker.jobs.snapshot)

    def cancel_all(self) -> None:
        self._worker.jobs.cancel_all()
        self._see(self._worker.jobs.snapshot)

    def forget_ended(self) -> None:
        self._worker.jobs.forget_ended()
        self._see(self._worker.jobs.snapshot)

    def _see(self, jobs: JobList[PendingRequest]) -> None:
        if jobs.revision > self._seen.revision:
            self._seen = jobs
            self.changed.emit()

    @Slot(object)
    def _follow(self, event: JobEvent[PendingRequest]) -> None:
        self._see(event.jobs)
        if event.ended is not None and event.ended.state == "done":
            self.made.emit(event.ended, event.result)
        elif event.error is not None:
            self.failed.emit(message_of(event.error))
