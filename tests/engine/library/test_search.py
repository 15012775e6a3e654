"""Searching: by words, by vectors, by both, filtered, with reasons."""

from pathlib import Path

import pytest
import soundfile

from engine.library.library import Library
from engine.library.query import read_query
from engine.library.search import LibrarySearch
from engine.library.search_filter import SearchFilter
from tests.engine.library.tones import RATE, BandEmbedder, tone, updated, write_tone

EMBEDDER = BandEmbedder()


def found(
    library: Library, typed: str = "", hertz: float | None = None, search_filter: SearchFilter | None = None
) -> list[str]:
    vector = None if hertz is None else EMBEDDER.embed(tone(hertz)[None], RATE)[0]
    return [
        it.name.split("_")[0]
        for it in LibrarySearch(library).search(read_query(typed), vector, search_filter)
    ]


def test_a_vector_finds_the_nearest_first(indexed: Library) -> None:
    for name, hertz in (("low", 112.0), ("middle", 441.0), ("high", 1_762.0), ("shrill", 5_001.0)):
        assert found(indexed, hertz=hertz)[0] == name


def test_words_find_names_folders_and_parts_of_names(indexed: Library, sounds: Path) -> None:
    write_tone(sounds / "DogBark_01.wav", 333)
    updated(indexed)
    assert found(indexed, "high") == ["high"]
    assert found(indexed, "deep") == ["low"]
    assert found(indexed, "bark") == ["DogBark"]
    assert found(indexed, "dog") == ["DogBark"]


def test_words_and_vector_are_fused(indexed: Library) -> None:
    both = found(indexed, "middle", hertz=5_000.0)
    assert set(both[:2]) == {"middle", "shrill"}


def test_operators_leave_out_what_the_vector_would_find(indexed: Library) -> None:
    assert "shrill" not in found(indexed, "tone NOT shrill", hertz=5_000.0)
    assert found(indexed, "tone NOT shrill", hertz=1_760.0)[0] == "high"


def test_nothing_asked_lists_everything(indexed: Library) -> None:
    assert sorted(found(indexed)) == ["high", "low", "middle", "shrill"]


@pytest.mark.parametrize(
    ("search_filter", "names"),
    [
        (SearchFilter(min_seconds=1.5), {"long"}),
        (SearchFilter(max_seconds=1.5), {"low", "middle", "high", "shrill"}),
        (SearchFilter(min_centroid=1_500), {"high", "shrill"}),
        (SearchFilter(max_centroid=300), {"low"}),
        (SearchFilter(channels=2), {"long"}),
        (SearchFilter(min_rate=44_100), {"long"}),
        (SearchFilter(cat_id="ANML"), {"long"}),
        (SearchFilter(cat_id="ANMLDog"), {"long"}),
        (SearchFilter(cat_id="ANMLX"), set()),
        (SearchFilter(licence="cc0"), {"low", "middle", "high", "shrill", "long"}),
        (SearchFilter(licence="by"), set()),
        (SearchFilter(starred=True), set()),
        (SearchFilter(max_flatness=-1.0), set()),
        (SearchFilter(min_flatness=0.0), {"low", "middle", "high", "shrill", "long"}),
        (SearchFilter(min_lufs=-1.0), set()),
        (SearchFilter(max_lufs=0.0), {"low", "middle", "high", "shrill", "long"}),
    ],
)
@pytest.mark.parametrize("hertz", [None, 700.0])
def test_every_condition_holds_for_words_and_vectors(
    indexed: Library, sounds: Path, search_filter: SearchFilter, names: set[str], hertz: float | None
) -> None:
    stereo = tone(600, 2.0, rate=48_000)[:, None].repeat(2, axis=1)
    soundfile.write(sounds / "ANMLDog_long_ME_X.wav", stereo, 48_000)
    indexed.add_folder(sounds, "CC0")
    updated(indexed)
    listed = {
        "long" if it == "ANMLDog" else it for it in found(indexed, hertz=hertz, search_filter=search_filter)
    }
    assert listed == names


def test_a_folder_is_a_condition(indexed: Library, sounds: Path) -> None:
    assert found(indexed, search_filter=SearchFilter(folder=sounds / "deep")) == ["low"]
    assert len(found(indexed, search_filter=SearchFilter(folder=sounds))) == 4


def test_stars_are_a_condition(indexed: Library) -> None:
    content = LibrarySearch(indexed).search(read_query("high"))[0].content
    indexed.set_starred(content, starred=True)
    assert found(indexed, search_filter=SearchFilter(starred=True)) == ["high"]
    indexed.set_starred(content, starred=False)
    assert found(indexed, search_filter=SearchFilter(starred=True)) == []


def test_a_result_says_why(indexed: Library) -> None:
    vector = EMBEDDER.embed(tone(1_760)[None], RATE)[0]
    best = LibrarySearch(indexed).search(read_query("high tones"), vector)[0]
    assert best.matched == ("high", "tone")
    assert best.fit is not None
    assert best.fit > 0.9
    assert best.score > 0


def test_the_best_window_of_a_long_sound_counts(indexed: Library, sounds: Path) -> None:
    import numpy as np

    soundfile.write(sounds / "long.wav", np.concatenate([tone(250, 5.0), tone(2_500, 5.0)]), RATE)
    updated(indexed)
    best = LibrarySearch(indexed).search(None, EMBEDDER.embed(tone(2_500)[None], RATE)[0])[0]
    assert (best.name, best.start, best.window_seconds) == ("long.wav", 5.0, 5.0)


def test_like_this_one_finds_itself_and_its_neighbours(indexed: Library, sounds: Path) -> None:
    write_tone(sounds / "near_high.wav", 1_762)
    updated(indexed)
    search = LibrarySearch(indexed)
    content = search.search(read_query("near"))[0].content
    vector = search.vector_of(content)
    assert [it.name for it in search.search(None, vector)[:2]] == ["near_high.wav", "high_tone.wav"]


def test_copies_are_one_result_and_a_file_that_is_there_is_named(indexed: Library, sounds: Path) -> None:
    (sounds / "a_copy_high.wav").write_bytes((sounds / "high_tone.wav").read_bytes())
    updated(indexed)
    (sounds / "high_tone.wav").unlink()
    (best,) = LibrarySearch(indexed).search(read_query("copy"))
    assert (best.copies, best.path) == (2, sounds / "a_copy_high.wav")


def test_a_search_sees_what_another_program_added(indexed: Library, sounds: Path, tmp_path: Path) -> None:
    search = LibrarySearch(indexed)
    vector = EMBEDDER.embed(tone(3_000)[None], RATE)[0]
    search.search(None, vector)
    write_tone(sounds / "new_tone.wav", 3_000)
    other = Library(tmp_path / "index")
    updated(other)
    other.close()
    assert search.search(None, vector)[0].name == "new_tone.wav"


def test_an_empty_library_finds_nothing(tmp_path: Path) -> None:
    library = Library(tmp_path / "empty")
    assert LibrarySearch(library).search(read_query("dog"), EMBEDDER.embed(tone(300)[None], RATE)[0]) == []
