"""What the values of a scene may be, and how a wrong one is shown in a sentence."""

import math
import re

UnknownFields = tuple[tuple[str, str], ...]
"""Keys that a newer Foleyscape wrote, kept so that saving loses nothing: pairs of a key and its value as JSON text,
sorted by key."""

MOST_NUMBER = 2**53
"""Numbers of tracks, clips and markers stay below: any JSON reader holds them exactly."""
MOST_OBJECTS = 1_000_000
"""Objects are numbered below: from here on numbers mean several objects together, in seeds."""
MOST_NAME, MOST_TEXT = 500, 10_000
"""Characters of a name, and of a prompt."""
MOST_SIDE = 100_000
"""Pixels along one side of a still."""
LEAST_SECONDS, MOST_SECONDS = 0.5, 30.0
LEAST_LEVEL_LUFS, MOST_LEVEL_LUFS = -70.0, -5.0
MOST_SEED = 2**63 - 1
LEAST_RATE, MOST_RATE = 1_000, 768_000
"""Samples a second of a take."""
MOST_CHANNELS = 64

# Neither XML nor UTF-8 can carry these, and names go into both.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def whole(value: object, least: int, most: int) -> bool:
    """Whether it is a whole number from ``least`` to ``most``; True and 1.0 are none."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def real(value: object, least: float, most: float) -> bool:
    """Whether it is a finite number from ``least`` to ``most``."""
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def text(value: object, most: int) -> bool:
    """Whether it is text of at most ``most`` characters that every file format here can hold."""
    return isinstance(value, str) and len(value) <= most and _UNWRITABLE.search(value) is None


def name(value: object) -> bool:
    """Whether it will do as a name: text, not empty, not only spaces, not too long."""
    return isinstance(value, str) and text(value, MOST_NAME) and bool(value.strip())


def digest(value: object) -> bool:
    """Whether it is a sha256 in hexadecimal, which is also a harmless file name."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def normalize_whitespace(words: str) -> str:
    """Words as they are kept: on one line, with single spaces between them."""
    return " ".join(words.split())


def writable(words: str) -> str:
    """Words with a replacement mark for every character that some file format here cannot hold."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", words)


def format_value(value: object) -> str:
    """A value as it stands in a sentence; short, whatever it is."""
    if isinstance(value, float):
        return f"{value:g}" if math.isfinite(value) else str(float(value))
    if isinstance(value, int) and value.bit_length() > 64:
        return "a number of far too many digits"
    if not isinstance(value, int | str):
        return f"a {type(value).__name__}"
    words = repr(value)
    return words if len(words) <= 60 else f"{words[:57]}..."
