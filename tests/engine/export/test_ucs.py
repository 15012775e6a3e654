"""Names of the Universal Category System: every block clean, every CatID real."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput, Failed
from engine.export.ucs import (
    FX_NAME_LETTERS,
    NAME_BYTES,
    UNKNOWN,
    UcsBlocks,
    check_name,
    cleaned,
    load_cat_ids,
    shortened,
    ucs_name,
)
from engine.models.concepts import load_concepts

BLOCKS = UcsBlocks("FS", "NightStreet")


@pytest.fixture(scope="module")
def cat_ids() -> Mapping[str, tuple[str, str]]:
    return load_cat_ids()


def test_the_whole_list_is_there_and_only_facts_of_it(cat_ids: Mapping[str, tuple[str, str]]) -> None:
    assert len(cat_ids) == 752
    assert cat_ids["ANMLDog"] == ("ANIMALS", "DOG")
    assert cat_ids["DOORWood"] == ("DOORS", "WOOD")
    assert {UNKNOWN, "MIX"} <= set(cat_ids)
    assert not any(set("_- ") & set(cat_id) for cat_id in cat_ids)


def test_every_concept_has_a_category_that_there_is(cat_ids: Mapping[str, tuple[str, str]]) -> None:
    assert [concept.id for concept in load_concepts() if concept.ucs not in cat_ids] == []


def test_four_blocks_are_enough_and_all_seven_parts_find_their_place(
    cat_ids: Mapping[str, tuple[str, str]],
) -> None:
    assert ucs_name("ANMLDog", "Dog Bark", BLOCKS, cat_ids) == "ANMLDog_Dog Bark_FS_NightStreet"
    full = replace(BLOCKS, user_category="Far", vendor_category="Foley", user_data="take_2")
    name = ucs_name("ANMLDog", "Dog Bark", full, cat_ids)
    assert name == "ANMLDog-Far_Foley-Dog Bark_FS_NightStreet_take 2"
    check_name(name, cat_ids)


@settings(max_examples=200)
@given(*[st.text(min_size=1, max_size=60)] * 6)
def test_any_words_give_a_clean_name_or_a_clear_refusal(
    words: str, creator: str, source: str, user: str, vendor: str, data: str
) -> None:
    cat_ids = {"ANMLDog": ("ANIMALS", "DOG")}
    try:
        name = ucs_name("ANMLDog", words, UcsBlocks(creator, source, user, vendor, data), cat_ids)
    except BadInput as refusal:
        assert "letters or digits" in refusal.message or "too long" in refusal.message
        return
    check_name(name, cat_ids)
    assert len(name.split("_")[1].rpartition("-")[2]) <= FX_NAME_LETTERS
    assert len(name.encode()) <= NAME_BYTES
    assert not set(name) & set('/\\:*?"<>|\0\n')


@pytest.mark.parametrize("cat_id", ["ANMLDOG", "anmldog", "DOG", "", "ANMLDog-Far"])
def test_categories_are_never_invented_and_keep_their_case(
    cat_id: str, cat_ids: Mapping[str, tuple[str, str]]
) -> None:
    with pytest.raises(BadInput, match="no UCS category"):
        ucs_name(cat_id, "Dog", BLOCKS, cat_ids)


@pytest.mark.parametrize(
    ("blocks", "words"),
    [(UcsBlocks("", "NS"), "creator ID"), (UcsBlocks("FS", "_"), "source ID")],
)
def test_a_block_that_must_be_there_is_asked_for(
    blocks: UcsBlocks, words: str, cat_ids: Mapping[str, tuple[str, str]]
) -> None:
    with pytest.raises(BadInput, match=words):
        ucs_name("ANMLDog", "Dog", blocks, cat_ids)
    with pytest.raises(BadInput, match="a name"):
        ucs_name("ANMLDog", "!?", BLOCKS, cat_ids)


@pytest.mark.parametrize(
    "name",
    [
        "ANMLDog_Bark_FS",
        "ANMLDog_Bark_FS_NS_data_more",
        "anmldog_Bark_FS_NS",
        "ANMLDog__FS_NS",
        "ANMLDog_Bark_FS_",
        "ANMLDog_Ba?rk_FS_NS",
        "ANMLDog-a b! _Bark_FS_NS",
        "ANMLDog_Bark_ FS_NS",
    ],
)
def test_names_that_are_none_are_told_from_those_that_are(
    name: str, cat_ids: Mapping[str, tuple[str, str]]
) -> None:
    check_name("ANMLDog_Bark_FS_NS", cat_ids)
    with pytest.raises(BadInput, match="no UCS name"):
        check_name(name, cat_ids)


@pytest.mark.parametrize(
    ("words", "clean"),
    [
        ("dog_bark", "dog bark"),
        ("  A/B\\C: d*e? ", "A B C d e"),
        ("dog's bark", "dogs bark"),
        ("\u202eabc\0", "abc"),
        ("Größe 犬 №5", "Größe 犬 No5"),
        ("...", ""),
    ],
)
def test_words_are_cleaned_without_losing_what_they_say(words: str, clean: str) -> None:
    assert cleaned(words) == clean


def test_long_names_are_cut_between_words_where_that_leaves_enough() -> None:
    assert shortened("footsteps on gravel at night", 24) == "footsteps on gravel at"
    assert shortened("Donaudampfschifffahrtsgesellschaft", 24) == "Donaudampfschifffahrtsge"
    assert shortened("a Donaudampfschifffahrtsgesellschaft", 24) == "a Donaudampfschifffahrts"
    assert shortened("exactly twenty-four long", 24) == "exactly twenty-four long"


def test_names_in_scripts_that_need_many_bytes_still_fit_a_disk(
    cat_ids: Mapping[str, tuple[str, str]],
) -> None:
    wide = "𠮷" * 60
    with pytest.raises(BadInput, match="too long"):
        ucs_name("ANMLDog", wide, UcsBlocks(wide, wide, wide, wide, wide), cat_ids)


def test_a_damaged_list_is_said_in_a_sentence(tmp_path: Path) -> None:
    for text in ("{", "[]", json.dumps({"A": 1})):
        (tmp_path / "ids.json").write_text(text)
        with pytest.raises(Failed, match="install Foleyscape again"):
            load_cat_ids(tmp_path / "ids.json")
