"""Recipes as JSON: guarded parsing, migration of older schemas, and facts for display.

A recipe is the text from which a take can be generated again. This module knows its keys; values are checked by
``engine.generation.recipe``, which reads requests from recipes.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import BadInput
from engine.inputs import InvalidJson, decode_json, is_text
from engine.scene.limits import MOST_OBJECTS, whole
from engine.scene.masks import PackedMask

Facts = dict[str, Any]

SCHEMA = 2
"""Schema that is written. ``STEPS`` migrates older ones to it."""

MOST_CHARACTERS = 16_000_000
NO_TEXT = "is damaged: part of it is no text"
PROCEDURAL = "procedural"
"""Id of the generator that makes sounds from formulas."""
OBJECT_AWARE = "object-aware"
"""Id of the only generator at the time of schema 1."""

_SETTINGS = ("steps", "solver", "guidance", "negative")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_NOT_TOLD = frozenset({"object", "sha256", "source"})
"""Keys of a recording that are shown elsewhere. The object is there so that two objects can have the same sound."""
_PACKED = frozenset({"bits", "digest", "height", "width"})


def parse_recipe(text: str) -> Facts:
    """Parse the JSON of a recipe of any schema.

    Args:
        text: the recipe of a take, or a whole recipe file.

    Returns:
        Keys and values, nested at most ``inputs.MOST_DEPTH`` deep, without text that cannot be encoded.

    Raises:
        BadInput: the text is too long, not JSON, nested too deeply, or not an object.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadInput(f"This is longer than the {MOST_CHARACTERS} characters a recipe may have.")
    try:
        facts = decode_json(text.encode("utf-8"))
    except (InvalidJson, UnicodeError) as damage:
        raise BadInput(f"This recipe {damage if isinstance(damage, InvalidJson) else NO_TEXT}.") from damage
    if not isinstance(facts, dict):
        raise BadInput("This recipe is damaged: it has no keys and values.")
    if not is_text(facts):
        raise BadInput(f"This recipe {NO_TEXT}.")
    return facts


def migrate_recipe(facts: Mapping[str, Any]) -> Facts:
    """Migrate a recipe to the present schema, without modifying ``facts``.

    A recipe without a schema is read as schema 1.

    Raises:
        BadInput: a newer Foleyscape made it, or its schema is not a number.
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
    """What a recipe says of a take, for tooltips, cue sheets, iXML and licences.

    Attributes:
        generator: id of the generator; empty if the recipe does not say.
        model: fingerprint of the weights; empty if the recipe does not say.
        prompt: the prompt, of several objects joined by " + "; empty if the sound came from the picture alone;
            None if the recipe does not say.
        source: name of the file or microphone that a recording came from; empty of a generated take.
        source_digest: sha256 of that file in hexadecimal; empty if there is none.
        seed: seed of the request; None if the recipe does not say.
        settings: settings of the generator, or facts of a recording's source, that are text or numbers, in the order
            of the recipe.
    """

    generator: str = ""
    model: str = ""
    prompt: str | None = None
    seed: int | None = None
    settings: tuple[tuple[str, str | int | float], ...] = ()
    source: str = ""
    source_digest: str = ""

    @staticmethod
    def of(recipe: str) -> "RecipeFacts":
        """Read what can be read of a recipe. Damaged recipes never raise."""
        try:
            facts = migrate_recipe(parse_recipe(recipe))
        except BadInput:
            return RecipeFacts()
        if isinstance(facts.get("recording"), dict):
            return _of_recording(facts["recording"])
        return RecipeFacts(
            generator=_text(facts.get("generator")),
            model=_text(facts.get("model")),
            prompt=_prompt(facts.get("targets")),
            seed=facts["seed"] if whole(facts.get("seed"), 0, 2**64) else None,
            settings=tuple(_plain_values(facts.get("settings"))),
        )

    def setting(self, key: str) -> str | int | float | None:
        """Return a setting of the generator, or None if the recipe does not say."""
        return dict(self.settings).get(key)


def reference_masks(recipe: str) -> tuple[str, tuple[PackedMask, ...]]:
    """Replace the masks in a recipe by references to their digests.

    Returns:
        The recipe without the bits of its masks, and the masks. A recipe without masks, or one that cannot be
        parsed, is returned unchanged.
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
    """Return the digests in a recipe that may be those of masks, with or without bits."""
    return frozenset(_DIGEST.findall(recipe)) if '"mask"' in recipe else frozenset()


