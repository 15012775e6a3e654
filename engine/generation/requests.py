"""Generation requests: frozen values that determine how takes sound.

A request is complete: the same request on the same kind of device gives the same samples. The seed of a take
follows from (seed, object number, take number) alone, so a take is the same alone or in a batch.
``engine.generation.recipe`` reads and writes requests as JSON.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engine.errors import BadInput
from engine.generation.request_limits import (
    LEAST_GUIDANCE,
    MOST_CANDIDATES,
    MOST_GUIDANCE,
    MOST_MASK_CHARACTERS,
    MOST_STEPS,
    MOST_TAKES,
    SOLVERS,
    SolverName,
    check_candidates,
    check_count,
    check_level,
    check_name,
    check_numbers,
    check_sampling,
    check_takes,
    check_words,
)
from engine.generation.settings import GeneratorSettings
from engine.project.codec import Codec, number, one_of, text_that, whole
from engine.scene import limits
from engine.scene.limits import MOST_TEXT, UnknownFields
from engine.scene.masks import Mask, PackedMask, union, unpack
from engine.scene.recipe_facts import OBJECT_AWARE
from engine.scene.sound_controls import FREE, SoundControls, control_problems

SECONDS_OF_CANDIDATES = 10.0
"""Drafts of at most this much sound get a second candidate unasked: it costs under two seconds."""
TOGETHER_NUMBER = limits.MOST_OBJECTS
"""Object number of several objects together in seeds; above every real object number, so that the seeds differ."""


@dataclass(frozen=True)
class Quality:
    """Solver and number of steps."""

    solver: SolverName
    steps: int


DRAFT = Quality("multistep", 16)
FINAL = Quality("ddim", 60)
GUIDANCE = 2.0
SECONDS = 5.0
LEVEL_LUFS = -23.0


@dataclass(frozen=True)
class Settings:
    """What the user chooses for all takes of a request, for any generator.

    A generator uses what it supports; see ``engine.generation.generator.Capabilities``.

    Attributes:
        takes: takes per target, 1 to ``MOST_TAKES``.
        seed: 0 to 2**63 - 1.
        duration: duration of a take in seconds, ``LEAST_SECONDS`` to ``MOST_SECONDS``.
        quality: solver and steps.
        guidance: classifier-free guidance scale, 1 (none) to 20.
        negative: negative prompt.
        candidates: sounds made for every take, of which the one that fits best is kept, 1 to ``MOST_CANDIDATES``;
            None lets the generator choose.
    """

    takes: int = 1
    seed: int = 0
    duration: float = SECONDS
    quality: Quality = DRAFT
    guidance: float = GUIDANCE
    negative: str = ""
    candidates: int | None = None

    def __post_init__(self) -> None:
        if not limits.whole(self.takes, 1, MOST_TAKES):
            raise BadInput(
                f"From 1 to {MOST_TAKES} takes can be made at once, not {limits.format_value(self.takes)}."
            )
        check_numbers(self.seed, self.duration)
        check_sampling(self.guidance, self.quality.solver, self.quality.steps)
        if self.candidates is not None:
            check_candidates(self.candidates)
        check_words("What it should not sound like", self.negative)


@dataclass(frozen=True)
class DiffusionSettings(GeneratorSettings):
    """Settings of generators that sample by diffusion.

    Attributes:
        steps: steps of the solver, 1 to ``MOST_STEPS``.
        solver: "ddim" or "multistep".
        guidance: classifier-free guidance scale, 1 (none) to 20.
        negative: negative prompt.
        candidates: sounds sampled for every take, 1 to ``MOST_CANDIDATES``; the one that fits best is kept.
    """

    steps: int = DRAFT.steps
    solver: SolverName = DRAFT.solver
    guidance: float = GUIDANCE
    negative: str = ""
    candidates: int = 1

    def __post_init__(self) -> None:
        check_sampling(self.guidance, self.solver, self.steps)
        check_candidates(self.candidates)

    @classmethod
    def codec(cls) -> Codec:
        """Return the codec of these settings."""
        text = text_that(
            lambda value: limits.text(value, MOST_TEXT), f"text of at most {MOST_TEXT} plain characters"
        )
        kinds = {
            "steps": whole(1, MOST_STEPS),
            "solver": one_of(*SOLVERS),
            "guidance": number(LEAST_GUIDANCE, MOST_GUIDANCE),
            "negative": text,
            "candidates": whole(1, MOST_CANDIDATES),
        }
        return Codec(cls, kinds)

    def write(self) -> dict[str, Any]:
        """Convert the settings to a JSON-serializable dictionary, unknown keys included."""
        facts = super().write()
        if self.candidates == 1:  # as recipes were written before there were candidates
            del facts["candidates"]
        return facts

    @classmethod
    def of(cls, chosen: Settings) -> "DiffusionSettings":
        """Return the settings for what the user chose."""
        seconds = chosen.takes * chosen.duration
        usual = 2 if chosen.quality == DRAFT and seconds <= SECONDS_OF_CANDIDATES else 1
        return cls(
            chosen.quality.steps,
            chosen.quality.solver,
            chosen.guidance,
            chosen.negative,
            usual if chosen.candidates is None else chosen.candidates,
        )


@dataclass(frozen=True)
class TargetPart:
    """One of several objects that sound together.

    Attributes:
        mask: mask of the object.
        prompt: words that steer its sound, or None.
        unanswered: whether the model has no sound for the prompt, so that the picture alone decides.
        unknown_fields: keys that a newer program wrote.
    """

    mask: PackedMask
    prompt: str | None
    unanswered: bool = False
    unknown_fields: UnknownFields = field(default=(), repr=False)


@dataclass(frozen=True)
class Target:
    """What a take is generated for: an object, several objects together, or words alone.

    Attributes:
        objects: object numbers from 0: one, or one per part; none for words alone.
        name: name of the takes.
        prompt: words that steer the sound; None leaves it to the picture.
        mask: mask of the object; None for several objects, and for words alone, which need a prompt.
        level_lufs: integrated loudness of the takes in LUFS.
        parts: the objects, if there are several.
        controls: curves and parameters of its takes.
        unanswered: whether the model has no sound for the prompt, so that the picture alone decides.
        unknown_fields: keys that a newer program wrote.
    """

    objects: tuple[int, ...]
    name: str
    prompt: str | None
    mask: PackedMask | None
    level_lufs: float
    parts: tuple[TargetPart, ...] = ()
    controls: SoundControls = FREE
    unanswered: bool = False
    unknown_fields: UnknownFields = field(default=(), repr=False)

    @property
    def is_together(self) -> bool:
        """Whether several objects sound together."""
        return bool(self.parts)

    @property
    def unanswered_prompts(self) -> tuple[str, ...]:
        """The prompts, its own or its parts', for which the model has no sound."""
        asked = [(self.prompt, self.unanswered), *((part.prompt, part.unanswered) for part in self.parts)]
        return tuple(prompt for prompt, unanswered in asked if prompt and unanswered)

    @property
    def seed_number(self) -> int:
        """Object number in the seeds of its takes."""
        if self.is_together:
            return TOGETHER_NUMBER
        return self.objects[0] if self.objects else 0

    @property
    def masks(self) -> tuple[PackedMask, ...]:
        """Masks of its objects."""
        own = () if self.mask is None else (self.mask,)
        return tuple(part.mask for part in self.parts) or own

    def area(self) -> Mask | None:
        """Return the union of its masks, bool (H, W); None for words alone.

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
    """A request for takes.

    Attributes:
        model: fingerprint of the weights: name of their folder and the beginning of its hash.
        still: digest of the still; None if no target has a mask.
        targets: what to generate, in one batch.
        takes: take numbers of each target, from 1.
        seed: 0 to 2**63 - 1.
        duration: duration of a take in seconds, ``LEAST_SECONDS`` to ``MOST_SECONDS``.
        settings: settings of the generator.
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
        check_takes(self.takes)
        check_numbers(self.seed, self.duration)
        _check_targets(self)

    def only(self, target: Target, take: int) -> "GenerationRequest":
        """Return the request for one of these takes alone; it gives the same samples."""
        return replace(self, targets=(target,), takes=(take,))


