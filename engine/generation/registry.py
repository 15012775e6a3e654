"""Registry of generators: the object-aware one and those of installed packages.

A package provides a generator by an entry point in the group ``foleyscape.generators``: a callable without arguments
that returns an ``engine.generation.generator.Generator``. Nothing else needs to change.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points

from engine.errors import BadInput
from engine.generation.generator import Generator, GeneratorInfo
from engine.generation.recipe import SettingsTypes

GROUP = "foleyscape.generators"


@dataclass(frozen=True)
class Entry:
    """A registered generator.

    Attributes:
        info: description of the generator.
        load: returns the generator.
    """

    info: GeneratorInfo
    load: Callable[[], Generator]

    @staticmethod
    def of(generator: Generator) -> "Entry":
        """Return an entry for a generator that exists already."""
        return Entry(generator.info, lambda: generator)


class GeneratorRegistry:
    """Generators by id, the default one first.

    Args:
        entries: at least one; the first of those with the same id is used.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            self._entries.setdefault(entry.info.id, entry)

    @property
    def infos(self) -> tuple[GeneratorInfo, ...]:
        """Descriptions of all generators."""
        return tuple(entry.info for entry in self._entries.values())

    @property
    def settings(self) -> SettingsTypes:
        """Settings classes by generator id."""
        return {name: entry.info.settings for name, entry in self._entries.items()}

    def info(self, name: str | None = None) -> GeneratorInfo:
        """Return the description of a generator; None is the default one. Raises as ``entry``."""
        return self.entry(name).info

    def entry(self, name: str | None = None) -> Entry:
        """Return the entry of a generator; None is the default one.

        Raises:
            BadInput: there is no such generator.
        """
        if name is None:
            return next(iter(self._entries.values()))
        if name not in self._entries:
            known = ", ".join(self._entries)
            verb = "are" if len(self._entries) > 1 else "is"
            raise BadInput(f"There is no generator {name!r} here; there {verb} {known}.")
        return self._entries[name]


def installed_generators() -> tuple[Generator, ...]:
    """Return the generators of installed packages; those that fail to load are logged and left out."""
    found = []
    for point in entry_points(group=GROUP):
        try:
            found.append(point.load()())
        except Exception:
            logging.getLogger(__name__).exception("The generator %s could not be loaded", point.name)
    return tuple(found)