def packed_masks(value: Any) -> Iterator[Facts]:
    """Yield every packed mask with bits, anywhere in a recipe's keys and values."""
    if isinstance(value, dict):
        if _is_packed(value):
            yield value
        for entry in value.values():
            yield from packed_masks(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from packed_masks(entry)


def without_bits(value: Any) -> Any:
    """Return a recipe's keys and values without the bits of packed masks; size and digest stay."""
    if isinstance(value, dict):
        drop = _is_packed(value)
        return {key: without_bits(entry) for key, entry in value.items() if not (drop and key == "bits")}
    if isinstance(value, list):
        return [without_bits(entry) for entry in value]
    return value


def with_bits(value: Any, packed_of: Callable[[str], PackedMask]) -> Any:
    """Return a recipe's keys and values with the bits of every mask that is referenced by digest.

    Args:
        value: as ``without_bits`` returns it.
        packed_of: returns the mask of a digest; its exceptions are passed on.
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
    """Migrate 1 to 2: settings of the one generator were keys of the request, and a target had one object number."""
    moved = {key: facts[key] for key in _SETTINGS if key in facts}
    rest = {key: value for key, value in facts.items() if key not in {*_SETTINGS, "subjects"}}
    changed = {"generator": OBJECT_AWARE, **rest, "settings": {"version": 1, **moved}}
    if "subjects" in facts:
        subjects = facts["subjects"]
        known = isinstance(subjects, list)
        changed["targets"] = [_target_from_1(entry) for entry in subjects] if known else subjects
    return changed


def _target_from_1(subject: Any) -> Any:
    """Migrate a target: an object keeps its number; several objects get one each and lose the union of their masks."""
    if not isinstance(subject, dict):
        return subject
    target = {key: value for key, value in subject.items() if key != "index"}
    index, parts = subject.get("index"), subject.get("parts")
    if index == MOST_OBJECTS and not isinstance(index, bool):
        own = {"mask": subject.get("mask"), "prompt": subject.get("prompt")}
        several = parts if isinstance(parts, list) and parts else [own]
        # Schema 1 does not say which objects they are; projects match them by their masks.
        return {**target, "objects": list(range(len(several))), "mask": None, "parts": several}
    words_alone = subject.get("mask") is None and index == 0
    return {**target, "objects": [] if words_alone else [index]}


STEPS: dict[int, Callable[[Facts], Facts]] = {1: _first_to_second}
"""Migration of each schema to the next."""


def recording_recipe(source: str, source_digest: str, facts: Mapping[str, str | int | float]) -> str:
    """Return what stands in place of the recipe of a recording, as JSON.

    Args:
        source: name of the file, or of the microphone.
        source_digest: sha256 of the file in hexadecimal; empty for a microphone.
        facts: more about it, such as its format and its own metadata.
    """
    told = {**facts, "source": source, "sha256": source_digest}
    return json.dumps({"schema": SCHEMA, "recording": told}, sort_keys=True)


def _of_recording(facts: Facts) -> RecipeFacts:
    rest = {key: value for key, value in facts.items() if key not in _NOT_TOLD}
    return RecipeFacts(
        settings=tuple(_plain_values(rest)),
        source=_text(facts.get("source")),
        source_digest=_text(facts.get("sha256")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _prompt(targets: Any) -> str | None:
    """Return the prompt of one object or of several."""
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
