"""One job: what was asked for, as it was then, and what has become of it."""

from dataclasses import dataclass, field
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
