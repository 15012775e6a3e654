"""scene.json as text: strict JSON in, one line per value out, so that two versions can be compared line by line."""

import json
import re
from typing import Any

from engine.errors import BadInput, Failed
from engine.inputs import InvalidJson, decode_json, is_text

MOST_BYTES = 64_000_000
"""Maximum size of a scene.json; a larger file is something else."""

MOST_DEPTH = 200
"""Maximum nesting of a scene.json; what a newer program nests deeper than ``inputs.MOST_DEPTH`` is left out alone."""

_HALF_LETTER = re.compile(rb"\\u[dD][89a-fA-F]")


class UnreadableJson(BadInput):
    """A scene.json, or an autosave, cannot be read at all."""


def parse_json(data: bytes, name: str) -> dict[str, Any]:
    """Parse a JSON file.

    Stricter than ``json``: invalid Unicode is rejected. Numbers that are not finite, or have more digits than
    any number in a scene, become an infinity or NaN, which no key accepts.

    Args:
        data: the whole file.
        name: name of the file, for messages.

    Raises:
        UnreadableJson: it is not such a file.
        Failed: there is not enough memory for it.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableJson(f"{name} is larger than {MOST_BYTES // 1_000_000} MB, which no scene is.")
    try:
        facts = decode_json(data, MOST_DEPTH)
    except InvalidJson as damage:
        raise UnreadableJson(f"{name} {damage} and cannot be read.") from damage
    except MemoryError:
        raise Failed(f"There is not enough memory to open {name}.") from None
    if _HALF_LETTER.search(data) and not is_text(facts):
        raise UnreadableJson(f"{name} is damaged: part of it is no text.")
    if not isinstance(facts, dict):
        raise UnreadableJson(f"{name} holds no scene.")
    return facts


def format_json(facts: dict[str, Any]) -> bytes:
    """Format a JSON object as the bytes of a file; equal objects give equal bytes."""
    return (_lines(facts, 0) + "\n").encode("utf-8")


def _lines(value: Any, depth: int) -> str:
    """Format JSON with a line for each object in a list of objects, and for each key that holds such a list."""
    if not _is_long(value):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    inner, outer = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, list):
        return "[" + inner + f",{inner}".join(_lines(entry, depth + 1) for entry in value) + outer + "]"
    pairs = (
        f"{json.dumps(key, ensure_ascii=False)}: {_lines(entry, depth + 1)}" for key, entry in value.items()
    )
    return "{" + inner + f",{inner}".join(pairs) + outer + "}"


def _is_long(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_is_long(entry) for entry in value.values())
    return isinstance(value, list) and len(value) > 0 and isinstance(value[0], dict)
