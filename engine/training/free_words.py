"""``python -m engine.training.free_words``: common words that are kinds of the table's concepts, by hypernyms.

Reads WordNet's noun files (Debian's package ``wordnet-base``) and writes the bundled table. A word belongs to
a concept if one of its most common meanings is that concept or a kind of it: a poodle is a dog. Below very
general concepts only common words count: any trade is a person, and a person has a voice.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.models.concepts import Concept, ConceptIndex, load_concepts

DEPTH = 6
# Where a name's first meaning in WordNet is not the thing, or where the thing has no name in the table.
MEANINGS: Mapping[str, str | None] = {
    "cellular_telephone": "telephone",
    "streetcar": "train",
    "railcar": "train",
    "tricycle": "bicycle",
    "velocipede": "bicycle",
    "keyboard_instrument": "piano",
    "stringed_instrument": "guitar",
    "bowed_stringed_instrument": "violin",
    "percussion_instrument": "drum",
    "woodwind": "flute",
    "single-reed_instrument": "saxophone",
    "double-reed_instrument": "saxophone",
    "drinking_glass": "glass",
    "bottle": "glass",
    "shears": "scissors",
    "clipper": "scissors",
    "point-and-shoot": "camera",
    "polaroid_camera": "camera",
    "bird_of_prey": "bird",
    "waterfowl": "bird",
    "gallinaceous_bird": "hen",
    "old_world_monkey": "monkey",
    "ape": "monkey",
    "primate": "monkey",
    "cry": "voice",
    "speech": "voice",
    "singer": "voice",
    "policeman": "voice",
    "adult": "voice",
    "child": "voice",
    "worker": "voice",
    "entertainer": "voice",
    "leader": "voice",
    "relative": "voice",
    "body_of_water": "stream",
    "computer_keyboard": "keyboard",
    "garment": "cloth",
    "motor_vehicle": "car",
    **dict.fromkeys(
        "person people human face homo hominid public party speaker animal fish crustacean vehicle craft "
        "wheeled_vehicle conveyance home_appliance material metal wood brass motion shot bark cock crowing steps "
        "clippers snip web_site bulletin_board alarm wail wailing hooter saw glasses ram sleeper flush flushing "
        "pitcher viola recorder wildcat vacuum rotor clap metal_bar bounce key tab".split()
    ),
}
GENERAL = frozenset({"voice", "cloth"})
"""Concepts below which only common words are accepted."""


@dataclass(frozen=True)
class Synset:
    """One meaning: its words, and its hypernyms."""

    words: tuple[str, ...]
    above: tuple[str, ...]


class Nouns:
    """WordNet's nouns.

    Args:
        folder: folder with ``data.noun`` and the indexes of nouns, adjectives and verbs.
    """

    def __init__(self, folder: Path) -> None:
        self.senses: dict[str, tuple[str, ...]] = {}
        self.tagged = _tagged_senses(folder / "index.noun")
        for line in (folder / "index.noun").read_text(encoding="utf-8").splitlines():
            if not line.startswith(" "):
                parts = line.split()
                self.senses[parts[0]] = tuple(parts[-int(parts[2]) :])
        self._synsets = dict(_synsets(folder / "data.noun"))
        self._others = _tagged_senses(folder / "index.adj")
        for word, count in _tagged_senses(folder / "index.verb").items():
            self._others[word] = max(count, self._others.get(word, 0))

    def is_mostly_noun(self, word: str) -> bool:
        """Return whether a word is not more common as an adjective or verb."""
        return word not in self._others or self.tagged[word] > self._others[word]

    def synset(self, offset: str) -> Synset:
        """Return the meaning at an offset of the data file."""
        return self._synsets[offset]


def _tagged_senses(path: Path) -> dict[str, int]:
    """Return the number of tagged senses of each word of an index file."""
    lines = (
        line.split() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(" ")
    )
    return {parts[0]: int(parts[-int(parts[2]) - 1]) for parts in lines}


def _synsets(path: Path) -> Iterator[tuple[str, Synset]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            continue
        parts = line.split(" | ")[0].split()
        count = int(parts[3], 16)
        words = tuple(parts[4 + 2 * number] for number in range(count))
        at = 4 + 2 * count
        pointers = [parts[at + 1 + 4 * number : at + 5 + 4 * number] for number in range(int(parts[at]))]
        yield parts[0], Synset(words, tuple(p[1] for p in pointers if p[0] == "@"))


def anchors(nouns: Nouns, concepts: Sequence[Concept]) -> dict[str, str | None]:
    """Return the meanings of the concepts: the first ones of their words, as corrected by ``MEANINGS``."""
    found: dict[str, str | None] = {}
    for word, concept_id in MEANINGS.items():
        for sense in nouns.senses.get(word, ())[:1]:
            found[sense] = concept_id
    for concept in concepts:
        for words in concept.words:
            for sense in nouns.senses.get(words.replace(" ", "_"), ())[:1]:
                found.setdefault(sense, concept.id)
    return found


def concept_of(nouns: Nouns, found: Mapping[str, str | None], word: str) -> str | None:
    """Return the concept that a word is a kind of, by its most common meanings, or None."""
    senses = nouns.senses.get(word, ())
    for sense in senses[: 1 if len(senses) > 3 else 2]:
        level = [sense]
        for depth in range(DEPTH):
            met = [found[offset] for offset in level if offset in found]
            if met:
                concept = met[0]
                common = nouns.tagged.get(word, 0) > 0 or depth == 0
                return concept if concept is not None and (concept not in GENERAL or common) else None
            level = [above for offset in level for above in nouns.synset(offset).above]
    return None


def word_table(nouns: Nouns, concepts: Sequence[Concept]) -> dict[str, list[str]]:
    """Return each concept's words missing from the concept table, sorted, without proper names and Latin."""
    index, found = ConceptIndex(concepts), anchors(nouns, concepts)
    table: dict[str, list[str]] = {}
    for word in sorted(nouns.senses):
        plain = word.replace("_", " ")
        if not _everyday(nouns, word) or index.named(plain) is not None:
            continue
        concept = concept_of(nouns, found, word)
        if concept is not None:
            table.setdefault(concept, []).append(plain)
    return {concept.id: table[concept.id] for concept in concepts if concept.id in table}


def _everyday(nouns: Nouns, word: str) -> bool:
    """Whether a word is mostly a noun, written small, of at most two words of letters."""
    if not nouns.is_mostly_noun(word):
        return False
    if word.count("_") > 1 or not word.replace("_", "").replace("-", "").isalpha() or len(word) < 3:
        return False
    first = nouns.synset(nouns.senses[word][0])
    return any(spelt == word for spelt in first.words)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.free_words", description=__doc__)
    parser.add_argument("wordnet", type=Path, help="folder with index.noun and data.noun")
    parser.add_argument("notice", type=Path, help="file with WordNet's licence, which travels with the table")
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    table = word_table(Nouns(options.wordnet), load_concepts())
    facts = {
        "source": "WordNet 3.0, nouns; kinds of the concept table's things by hypernyms",
        "licence": options.notice.read_text(encoding="utf-8").strip(),
        "words": {concept: "|".join(words) for concept, words in table.items()},
    }
    options.out.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
