"""The concept table is complete, consistent, and finds what people type."""

import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from engine.errors import Failed
from engine.models.concepts import Concept, ConceptIndex, load_concepts, normal
from engine.training.text_tower import FIRST_CONCEPTS


@pytest.fixture(scope="module")
def concepts() -> tuple[Concept, ...]:
    return load_concepts()


@pytest.fixture(scope="module")
def index(concepts: tuple[Concept, ...]) -> ConceptIndex:
    return ConceptIndex(concepts)


def test_there_are_76_concepts_with_ids_that_suit_file_names(concepts: tuple[Concept, ...]) -> None:
    assert len({concept.id for concept in concepts}) == 76
    assert all(re.fullmatch(r"[a-z][a-z_]*", concept.id) for concept in concepts)


def test_no_word_belongs_to_two_concepts(concepts: tuple[Concept, ...]) -> None:
    owners = Counter(word for c in concepts for word in {normal(words) for words in (c.id, *c.words)})
    assert [word for word, count in owners.items() if count > 1] == []


def test_no_picture_class_or_recording_belongs_to_two_concepts(concepts: tuple[Concept, ...]) -> None:
    owners = Counter(
        name
        for c in concepts
        for name in (
            *(f"caltech101/{name}" for name in c.pictures.caltech101),
            *(f"cifar10/{name}" for name in c.pictures.cifar10),
            *(f"coco/{name}" for name in c.pictures.coco),
            *(f"esc10/{name}" for name in c.recordings.esc10),
            *(f"foley/{name}" for name in c.recordings.foley),
            *(f"packs/{name}" for name in c.recordings.packs),
        )
    )
    assert [name for name, count in owners.items() if count > 1] == []


def test_every_concept_has_several_captions_and_a_level_a_meter_can_show(
    concepts: tuple[Concept, ...],
) -> None:
    for concept in concepts:
        assert len(set(concept.captions)) == len(concept.captions) >= 5, concept.id
        assert -40.0 <= concept.level_lufs <= -14.0, concept.id


def test_cat_ids_have_the_shape_of_the_universal_category_system(concepts: tuple[Concept, ...]) -> None:
    assert all(re.fullmatch(r"[A-Z]{3,5}([A-Z][a-z]+)?", concept.ucs) for concept in concepts)


def test_cat_ids_exist_in_the_universal_category_system(concepts: tuple[Concept, ...], shared: Path) -> None:
    listing = json.loads((shared / "data/ucs_8.2.1_en.json").read_text(encoding="utf-8"))
    assert {concept.ucs for concept in concepts} <= {entry["CatID"] for entry in listing}


def test_picture_classes_exist_in_the_data(concepts: tuple[Concept, ...], shared: Path) -> None:
    for archive, field in (("caltech101_sounding", "caltech101"), ("cifar10_train", "cifar10")):
        with zipfile.ZipFile(shared / f"data/{archive}.zip") as pictures:
            there = {name.split("/")[0] for name in pictures.namelist()}
        assert {name for c in concepts for name in getattr(c.pictures, field)} <= there


def test_the_first_concepts_stay_first_since_the_directions_of_words_follow_from_it(
    concepts: tuple[Concept, ...],
) -> None:
    first = [concept.id for concept in concepts[:FIRST_CONCEPTS]]
    assert (first[0], first[9], first[-1]) == ("dog", "cow", "insect")
    assert len(first) == 48


def test_every_recording_belongs_to_at_most_one_concept(concepts: tuple[Concept, ...], shared: Path) -> None:
    stems = [path.stem for path in sorted((shared / "data/foley").glob("*.ogg"))]
    for stem in stems:
        owners = [concept.id for concept in concepts if concept.recordings.has_foley(stem)]
        assert len(owners) <= 1, f"{stem}: {owners}"
    for concept in concepts:
        assert all(any(s.startswith(f) for s in stems) for f in concept.recordings.foley), concept.id
        assert all((shared / "data/esc10" / name).is_dir() for name in concept.recordings.esc10), concept.id
        assert all((shared / "data/packs" / name).is_dir() for name in concept.recordings.packs), concept.id


def test_a_concept_without_foley_recordings_claims_none(index: ConceptIndex) -> None:
    assert not index["voice"].recordings.has_foley("dog_bark")
    assert index["dog"].recordings.has_foley("dog_bark")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dog", "dog"),
        ("The Dog", "dog"),
        ("  PUPPY ", "dog"),
        ("barking", "dog"),
        ("big_cat", "big_cat"),
        ("big cat", "big_cat"),
        ("Cock-a-doodle-doo!", "rooster"),
        ("lorry", "truck"),
        ("water", "stream"),
    ],
)
def test_words_people_type_find_their_concept(index: ConceptIndex, typed: str, found: str) -> None:
    concept = index.named(typed)
    assert concept is not None
    assert concept.id == found


def test_unknown_words_find_nothing(index: ConceptIndex) -> None:
    assert index.named("theremin") is None
    assert index.named("") is None
    assert index.mentioned_in("") == ()


def test_a_sentence_names_its_concepts_in_order_and_the_longest_phrase_wins(index: ConceptIndex) -> None:
    def ids(text: str) -> list[str]:
        return [concept.id for concept in index.mentioned_in(text)]

    assert ids("a car horn honking") == ["horn"]
    assert ids("rain on the roof of a car, rain, rain") == ["rain", "car"]
    assert ids("A dog barks at a MOTORBIKE riding past") == ["dog", "motorcycle"]


def test_every_concept_is_found_by_its_own_words(index: ConceptIndex) -> None:
    for concept in index.concepts:
        assert all(index.named(words) is concept for words in (concept.id, *concept.words))


def test_a_missing_table_is_a_failure_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"nowhere\.json"):
        load_concepts(tmp_path / "nowhere.json")


@pytest.mark.parametrize("content", ["[{", '[{"id": "dog"}]', '{"a": 1}', "3"])
def test_a_damaged_table_is_a_failure_with_a_sentence(tmp_path: Path, content: str) -> None:
    table = tmp_path / "concepts.json"
    table.write_text(content, encoding="utf-8")
    with pytest.raises(Failed, match="concept table"):
        load_concepts(table)
