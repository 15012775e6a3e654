"""Reads and writes recipes: generation requests as JSON.

Recipes of every earlier schema are read (migrations are in ``engine.scene.recipe_facts``). Missing keys take their
defaults, unknown keys survive a round trip, and the type and range of every value is checked.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import BadInput
from engine.generation.request_limits import MOST_OBJECTS, MOST_TAKES
from engine.generation.requests import LEVEL_LUFS, DiffusionSettings, GenerationRequest, Target, TargetPart
from engine.generation.settings import GeneratorSettings, ProceduralSettings, UnreadSettings, refuse
from engine.inputs import DamagedFile, NoSuchFile, is_text, read_json
from engine.project.codec import (
    Codec,
    FieldCodec,
    InvalidValue,
    list_of,
    number,
    one_of,
    optional,
    text_that,
    whole,
)
from engine.project.control_codec import read_controls, write_controls
from engine.scene import limits
from engine.scene.masks import PackedMask
from engine.scene.recipe_facts import (
    MOST_CHARACTERS,
    NO_TEXT,
    OBJECT_AWARE,
    PROCEDURAL,
    SCHEMA,
    migrate_recipe,
    parse_recipe,
)
from engine.scene.sound_controls import FREE

MAX_PIXELS = 50_000_000
"""Pixels of a mask, as of a still (``engine.vision.picture_limits``)."""

SettingsTypes = Mapping[str, type[GeneratorSettings]]
BUILT_IN: SettingsTypes = {OBJECT_AWARE: DiffusionSettings, PROCEDURAL: ProceduralSettings}
"""Settings classes of the built-in generators by generator id."""


@dataclass(frozen=True)
class RecipeFile:
    """Content of a recipe file.

    Attributes:
        request: the request to generate again.
        still: path of the still; None without one.
    """

    request: GenerationRequest
    still: Path | None


def request_facts(request: GenerationRequest) -> dict[str, Any]:
    """Convert a request to a JSON-serializable dictionary, unknown keys included."""
    return {
        "schema": SCHEMA,
        **_REQUEST.write(request),
        "targets": [_target_facts(target) for target in request.targets],
        "settings": request.settings.write(),
        **_REQUEST.write_unknown_fields(request),
    }


def request_text(request: GenerationRequest) -> str:
    """Convert a request to one line of JSON, equal for equal requests."""
    return json.dumps(request_facts(request), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def read_request(facts: Mapping[str, Any], known: SettingsTypes = BUILT_IN) -> GenerationRequest:
    """Read a request from the dictionary of a recipe of any schema.

    Args:
        facts: keys and values of the recipe.
        known: settings classes by generator id; settings of other generators are kept unread.

    Raises:
        BadInput: a value is missing, of the wrong type or out of range, or a newer Foleyscape wrote the recipe.
    """
    migrated = migrate_recipe(facts)
    try:
        given = _REQUEST.read({"still": None, **migrated}, refuse)
        targets = _TARGETS.read(migrated.get("targets"))
    except InvalidValue as wrong:
        raise BadInput(f"This recipe is damaged: {wrong}.") from wrong
    kind = known.get(given.get("generator", OBJECT_AWARE), UnreadSettings)
    settings = kind.read(migrated.get("settings", {}))
    return GenerationRequest(targets=targets, settings=settings, **given)


def read_recipe_text(text: str, known: SettingsTypes = BUILT_IN) -> GenerationRequest:
    """Read the recipe of a take.

    Raises:
        BadInput: as ``read_request``, or the text is not JSON.
    """
    return read_request(parse_recipe(text), known)


def read_recipe(path: Path, known: SettingsTypes = BUILT_IN) -> RecipeFile:
    """Read a recipe file, as ``Studio.export`` writes them.

    Raises:
        BadInput: the file does not exist, is not a recipe, is damaged, or a newer Foleyscape wrote it.
    """
    facts = _read_file(path)
    request = facts.get("request")
    if not isinstance(request, dict):
        raise BadInput(f"{path} is not a recipe of Foleyscape.")
    if not is_text(request):
        raise BadInput(f"{path} {NO_TEXT}.")
    migrate_recipe({"schema": facts.get("schema", 1)})
    still = facts.get("still")
    where = still.get("path") if isinstance(still, dict) else None
    found = _find_still(Path(where), path) if isinstance(where, str) and "\0" not in where else None
    return RecipeFile(read_request(request, known), found)


def _read_file(path: Path) -> dict[str, Any]:
    """Return the keys and values of a file; the path of its still may hold bytes that are no text."""
    try:
        facts = read_json(path, "recipe", 4 * MOST_CHARACTERS)
    except NoSuchFile:
        raise BadInput(f"There is no recipe {path}.") from None
    except DamagedFile as damage:
        raise BadInput(f"This is not a recipe that can be used: {damage}") from damage
    if not isinstance(facts, dict):
        raise BadInput(f"{path} is not a recipe of Foleyscape.")
    return facts


def _find_still(path: Path, recipe: Path) -> Path:
    """Return the still's path, or that of a file of the same name beside the recipe or in the folder above."""
    for candidate in (path, recipe.parent / path.name, recipe.parent.parent / path.name):
        if _is_file(candidate):
            return candidate
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _target_facts(target: Target) -> dict[str, Any]:
    parts = [
        {**_without_default(_PART.write(part)), **_PART.write_unknown_fields(part)} for part in target.parts
    ]
    # As recipes were written before there were controls.
    controls = {} if target.controls == FREE else {"controls": write_controls(target.controls)}
    facts = _without_default(_TARGET.write(target))
    return {**facts, "parts": parts, **controls, **_TARGET.write_unknown_fields(target)}


