"""Reading and writing of dataclasses as JSON, with every key checked the same way in both directions.

A damaged key takes the field's default, with a warning; without a default, the whole value is rejected.
Unknown keys are kept in the value's ``unknown_fields``.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from engine.inputs import too_deep
from engine.scene import limits
from engine.scene.limits import UnknownFields


class InvalidValue(ValueError):
    """A value has the wrong type or range; the message continues a sentence after its key."""


@dataclass(frozen=True)
class FieldCodec:
    """Converts the value of one key.

    Attributes:
        read: from the JSON value to the field's value; raises ``InvalidValue``.
        write: from the field's value to a JSON value.
    """

    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = lambda value: value


@dataclass(frozen=True)
class Codec:
    """Converts one dataclass to and from JSON.

    Attributes:
        value: the dataclass.
        kinds: a codec for each key; keys are named like the fields.
        inner: keys that hold values with codecs of their own, read and written elsewhere.
        needed: keys that are required although their field has a default.
        defaults: defaults of the keys that are not required.
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
        """Read the fields from a JSON object.

        Args:
            facts: the parsed JSON.
            note: called with a phrase for each damaged key that took its default.

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
        """Write the keys of a value, without inner values and unknown fields.

        Raises:
            InvalidValue: a field holds a value that could not be read back.
        """
        facts = {key: kind.write(getattr(value, key)) for key, kind in self.kinds.items()}
        for key, kind in self.kinds.items():
            try:
                kind.read(facts[key])
            except InvalidValue as wrong:
                raise InvalidValue(f"its {key} {wrong}") from None
        return facts

    def write_unknown_fields(self, value: Any) -> dict[str, Any]:
        """Return the keys of the value that a newer version wrote."""
        known = {*self.kinds, *self.inner}
        return {key: json.loads(text) for key, text in value.unknown_fields if key not in known}

    def _unknown(self, facts: dict[str, Any]) -> UnknownFields:
        keys = sorted(facts.keys() - self.kinds.keys() - set(self.inner))
        if any(too_deep(facts[key]) for key in keys):
            raise InvalidValue("it is nested too deeply")
        try:
            return tuple((key, _compact(facts[key])) for key in keys)
        except ValueError:
            raise InvalidValue("it holds a number that is none") from None


def whole(least: int, most: int) -> FieldCodec:
    """Return a codec for an integer from ``least`` to ``most``, both included."""

    def read(value: Any) -> int:
        if not limits.whole(value, least, most):
            raise InvalidValue(f"must be a whole number from {least} to {most}")
        return int(value)

    return FieldCodec(read)


def number(least: float, most: float) -> FieldCodec:
    """Return a codec for a finite number from ``least`` to ``most``, both included."""

    def read(value: Any) -> float:
        if not limits.real(value, least, most):
            raise InvalidValue(f"must be a number from {least:g} to {most:g}")
        return float(value)

    return FieldCodec(read)


def text_that(fit: Callable[[Any], bool], words: str) -> FieldCodec:
    """Return a codec for text that satisfies ``fit``; ``words`` describe it in messages."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not fit(value):
            raise InvalidValue(f"must be {words}")
        return value

    return FieldCodec(read)


def one_of(*values: Any) -> FieldCodec:
    """Return a codec for one of a few values."""

    def read(value: Any) -> Any:
        if not any(type(value) is type(known) and value == known for known in values):
            raise InvalidValue(f"must be one of {', '.join(str(known) for known in values)}")
        return value

    return FieldCodec(read)


def optional(kind: FieldCodec) -> FieldCodec:
    """Return a codec that also accepts null."""
    return FieldCodec(
        lambda value: None if value is None else kind.read(value),
        lambda value: None if value is None else kind.write(value),
    )


def fixed_list(*kinds: FieldCodec, words: str) -> FieldCodec:
    """Return a codec for a list with one value per codec, as a tuple."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(kinds):
            raise InvalidValue(f"must be {words}")
        return tuple(kind.read(entry) for kind, entry in zip(kinds, value, strict=True))

    return FieldCodec(read, list)


def list_of(kind: FieldCodec, most: int, words: str) -> FieldCodec:
    """Return a codec for a list of at most ``most`` values, as a tuple."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise InvalidValue(f"must be a list of at most {most} {words}")
        return tuple(kind.read(entry) for entry in value)

    return FieldCodec(read, lambda value: [kind.write(entry) for entry in value])


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
