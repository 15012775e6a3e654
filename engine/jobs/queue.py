"""The queue, where jobs are added, cancelled, reported on and ended from any thread, and what runs them."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from engine.errors import Cancelled, FoleyscapeError
from engine.jobs import job as job_list
from engine.jobs.job import EndState, Job, JobList, JobProgress, Request
from engine.jobs.time_left import TimeLeftEstimator
from engine.logs import log_failure
from engine.progress import Progress

if TYPE_CHECKING:
    from engine.project.folder import Project
    from engine.vision.still import Still

Errand = Callable[[], None]
Result = TypeVar("Result")
Work = Callable[[Job[Request], Progress], Result]
"""Does what a job's request says; reports on the progress, which raises once the job is cancelled."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class JobEvent(Generic[Request]):
    """A change of the queue.

    Attributes:
        jobs: all jobs after it.
        ended: the job that ended by it, or None.
        result: what that job made, if it is done.
        error: why it failed, if it did.
    """

    jobs: JobList[Request]
    ended: Job[Request] | None = None
    result: Any = None
    error: BaseException | None = None


def sentence_of(error: BaseException) -> str:
    """Return the sentence of an error: its own where it has one, otherwise its kind and text."""
    if isinstance(error, FoleyscapeError):
        return error.message
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


class JobQueue(Generic[Request]):
    """Jobs in the order they are asked for, ``at_once`` of them running. Every method may be called from any thread.

    A worker thread loops over ``take`` (see ``run_jobs``). Every job ends exactly once.

    Args:
        at_once: how many jobs run at the same time: the number of workers.
        sentence: makes the message of a failed job from its error.
        clock: seconds that never go back, for the time to go.
    """

    def __init__(
        self,
        *,
        at_once: int = 1,
        sentence: Callable[[BaseException], str] = sentence_of,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs: JobList[Request] = JobList(at_once=at_once)
        self._sentence = sentence
        self._clock = clock
        self._changed = threading.Condition(threading.RLock())
        self._listeners: list[Callable[[JobEvent[Request]], None]] = []
        self._errands: deque[Errand] = deque()
        self._taken: set[int] = set()
        self._closed = False

    @property
    def snapshot(self) -> JobList[Request]:
        """All jobs as they are now, as a value."""
        return self._jobs

    def listen(self, listener: Callable[[JobEvent[Request]], None]) -> None:
        """Call a function at every change, in order, in the thread that made it.

        The queue is locked meanwhile: the function must be quick and wait for no other thread.
        """
        with self._changed:
            self._listeners.append(listener)

    # Asking

    def enqueue(
        self,
        request: Request,
        *,
        still: "Still | None" = None,
        label: str = "",
        objects: tuple[int, ...] = (),
        home: "Project | None" = None,
    ) -> Job[Request]:
        """Add a job. After ``close`` it is cancelled at once.

        Args:
            request: what to do; a frozen value.
            still: the picture the request is about.
            label: what the user calls the job.
            objects: numbers of the objects that it is for.
            home: the project that gets the results.

        Returns:
            The job, with its number.
        """
        with self._changed:
            number = self._jobs.next_id
            self._become(job_list.added(self._jobs, Job(number, request, still, label, objects, home)))
            job = self._jobs.job(number)
            assert job is not None
            if self._closed:
                self.cancel(number)
            return job

    def cancel(self, id_: int) -> None:
        """Cancel a job: one that no worker has taken yet ends now, any other at its next report of progress."""
        with self._changed:
            job = self._jobs.job(id_)
            if job is not None and job.active and id_ not in self._taken:
                self._end(id_, "cancelled")
            else:
                self._become(job_list.cancelled(self._jobs, id_))

    def cancel_all(self) -> None:
        """Cancel every job that waits or runs, the last first, so that none starts meanwhile."""
        with self._changed:
            for job in reversed(self._jobs.jobs):
                self.cancel(job.id)

    def forget_ended(self) -> None:
        """Take the jobs that have ended off the list."""
        with self._changed:
            self._become(job_list.without_ended(self._jobs))

    def run_soon(self, errand: Errand) -> None:
        """Have a worker call a function before its next job. It is not a job, and is not reported.

        Args:
            errand: catches its own errors.
        """
        with self._changed:
            if not self._closed:
                self._errands.append(errand)
                self._changed.notify()

    def close(self) -> None:
        """Cancel everything and let the workers end. Nothing starts after this."""
        with self._changed:
            self._closed = True
            self._errands.clear()
            self.cancel_all()
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called."""
        return self._closed

    # Working

    def take(self) -> Job[Request] | None:
        """Wait for the next job and take it, running errands meanwhile. To be called by a worker's thread.

        Returns:
            A running job, which the caller must end, or None once the queue is closed.
        """
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._errands or self._ready())
                if self._closed:
                    return None
                errand = self._errands.popleft() if self._errands else None
                if errand is None:
                    job = self._ready()[0]
                    self._taken.add(job.id)
                    return job
            errand()

    def progress(self, job: Job[Request]) -> Progress:
        """Return the handle on which the work of a job reports, and by which it learns that it is cancelled."""
        estimator, id_ = TimeLeftEstimator(), job.id

        def report(fraction: float, words: str) -> None:
            with self._changed:
                progress = JobProgress(fraction, words, estimator.at(self._clock(), fraction))
                self._become(job_list.reported(self._jobs, id_, progress))

        def note(sentence: str) -> None:
            with self._changed:
                self._become(job_list.noted(self._jobs, id_, sentence))

        return Progress(report, lambda: self._is_cancelled(id_), note)

    def finish(self, job: Job[Request], result: Any = None) -> None:
        """End a job that did what was asked; ``result`` goes to the listeners and is not kept."""
        self._end(job.id, "done", result=result)

    def fail(self, job: Job[Request], error: BaseException) -> None:
        """End a job that could not be done."""
        self._end(job.id, "failed", error=error)

    def drop(self, job: Job[Request]) -> None:
        """End a job that was cancelled."""
        self._end(job.id, "cancelled")

    def _ready(self) -> list[Job[Request]]:
        return [job for job in self._jobs.running if job.id not in self._taken]

    def _is_cancelled(self, id_: int) -> bool:
        job = self._jobs.job(id_)
        return self._closed or job is None or job.state != "running"

    def _end(
        self, id_: int, state: EndState, *, result: Any = None, error: BaseException | None = None
    ) -> None:
        message = "" if error is None else self._sentence(error)
        with self._changed:
            before = self._jobs.job(id_)
            if before is None or not before.active:
                return
            self._taken.discard(id_)
            ended = job_list.at_end(before, state, message)
            self._become(job_list.ended(self._jobs, id_, state, message), ended, result, error)

    def _become(
        self,
        jobs: JobList[Request],
        ended: Job[Request] | None = None,
        result: Any = None,
        error: BaseException | None = None,
    ) -> None:
        if jobs is self._jobs:
            return
        self._jobs = jobs
        self._changed.notify_all()
        event = JobEvent(jobs, ended, result, error)
        for listener in tuple(self._listeners):
            listener(event)


def run_jobs(queue: JobQueue[Request], work: Work[Request, object]) -> None:
    """Run the jobs of a queue until it is closed.

    Args:
        queue: gives the jobs.
        work: does each; whatever it raises ends that job and no other.
    """
    while (job := queue.take()) is not None:
        run_job(queue, job, work)


def run_job(queue: JobQueue[Request], job: Job[Request], work: Work[Request, object]) -> None:
    """Run a job that was taken from a queue, and end it as done, failed or cancelled."""
    progress = queue.progress(job)
    try:
        progress.raise_if_cancelled()
        result = work(job, progress)
    except (Cancelled, KeyboardInterrupt):
        queue.drop(job)
    except BaseException as error:  # noqa: BLE001 - the edge of a worker: every error ends the job with a message
        log_failure(_LOG, "A job", error)
        queue.fail(job, error)
    else:
        queue.finish(job, result)


def run_now(
    request: Request,
    work: Callable[[Request, Progress], Result],
    *,
    label: str = "",
    show: Callable[[JobProgress], None] | None = None,
    note: Callable[[str], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Result:
    """Run one job in the calling thread, and return what it makes.

    Args:
        request: what to do.
        work: does it.
        label: what the user calls the job.
        show: called with every report of progress.
        note: called with what the person should know.
        is_cancelled: asked at every report.

    Raises:
        Cancelled: it was cancelled.
        Exception: whatever ``work`` raises.
    """
    queue: JobQueue[Request] = JobQueue()
    if show is not None:
        queue.listen(lambda event: _show(event, show))
    queue.enqueue(request, label=label)
    job = queue.take()
    assert job is not None
    progress = _watched(queue.progress(job), is_cancelled, note)
    try:
        result = work(request, progress)
    except (Cancelled, KeyboardInterrupt):
        queue.drop(job)
        raise
    except BaseException as error:
        queue.fail(job, error)
        raise
    queue.finish(job, result)
    return result


def _show(event: JobEvent[Request], show: Callable[[JobProgress], None]) -> None:
    for job in event.jobs.running:
        if job.progress is not None:
            show(job.progress)


def _watched(
    progress: Progress, is_cancelled: Callable[[], bool] | None, note: Callable[[str], None] | None
) -> Progress:
    """Return a handle that also asks ``is_cancelled`` and calls ``note``."""

    def noted(sentence: str) -> None:
        progress.note(sentence)
        if note is not None:
            note(sentence)

    return Progress(progress.report, is_cancelled, noted)
