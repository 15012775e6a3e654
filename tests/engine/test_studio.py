"""The studio: loads each part once, names and numbers objects, makes and repeats their sounds."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import engine
from engine.errors import BadInput
from engine.generation.requests import Settings
from engine.scene.hints import Box, Click, Hints
from engine.studio import Studio
from engine.vision.still import Still
from tests.engine.generation.fakes import FakeParts, two_halves

SHORT = Settings(duration=1.0, seed=7)


@pytest.fixture
def parts() -> FakeParts:
    return FakeParts()


@pytest.fixture
def studio(parts: FakeParts) -> Studio:
    return Studio(parts=parts)


@pytest.fixture
def still() -> Still:
    return two_halves()


def test_the_studio_is_what_the_engine_offers() -> None:
    assert engine.Studio is Studio
    with pytest.raises(AttributeError, match="Nonsense"):
        _ = engine.Nonsense


def test_nothing_is_loaded_before_it_is_needed_and_then_once(
    parts: FakeParts, studio: Studio, still: Still
) -> None:
    assert parts.loaded == []
    studio.click(still, 10, 10, name="dog")
    assert parts.loaded == ["segmenter"]
    studio.click(still, 10, 10)
    assert sorted(parts.loaded) == ["encoder", "namer", "segmenter"]
    for _ in range(2):
        thing = studio.click(still, 10, 10)
        studio.generate_for_objects(still, [thing], SHORT)
    assert sorted(parts.loaded) == ["diffusion", "encoder", "namer", "segmenter"]


def test_words_alone_load_no_eyes(parts: FakeParts, studio: Studio) -> None:
    sounds = studio.generate_from_text("rain", SHORT)
    assert parts.loaded == ["diffusion"]
    assert [take.name for take in sounds.takes] == ["rain"]
    with pytest.raises(BadInput, match="empty"):
        studio.generate_from_text("  ")


def test_an_object_without_a_name_gets_the_models_best_and_its_level(studio: Studio, still: Still) -> None:
    thing = studio.click(still, 10, 10)
    assert (thing.name, thing.level_lufs) == ("dog", -22.0)
    assert studio.click(still, 70, 10).name == "frog"


def test_a_suggested_name_steers_the_sound_only_where_the_model_is_sure(
    studio: Studio, still: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert studio.click(still, 10, 10).prompt == "dog"
    dog, _ = studio.suggest(still, studio.click(still, 10, 10).mask)[0]
    monkeypatch.setattr(studio, "suggest", lambda *_: ((dog, 0.2),))
    unsure = studio.click(still, 10, 10)
    assert (unsure.name, unsure.prompt) == ("dog", None)


def ahead() -> FakeParts:
    parts = FakeParts()
    parts.scores = 0.45, 0.2, 0.1
    return parts


def test_a_name_that_is_hardly_ahead_of_another_is_not_sure(
    parts: FakeParts, studio: Studio, still: Still
) -> None:
    parts.scores = 0.45, 0.4, 0.1
    assert studio.click(still, 10, 10).prompt is None
    assert Studio(parts=ahead()).click(still, 10, 10).prompt == "dog"


def test_a_given_name_is_what_it_sounds_like(studio: Studio, still: Still) -> None:
    thing = studio.click(still, 10, 10, name="an angry kitten")
    assert (thing.name, thing.prompt) == ("an angry kitten", "an angry kitten")
    assert thing.level_lufs == studio.level("cat") == -25.0
    assert studio.level("something else") == -23.0
    assert studio.level("a poodle") == studio.level("dog") == -22.0


def test_a_box_means_what_is_in_it(studio: Studio, still: Still) -> None:
    thing = studio.box(still, (5, 6, 20, 30))
    assert thing.mask.sum() == 15 * 24
    with pytest.raises(ValueError, match="read-only"):
        thing.mask[0, 0] = True


@pytest.mark.parametrize(
    ("hints", "words"),
    [
        (Hints((Click(80, 10),)), "outside"),
        (Hints((Click(10, 60),)), "outside"),
        (Hints((Click(-1, 10),)), "outside"),
        (Hints((Click(10, 10), Click(500, 10, keep=False))), "outside"),
        (Hints((Click(10, 10, keep=False),)), "At least one click"),
        (Hints(), "At least one click"),
        (Hints(box=Box(10, 10, 81, 20)), "not inside"),
        (Hints(box=Box(10, 10, 10, 20)), "empty"),
    ],
)
def test_hints_that_can_not_be_meant_are_refused(
    studio: Studio, still: Still, hints: Hints, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        studio.object_at(still, hints)


def test_a_click_that_finds_nothing_says_what_to_do(parts: FakeParts, studio: Studio, still: Still) -> None:
    parts.hands.empty = True
    with pytest.raises(BadInput, match="Nothing was found there"):
        studio.click(still, 10, 10)


def test_objects_are_found_named_and_numbered(studio: Studio, still: Still) -> None:
    found = studio.find_objects(still)
    assert [(thing.index, thing.name) for thing in found] == [(0, "dog"), (1, "frog")]
    assert len({thing.colour for thing in found}) == 2
    assert len(studio.find_objects(still, 1)) == 1


def test_objects_made_without_numbers_are_numbered_by_their_places(studio: Studio, still: Still) -> None:
    things = [studio.click(still, 10, 10), studio.click(still, 70, 10)]
    request = studio.request(still, things, SHORT)
    assert [target.objects for target in request.targets] == [(0,), (1,)]
    kept = studio.request(still, [studio.click(still, 10, 10, index=5)], SHORT)
    assert kept.targets[0].objects == (5,)


def test_together_adds_one_target_with_all_the_masks(parts: FakeParts, studio: Studio, still: Still) -> None:
    found = studio.find_objects(still)
    sounds = studio.generate_for_objects(still, found, SHORT, together=True)
    assert [take.objects for take in sounds.takes] == [(0,), (1,), (0, 1)]
    assert len(parts.made.batches) == 1
    alone = studio.request(still, found[:1], SHORT, together=True)
    assert len(alone.targets) == 1


def test_a_model_without_eyes_asks_for_names(still: Still) -> None:
    parts = FakeParts()
    parts.eyes = None
    studio = Studio(parts=parts)
    with pytest.raises(BadInput, match="give every object a name"):
        studio.click(still, 10, 10)


def test_what_was_written_can_be_repeated_from_its_recipe(
    parts: FakeParts, studio: Studio, still: Still, tmp_path: Path
) -> None:
    Image.fromarray(still.pixels).save(tmp_path / "street.png")
    opened = studio.open(tmp_path / "street.png")
    assert opened == still
    sounds = studio.generate_for_objects(
        opened, studio.find_objects(opened), Settings(duration=1.0, takes=2), together=True
    )
    first = studio.export(sounds, tmp_path / "a")
    again = Studio(parts=FakeParts())
    second = again.export(again.reproduce(tmp_path / "a/recipe.json"), tmp_path / "b")
    for one, other in zip(first.stems, second.stems, strict=True):
        assert (first.folder / one.file).read_bytes() == (second.folder / other.file).read_bytes()
    Image.fromarray(255 - still.pixels).save(tmp_path / "street.png")
    with pytest.raises(BadInput, match="pixels differ"):
        again.reproduce(tmp_path / "a/recipe.json")
    (tmp_path / "street.png").unlink()
    with pytest.raises(BadInput, match="no file"):
        again.reproduce(tmp_path / "a/recipe.json")
    assert np.array_equal(
        again.reproduce(tmp_path / "a/recipe.json", still).takes[0].samples, sounds.takes[0].samples
    )


def test_a_relative_path_in_a_recipe_survives_a_change_of_folder(
    studio: Studio, still: Still, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.fromarray(still.pixels).save(tmp_path / "street.png")
    monkeypatch.chdir(tmp_path)
    opened = studio.open("street.png")
    thing = studio.click(opened, 10, 10)
    studio.export(studio.generate_for_objects(opened, [thing], SHORT), "out")
    monkeypatch.chdir(os.sep)
    assert studio.reproduce(tmp_path / "out/recipe.json").takes


def test_a_model_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no model folder"):
        Studio(tmp_path / "nothing")
    with pytest.raises(BadInput, match="no model 'nothing'"):
        Studio("nothing")
