"""Settings of generators: a frozen, versioned value for each kind of generator, with its JSON codec."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn, Self

from engine.errors import BadInput
from engine.project.codec import Codec, InvalidValue
from engine.scene.limits import UnknownFields, whole

Migration = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class GeneratorSettings:
    """Settings of one kind of generator. Subclasses add fields and a codec for them.

    A new field needs a default and a key in ``codec``; recipes without the key are then read as before.

    Attributes:
        version: version of the subclass's keys.
        migrations: functions from the keys of a version to those of the next, by version.
        unknown_fields: keys that a newer program wrote.
    """

    version: ClassVar[int] = 1
    migrations: ClassVar[Mapping[int, Migration]] = {}
    unknown_fields: UnknownFields = field(default=(), kw_only=True, repr=False)

    @classmethod
    def codec(cls) -> Codec:
        """Return the codec of the fields."""
        return Codec(cls, {})

    @classmethod
    def read(cls, facts: Any) -> Self:
        """Read settings of this or an older version. Missing keys take their defaults.

        Raises:
            BadInput: a value is of the wrong type or out of range, or a newer program wrote the settings.
        """
        try:
            return cls(**cls.codec().read(cls._migrated(facts), refuse))
        except InvalidValue as wrong:
            raise BadInput(f"This recipe is damaged: of its settings, {wrong}.") from wrong

    def write(self) -> dict[str, Any]:
        """Convert the settings to a JSON-serializable dictionary, unknown keys included."""
        codec = self.codec()
        return {"version": self.version, **codec.write(self), **codec.write_unknown_fields(self)}

    @classmethod
    def _migrated(cls, facts: Any) -> dict[str, Any]:
        if not isinstance(facts, dict):
            raise InvalidValue("they have no keys and values")
        rest = dict(facts)
        version = rest.pop("version", 1)
        if not whole(version, 1, cls.version):
            newer = whole(version, cls.version + 1, 2**31)
            if newer:
                raise BadInput("This recipe was made by a newer Foleyscape: update Foleyscape to use it.")
            raise InvalidValue("their version must be a whole number from 1")
        for number in range(version, cls.version):
            rest = cls.migrations[number](rest)
        return rest


@dataclass(frozen=True)
class ProceduralSettings(GeneratorSettings):
    """Settings of the procedural generator: none, since its parameters belong to the objects."""


@dataclass(frozen=True)
class UnreadSettings(GeneratorSettings):
    """Settings of a generator that is not installed: kept, but not interpreted.

    Attributes:
        text: the settings as JSON text.
    """

    text: str = "{}"

    @classmethod
    def read(cls, facts: Any) -> Self:
        """Keep settings of an unknown generator as JSON text."""
        if not isinstance(facts, dict):
            raise BadInput("This recipe is damaged: its settings have no keys and values.")
        return cls(json.dumps(facts, sort_keys=True))

    def write(self) -> dict[str, Any]:
        """Return the kept settings as JSON values."""
        facts: dict[str, Any] = json.loads(self.text)
        return facts


def refuse(complaint: str) -> NoReturn:
    """Refuse a damaged value: a default in its place would change the sound.

    Raises:
        InvalidValue: always.
    """
    raise InvalidValue(complaint)
