"""The interface of generators: a protocol, capabilities as data, and what every generator needs.

Window, command line and project know a generator only by its ``GeneratorInfo``. Nothing outside this package
depends on which generator it is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput, Failed
from engine.generation.recipe import request_text
from engine.generation.requests import GenerationRequest, Settings, Target
from engine.generation.settings import GeneratorSettings
from engine.models.catalogue import UNKNOWN_LICENCE
from engine.models.free_words import bundled_free_words
from engine.progress import Progress
from engine.scene.limits import LEAST_SECONDS, MOST_SECONDS
from engine.scene.takes import Take
from engine.sound.prepare_take import prepare_take
from engine.vision.still import Still

Option = Literal[
    "objects",
    "prompt",
    "negative",
    "recordings",
    "together",
    "quality",
    "guidance",
    "candidates",
    "curves",
    "loop",
]
OPTIONS: tuple[Option, ...] = get_args(Option)
"""Inputs beside takes, seed and duration, which every generator takes: masks of objects, a prompt, a negative prompt,
recordings, several objects for one sound, a solver and its steps, guidance, several candidates for a take, curves of
loudness and onsets, loops.
"""


@dataclass(frozen=True)
class Parameter:
    """A physical parameter of a generator: a number that users set for an object.

    Attributes:
        name: identifier in recipes; never changed.
        label: name for display.
        tip: what it does, for a tooltip.
        least: smallest value.
        most: largest value.
        unit: unit for display, or empty.
        concepts: ids of the concepts that have it; empty for all.
    """

    name: str
    label: str
    tip: str
    least: float = 0.0
    most: float = 1.0
    unit: str = ""
    concepts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Capabilities:
    """What a generator can do. Controls for other things are hidden for it.

    Attributes:
        needs_still: whether every request needs a still.
        options: inputs that it takes; see ``OPTIONS``.
        most_batch: takes generated at once; larger requests are split into batches.
        rate: sample rate of its takes in Hz.
        channels: channels of its takes.
        least_seconds: shortest duration of a take in seconds.
        most_seconds: longest duration of a take in seconds.
        licence: licence of its takes as an SPDX identifier, or "unknown".
        sounds: ids of the concepts whose sounds it has learnt; None if that is not known, as of open vocabularies.
        parameters: physical parameters that it takes.
    """

    needs_still: bool = False
    options: frozenset[Option] = frozenset()
    most_batch: int = 1
    rate: int = 48_000
    channels: int = 1
    least_seconds: float = LEAST_SECONDS
    most_seconds: float = MOST_SECONDS
    licence: str = "unknown"
    sounds: frozenset[str] | None = None
    parameters: tuple[Parameter, ...] = ()

    def takes(self, option: Option) -> bool:
        """Return whether the generator takes this option."""
        return option in self.options


def under_licence(takes: Iterable[Take], licence: str) -> tuple[Take, ...]:
    """Return the takes, each that has no licence of its own with that of the generator, unless it is not known."""
    return tuple(
        take if take.licence or licence == UNKNOWN_LICENCE else replace(take, licence=licence)
        for take in takes
    )


LOOP_OVERLAP = 0.25
"""Seconds that a loop is generated longer than asked, to be laid over its start."""

ANYTHING = Capabilities(options=frozenset(OPTIONS))
"""For controls while it is not known which generators there are."""


@dataclass(frozen=True)
class GeneratorInfo:
    """Description of a generator, available before it is loaded.

    Attributes:
        id: identifier in recipes; never changed.
        title: name for display.
        model: fingerprint of its weights, or its version; equal fingerprints give equal samples.
        capabilities: what it can do.
        settings: class of its settings.
        choose: converts what the user chose to its settings.
    """

    id: str
    title: str
    model: str
    capabilities: Capabilities = field(default_factory=Capabilities)
    settings: type[GeneratorSettings] = GeneratorSettings
    choose: Callable[[Settings], GeneratorSettings] = lambda _: GeneratorSettings()


class Generator(Protocol):
    """Generates takes. Constructing one is cheap; weights are loaded by the first call of ``generate``."""

    @property
    def info(self) -> GeneratorInfo:
        """Description of this generator."""

    def generate(
        self, request: GenerationRequest, still: Still | None = None, progress: Progress | None = None
    ) -> tuple[Take, ...]:
        """Generate the takes of a request, by target, then by take number.

        Args:
            request: what to generate; check it with ``check_request``.
            still: the still of the request's masks; None without masks.
            progress: reports the work and raises when cancelled.

        Raises:
            BadInput: the request is for another model or still, or asks for what the generator cannot do.
            Failed: there is not enough memory.
            Cancelled: within one step of being cancelled.
        """


def check_request(info: GeneratorInfo, request: GenerationRequest, still: Still | None) -> None:
    """Check that a generator can fulfil a request.

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
    check_duration(info, request.duration)
    for target in request.targets:
        if target.is_together and not can.takes("together"):
            raise BadInput(f"{info.title} cannot sound several objects together: make a take of each.")


def check_duration(info: GeneratorInfo, seconds: float) -> None:
    """Check that a generator can make takes of a duration.

    Raises:
        BadInput: they are too short or too long for it.
    """
    can = info.capabilities
    if not can.least_seconds <= seconds <= can.most_seconds:
        bounds = f"{can.least_seconds:g} to {can.most_seconds:g}"
        raise BadInput(f"A take of {info.title} lasts {bounds} seconds, not {seconds:g}.")


def finished_take(
    request: GenerationRequest, target: Target, number: int, samples: NDArray[np.float32], rate: int
) -> Take:
    """Return a take from generated samples: DC removed, ends faded or joined, loudness normalized, recipe attached.

    Args:
        request: the request that the take was made for.
        target: target of the take.
        number: number of the take.
        samples: float32 (channels, samples), as generated; of a loop ``sampled_seconds`` long.
        rate: sample rate in Hz.

    Raises:
        Failed: a sample is not finite.
    """
    if not np.isfinite(samples).all():
        raise Failed(f"The model made no usable sound of {target.name}. Try another seed or less guidance.")
    extra = round(LOOP_OVERLAP * rate) if target.controls.loop else 0
    prepared = prepare_take(samples, rate, target.level_lufs, overlap=extra)
    recipe = request_text(request.only(target, number))
    return Take(prepared, rate, target.name, target.objects, number, recipe)


def sampled_seconds(request: GenerationRequest, target: Target) -> float:
    """Return how many seconds of samples a take needs: a loop is a little longer before its ends are joined."""
    return request.duration + (LOOP_OVERLAP if target.controls.loop else 0.0)


def parameters_of(parameters: Sequence[Parameter], words: str) -> tuple[Parameter, ...]:
    """Return those of a generator's parameters that something with this name or prompt has."""
    if not parameters:
        return ()
    ids = {concept.id for concept in bundled_free_words().read(words).concepts[:1]}
    return tuple(it for it in parameters if not it.concepts or it.concepts & ids)
