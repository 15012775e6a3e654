"""Ranges of the values of a scene, and how a wrong value is shown in a message."""

import math
import re

UnknownFields = tuple[tuple[str, str], ...]
"""Fields written by a newer version, kept when saving: (key, value as JSON text), sorted by key."""

MOST_NUMBER = 2**53
"""Upper bound (exclusive) of the ids of tracks, clips and markers: any JSON reader holds them exactly."""
MOST_OBJECTS = 1_000_000
"""Upper bound (exclusive) of object numbers; larger numbers stand for several objects together, in seeds."""
MOST_NAME, MOST_TEXT = 500, 10_000
"""Characters in a name, and in a prompt."""
MOST_SIDE = 100_000
"""Pixels along one side of a still."""
LEAST_SECONDS, MOST_SECONDS = 0.5, 30.0
LEAST_LEVEL_LUFS, MOST_LEVEL_LUFS = -70.0, -5.0
MOST_SEED = 2**63 - 1
LEAST_RATE, MOST_RATE = 1_000, 768_000
"""Samples per second of a take."""
MOST_CHANNELS = 64

# XML and UTF-8 cannot represent these, and names are written into both.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def whole(value: object, least: int, most: int) -> bool:
    """Return whether the value is an integer from ``least`` to ``most``; True and 1.0 are not."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def real(value: object, least: float, most: float) -> bool:
    """Return whether the value is a finite number from ``least`` to ``most``."""
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def text(value: object, most: int) -> bool:
    """Return whether the value is text of at most ``most`` characters that every file format used here can store."""
    return isinstance(value, str) and len(value) <= most and _UNWRITABLE.search(value) is None


def name(value: object) -> bool:
    """Return whether the value is a valid name: text, not blank, not too long."""
    return isinstance(value, str) and text(value, MOST_NAME) and bool(value.strip())


def digest(value: object) -> bool:
    """Return whether the value is a sha256 in hexadecimal, and so a safe file name."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def normalize_whitespace(words: str) -> str:
    """Return the text on one line with single spaces."""
    return " ".join(words.split())


def writable(words: str) -> str:
    """Replace every character that some file format used here cannot store by a replacement character."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", words)


def project_name(words: str) -> str:
    """Return the name of a new project after a file or folder, in letters that every file format can store."""
    return normalize_whitespace(writable(words))[:MOST_NAME].strip() or "Untitled"


def format_value(value: object) -> str:
    """Format a value for a message, at most 60 characters long."""
    if isinstance(value, float):
        return f"{value:g}" if math.isfinite(value) else str(float(value))
    if isinstance(value, int) and value.bit_length() > 64:
        return "a number of far too many digits"
    if not isinstance(value, int | str):
        return f"a {type(value).__name__}"
    words = repr(value)
    return words if len(words) <= 60 else f"{words[:57]}..."
