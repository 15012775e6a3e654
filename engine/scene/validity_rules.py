"""Rules that several values of a scene share, each reported as a sentence."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from engine.scene import limits
from engine.scene.colours import Colour
from engine.scene.limits import MOST_NUMBER, UnknownFields, format_value, real, whole
from engine.scene.timeline import LEAST_GAIN_DB, MOST_GAIN_DB


def colour_problems(who: str, colour: Colour | None) -> Iterator[str]:
    """Yield the problem of a colour; None is no colour."""
    if colour is not None and not (len(colour) == 3 and all(whole(part, 0, 255) for part in colour)):
        yield f"{who} needs a colour of three numbers from 0 to 255."


def level_problems(who: str, gain_db: float, pan: float) -> Iterator[str]:
    """Yield the problems of a gain and a pan."""
    if not real(gain_db, LEAST_GAIN_DB, MOST_GAIN_DB):
        yield gain_sentence(who, gain_db)
    if not real(pan, -1.0, 1.0):
        yield f"{who} has a pan of {format_value(pan)}; pans are from -1 (left) to 1 (right)."


def gain_sentence(who: str, gain_db: float) -> str:
    """Return the sentence for a gain that is out of range."""
    return f"{who} has a gain of {format_value(gain_db)} dB; gains are from {LEAST_GAIN_DB:g} to {MOST_GAIN_DB:g}."


def number_problems(who: str, number: int) -> Iterator[str]:
    """Yield the problem of an id."""
    if not whole(number, 1, MOST_NUMBER):
        yield f"{who} has no proper number: numbers are whole, from 1."


def name_problems(who: str, name: str) -> Iterator[str]:
    """Yield the problem of a name."""
    if not limits.name(name):
        yield f"{who} needs a name of 1 to {limits.MOST_NAME} characters, not {format_value(name)}."


def flag_problems(who: str, *flags: bool) -> Iterator[str]:
    """Yield the problem of flags that are not booleans."""
    if not all(isinstance(flag, bool) for flag in flags):
        yield f"{who} is marked with something that is neither yes nor no."


def unknown_field_problems(who: str, unknown: UnknownFields) -> Iterator[str]:
    """Yield the problem of fields from a newer version."""
    if unknown == ():
        return
    paired = all(len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in unknown)
    keys = [pair[0] for pair in unknown] if paired else []
    if not paired or keys != sorted(set(keys)):
        yield f"{who} carries unknown keys that are not pairs in order."


def repeated(sentence: str, values: Iterable[object]) -> Iterator[str]:
    """Yield a sentence for each value that is there again."""
    seen: set[object] = set()
    for value in values:
        if value in seen:
            yield f"{sentence} {format_value(value)}."
        seen.add(value)


def unsorted(sentence: str, order: list[int] | list[tuple[int, int]]) -> Iterator[str]:
    """Yield the sentence if the order does not ascend."""
    # "not <=" rather than ">", so that NaN counts as out of order, too.
    if not all(before <= after for before, after in pairwise(order)):  # type: ignore[operator]
        yield sentence


def numbers_to_come(what: str, numbers: list[int], following: int) -> Iterator[str]:
    """Yield a sentence if a number is not below the next one to be given."""
    if any(not number < following for number in numbers):
        yield f"A {what} has a number that is still to be given."
