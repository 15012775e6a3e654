"""What a person asked to be generated, as it was when it was asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from desktop.settings.model_choice import ModelChoice
from engine.generation.generator import GeneratorInfo
from engine.generation.request_builder import request_for, targets_of, together_target
from engine.generation.requests import GenerationRequest, Settings
from engine.jobs.job import Job
from engine.scene.objects import SoundingObject


@dataclass(frozen=True)
class PendingRequest:
    """A request before its model is open, as the job keeps it: later edits of the scene cannot reach it.

    Attributes:
        objects: what should sound.
        settings: what was chosen for all of them.
        still: digest of the still that their masks belong to; None without a still.
        together: whether one sound of all of them is wanted, rather than one of each.
        model: the model and what it runs on.
        generator: id of what makes the takes; None is the usual one.
    """

    objects: tuple[SoundingObject, ...]
    settings: Settings
    still: str | None = None
    together: bool = False
    model: ModelChoice = field(default_factory=ModelChoice)
    generator: str | None = None

    @property
    def label(self) -> str:
        """What a person calls it: the names of its objects."""
        names = [thing.name for thing in self.objects]
        return (" + " if self.together else ", ").join(names)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of its objects."""
        return tuple(thing.index for thing in self.objects)

    def archived(self) -> "PendingRequest":
        """Return the request without its objects, whose masks are large."""
        return replace(self, objects=())

    def build(self, generators: Sequence[GeneratorInfo]) -> GenerationRequest:
        """Return the complete request. Packs the masks, which takes 30 ms each for a still of 24 megapixels.

        Args:
            generators: those of the model, the usual one first.

        Raises:
            BadInput: there is nothing to sound, or too much.
        """
        generator = next((info for info in generators if info.id == self.generator), generators[0])
        together = self.together and len(self.objects) > 1
        targets = (together_target(self.objects, self.label),) if together else targets_of(self.objects)
        return request_for(generator, self.still, targets, self.settings)


GenerationJob = Job[PendingRequest]
"""A job of the generation queue."""
