"""Requests: everything that decides how takes sound, as frozen values.

A request is complete: the same request on the same kind of device gives the same samples. Its seeds follow
from (seed, object number, take number) alone, so a take is the same made alone or beside others.
How a request stands in JSON is known to ``engine.generation.recipe``.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from engine.errors import BadInput
from engine.generation.settings import GeneratorSettings
from engine.project.codec import Codec, number, one_of, text_that, whole
from engine.scene import limits
from engine.scene.limits import (
    LEAST_LEVEL_LUFS,
    LEAST_SECONDS,
    MOST_LEVEL_LUFS,
    MOST_SECONDS,
    MOST_SEED,
    MOST_TEXT,
    UnknownFields,
)
from engine.scene.masks import Mask, PackedMask, union, unpack
from engine.scene.recipe_facts import OBJECT_AWARE

MOST_TAKES = 20
MOST_OBJECTS = 32
MOST_STEPS = 1000
LEAST_GUIDANCE, MOST_GUIDANCE = 1.0, 20.0
TOGETHER_NUMBER = limits.MOST_OBJECTS
"""Stands for several objects together in seeds: past every real number of an object, so their seeds differ."""

SolverName = Literal["ddim", "multistep"]
SOLVERS: tuple[SolverName, ...] = ("ddim", "multistep")


@dataclass(frozen=True)
class Quality:
    """How takes are sampled: which solver, and in how many steps."""

    solver: SolverName
    steps: int


DRAFT = Quality("multistep", 16)
FINAL = Quality("ddim", 60)
GUIDANCE = 2.0
SECONDS = 5.0
LEVEL_LUFS = -23.0


@dataclass(frozen=True)
class Settings:
    """What a person chooses for all the takes of a request, whichever generator makes them.

    A generator takes from it what it can use; see ``engine.generation.generator.Capabilities``.

    Attributes:
        takes: of each target, 1 to ``MOST_TAKES``.
        seed: 0 to 2**63 - 1.
        duration: seconds of each take, ``LEAST_SECONDS`` to ``MOST_SECONDS``.
        quality: solver and steps.
        guidance: classifier-free guidance scale; 1 is none.
        negative: words to be guided away from.
    """

    takes: int = 1
    seed: int = 0
    duration: float = SECONDS
    quality: Quality = DRAFT
    guidance: float = GUIDANCE
    negative: str = ""

    def __post_init__(self) -> None:
        _check_takes(tuple(range(1, self.takes + 1)))
        _check_numbers(self.seed, self.duration)
        _check_sampling(self.guidance, self.quality)


@dataclass(frozen=True)
class DiffusionSettings(GeneratorSettings):
    """Settings of the generators that sample by diffusion.

    Attributes:
        steps, solver: see ``Quality``.
        guidance: classifier-free guidance scale; 1 is none.
        negative: words to be guided away from.
    """

    steps: int = DRAFT.steps
    solver: SolverName = DRAFT.solver
    guidance: float = GUIDANCE
    negative: str = ""

    def __post_init__(self) -> None:
        _check_sampling(self.guidance, Quality(self.solver, self.steps))

    @classmethod
    def codec(cls) -> Codec:
        text = text_that(
            lambda value: limits.text(value, MOST_TEXT), f"text of at most {MOST_TEXT} plain characters"
        )
        kinds = {
            "steps": whole(1, MOST_STEPS),
            "solver": one_of(*SOLVERS),
            "guidance": number(LEAST_GUIDANCE, MOST_GUIDANCE),
            "negative": text,
        }
        return Codec(cls, kinds)

    @classmethod
    def of(cls, chosen: Settings) -> "DiffusionSettings":
        """The settings that a person's choices mean."""
        return cls(chosen.quality.steps, chosen.quality.solver, chosen.guidance, chosen.negative)


@dataclass(frozen=True)
class TargetPart:
    """One of several objects that sound together.

    Attributes:
        mask: which pixels it is.
        prompt: words that steer it, or None.
        unknown_fields: keys that a newer program wrote.
    """

    mask: PackedMask
    prompt: str | None
    unknown_fields: UnknownFields = field(default=(), repr=False)


@dataclass(frozen=True)
class Target:
    """What takes are made of: an object, several together, or words alone.

    Attributes:
        objects: numbers of the objects, from 0: one, or one for each of ``parts``; none for words alone.
        name: what it is called.
        prompt: words that steer the sound; None leaves it to the picture.
        mask: which pixels it is; None for words alone, which need a prompt, and for several objects.
        level_lufs: the loudness its takes are brought to.
        parts: the objects, where it is several together.
        unknown_fields: keys that a newer program wrote.
    """

    objects: tuple[int, ...]
    name: str
    prompt: str | None
    mask: PackedMask | None
    level_lufs: float
    parts: tuple[TargetPart, ...] = ()
    unknown_fields: UnknownFields = field(default=(), repr=False)

    @property
    def is_together(self) -> bool:
        """Whether it is several objects that sound together."""
        return bool(self.parts)

    @property
    def seed_number(self) -> int:
        """What stands for it in the seeds of its takes."""
        if self.is_together:
            return TOGETHER_NUMBER
        return self.objects[0] if self.objects else 0

    @property
    def masks(self) -> tuple[PackedMask, ...]:
        """The mask of each of its objects."""
        own = () if self.mask is None else (self.mask,)
        return tuple(part.mask for part in self.parts) or own

    def area(self) -> Mask | None:
        """Every pixel of its objects, bool (H, W); None for words alone.

        Raises:
            BadInput: a mask is damaged, or they are not of one size.
        """
        if not self.masks:
            return None
        try:
            return union(unpack(mask) for mask in self.masks)
        except ValueError as damage:
            raise BadInput(f"The mask of {self.name} is damaged: {damage}.") from damage


