"""What free text means in the concept table: its own words, their kinds by WordNet, plurals, typing errors.

A prompt is read phrase by phrase, the longest first. What the table calls differently is replaced by the
table's words, so that "poodles in a garden" becomes "dog in a garden" for a model that learned from the
table.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.errors import Failed, FoleyscapeError
from engine.inputs import read_json
from engine.models.concepts import Concept, ConceptIndex, load_concepts, normal
from engine.models.resources import resource

LONGEST = 4
PLURALS = (("ies", "y"), ("ves", "f"), ("ves", "fe"), ("men", "man"), ("es", ""), ("s", ""))
IRREGULAR = {
    "children": "child",
    "feet": "foot",
    "geese": "goose",
    "mice": "mouse",
    "oxen": "ox",
    "people": "person",
    "teeth": "tooth",
}
"""Plurals that no ending makes, by the last word of a phrase."""
VERBS = (("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"))
SLIP = 0.9
SHORTEST_SLIP = 7
"""A shorter word with a typing error is too often another word."""


@dataclass(frozen=True)
class Reading:
    """The meaning of a prompt in terms of the table.

    Attributes:
        text: the prompt in the table's words, for the text encoder; unchanged if the table has none.
        concepts: the concepts it names, each once, in order.
    """

    text: str
    concepts: tuple[Concept, ...]


class FreeWords:
    """Reads prompts.

    Args:
        concepts: the concept table.
        kinds: further words by concept id, none of which is in the table.
    """

    def __init__(self, concepts: Iterable[Concept], kinds: Mapping[str, Iterable[str]]) -> None:
        self.index = ConceptIndex(concepts)
        known = {concept.id for concept in self.index.concepts}
        self._kinds = {
            normal(word): self.index[name] for name, words in kinds.items() if name in known for word in words
        }
        self._captions = {normal(said): c for c in self.index.concepts for said in c.captions}
        words = (words for concept in self.index.concepts for words in concept.words)
        self._spellings = sorted({part for said in words for part in normal(said).split() if len(part) > 4})

    def read(self, prompt: str) -> Reading:
        """Read a prompt."""
        phrases = list(self._phrases(normal(prompt).split()))
        concepts = tuple(dict.fromkeys(concept for _, concept, _ in phrases if concept is not None))
        if all(concept is None or is_own for _, concept, is_own in phrases):
            captioned = self._captions.get(normal(prompt))
            return Reading(prompt, concepts or (() if captioned is None else (captioned,)))
        said = (phrase if concept is None or is_own else concept.name for phrase, concept, is_own in phrases)
        return Reading(" ".join(said), concepts)

    def concept_of(self, phrase: str) -> Concept | None:
        """Return the concept of a phrase, by the table, by WordNet, as a plural, or with a typing error."""
        concept, _ = self._found(normal(phrase))
        return concept

    def _phrases(self, tokens: list[str]) -> Iterator[tuple[str, Concept | None, bool]]:
        """Yield the phrases of a text in order, the concept of each, and whether it is the table's own word for it."""
        at = 0
        while at < len(tokens):
            for length in range(min(LONGEST, len(tokens) - at), 0, -1):
                phrase = " ".join(tokens[at : at + length])
                concept, is_own = self._found(phrase) if length > 1 else self._found_word(phrase)
                if concept is not None or length == 1:
                    yield phrase, concept, is_own
                    at += length
                    break

    def _found(self, phrase: str) -> tuple[Concept | None, bool]:
        own = self.index.named(phrase)
        if own is not None:
            return own, True
        for form in (phrase, *_singulars(phrase)):
            found = self.index.named(form) or self._kinds.get(form)
            if found is not None:
                return found, False
        for form in _forms(phrase, VERBS):
            if (found := self.index.named(form)) is not None:
                return found, False
        return None, False

    def _found_word(self, word: str) -> tuple[Concept | None, bool]:
        found, is_own = self._found(word)
        if found is not None or len(word) < SHORTEST_SLIP:
            return found, is_own
        near = difflib.get_close_matches(word, self._spellings, n=1, cutoff=SLIP)
        return (self.index.named(near[0]), False) if near else (None, False)


def _forms(phrase: str, endings: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the phrases of which this may be another form."""
    for ending, instead in endings:
        if phrase.endswith(ending) and len(phrase) > len(ending) + 2:
            yield phrase[: -len(ending)] + instead


def _singulars(phrase: str) -> Iterator[str]:
    """Yield the phrases of which this may be the plural."""
    *before, last = phrase.split(" ")
    if last in IRREGULAR:
        yield " ".join((*before, IRREGULAR[last]))
    yield from _forms(phrase, PLURALS)


def load_kinds(path: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Load words, by concept id, that are kinds of the table's concepts.

    Args:
        path: a file that ``engine.training.free_words`` wrote; None reads the bundled one.

    Raises:
        Failed: the file cannot be read or is invalid.
    """
    path = path or resource("words.json")
    try:
        words = read_json(path)["words"]
        return {name: tuple(said.split("|")) for name, said in words.items()}
    except FoleyscapeError as error:
        raise Failed(f"The word table cannot be read. {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Failed(f"{path} is not a word table: {type(error).__name__}, {error}.") from error


@lru_cache(maxsize=1)
def bundled_free_words() -> FreeWords:
    """Return the reader with the bundled tables, created once."""
    return FreeWords(load_concepts(), load_kinds())
