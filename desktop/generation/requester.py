"""Turns what the user asks to be generated into jobs: which objects, with which seeds, in which batches."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import uuid4

from PySide6.QtCore import QObject, Slot

from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.generation.generation_queue import GenerationQueue
from desktop.generation.like_take import objects_like, settings_like
from desktop.generation.worker import GenerationJob, PendingRequest
from desktop.settings.model_choice import ModelChoice
from engine.generation.requests import Quality, Settings
from engine.scene.edits import set_seed
from engine.scene.objects import SoundingObject
from engine.scene.recipe_facts import RecipeFacts
from engine.scene.scene import Scene

MOST_NEW_SEED = 1_000_000
"""New seeds are below this, so that they are short enough to read out."""


@dataclass(frozen=True)
class GenerationOptions:
    """Options of the next generation.

    Attributes:
        takes: number of takes of each object.
        quality: solver and steps.
        generator: id of the generator; None is the default one.
        candidates: sounds made for each take; None lets the generator choose.
    """

    takes: int
    quality: Quality
    generator: str | None = None
    candidates: int | None = None


class GenerationRequester(QObject):
    """Submits generation jobs.

    Args:
        document: holds the objects; new seeds are written to it.
        queue: receives the jobs.
        messages: shows why nothing is generated.
        choice: returns the current options.
        model: returns the current model.
        new_seed: draws seeds.
    """

    def __init__(
        self,
        document: Document,
        queue: GenerationQueue,
        messages: Messages,
        choice: Callable[[], GenerationOptions],
        *,
        model: Callable[[], ModelChoice] = ModelChoice,
        new_seed: Callable[[], int] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._queue = queue
        self._messages = messages
        self._choice = choice
        self._model = model
        self._new_seed = new_seed or partial(secrets.randbelow, MOST_NEW_SEED)
        self._asked: set[tuple[tuple[int, ...], int]] = set()
        self._tasks: set[str] = set()
        document.still_changed.connect(self._asked.clear)
        document.task_undone.connect(self._cancel)
        queue.changed.connect(self._drop_vain_tasks)

    @Slot(object, bool)
    def generate(self, numbers: Iterable[int], together: bool = False) -> None:
        """Generate takes of each of these objects, or of all together. Seeds that already have a take are replaced."""
        self._order(self._objects(numbers), together, fresh=False)

    @Slot(object)
    def regenerate(self, numbers: Iterable[int]) -> None:
        """Generate new takes of each object, with new seeds unless they are locked."""
        self._order(self._objects(numbers), together=False, fresh=True)

    @Slot(str)
    def generate_like(self, digest: str) -> None:
        """Generate one more take with the settings of a take and another seed."""
        take = self._document.scene.take(digest)
        things = [] if take is None else self._objects(take.objects)
        if take is None or len(things) != len(take.objects) or not things:
            self._messages.tell(
                "The object of this take is not in the scene any more: generate from another take."
            )
            return
        if take.kind != "generated":
            self._messages.tell("This take was recorded, not generated: it has no settings to generate from.")
            return
        task, facts, still = uuid4().hex, RecipeFacts.of(take.recipe), self._document.still
        self._document.begin_task(task_name(things), task)
        self._tasks.add(task)
        request = PendingRequest(
            objects_like(take, things),
            settings_like(take, things[0], self._choice().quality, self._new_seed()),
            None if still is None else still.digest,
            len(things) > 1,
            self._model(),
            facts.generator or None,
        )
        self._submit(request, task)

    def _order(self, things: list[SoundingObject], together: bool, *, fresh: bool) -> None:
        if not things:
            self._messages.tell("Nothing is selected. Select an object first.")
            return
        task = uuid4().hex
        self._document.begin_task(task_name(things), task)
        self._tasks.add(task)
        if together and len(things) > 1:
            self._submit(self._together(things), task)
            return
        renewed = [thing.index for thing in things if self._needs_seed(thing, fresh)]
        if renewed:
            # A seed is a number that nobody sees change: it is no undo step of its own.
            seeds = {number: self._new_seed() for number in renewed}
            self._document.adopt(partial(with_seeds, seeds=seeds))
        for batch in batches(self._objects(thing.index for thing in things)):
            self._submit(self._each(batch), task)

    def _needs_seed(self, thing: SoundingObject, fresh: bool) -> bool:
        served = bool(self._document.scene.takes_of(thing.index))
        return not thing.seed_locked and (fresh or served or ((thing.index,), thing.seed) in self._asked)

    def _each(self, batch: Sequence[SoundingObject]) -> PendingRequest:
        first = batch[0]
        for thing in batch:
            self._asked.add(((thing.index,), thing.seed))
        return self._made_of(batch, False, first.seed, first.duration, first.negative)

    def _together(self, things: Sequence[SoundingObject]) -> PendingRequest:
        numbers = tuple(thing.index for thing in things)
        seed = things[0].seed
        served = any(take.objects == numbers for take in self._document.scene.takes)
        if not things[0].seed_locked and (served or (numbers, seed) in self._asked):
            seed = self._new_seed()
        self._asked.add((numbers, seed))
        longest = max(thing.duration for thing in things)
        return self._made_of(
            things, True, seed, longest, joined_negatives(thing.negative for thing in things)
        )

    def _made_of(
        self, things: Sequence[SoundingObject], together: bool, seed: int, duration: float, negative: str
    ) -> PendingRequest:
        choice = self._choice()
        settings = Settings(
            choice.takes, seed, duration, choice.quality, negative=negative, candidates=choice.candidates
        )
        still = self._document.still
        digest = None if still is None else still.digest
        return PendingRequest(tuple(things), settings, digest, together, self._model(), choice.generator)

    def _submit(self, request: PendingRequest, task: str) -> None:
        self._queue.submit(replace(request, task=task), self._document.still, self._document.project)

    def _jobs_of(self, task: str) -> list[GenerationJob]:
        return [job for job in self._queue.jobs if job.request.task == task]

    @Slot(str)
    def _cancel(self, task: str) -> None:
        """Stop a generation whose step was undone."""
        for job in self._jobs_of(task):
            if job.active:
                self._queue.cancel(job.id)

    @Slot()
    def _drop_vain_tasks(self) -> None:
        """Remove the steps of generations that ended without a take: undoing them would do nothing."""
        for task in tuple(self._tasks):
            jobs = self._jobs_of(task)
            if jobs and not any(job.active for job in jobs):
                self._tasks.discard(task)
                if not any(job.state == "done" for job in jobs):
                    self._document.drop_task(task)

    def _objects(self, numbers: Iterable[int]) -> list[SoundingObject]:
        found = (self._document.scene.object(number) for number in numbers)
        return [thing for thing in found if thing is not None]


def batches(things: Sequence[SoundingObject]) -> list[list[SoundingObject]]:
    """Group objects that can be generated in one batch: equal seed, duration and negative prompt."""
    found: dict[tuple[int, float, str], list[SoundingObject]] = {}
    for thing in things:
        found.setdefault((thing.seed, thing.duration, thing.negative), []).append(thing)
    return list(found.values())


def joined_negatives(negatives: Iterable[str]) -> str:
    """Join several negative prompts, without repeating phrases."""
    phrases = (phrase.strip() for negative in negatives for phrase in negative.split(","))
    return ", ".join(dict.fromkeys(phrase for phrase in phrases if phrase))


def task_name(things: Sequence[SoundingObject]) -> str:
    """Return the name of a generation's undo step."""
    return f"Generate {things[0].name}" if len(things) == 1 else f"Generate {len(things)} objects"


def with_seeds(scene: Scene, seeds: dict[int, int]) -> Scene:
    """Set seeds by the indices of the objects; those that the scene does not have are left out."""
    for number, seed in seeds.items():
        if scene.object(number) is not None:
            scene = set_seed(scene, number, seed)
    return scene
