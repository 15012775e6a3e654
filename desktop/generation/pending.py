"""What the user asked to be generated, with the objects as they were at that moment."""

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
    """A request before its model is loaded, as the job keeps it: later edits of the scene do not affect it.

    Attributes:
        objects: the objects to sound.
        settings: settings common to all of them.
        still: digest of the still that their masks belong to; None without a still.
        together: whether to generate one sound of all objects, rather than one of each.
        model: the model and its device.
        generator: id of the generator; None is the default one.
    """

    objects: tuple[SoundingObject, ...]
    settings: Settings
    still: str | None = None
    together: bool = False
    model: ModelChoice = field(default_factory=ModelChoice)
    generator: str | None = None

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
