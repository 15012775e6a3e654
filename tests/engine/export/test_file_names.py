"""What files are called."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.export.file_names import mix_name, safe_name, stem_names
from engine.export.ucs import UcsBlocks, check_name, load_cat_ids
from engine.scene.scene import Scene
from engine.scene.timeline import Timeline, Track

BLOCKS = UcsBlocks("FS", "NS")


def scene(*names: str) -> Scene:
    tracks = tuple(Track(number, name) for number, name in enumerate(names, 1))
    return Scene("Night/Street", timeline=Timeline(tracks=tracks))


def test_plain_stems_are_numbered_from_the_top() -> None:
    made = scene("Big Dog", "rain", "?!", "../../etc")
    assert stem_names(made, made.timeline.tracks, None) == (*("01_big-dog", "02_rain", "03_track", "04_etc"),)
    assert mix_name(made, None) == "mix"


def test_ucs_names_take_the_category_of_what_the_track_is_called() -> None:
    made = scene("Dog", "a car horn far away", "Something")
    assert stem_names(made, made.timeline.tracks, BLOCKS) == (
        "ANMLDog_Dog_FS_NS",
        "VEHHorn_a car horn far away_FS_NS",
        "OBJMisc_Something_FS_NS",
    )
    assert mix_name(made, BLOCKS) == "MIX_Night Street_FS_NS"


def test_a_kind_of_a_thing_takes_the_category_of_the_thing() -> None:
    made = scene("Poodles", "an old streetcar")
    names = stem_names(made, made.timeline.tracks, BLOCKS)
    assert [name.split("_")[0] for name in names] == ["ANMLDog", "TRNMisc"]


def test_a_category_that_a_person_chose_wins() -> None:
    made = scene("Dog", "Dog 2")
    names = stem_names(made, made.timeline.tracks, replace(BLOCKS, categories=((2, "FOLYFeet"),)))
    assert [name.split("_")[0] for name in names] == ["ANMLDog", "FOLYFeet"]


def test_tracks_of_one_name_get_files_of_different_names() -> None:
    made = scene("Dog", "dog", "Dog 2", "dog")
    names = stem_names(made, made.timeline.tracks, BLOCKS)
    assert len({name.casefold() for name in names}) == 4
    assert names[:2] == ("ANMLDog_Dog_FS_NS", "ANMLDog_dog 2_FS_NS")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=6), st.text(max_size=30))
def test_no_names_of_tracks_make_a_file_that_cannot_be(names: list[str], project: str) -> None:
    made = replace(scene(*names), name=project)
    cat_ids = load_cat_ids()
    for blocks in (None, BLOCKS):
        found = (*stem_names(made, made.timeline.tracks, blocks), mix_name(made, blocks))
        assert len({name.casefold() for name in found}) == len(names) + 1
        for name in found:
            assert len(name.encode()) <= 240
            assert not set(name) & set('/\\:*?"<>|\0\n')
            if blocks:
                check_name(name, cat_ids)


@pytest.mark.parametrize(("words", "name"), [("犬" * 90, "犬" * 40), ("A_b", "a-b"), ("", "track")])
def test_plain_names_stay_short(words: str, name: str) -> None:
    assert safe_name(words, "track") == name
