"""The word table is made from WordNet's noun files."""

import json
from pathlib import Path

import pytest

from engine.models.concepts import load_concepts
from engine.training.free_words import Nouns, anchors, concept_of, main, word_table

# lemma pos senses pointers (symbols) senses tagged offsets, as in WordNet's index files.
INDEX = """  a licence line
animal n 1 0 1 1 00000001
dog n 1 1 @ 1 1 00000002
poodle n 1 1 @ 1 0 00000003
person n 1 0 1 1 00000004
poet n 1 1 @ 1 0 00000005
electric n 1 1 @ 1 0 00000006
car n 1 0 1 1 00000007
"""
DATA = """  a licence line
00000001 05 n 01 animal 0 000 | a thing that moves
00000002 05 n 01 dog 0 001 @ 00000001 n 0000 | it barks
00000003 05 n 01 poodle 0 001 @ 00000002 n 0000 | with curls
00000004 05 n 01 person 0 000 | somebody
00000005 05 n 01 poet 0 001 @ 00000004 n 0000 | who writes
00000006 05 n 01 electric 0 001 @ 00000007 n 0000 | a car
00000007 05 n 01 car 0 000 | it drives
"""


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    (tmp_path / "index.noun").write_text(INDEX, encoding="utf-8")
    (tmp_path / "data.noun").write_text(DATA, encoding="utf-8")
    (tmp_path / "index.adj").write_text("electric a 1 0 1 1 00000001\n", encoding="utf-8")
    (tmp_path / "index.verb").write_text("", encoding="utf-8")
    return tmp_path


def test_a_kind_of_a_thing_is_taken_for_it_and_what_is_above_it_is_not(wordnet: Path) -> None:
    nouns = Nouns(wordnet)
    found = anchors(nouns, load_concepts())
    assert concept_of(nouns, found, "poodle") == "dog"
    assert concept_of(nouns, found, "animal") is None
    assert concept_of(nouns, found, "poet") is None


def test_words_of_the_table_and_adjectives_are_left_out(wordnet: Path) -> None:
    assert word_table(Nouns(wordnet), load_concepts()) == {"dog": ["poodle"]}


def test_the_table_travels_with_its_licence(wordnet: Path, tmp_path: Path) -> None:
    (tmp_path / "notice.txt").write_text("Use it freely.\n", encoding="utf-8")
    assert main([str(wordnet), str(tmp_path / "notice.txt"), str(tmp_path / "words.json")]) == 0
    facts = json.loads((tmp_path / "words.json").read_text(encoding="utf-8"))
    assert facts["words"] == {"dog": "poodle"}
    assert facts["licence"] == "Use it freely."
