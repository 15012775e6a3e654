"""Free words find the concepts that they are kinds, plurals or slips of."""

from pathlib import Path

import pytest

from engine.errors import Failed
from engine.models.concepts import load_concepts
from engine.models.free_words import FreeWords, bundled_free_words, load_kinds

# Words that the concept table has not, and what they are kinds of.
KINDS = {
    "poodle": "dog",
    "dachshund": "dog",
    "siamese cat": "cat",
    "robin": "bird",
    "bullfrog": "frog",
    "mammoth": "elephant",
    "cheetah": "big_cat",
    "heifer": "cow",
    "limousine": "car",
    "jeep": "car",
    "tow truck": "truck",
    "biplane": "airplane",
    "canoe": "ship",
    "submarine": "ship",
    "streetcar": "train",
    "tricycle": "bicycle",
    "hourglass": "clock",
    "harpsichord": "piano",
    "ukulele": "guitar",
    "clarinet": "saxophone",
    "musket": "gun",
    "bonfire": "fire",
    "wineglass": "glass",
    "beetle": "insect",
    "bumblebees": "insect",
    "chimpanzees": "monkey",
    "turkey": "hen",
    "piccolo": "flute",
    "contrabass": "violin",
    "grenades": "explosion",
    "grandmother": "voice",
    "police officer": "voice",
}


@pytest.fixture(scope="module")
def words() -> FreeWords:
    return bundled_free_words()


def test_most_kinds_of_things_find_their_thing(words: FreeWords) -> None:
    found = {word: words.concept_of(word) for word in KINDS}
    wrong = [word for word, concept in found.items() if concept is None or concept.id != KINDS[word]]
    assert len(wrong) <= 3, wrong


def test_a_prompt_is_said_again_in_the_words_of_the_table(words: FreeWords) -> None:
    reading = words.read("Two poodles in a garden")
    assert reading.text == "two dog in a garden"
    assert [concept.id for concept in reading.concepts] == ["dog"]


@pytest.mark.parametrize("prompt", ["a dog barking", "Rain, and a TRAIN!", "a theremin", "", "a car horn"])
def test_a_prompt_in_the_tables_words_or_in_none_of_them_stays_as_it_is(
    words: FreeWords, prompt: str
) -> None:
    assert words.read(prompt).text == prompt


@pytest.mark.parametrize(
    ("prompt", "ids"),
    [
        ("an alarm clock and a siren", ["alarm_clock", "siren"]),
        ("a mountain bike", ["bicycle"]),
        ("hellicopter", ["helicopter"]),
        ("a french horn", ["brass"]),
        ("logs hitting one another", ["wood_hit"]),
        ("a theremin", []),
        ("quantum flux", []),
        ("taking off", []),
    ],
)
def test_what_a_prompt_names(words: FreeWords, prompt: str, ids: list[str]) -> None:
    assert [concept.id for concept in words.read(prompt).concepts] == ids


def test_every_own_word_means_its_concept_and_every_caption_something(words: FreeWords) -> None:
    for concept in load_concepts():
        assert all(words.read(said).concepts == (concept,) for said in concept.words), concept.id
        assert all(words.read(said).concepts for said in concept.captions), concept.id


def test_the_word_table_has_no_word_of_the_concept_table_and_says_whose_it_is() -> None:
    index = bundled_free_words().index
    kinds = load_kinds()
    assert set(kinds) <= {concept.id for concept in index.concepts}
    assert [word for said in kinds.values() for word in said if index.named(word)] == []
    assert sum(map(len, kinds.values())) > 3_000


@pytest.mark.parametrize("content", ["[", "{}", '{"words": 3}', '{"words": {"dog": 1}}'])
def test_a_damaged_word_table_is_a_failure_with_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "words.json").write_text(content, encoding="utf-8")
    with pytest.raises(Failed, match="word table"):
        load_kinds(tmp_path / "words.json")


def test_a_missing_word_table_is_a_failure_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"nowhere\.json"):
        load_kinds(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("geese", "goose"),
        ("children", "child"),
        ("policemen", "policeman"),
        ("calves", "calf"),
        ("buses", "bus"),
    ],
)
def test_plurals_that_are_not_made_with_an_s_are_understood(
    words: FreeWords, plural: str, singular: str
) -> None:
    concept = words.concept_of(plural)
    assert concept is not None
    assert concept == words.concept_of(singular)
