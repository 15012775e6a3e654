"""A job and the list of all jobs of a queue, as frozen values; they change by the pure functions here alone."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from engine.project.folder import Project
    from engine.vision.still import Still

Request = TypeVar("Request")

JobState = Literal["waiting", "running", "cancelling", "done", "failed", "cancelled"]
EndState = Literal["done", "failed", "cancelled"]
ACTIVE: frozenset[JobState] = frozenset({"waiting", "running", "cancelling"})


@dataclass(frozen=True)
class JobProgress:
    """How far a running job is.

    Attributes:
        fraction: of the whole, 0 to 1.
        words: what runs, for the user.
        seconds_left: measured; None while it is not known.
    """

    fraction: float
    words: str
    seconds_left: float | None = None


@runtime_checkable
class Archivable(Protocol):
    """A request that holds what is large and of no use once its job has ended, such as masks."""

    def archived(self) -> Any:
        """Return the request without it."""


@dataclass(frozen=True, eq=False)
class Job(Generic[Request]):
    """A job as a value. Edits of the scene cannot reach it: request, still and objects are frozen values.

    Attributes:
        id: its number in the queue, from 1.
        request: what to do; frozen. After the end only what is worth keeping of it (``Archivable``).
        still: the picture the request is about; dropped when the job ends, to free its pixels.
        label: what the user calls the job.
        objects: numbers of the objects that it is for.
        home: the project that gets the results, even if it is closed in the meantime.
        state: how the job stands; it ends in exactly one of done, failed and cancelled.
        progress: how far it is; None before its first report and after its end.
        message: why it failed, one sentence; empty otherwise.
        notes: what did not go as usual and the user should know, a sentence each.
    """

    id: int
    request: Request
    still: "Still | None" = field(default=None, repr=False)
    label: str = ""
    objects: tuple[int, ...] = ()
    home: "Project | None" = field(default=None, repr=False)
    state: JobState = "waiting"
    progress: JobProgress | None = None
    message: str = ""
    notes: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE


REMEMBERED = 20
"""Ended jobs that stay listed."""


@dataclass(frozen=True)
class JobList(Generic[Request]):
    """The jobs of a queue, in the order in which they were asked for.

    Attributes:
        jobs: those that wait, run, or ended lately.
        next_id: the number of the next job.
        at_once: how many run at the same time.
        revision: grows with every change, so that the newer of two lists can be told.
    """

    jobs: tuple[Job[Request], ...] = ()
    next_id: int = 1
    at_once: int = 1
    revision: int = 0

    def job(self, id_: int) -> Job[Request] | None:
        """Return the job of this number, or None if it is not listed."""
        return next((job for job in self.jobs if job.id == id_), None)

    @property
    def running(self) -> tuple[Job[Request], ...]:
        """Those that run, also while they are being cancelled."""
        return tuple(job for job in self.jobs if job.state in {"running", "cancelling"})

    @property
    def waiting(self) -> tuple[Job[Request], ...]:
        """Those that wait for their turn."""
        return tuple(job for job in self.jobs if job.state == "waiting")


def added(jobs: JobList[Request], job: Job[Request]) -> JobList[Request]:
    """Append a job under the next number; it runs at once if fewer than ``at_once`` do."""
    numbered = replace(job, id=jobs.next_id, state="waiting", progress=None, message="")
    return _started(_with(jobs, (*jobs.jobs, numbered), next_id=jobs.next_id + 1))


def cancelled(jobs: JobList[Request], id_: int) -> JobList[Request]:
    """Cancel a job: one that waits ends now, one that runs is asked to; any other is left as it is."""
    job = jobs.job(id_)
    if job is not None and job.state == "waiting":
        return ended(jobs, id_, "cancelled")
    if job is not None and job.state == "running":
        return _changed(jobs, id_, lambda job: replace(job, state="cancelling"))
    return jobs


def reported(jobs: JobList[Request], id_: int, progress: JobProgress) -> JobList[Request]:
    """Note how far a running job is; a job that does not run is left as it is."""
    if not any(job.id == id_ for job in jobs.running):
        return jobs
    return _changed(jobs, id_, lambda job: replace(job, progress=progress))


def noted(jobs: JobList[Request], id_: int, sentence: str) -> JobList[Request]:
    """Add what the user should know to a running job, each sentence once."""
    job = next((job for job in jobs.running if job.id == id_), None)
    if job is None or sentence in job.notes:
        return jobs
    return _changed(jobs, id_, lambda job: replace(job, notes=(*job.notes, sentence)))


def ended(jobs: JobList[Request], id_: int, state: EndState, message: str = "") -> JobList[Request]:
    """End a job and start the next.

    A job that has ended already, or is not listed, is left as it is; so is one that waits, unless it is cancelled.

    Args:
        jobs: the list.
        id_: the number of the job.
        state: how it ended.
        message: why, one sentence, if it failed.
    """
    job = jobs.job(id_)
    if job is None or not job.active or (job.state == "waiting" and state != "cancelled"):
        return jobs
    done = _changed(jobs, id_, lambda job: at_end(job, state, message))
    past = [other.id for other in done.jobs if not other.active][:-REMEMBERED]
    return _started(_with(done, tuple(other for other in done.jobs if other.id not in past)))


def at_end(job: Job[Request], state: EndState, message: str = "") -> Job[Request]:
    """Return the job as it is after its end: without the still's pixels, the request's masks and the progress."""
    request = job.request.archived() if isinstance(job.request, Archivable) else job.request
    return replace(job, request=request, still=None, state=state, progress=None, message=message)


def without_ended(jobs: JobList[Request]) -> JobList[Request]:
    """Forget the jobs that have ended."""
    return _with(jobs, tuple(job for job in jobs.jobs if job.active))


def _started(jobs: JobList[Request]) -> JobList[Request]:
    for job in jobs.waiting[: jobs.at_once - len(jobs.running)]:
        jobs = _changed(jobs, job.id, lambda job: replace(job, state="running"))
    return jobs


def _changed(
    jobs: JobList[Request], id_: int, change: Callable[[Job[Request]], Job[Request]]
) -> JobList[Request]:
    return _with(jobs, tuple(change(job) if job.id == id_ else job for job in jobs.jobs))


def _with(
    jobs: JobList[Request], listed: tuple[Job[Request], ...], next_id: int | None = None
) -> JobList[Request]:
    return replace(jobs, jobs=listed, next_id=next_id or jobs.next_id, revision=jobs.revision + 1)