@dataclass(frozen=True)
class GenerationRequest:
    """Takes to be made.

    Attributes:
        model: which weights: the name of their folder and the beginning of its fingerprint.
        still: digest of the still; None when no target has a mask.
        targets: what to make takes of, all in one batch.
        takes: the numbers of the takes of each target, from 1.
        seed: 0 to 2**63 - 1.
        duration: seconds of each take, ``LEAST_SECONDS`` to ``MOST_SECONDS``.
        settings: what the generator alone is told.
        generator: id of the generator.
        unknown_fields: keys that a newer program wrote.
    """

    model: str
    still: str | None
    targets: tuple[Target, ...]
    takes: tuple[int, ...] = (1,)
    seed: int = 0
    duration: float = SECONDS
    settings: GeneratorSettings = field(default_factory=DiffusionSettings)
    generator: str = OBJECT_AWARE
    unknown_fields: UnknownFields = field(default=(), repr=False)

    def __post_init__(self) -> None:
        _check_takes(self.takes)
        _check_numbers(self.seed, self.duration)
        _check_targets(self)

    def only(self, target: Target, take: int) -> "GenerationRequest":
        """The request for a single one of these takes; it makes the same samples."""
        return replace(self, targets=(target,), takes=(take,))


def take_seed(seed: int, index: int, take: int) -> int:
    """The seed of one take, 0 to 2**63 - 1: independent of every other take's, and of how many there are.

    Args:
        seed: of the request.
        index: ``Target.seed_number``.
        take: number of the take, from 1.
    """
    word = np.random.SeedSequence((seed, index, take)).generate_state(1, np.uint64)[0]
    return int(word) >> 1


def _check_takes(takes: tuple[int, ...]) -> None:
    if not takes or min(takes) < 1 or len(set(takes)) != len(takes):
        raise BadInput("There must be at least one take; takes are numbered from 1, each once.")
    if len(takes) > MOST_TAKES:
        raise BadInput(f"At most {MOST_TAKES} takes can be made at once, not {len(takes)}.")


def _check_numbers(seed: int, duration: float) -> None:
    if not LEAST_SECONDS <= duration <= MOST_SECONDS:
        raise BadInput(f"A take lasts {LEAST_SECONDS:g} to {MOST_SECONDS:g} seconds, not {duration:g}.")
    if not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
        raise BadInput(f"A seed is a whole number from 0 to {MOST_SEED}, not {seed}.")


def _check_sampling(guidance: float, quality: Quality) -> None:
    if not isinstance(quality.steps, int) or not 1 <= quality.steps <= MOST_STEPS:
        raise BadInput(f"Steps are from 1 to {MOST_STEPS}, not {quality.steps}.")
    if quality.solver not in SOLVERS:
        raise BadInput(f"There is no solver {quality.solver!r}; there are {' and '.join(SOLVERS)}.")
    if not LEAST_GUIDANCE <= guidance <= MOST_GUIDANCE:
        raise BadInput(f"Guidance is from {LEAST_GUIDANCE:g} (none) to {MOST_GUIDANCE:g}, not {guidance:g}.")


def _check_targets(request: GenerationRequest) -> None:
    if not request.targets:
        raise BadInput("There is nothing to make a sound of: click an object, or give a prompt.")
    if len(request.targets) > MOST_OBJECTS + 1:
        raise BadInput(f"At most {MOST_OBJECTS} objects can sound at once, not {len(request.targets)}.")
    if len({(target.objects, target.is_together) for target in request.targets}) != len(request.targets):
        raise BadInput("Two objects have the same number.")
    for target in request.targets:
        _check_target(target)
        if target.masks and request.still is None:
            raise BadInput("A mask belongs to a still, and this request has none.")


def _check_target(target: Target) -> None:
    if min(target.objects, default=0) < 0:
        raise BadInput(f"Objects are numbered from 0, not {min(target.objects)}.")
    if len(target.objects) > 1 and len(target.objects) != len(target.parts):
        raise BadInput(f"{target.name} is several objects, and each of them needs a mask.")
    if not LEAST_LEVEL_LUFS <= target.level_lufs <= MOST_LEVEL_LUFS:
        raise BadInput(
            f"A level is from {LEAST_LEVEL_LUFS:g} to {MOST_LEVEL_LUFS:g} LUFS, not {target.level_lufs:g}."
        )
    if not target.masks and not target.prompt:
        raise BadInput("Without a picture there must be words: give a prompt.")
