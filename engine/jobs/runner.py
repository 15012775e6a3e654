"""Run jobs: in a worker's loop, or one at once in the calling thread."""

import logging
from collections.abc import Callable
from typing import TypeVar

from engine.errors import Cancelled
from engine.jobs.job import Job, JobProgress, Request
from engine.jobs.queue import JobEvent, JobQueue
from engine.logs import log_failure
from engine.progress import Progress

Result = TypeVar("Result")
Work = Callable[[Job[Request], Progress], Result]
"""Does what a job's request says; reports on the progress, which raises once the job is cancelled."""

_LOG = logging.getLogger(__name__)


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
