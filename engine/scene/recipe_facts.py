"""Recipes as JSON: guarded reading, older schemas brought up to the present one, and what they say in words.

A recipe is the text from which a take can be made again. This module knows its keys, but not its values: those
are checked where a request is made of it, in ``engine.generation.recipe``.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import BadInput
from engine.scene.limits import MOST_OBJECTS, whole
from engine.scene.masks import PackedMask

Facts = dict[str, Any]

SCHEMA = 2
"""The version that is written. ``STEPS`` brings older ones up to it."""

MOST_CHARACTERS = 16_000_000
MOST_DEPTH = 32
OBJECT_AWARE = "object-aware"
"""The only generator there was before recipes named theirs."""

_SETTINGS = ("steps", "solver", "guidance", "negative")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_PACKED = frozenset({"bits", "digest", "height", "width"})


def parse_recipe(text: str) -> Facts:
    """Read a recipe's JSON, of whatever schema.

    Args:
        text: the recipe of a take, or a whole recipe file.

    Returns:
        Its keys and values, nested no deeper than ``MOST_DEPTH``, all text of which can be written again.

    Raises:
        BadInput: it is too long, no JSON, nested too deeply, or holds no keys and values.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadInput(f"This is longer than the {MOST_CHARACTERS} characters a recipe may have.")
    try:
        facts = json.loads(text)
        json.dumps(facts, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as damage:
        raise BadInput("This recipe is damaged: it is not JSON that can be read.") from damage
    if not isinstance(facts, dict):
        raise BadInput("This recipe is damaged: it has no keys and values.")
    if _depth_exceeds(facts, MOST_DEPTH):
        raise BadInput("This recipe is damaged: it is nested too deeply.")
    return facts


def migrate_recipe(facts: Mapping[str, Any]) -> Facts:
    """Bring a recipe of any schema up to the present one; ``facts`` itself is left as it is.

    A recipe that does not say its schema is taken for one of the first.

    Raises:
        BadInput: it was made by a newer Foleyscape, or its schema is no number.
    """
    version = facts.get("schema", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise BadInput("This recipe is damaged: its schema must be a whole number from 1.")
    if version > SCHEMA:
        raise BadInput("This recipe was made by a newer Foleyscape: update Foleyscape to use it.")
    migrated = dict(facts)
    for number in range(version, SCHEMA):
        migrated = {**STEPS[number](migrated), "schema": number + 1}
    return migrated


@dataclass(frozen=True)
class RecipeFacts:
    """What a recipe says of a take. For tooltips, cue sheets, iXML and the look-up of licences.

    Attributes:
        generator: id of what made the take; empty if the recipe does not say.
        model: the weights it was made with; empty if the recipe does not say.
        prompt: the words, of several objects joined by " + "; empty where the sound came from the picture
            alone, None if the recipe does not say.
        seed: of the request, or None if the recipe does not say.
        settings: the generator's own settings that are plain values, in the order of the recipe.
    """

    generator: str = ""
    model: str = ""
    prompt: str | None = None
    seed: int | None = None
    settings: tuple[tuple[str, str | int | float], ...] = ()

    @staticmethod
    def of(recipe: str) -> "RecipeFacts":
        """Read a recipe as far as it can be read; never raises for a damaged one."""
        try:
            facts = migrate_recipe(parse_recipe(recipe))
        except BadInput:
            return RecipeFacts()
        return RecipeFacts(
            generator=_text(facts.get("generator")),
            model=_text(facts.get("model")),
            prompt=_prompt(facts.get("targets")),
            seed=facts["seed"] if whole(facts.get("seed"), 0, 2**64) else None,
            settings=tuple(_plain_values(facts.get("settings"))),
        )

    def setting(self, key: str) -> str | int | float | None:
        """The generator's setting of this name, or None if the recipe does not say."""
        return dict(self.settings).get(key)


def reference_masks(recipe: str) -> tuple[str, tuple[PackedMask, ...]]:
    """Replace the masks in a recipe by references to their digests.

    Returns:
        The recipe without the bits of its masks, and those masks. A recipe that holds none, or cannot be read,
        is returned as it is.
    """
    try:
        facts = parse_recipe(recipe)
    except BadInput:
        return recipe, ()
    masks = tuple(PackedMask(**{key: mask[key] for key in _PACKED}) for mask in packed_masks(facts))
    if not masks:
        return recipe, ()
    return json.dumps(without_bits(facts), sort_keys=True), masks


def referenced_masks(recipe: str) -> frozenset[str]:
    """The digests of all masks that a recipe names, with or without their bits."""
    return frozenset(_DIGEST.findall(recipe)) if '"mask"' in recipe else frozenset()


def packed_masks(value: Any) -> Iterator[Facts]:
    """Every packed mask, bits included, anywhere in a recipe's keys and values."""
    if isinstance(value, dict):
        if _is_packed(value):
            yield value
        for entry in value.values():
            yield from packed_masks(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from packed_masks(entry)


def without_bits(value: Any) -> Any:
    """A recipe's keys and values without the bits of packed masks; size and digest stay."""
    if isinstance(value, dict):
        drop = _is_packed(value)
        return {key: without_bits(entry) for key, entry in value.items() if not (drop and key == "bits")}
    if isinstance(value, list):
        return [without_bits(entry) for entry in value]
    return value


def with_bits(value: Any, packed_of: Callable[[str], PackedMask]) -> Any:
    """A recipe's keys and values with every mask that is referenced by digest packed into it.

    Args:
        value: as ``without_bits`` gives it.
        packed_of: the mask of a digest; what it raises is passed on.
    """
    if isinstance(value, list):
        return [with_bits(entry, packed_of) for entry in value]
    if not isinstance(value, dict):
        return value
    given = {key: with_bits(entry, packed_of) for key, entry in value.items()}
    if _PACKED - {"bits"} <= set(value) and "bits" not in value and isinstance(value["digest"], str):
        given["bits"] = packed_of(value["digest"]).bits
    return given


def _is_packed(value: Facts) -> bool:
    sizes = whole(value.get("height"), 1, 2**31) and whole(value.get("width"), 1, 2**31)
    return sizes and isinstance(value.get("bits"), str) and isinstance(value.get("digest"), str)


def _first_to_second(facts: Facts) -> Facts:
    """1 to 2: one generator, whose settings stood beside what every request has; objects had one number each."""
    moved = {key: facts[key] for key in _SETTINGS if key in facts}
    rest = {key: value for key, value in facts.items() if key not in {*_SETTINGS, "subjects"}}
    changed = {"generator": OBJECT_AWARE, **rest, "settings": {"version": 1, **moved}}
    if "subjects" in facts:
        subjects = facts["subjects"]
        known = isinstance(subjects, list)
        changed["targets"] = [_target_from_1(entry) for entry in subjects] if known else subjects
    return changed


def _target_from_1(subject: Any) -> Any:
    """A target of its own has the number of its object; one of several has a number each, and no mask."""
    if not isinstance(subject, dict):
        return subject
    target = {key: value for key, value in subject.items() if key != "index"}
    index, parts = subject.get("index"), subject.get("parts")
    if index == MOST_OBJECTS and not isinstance(index, bool):
        own = {"mask": subject.get("mask"), "prompt": subject.get("prompt")}
        several = parts if isinstance(parts, list) and parts else [own]
        # Which objects they were stood nowhere but in the project; their masks say it there.
        return {**target, "objects": list(range(len(several))), "mask": None, "parts": several}
    words_alone = subject.get("mask") is None and index == 0
    return {**target, "objects": [] if words_alone else [index]}


STEPS: dict[int, Callable[[Facts], Facts]] = {1: _first_to_second}
"""What brings each schema to the one after it."""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _prompt(targets: Any) -> str | None:
    """What was asked for, of one object or of several."""
    if not isinstance(targets, list) or not targets or not isinstance(targets[0], dict):
        return None
    parts = targets[0].get("parts") or targets
    if not isinstance(parts, list):
        return None
    prompts = (part.get("prompt") for part in parts if isinstance(part, dict))
    return " + ".join(prompt for prompt in prompts if isinstance(prompt, str))


def _plain_values(settings: Any) -> Iterator[tuple[str, str | int | float]]:
    for key, value in settings.items() if isinstance(settings, dict) else ():
        if key != "version" and isinstance(value, str | int | float) and not isinstance(value, bool):
            yield key, value


def _depth_exceeds(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most):
        level = [
            inner
            for entry in level
            if isinstance(entry, dict | list)
            for inner in (entry.values() if isinstance(entry, dict) else entry)
        ]
        if not level:
            return False
    return True
