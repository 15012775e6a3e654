"""The generators that there are: the object-aware one, and those that other packages bring.

A package brings a generator by an entry point of the group ``foleyscape.generators``: something to be called
without arguments that gives an ``engine.generation.generator.Generator``. Nothing else needs to be changed.
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
    """A generator that can be loaded.

    Attributes:
        info: what is known of it.
        load: gives the generator, loaded as far as it needs to be.
    """

    info: GeneratorInfo
    load: Callable[[], Generator]

    @staticmethod
    def of(generator: Generator) -> "Entry":
        """The entry of a generator that is already there."""
        return Entry(generator.info, lambda: generator)


class GeneratorRegistry:
    """Generators by their ids, the usual one first.

    Args:
        entries: at least one; of two with one id the first is taken.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            self._entries.setdefault(entry.info.id, entry)

    @property
    def infos(self) -> tuple[GeneratorInfo, ...]:
        """What is known of each."""
        return tuple(entry.info for entry in self._entries.values())

    @property
    def settings(self) -> SettingsTypes:
        """The settings of each, by its id."""
        return {name: entry.info.settings for name, entry in self._entries.items()}

    def info(self, name: str | None = None) -> GeneratorInfo:
        """What is known of a generator; of the usual one for None. Raises what ``entry`` raises."""
        return self.entry(name).info

    def entry(self, name: str | None = None) -> Entry:
        """The entry of a generator; of the usual one for None.

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
    """The generators of installed packages. One that cannot be made is logged and left out."""
    found = []
    for point in entry_points(group=GROUP):
        try:
            found.append(point.load()())
        except Exception:
            logging.getLogger(__name__).exception("The generator %s could not be loaded", point.name)
    return tuple(found)
