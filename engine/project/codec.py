"""What may stand in a file: checked keys of checked kinds, used to read and to write alike.

A key that is damaged takes the value's default, with a note; one that has no default costs the value it belongs to.
Keys that no form knows are kept in the value's ``unknown_fields``.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from engine.scene import limits
from engine.scene.limits import UnknownFields

MOST_DEPTH = 32
"""How deep what a newer Foleyscape wrote may be nested."""


class InvalidValue(ValueError):
    """What a value in a file should have been, in words that follow its key."""


@dataclass(frozen=True)
class FieldCodec:
    """What a key may hold.

    Attributes:
        read: from what JSON holds to the attribute's value; raises ``InvalidValue``.
        write: from the attribute's value to what JSON can hold.
    """

    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = lambda value: value


@dataclass(frozen=True)
class Codec:
    """How one kind of value stands in JSON.

    Attributes:
        value: the dataclass.
        kinds: each key, named like its attribute, and what it may hold.
        inner: keys that hold values with a form of their own, read and written by others.
        needed: keys that must be there and right although their attribute has a default.
    """

    value: type
    kinds: Mapping[str, FieldCodec]
    inner: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found = {one.name: one.default for one in fields(self.value) if one.default is not MISSING}
        object.__setattr__(self, "defaults", {k: v for k, v in found.items() if k not in self.needed})

    def read(self, facts: Any, note: Callable[[str], None]) -> dict[str, Any]:
        """What JSON holds, as attributes.

        Args:
            facts: what stands in the file.
            note: called with words for each key that was damaged and took its default.

        Raises:
            InvalidValue: a key without a default is missing or damaged.
        """
        if not isinstance(facts, dict):
            raise InvalidValue("it has no keys and values")
        given: dict[str, Any] = {"unknown_fields": self._unknown(facts)}
        for key, kind in self.kinds.items():
            if key not in facts:
                if key not in self.defaults:
                    raise InvalidValue(f"it has no {key}")
                continue
            try:
                given[key] = kind.read(facts[key])
            except InvalidValue as wrong:
                if key not in self.defaults:
                    raise InvalidValue(f"its {key} {wrong}") from None
                note(f"its {key} {wrong}")
        return given

    def write(self, value: Any) -> dict[str, Any]:
        """The keys of a value, without those of its inner values and without its unknown ones.

        Raises:
            InvalidValue: an attribute holds what could not be read again.
        """
        facts = {key: kind.write(getattr(value, key)) for key, kind in self.kinds.items()}
        for key, kind in self.kinds.items():
            try:
                kind.read(facts[key])
            except InvalidValue as wrong:
                raise InvalidValue(f"its {key} {wrong}") from None
        return facts

    def write_unknown_fields(self, value: Any) -> dict[str, Any]:
        """The keys that a newer Foleyscape wrote into this value."""
        known = {*self.kinds, *self.inner}
        return {key: json.loads(text) for key, text in value.unknown_fields if key not in known}

    def _unknown(self, facts: dict[str, Any]) -> UnknownFields:
        keys = sorted(facts.keys() - self.kinds.keys() - set(self.inner))
        if any(_too_deep(facts[key]) for key in keys):
            raise InvalidValue("it is nested too deeply")
        try:
            return tuple((key, _compact(facts[key])) for key in keys)
        except ValueError:
            raise InvalidValue("it holds a number that is none") from None


def whole(least: int, most: int) -> FieldCodec:
    """A whole number in a range, both ends included."""

    def read(value: Any) -> int:
        if not limits.whole(value, least, most):
            raise InvalidValue(f"must be a whole number from {least} to {most}")
        return int(value)

    return FieldCodec(read)


def number(least: float, most: float) -> FieldCodec:
    """A finite number in a range, both ends included."""

    def read(value: Any) -> float:
        if not limits.real(value, least, most):
            raise InvalidValue(f"must be a number from {least:g} to {most:g}")
        return float(value)

    return FieldCodec(read)


def text_that(fit: Callable[[Any], bool], words: str) -> FieldCodec:
    """Text for which ``fit`` is true; ``words`` say what that is."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not fit(value):
            raise InvalidValue(f"must be {words}")
        return value

    return FieldCodec(read)


def one_of(*values: Any) -> FieldCodec:
    """One of a few values."""

    def read(value: Any) -> Any:
        if not any(type(value) is type(known) and value == known for known in values):
            raise InvalidValue(f"must be one of {', '.join(str(known) for known in values)}")
        return value

    return FieldCodec(read)


def optional(kind: FieldCodec) -> FieldCodec:
    """The same, or nothing."""
    return FieldCodec(
        lambda value: None if value is None else kind.read(value),
        lambda value: None if value is None else kind.write(value),
    )


def fixed_list(*kinds: FieldCodec, words: str) -> FieldCodec:
    """A list with one value for each kind, as a tuple."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(kinds):
            raise InvalidValue(f"must be {words}")
        return tuple(kind.read(entry) for kind, entry in zip(kinds, value, strict=True))

    return FieldCodec(read, list)


def list_of(kind: FieldCodec, most: int, words: str) -> FieldCodec:
    """A list of at most so many values, as a tuple."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise InvalidValue(f"must be a list of at most {most} {words}")
        return tuple(kind.read(entry) for entry in value)

    return FieldCodec(read, lambda value: [kind.write(entry) for entry in value])


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_DEPTH):
        inner = [entry.values() if isinstance(entry, dict) else entry for entry in level if _nests(entry)]
        level = [entry for entries in inner for entry in entries]
        if not level:
            return False
    return True


def _nests(value: Any) -> bool:
    return isinstance(value, dict | list)
