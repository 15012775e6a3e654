"""Which takes of the list are shown: by words, by star, by object, or those in the bin. No widgets."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from desktop.objects.edits import orphans, takes_with
from engine.scene.recipe_facts import RecipeFacts
from engine.scene.scene import Scene, TakeRecord

ORPHANS = -1
"""Stands for the number of an object for takes whose objects are not in the scene, or that are of words alone."""


@dataclass(frozen=True)
class TakeFilter:
    """What a take must be to be shown.

    Attributes:
        words: all of them must be in its name, number, note or prompt, in any order.
        starred: only those with a star.
        number: only those of this object; None for all objects.
        deleted: those in the bin, rather than the others.
    """

    words: str = ""
    starred: bool = False
    number: int | None = None
    deleted: bool = False

    @property
    def active(self) -> bool:
        """Whether it hides any take outside the bin."""
        return self != TakeFilter()

    def shows(self, take: TakeRecord) -> bool:
        """Return whether a take has the words, the star and the place."""
        if take.deleted != self.deleted or (self.starred and not take.starred):
            return False
        text = _text_of(take)
        return all(word in text for word in self.words.casefold().split())

    def takes_of(self, scene: Scene, number: int) -> tuple[TakeRecord, ...]:
        """Return the takes of an object that are shown, in the order of the list; those of none for ``ORPHANS``."""
        if self.number not in (None, number):
            return ()
        own = orphans(scene, deleted=self.deleted) if number == ORPHANS else None
        takes = takes_with(scene, number, deleted=self.deleted) if own is None else own
        return tuple(take for take in takes if self.shows(take))


def order_of(scene: Scene, chosen: TakeFilter) -> tuple[tuple[int, str], ...]:
    """Return number of the object and digest of every take that is shown, from the top of the list."""
    return tuple(_order(scene, chosen))


def _order(scene: Scene, chosen: TakeFilter) -> Iterator[tuple[int, str]]:
    for number in (*(thing.index for thing in scene.objects), ORPHANS):
        for take in chosen.takes_of(scene, number):
            yield number, take.digest


def _text_of(take: TakeRecord) -> str:
    words = f"{take.title} {take.name} take {take.number} {take.note} {_prompt_of(take.recipe)}"
    return words.casefold()


@lru_cache(maxsize=4096)
def _prompt_of(recipe: str) -> str:
    return RecipeFacts.of(recipe).prompt or ""
