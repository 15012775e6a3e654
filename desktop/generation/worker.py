"""The generation worker: a thread that runs the jobs of a queue in order."""

import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QThread, Signal

from desktop.document.messages import message_of
from desktop.settings.model_choice import ModelChoice
from desktop.threads.torch_preload import load_torch
from engine.generation.generator import GeneratorInfo
from engine.generation.request_builder import request_for, targets_of, together_target
from engine.generation.requests import GenerationRequest, Settings
from engine.jobs.job import Job
from engine.jobs.queue import JobQueue, run_jobs
from engine.logs import log_failure
from engine.models.free_words import bundled_free_words
from engine.models.pool import ModelPool
from engine.progress import Progress
from engine.scene.objects import SoundingObject

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from engine.project.folder import Project
    from engine.studio import GenerationResult, Studio
    from engine.vision.still import Still


@dataclass(frozen=True)
class PendingRequest:
    """A request before its model is loaded, as the job keeps it: later edits of the scene do not affect it.

    Attributes:
        objects: the objects to sound.
        settings: settings common to all of them.
        still: digest of the still that their masks belong to; None without a still.
        together: whether to generate one sound of all objects, rather than one of each.
        model: the model and its device.
        generator: id of the generator; None is the default one.
        task: id of the undo step that the takes belong to; one Generate may queue several requests.
    """

    objects: tuple[SoundingObject, ...]
    settings: Settings
    still: str | None = None
    together: bool = False
    model: ModelChoice = field(default_factory=ModelChoice)
    generator: str | None = None
    task: str | None = None

    @property
    def label(self) -> str:
        """The names of its objects, as shown to the user."""
        names = [thing.name for thing in self.objects]
        return (" + " if self.together else ", ").join(names)

    @property
    def numbers(self) -> tuple[int, ...]:
        """Indices of its objects."""
        return tuple(thing.index for thing in self.objects)

    def archived(self) -> "PendingRequest":
        """Return the request without its objects, whose masks are large."""
        return replace(self, objects=())

    def build(self, generators: Sequence[GeneratorInfo]) -> GenerationRequest:
        """Return the complete request. Packs the masks, which takes 30 ms each for a still of 24 megapixels.

        Args:
            generators: the model's generators, the default one first.

        Raises:
            BadInput: there are no objects, or too many.
        """
        generator = next((info for info in generators if info.id == self.generator), generators[0])
        together = self.together and len(self.objects) > 1
        targets = (together_target(self.objects, self.label),) if together else targets_of(self.objects)
        return request_for(generator, self.still, targets, self.settings)


GenerationJob = Job[PendingRequest]
"""A job of the generation queue."""


class GenerationBackend(Protocol):
    """The part of ``engine.studio.Studio`` that the worker uses."""

    @property
    def generators(self) -> tuple[GeneratorInfo, ...]:
        """Facts about each generator, the default one first."""

    @property
    def device_name(self) -> str:
        """The device as text."""

    def warm_up(self) -> None:
        """Load what the first take needs."""

    def generate(
        self, request: GenerationRequest, still: "Still | None" = None, progress: Progress | None = None
    ) -> "GenerationResult":
        """Generate the takes of a request."""


class GenerationWorker(QThread):
    """Runs the jobs of its queue in a thread. Each job says which model it needs.

    Connect its signals queued: they are emitted in the thread.

    Args:
        make: creates the studio of a model, in the thread, when a job needs it; called again after a failure.

    Signals:
        opened(tuple): a studio was created; facts about its generators, the default one first.
        located(str): the device as text.
        unavailable(Message): the studio could not be created.
        jobs_changed(JobEvent): a job was added, progressed or ended.
    """

    opened = Signal(object)
    located = Signal(str)
    unavailable = Signal(object)
    jobs_changed = Signal(object)

    def __init__(
        self, make: Callable[[ModelChoice], GenerationBackend], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("generation")
        self._make = make
        self._backend: tuple[ModelChoice, GenerationBackend] | None = None
        self.jobs: JobQueue[PendingRequest] = JobQueue(sentence=lambda error: message_of(error).text)
        self.jobs.listen(self.jobs_changed.emit)

    def open(self, choice: ModelChoice | None = None) -> None:
        """Create the studio of a model without loading it; ``opened`` or ``unavailable`` is emitted."""
        self._run_soon(lambda: self._open(choice or ModelChoice()))

    def warm_up(self, choice: ModelChoice | None = None) -> None:
        """Load a model before the first job. Errors are reported by the first job."""
        self._run_soon(lambda: self._warm_up(choice or ModelChoice()))

    def enqueue(self, request: PendingRequest, still: "Still | None", home: "Project | None") -> int:
        """Add a job and return its id."""
        job = self.jobs.enqueue(request, still=still, label=request.label, objects=request.numbers, home=home)
        self._wake()
        return job.id

    def close(self) -> None:
        """Cancel all jobs and end the thread; nothing starts after this."""
        self.jobs.close()
        self.wait()

    def run(self) -> None:
        run_jobs(self.jobs, self._generate)

    def _run_soon(self, errand: Callable[[], None]) -> None:
        self.jobs.run_soon(errand)
        self._wake()

    def _wake(self) -> None:
        if not self.jobs.closed and not self.isRunning():
            self.start()

    def _generate(self, job: GenerationJob, progress: Progress) -> "GenerationResult":
        backend = self._backend_for(job.request.model)
        return backend.generate(job.request.build(backend.generators), job.still, progress)

    def _open(self, choice: ModelChoice) -> None:
        try:
            generators = self._backend_for(choice).generators
            # The window completes and checks words from now on; loading them would hold it up.
            bundled_free_words()
        except BaseException as error:  # noqa: BLE001 - edge of the thread: every error is reported
            log_failure(log, "Opening the model", error)
            self.unavailable.emit(message_of(error))
        else:
            self.opened.emit(generators)
            with contextlib.suppress(Exception):  # The first job fails with the same error and reports it.
                self.located.emit(self._backend_for(choice).device_name)

    def _warm_up(self, choice: ModelChoice) -> None:
        with contextlib.suppress(
            Exception
        ):  # The job that needs it fails with the same error and reports it.
            self._backend_for(choice).warm_up()

    def _backend_for(self, choice: ModelChoice) -> GenerationBackend:
        if self._backend is None or self._backend[0] != choice:
            self._backend = (choice, self._make(choice))
        return self._backend[1]


def studio_factory(pool: ModelPool) -> "Callable[[ModelChoice], Studio]":
    """Return a function that creates the studio of a model. Call it in the generation thread.

    Args:
        pool: loaded models, shared with the vision thread.
    """

    def make(choice: ModelChoice) -> "Studio":
        load_torch()
        from engine.models.devices import use_threads
        from engine.studio import Studio

        # Also for the default number: the vision thread may have reduced it for itself.
        use_threads(choice.threads)
        return Studio(choice.model, choice.device, pool=pool)

    return make