def take_seed(seed: int, index: int, take: int, candidate: int = 0) -> int:
    """Return the seed of a take, 0 to 2**63 - 1, independent of the other takes and of their number.

    Args:
        seed: seed of the request.
        index: ``Target.seed_number``.
        take: number of the take, from 1.
        candidate: number of the candidate of the take, from 0.
    """
    key = (seed, index, take, candidate) if candidate else (seed, index, take)
    word = np.random.SeedSequence(key).generate_state(1, np.uint64)[0]
    return int(word) >> 1


def _check_targets(request: GenerationRequest) -> None:
    if not request.targets:
        raise BadInput("There is nothing to make a sound of: click an object, or give a prompt.")
    check_count(sum(not target.is_together for target in request.targets))
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
    check_name(target.name)
    for words in (target.prompt, *(part.prompt for part in target.parts)):
        check_words("A prompt", words or "")
    check_level(target.level_lufs)
    for problem in control_problems(target.name, target.controls):
        raise BadInput(problem)
    if sum(len(mask.bits) for mask in target.masks) > MOST_MASK_CHARACTERS:
        raise BadInput(
            f"The masks of {target.name!r} are too finely cut for a recipe: smooth them, or take fewer."
        )
    if not target.masks and not target.prompt:
        raise BadInput("Without a picture there must be words: give a prompt.")
