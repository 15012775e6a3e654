"""Takes from the library: they fit, differ, are the same again, and say where they are from."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.errors import BadInput
from engine.generation.library_generator import LIBRARY, LibrarySettings
from engine.generation.recipe import read_recipe_text
from engine.generation.requests import Settings
from engine.library.indexer import Indexer
from engine.library.library import Library
from engine.studio import Studio
from engine.synthesis import synthesise

KINDS = ("siren", "rain", "clock")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four recordings each of three kinds, in stereo, with names that say nothing."""
    root = tmp_path_factory.mktemp("recordings")
    for number, kind in enumerate(KINDS):
        for take in range(4):
            sound = synthesise(kind, np.random.default_rng(take), 3.0, 16_000)
            soundfile.write(root / f"{number}{take}.wav", np.stack([sound, 0.5 * sound], 1), 16_000)
    return root


@pytest.fixture(scope="module")
def studio(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """A studio with them as its library."""
    place = tmp_path_factory.mktemp("index")
    found = Studio(library=place)
    library = Library(place)
    library.add_folder(folder, "CC0")
    Indexer(library, found.embeddings.listener(), threads=1).update()
    library.close()
    return found


def drawn(take: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = take.facts()["settings"]["drawn"]
    return listed


def test_a_studio_without_a_library_does_not_offer_it(tmp_path: Path) -> None:
    assert LIBRARY not in {info.id for info in Studio(library=tmp_path / "none").generators}


@pytest.mark.parametrize(("number", "kind"), list(enumerate(KINDS)))
def test_words_draw_recordings_that_fit(studio: Studio, number: int, kind: str) -> None:
    takes = studio.generate_from_text(kind, Settings(takes=3), generator=LIBRARY).takes
    files = [drawn(take)[0]["file"] for take in takes]
    assert len(set(files)) == 3
    assert sum(file.startswith(str(number)) for file in files) >= 2
    assert {take.licence for take in takes} == {"CC0"}
    assert all(take.samples.shape[0] == 2 and take.rate == 48_000 for take in takes)


def test_another_seed_draws_in_another_order(studio: Studio) -> None:
    first = {
        drawn(studio.generate_from_text("rain", Settings(seed=seed), generator=LIBRARY).takes[0])[0]["file"]
        for seed in range(12)
    }
    assert len(first) > 1


def test_a_recipe_gives_the_same_recording_even_if_better_ones_came(studio: Studio) -> None:
    take = studio.generate_from_text("clock", Settings(seed=5), generator=LIBRARY).takes[0]
    request = read_recipe_text(take.recipe, {LIBRARY: LibrarySettings})
    again = studio.generate(request).takes[0]
    assert np.array_equal(again.samples, take.samples)
    assert again.recipe == take.recipe


def test_a_recording_that_is_gone_is_named(studio: Studio, tmp_path: Path) -> None:
    take = studio.generate_from_text("rain", generator=LIBRARY).takes[0]
    request = read_recipe_text(take.recipe, {LIBRARY: LibrarySettings})
    empty = Library(tmp_path / "empty")
    empty.close()
    with pytest.raises(BadInput, match="no longer in the library"):
        Studio(library=tmp_path / "empty").generate(request)


def test_an_empty_library_is_said(tmp_path: Path) -> None:
    Library(tmp_path / "empty").close()
    with pytest.raises(BadInput, match="library is empty"):
        Studio(library=tmp_path / "empty").generate_from_text("rain", generator=LIBRARY)


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"drawn": 3},
        {"drawn": [3]},
        {"drawn": [{"file": "a"}]},
        {
            "drawn": [
                {
                    "file": "a",
                    "digest": "zz" * 16,
                    "licence": "",
                    "start": 0,
                    "seconds": 1,
                    "fit": 1,
                    "gain_db": 0,
                }
            ]
        },
        {
            "drawn": [
                {
                    "file": "a",
                    "digest": "aa" * 16,
                    "licence": "",
                    "start": 0,
                    "seconds": 1e9,
                    "fit": 1,
                    "gain_db": 0,
                }
            ]
        },
        {
            "drawn": [
                {"file": "a", "digest": "aa", "licence": "", "start": 0, "seconds": 1, "fit": 1, "gain_db": 0}
            ]
        },
        {"pool": 0},
        {"pool": "x"},
    ],
)
def test_damaged_settings_are_refused_in_a_sentence(entry: dict[str, Any]) -> None:
    if not entry:
        assert LibrarySettings.read({}) == LibrarySettings()
        return
    with pytest.raises(BadInput, match=r"\.$"):
        LibrarySettings.read(entry)
