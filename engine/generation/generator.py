"""The seam for generators: what makes takes, what each can do as data, and what all of them share.

Window, command line and project know a generator only by its ``GeneratorInfo``; nothing outside this package asks
which generator it has.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput, Failed
from engine.generation.recipe import request_text
from engine.generation.requests import GenerationRequest, Settings, Target
from engine.generation.settings import GeneratorSettings
from engine.progress import Progress
from engine.scene.limits import LEAST_SECONDS, MOST_SECONDS
from engine.scene.takes import Take
from engine.sound.prepare_take import prepare_take
from engine.vision.still import Still

Option = Literal["objects", "prompt", "negative", "recordings", "together", "quality", "guidance"]
OPTIONS: tuple[Option, ...] = get_args(Option)
"""What may be given to a generator beside takes, seed and duration, which every generator takes: masks of objects,
words to steer by and to keep away from, recordings, several objects for one sound, a number of steps, guidance.
"""


@dataclass(frozen=True)
class Capabilities:
    """What a generator can do. A control for what it cannot do is not shown for it.

    Attributes:
        needs_still: it makes nothing without a still.
        options: what may be asked of it; see ``OPTIONS``.
        most_batch: takes made at once; a request of more is made in several batches.
        rate: samples a second of its takes.
        channels: of its takes.
        least_seconds, most_seconds: duration of a take.
        licence: of its takes' use, as an SPDX identifier, or "unknown".
    """

    needs_still: bool = False
    options: frozenset[Option] = frozenset()
    most_batch: int = 1
    rate: int = 48_000
    channels: int = 1
    least_seconds: float = LEAST_SECONDS
    most_seconds: float = MOST_SECONDS
    licence: str = "unknown"

    def takes(self, option: Option) -> bool:
        """Whether this may be asked of the generator."""
        return option in self.options


@dataclass(frozen=True)
class GeneratorInfo:
    """What is known of a generator before anything of it is loaded.

    Attributes:
        id: names it in recipes, for ever.
        title: names it for people.
        model: fingerprint of its weights, or its version; equal fingerprints make equal samples.
        capabilities: what it can do.
        settings: the class of its settings.
        choose: its settings for what a person chose.
    """

    id: str
    title: str
    model: str
    capabilities: Capabilities = field(default_factory=Capabilities)
    settings: type[GeneratorSettings] = GeneratorSettings
    choose: Callable[[Settings], GeneratorSettings] = lambda _: GeneratorSettings()


class Generator(Protocol):
    """Makes takes. Constructing one is cheap; it loads what it needs when it first generates."""

    @property
    def info(self) -> GeneratorInfo:
        """What it is and what it can do."""

    def generate(
        self, request: GenerationRequest, still: Still | None = None, progress: Progress | None = None
    ) -> tuple[Take, ...]:
        """Make the takes of a request, target by target, each target's in the order of their numbers.

        Args:
            request: what to make; ``check_request`` says whether it can be made.
            still: the still the request's masks belong to; None without masks.
            progress: told of the work, and asked whether it is cancelled.

        Raises:
            BadInput: the request is for another model or another still, or cannot be made.
            Failed: there is not enough memory.
            Cancelled: within one step of being cancelled.
        """


def check_request(info: GeneratorInfo, request: GenerationRequest, still: Still | None) -> None:
    """Refuse what a generator cannot make.

    Raises:
        BadInput: the request is for another generator, model or still, or asks for what this one cannot do.
    """
    can = info.capabilities
    if request.generator != info.id:
        raise BadInput(f"This was made with the generator {request.generator}, not with {info.id}.")
    if request.model != info.model:
        words = "other weights make other samples; choose that model"
        raise BadInput(f"This was made with the model {request.model}, and {info.model} is loaded: {words}.")
    if not isinstance(request.settings, info.settings):
        raise BadInput(f"These are not the settings of the generator {info.id}.")
    if request.still is not None and (still is None or still.digest != request.still):
        raise BadInput("The still is not the one that this was asked for: its pixels differ.")
    if can.needs_still and still is None:
        raise BadInput(f"{info.title} needs a still: open one.")
    if not can.least_seconds <= request.duration <= can.most_seconds:
        bounds = f"{can.least_seconds:g} to {can.most_seconds:g}"
        raise BadInput(f"A take of {info.title} lasts {bounds} seconds, not {request.duration:g}.")
    for target in request.targets:
        if target.is_together and not can.takes("together"):
            raise BadInput(f"{info.title} cannot sound several objects together: make a take of each.")


def finished_take(
    request: GenerationRequest, target: Target, number: int, samples: NDArray[np.float32], rate: int
) -> Take:
    """One take as it leaves a generator: at its level, without offset or clicks at its ends, with its recipe.

    Args:
        request: that the take was made for.
        target: what it is of.
        number: of the take.
        samples: float32 (channels, samples), as the generator made it.
        rate: samples a second.

    Raises:
        Failed: the samples are not all finite numbers.
    """
    if not np.isfinite(samples).all():
        raise Failed(f"The model made no usable sound of {target.name}. Try another seed or less guidance.")
    prepared = prepare_take(samples, rate, target.level_lufs)
    recipe = request_text(request.only(target, number))
    return Take(prepared, rate, target.name, target.objects, number, recipe)