def _without_default(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts as recipes were written before it was known that a prompt has no answer."""
    return {key: value for key, value in facts.items() if key != "unanswered" or value}


def _read_mask(value: Any) -> PackedMask:
    if isinstance(value, dict) and "bits" not in value and limits.digest(value.get("digest")):
        raise InvalidValue("stands only in the project: export the take from there")
    given = _MASK.read(value, refuse)
    if given["height"] * given["width"] > MAX_PIXELS:
        raise InvalidValue("is larger than any still")
    return PackedMask(**given)


def _mask_facts(mask: PackedMask) -> dict[str, Any]:
    return {**_MASK.write(mask), **_MASK.write_unknown_fields(mask)}


def _read_part(value: Any) -> TargetPart:
    return TargetPart(**_PART.read(_filled(value, prompt=None, unanswered=False), refuse))


def _read_target(value: Any) -> Target:
    filled = _filled(value, prompt=None, mask=None, level_lufs=LEVEL_LUFS, unanswered=False)
    given = _TARGET.read(filled, refuse)
    controls = read_controls(value["controls"]) if "controls" in value else FREE
    return Target(parts=_PARTS.read(value.get("parts", [])), controls=controls, **given)


def _filled(value: Any, **defaults: Any) -> Any:
    """Return the dictionary with defaults for missing keys."""
    return {**defaults, **value} if isinstance(value, dict) else value


def _inside(what: str, kind: FieldCodec) -> FieldCodec:
    """Return the same codec with ``what`` before its error messages."""

    def read(value: Any) -> Any:
        try:
            return kind.read(value)
        except InvalidValue as wrong:
            raise InvalidValue(f"{what}{wrong}") from None

    return FieldCodec(read, kind.write)


def _one(read: Callable[[Any], Any]) -> FieldCodec:
    return _inside("hold one in which ", FieldCodec(read))


_name = text_that(limits.name, f"a name of 1 to {limits.MOST_NAME} plain characters")
_text = text_that(
    lambda value: limits.text(value, limits.MOST_TEXT), f"text of at most {limits.MOST_TEXT} plain characters"
)
_digest = text_that(lambda value: limits.text(value, 100), "a digest")
_side = whole(1, limits.MOST_SIDE)
_MASK = Codec(
    PackedMask,
    {
        "height": _side,
        "width": _side,
        "digest": _digest,
        "bits": text_that(lambda value: value.isascii(), "the bits of a mask as text"),
    },
)
_packed = FieldCodec(_read_mask, _mask_facts)
_PART = Codec(TargetPart, {"mask": _packed, "prompt": optional(_text), "unanswered": one_of(False, True)})
_PARTS = _inside("its parts ", list_of(_one(_read_part), MOST_OBJECTS, "objects"))
_TARGET = Codec(
    Target,
    {
        "objects": list_of(whole(0, limits.MOST_OBJECTS - 1), MOST_OBJECTS, "numbers of objects"),
        "name": _name,
        "prompt": optional(_text),
        "mask": optional(_packed),
        "level_lufs": number(limits.LEAST_LEVEL_LUFS, limits.MOST_LEVEL_LUFS),
        "unanswered": one_of(False, True),
    },
    inner=("parts", "controls"),
)
_TARGETS = _inside("its targets ", list_of(_one(_read_target), MOST_OBJECTS + 1, "things"))
_REQUEST = Codec(
    GenerationRequest,
    {
        "generator": text_that(limits.name, "the id of a generator"),
        "model": text_that(limits.name, "the name of a model"),
        "still": optional(_digest),
        "takes": list_of(whole(1, 2**31), MOST_TAKES, "numbers of takes"),
        "seed": whole(0, limits.MOST_SEED),
        "duration": number(limits.LEAST_SECONDS, limits.MOST_SECONDS),
    },
    inner=("schema", "targets", "settings"),
)
