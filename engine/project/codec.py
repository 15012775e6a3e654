"""What may stand in a file: checked keys of checked kinds, used to read and to write alike.

A key that is damaged takes the value's default, with a note; one that has no default costs the value it belongs to.
Keys that no form knows are kept in the value's ``extra``.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from engine.scene import limits
from engine.scene.limits import Extra

MOST_DEPTH = 32
"""How deep what a newer Foleyscape wrote may be nested."""


class Wrong(ValueError):
    """What a value in a file should have been, in words that follow its key."""


@dataclass(frozen=True)
class Kind:
    """What a key may hold.

    Attributes:
        read: from what JSON holds to the attribute's value; raises ``Wrong``.
        write: from the attribute's value to what JSON can hold.
    """

    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = lambda value: value


@dataclass(frozen=True)
class Form:
    """How one kind of value stands in JSON.

    Attributes:
        value: the dataclass.
        kinds: each key, named like its attribute, and what it may hold.
        inner: keys that hold values with a form of their own, read and written by others.
        needed: keys that must be there and right although their attribute has a default.
    """

    value: type
    kinds: Mapping[str, Kind]
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
            Wrong: a key without a default is missing or damaged.
        """
        if not isinstance(facts, dict):
            raise Wrong("it has no keys and values")
        given: dict[str, Any] = {"extra": self._unknown(facts)}
        for key, kind in self.kinds.items():
            if key not in facts:
                if key not in self.defaults:
                    raise Wrong(f"it has no {key}")
                continue
            try:
                given[key] = kind.read(facts[key])
            except Wrong as wrong:
                if key not in self.defaults:
                    raise Wrong(f"its {key} {wrong}") from None
                note(f"its {key} {wrong}")
        return given

    def write(self, value: Any) -> dict[str, Any]:
        """The keys of a value, without those of its inner values and without its extra ones.

        Raises:
            Wrong: an attribute holds what could not be read again.
        """
        facts = {key: kind.write(getattr(value, key)) for key, kind in self.kinds.items()}
        for key, kind in self.kinds.items():
            try:
                kind.read(facts[key])
            except Wrong as wrong:
                raise Wrong(f"its {key} {wrong}") from None
        return facts

    def write_extra(self, value: Any) -> dict[str, Any]:
        """The keys that a newer Foleyscape wrote into this value."""
        known = {*self.kinds, *self.inner}
        return {key: json.loads(text) for key, text in value.extra if key not in known}

    def _unknown(self, facts: dict[str, Any]) -> Extra:
        keys = sorted(facts.keys() - self.kinds.keys() - set(self.inner))
        if any(_too_deep(facts[key]) for key in keys):
            raise Wrong("it is nested too deeply")
        try:
            return tuple((key, _compact(facts[key])) for key in keys)
        except ValueError:
            raise Wrong("it holds a number that is none") from None


def whole(least: int, most: int) -> Kind:
    """A whole number in a range, both ends included."""

    def read(value: Any) -> int:
        if not limits.whole(value, least, most):
            raise Wrong(f"must be a whole number from {least} to {most}")
        return int(value)

    return Kind(read)


def number(least: float, most: float) -> Kind:
    """A finite number in a range, both ends included."""

    def read(value: Any) -> float:
        if not limits.real(value, least, most):
            raise Wrong(f"must be a number from {least:g} to {most:g}")
        return float(value)

    return Kind(read)


def words_that(fit: Callable[[Any], bool], words: str) -> Kind:
    """Text for which ``fit`` is true; ``words`` say what that is."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not fit(value):
            raise Wrong(f"must be {words}")
        return value

    return Kind(read)


def one_of(*values: Any) -> Kind:
    """One of a few values."""

    def read(value: Any) -> Any:
        if not any(type(value) is type(known) and value == known for known in values):
            raise Wrong(f"must be one of {', '.join(str(known) for known in values)}")
        return value

    return Kind(read)


def optional(kind: Kind) -> Kind:
    """The same, or nothing."""
    return Kind(
        lambda value: None if value is None else kind.read(value),
        lambda value: None if value is None else kind.write(value),
    )


def row(*kinds: Kind, words: str) -> Kind:
    """A list with one value for each kind, as a tuple."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(kinds):
            raise Wrong(f"must be {words}")
        return tuple(kind.read(entry) for kind, entry in zip(kinds, value, strict=True))

    return Kind(read, list)


def many(kind: Kind, most: int, words: str) -> Kind:
    """A list of at most so many values, as a tuple."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise Wrong(f"must be a list of at most {most} {words}")
        return tuple(kind.read(entry) for entry in value)

    return Kind(read, lambda value: [kind.write(entry) for entry in value])


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
