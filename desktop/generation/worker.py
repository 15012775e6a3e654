"""The generation worker: a thread that runs the jobs of a queue in order."""

import contextlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QThread, Signal

from desktop.document.messages import message_of
from desktop.generation.pending import GenerationJob, PendingRequest
from desktop.settings.model_choice import ModelChoice
from engine.generation.generator import GeneratorInfo
from engine.generation.requests import GenerationRequest
from engine.jobs.queue import JobQueue
from engine.jobs.runner import run_jobs
from engine.logs import log_failure
from engine.progress import Progress

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from engine.project.folder import Project
    from engine.studio import GenerationResult
    from engine.vision.still import Still


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
