"""Requests: everything that decides how takes sound, as values.

A request is complete: the same request on the same kind of device gives the same samples. Its seeds follow
from (seed, object number, take number) alone, so a take is the same made alone or beside others.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

import numpy as np

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.limits import LEAST_SECONDS, MOST_SECONDS, MOST_SEED
from engine.scene.masks import PackedMask

SCHEMA = 1
MOST_TAKES = 20
MOST_OBJECTS = 32
MOST_STEPS = 1000
TOGETHER_INDEX = limits.MOST_OBJECTS
"""The object number of takes of several objects at once, past every real one: their seeds are their own."""

SolverName = Literal["ddim", "multistep"]


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
    """What a person chooses for all the takes of a request; see ``GenerationRequest`` for what each means."""

    takes: int = 1
    seed: int = 0
    duration: float = SECONDS
    quality: Quality = DRAFT
    guidance: float = GUIDANCE
    negative: str = ""

    def __post_init__(self) -> None:
        _check_takes(tuple(range(1, self.takes + 1)))
        _check_numbers(self.seed, self.duration, self.guidance, self.quality)


@dataclass(frozen=True)
class TargetPart:
    """One of several objects that sound together: its mask, and words that steer it, or None."""

    mask: PackedMask
    prompt: str | None


@dataclass(frozen=True)
class Target:
    """What takes are of.

    Attributes:
        index: the object's number, from 0, or ``TOGETHER_INDEX``.
        name: what it is called.
        prompt: words that steer the sound; None leaves it to the picture.
        mask: which pixels it is; None for words alone, and then there is a prompt.
        level_lufs: the loudness its takes are brought to.
        parts: the objects, where it is several together; ``mask`` is then their union.
    """

    index: int
    name: str
    prompt: str | None
    mask: PackedMask | None
    level_lufs: float
    parts: tuple[TargetPart, ...] = ()


@dataclass(frozen=True)
class GenerationRequest:
    """Takes to be made.

    Attributes:
        model: which weights: the name of their folder and the beginning of its fingerprint.
        still: digest of the still; None when no subject has a mask.
        subjects: what to make takes of, all in one batch.
        takes: the numbers of the takes of each subject, from 1.
        seed: 0 to 2**63 - 1.
        duration: seconds of each take, ``LEAST_SECONDS`` to ``MOST_SECONDS``.
        steps, solver: see ``Quality``.
        guidance: classifier-free guidance scale; 1 is none.
        negative: words to be guided away from.
        schema: version of this form.
    """

    model: str
    still: str | None
    subjects: tuple[Target, ...]
    takes: tuple[int, ...] = (1,)
    seed: int = 0
    duration: float = SECONDS
    steps: int = DRAFT.steps
    solver: SolverName = DRAFT.solver
    guidance: float = GUIDANCE
    negative: str = ""
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        _check_takes(self.takes)
        _check_numbers(self.seed, self.duration, self.guidance, Quality(self.solver, self.steps))
        _check_subjects(self)

    def only(self, subject: Target, take: int) -> "GenerationRequest":
        """The request for a single one of these takes; it makes the same samples."""
        return replace(self, subjects=(subject,), takes=(take,))

    def to_json(self) -> dict[str, Any]:
        """The request as what ``json`` can write."""
        return asdict(self)

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "GenerationRequest":
        """The request that ``to_json`` wrote. Keys of newer programs that this one does not know are refused.

        Raises:
            BadInput: it is no request, it is damaged, or it comes from a newer Foleyscape.
        """
        schema = facts.get("schema")
        if isinstance(schema, int) and schema > SCHEMA:
            raise BadInput("This recipe was made by a newer Foleyscape; this one cannot repeat it.")
        try:
            _check_keys(facts, cls)
            subjects = tuple(_subject(entry) for entry in facts["subjects"])
            return cls(**{**facts, "subjects": subjects, "takes": tuple(facts["takes"])})
        except (KeyError, TypeError, ValueError, AttributeError) as damage:
            raise BadInput(f"This recipe is damaged: {damage}.") from damage

    def text(self) -> str:
        """The request as one line of JSON, always the same for equal requests."""
        return json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def take_seed(seed: int, index: int, take: int) -> int:
    """The seed of one take, 0 to 2**63 - 1: independent of every other take's, and of how many there are."""
    word = np.random.SeedSequence((seed, index, take)).generate_state(1, np.uint64)[0]
    return int(word) >> 1


def _check_takes(takes: tuple[int, ...]) -> None:
    if not takes or min(takes) < 1 or len(set(takes)) != len(takes):
        raise BadInput("There must be at least one take; takes are numbered from 1, each once.")
    if len(takes) > MOST_TAKES:
        raise BadInput(f"At most {MOST_TAKES} takes can be made at once, not {len(takes)}.")


def _check_numbers(seed: int, duration: float, guidance: float, quality: Quality) -> None:
    if not LEAST_SECONDS <= duration <= MOST_SECONDS:
        raise BadInput(f"A take lasts {LEAST_SECONDS:g} to {MOST_SECONDS:g} seconds, not {duration:g}.")
    if not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
        raise BadInput(f"A seed is a whole number from 0 to {MOST_SEED}, not {seed}.")
    if not isinstance(quality.steps, int) or not 1 <= quality.steps <= MOST_STEPS:
        raise BadInput(f"Steps are from 1 to {MOST_STEPS}, not {quality.steps}.")
    if quality.solver not in {"ddim", "multistep"}:
        raise BadInput(f"There is no solver {quality.solver!r}; there are ddim and multistep.")
    if not 1.0 <= guidance <= 20.0:
        raise BadInput(f"Guidance is from 1 (none) to 20, not {guidance:g}.")


def _check_subjects(request: GenerationRequest) -> None:
    if not request.subjects:
        raise BadInput("There is nothing to make a sound of: click an object, or give a prompt.")
    if len(request.subjects) > MOST_OBJECTS + 1:
        raise BadInput(f"At most {MOST_OBJECTS} objects can sound at once, not {len(request.subjects)}.")
    if len({subject.index for subject in request.subjects}) != len(request.subjects):
        raise BadInput("Two objects have the same number.")
    for subject in request.subjects:
        if subject.index < 0:
            raise BadInput(f"Objects are numbered from 0, not {subject.index}.")
        if not -70.0 <= subject.level_lufs <= -5.0:
            raise BadInput(f"A level is from -70 to -5 LUFS, not {subject.level_lufs:g}.")
        if subject.mask is None and not subject.prompt:
            raise BadInput("Without a picture there must be words: give a prompt.")
        if subject.mask is not None and request.still is None:
            raise BadInput("A mask belongs to a still, and this request has none.")


def _subject(entry: Mapping[str, Any]) -> Target:
    _check_keys(entry, Target)
    mask = entry["mask"]
    if mask is not None:
        _check_keys(mask, PackedMask)
    parts = tuple(_member(part) for part in entry["parts"])
    return Target(**{**entry, "mask": None if mask is None else PackedMask(**mask), "parts": parts})


def _member(entry: Mapping[str, Any]) -> TargetPart:
    _check_keys(entry, TargetPart)
    _check_keys(entry["mask"], PackedMask)
    return TargetPart(PackedMask(**entry["mask"]), entry["prompt"])


def _check_keys(facts: Mapping[str, Any], kind: type) -> None:
    """Raises:
    ValueError: a key is missing or unknown.
    """
    known = {field.name for field in fields(kind)}
    if set(facts) != known:
        raise ValueError(f"{', '.join(sorted(set(facts) ^ known))} missing or unknown")
