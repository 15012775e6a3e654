"""The concept table: the things that sound, what people call them, and what stands for them in data.

Concepts pair pictures with sounds that were never recorded together, after *Seeing Sound* (arXiv 2501.05413).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import Failed, FoleyscapeError
from engine.inputs import read_json
from engine.models.resources import resource


@dataclass(frozen=True)
class PictureClasses:
    """The classes of labelled picture sets which show a concept."""

    caltech101: tuple[str, ...] = ()
    cifar10: tuple[str, ...] = ()
    coco: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordingClasses:
    """The real recordings of a concept.

    Attributes:
        esc10: classes of ESC-10.
        foley: beginnings of file names of the Foley set.
        packs: folders of the packs, as ``pack/folder``.
    """

    esc10: tuple[str, ...] = ()
    foley: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()

    def has_foley(self, stem: str) -> bool:
        """Return whether the Foley recording with this file name (without extension) is one of the concept."""
        return stem.startswith(self.foley)


@dataclass(frozen=True)
class Concept:
    """A thing that sounds.

    Attributes:
        id: the stable key, lower case with underscores.
        name: what the user reads.
        synonyms: other words for the thing or for its sound, lower case; no two concepts share one.
        captions: short sentences for its sounds, the plain one first.
        pictures: where labelled pictures of it are.
        recordings: where real recordings of it are.
        ucs: CatID in the Universal Category System 8.2.1, in its exact case.
        level_lufs: integrated loudness (ITU-R BS.1770) that its sound gets when nothing else is asked.
    """

    id: str
    name: str
    synonyms: tuple[str, ...]
    captions: tuple[str, ...]
    pictures: PictureClasses
    recordings: RecordingClasses
    ucs: str
    level_lufs: float

    @property
    def words(self) -> tuple[str, ...]:
        """Everything the concept is called: its name first, then its synonyms."""
        return (self.name, *self.synonyms)


def load_concepts(path: Path | None = None) -> tuple[Concept, ...]:
    """Return the concepts in table order, which is the order of every score vector over concepts.

    Args:
        path: a custom table; None reads the bundled one.

    Raises:
        Failed: the table cannot be read or is invalid.
    """
    path = path or resource("concepts.json")
    try:
        entries = read_json(path)
        return tuple(_concept(entry) for entry in entries)
    except FoleyscapeError as error:
        raise Failed(f"The concept table cannot be read. {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Failed(f"{path} is not a concept table: {type(error).__name__}, {error}.") from error


class ConceptIndex:
    """Concepts by id and by whatever people call them."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts = tuple(concepts)
        self._by_id = {concept.id: concept for concept in self.concepts}
        self._by_words = {normal(words): c for c in self.concepts for words in (c.id, *c.words)}
        self._longest = max((len(words.split()) for words in self._by_words), default=0)

    def __getitem__(self, concept_id: str) -> Concept:
        return self._by_id[concept_id]

    def named(self, words: str) -> Concept | None:
        """Return the concept with this id, name or synonym, ignoring case, article and hyphens; else None."""
        return self._by_words.get(normal(words))

    def mentioned_in(self, text: str) -> tuple[Concept, ...]:
        """Return the concepts named in a sentence, each once, in order.

        The longest phrase wins where phrases overlap: "a car horn" is the horn, not the car.
        """
        tokens = normal(text).split()
        found: list[Concept] = []
        position = 0
        while position < len(tokens):
            concept, used = self._at(tokens, position)
            if concept is not None and concept not in found:
                found.append(concept)
            position += used
        return tuple(found)

    def _at(self, tokens: list[str], position: int) -> tuple[Concept | None, int]:
        for length in range(min(self._longest, len(tokens) - position), 0, -1):
            concept = self._by_words.get(" ".join(tokens[position : position + length]))
            if concept is not None:
                return concept, length
        return None, 1


def normal(words: str) -> str:
    """Return words as the index compares them: lower case, single spaces, no punctuation or leading article."""
    plain = " ".join(re.findall(r"[^\W_]+", words.casefold()))
    return re.sub(r"^(an?|the) (?=.)", "", plain)


def _concept(entry: dict[str, Any]) -> Concept:
    pictures, recordings = entry["pictures"], entry["recordings"]
    return Concept(
        id=entry["id"],
        name=entry["name"],
        synonyms=tuple(entry["synonyms"]),
        captions=tuple(entry["captions"]),
        pictures=PictureClasses(
            tuple(pictures["caltech101"]), tuple(pictures["cifar10"]), tuple(pictures.get("coco", ()))
        ),
        recordings=RecordingClasses(
            tuple(recordings["esc10"]), tuple(recordings["foley"]), tuple(recordings.get("packs", ()))
        ),
        ucs=entry["ucs"],
        level_lufs=float(entry["level_lufs"]),
    )
