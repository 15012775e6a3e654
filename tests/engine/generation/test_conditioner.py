"""Conditioners: a target's conditions, apart from sampling; words-only models sound clicked, named objects."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import BadInput
from engine.generation.conditioner import PictureConditioner, TextConditioner
from engine.generation.request_builder import targets_of, text_target, together_target
from engine.generation.requests import Quality, Settings
from engine.studio import Studio
from engine.vision.still import Still
from tests.engine.generation.fakes import WIDTH, FakeDiffusion, FakeEncoder, FakeParts, two_halves
from tests.engine.generation.toy_model import write_toy_model

SHORT = Settings(duration=1.0, seed=7)


@pytest.fixture
def still() -> Still:
    return two_halves()


@pytest.fixture
def blind() -> Studio:
    """A studio whose model, like published AudioLDM, sounds from words alone."""
    parts = FakeParts()
    parts.eyes = None
    return Studio(parts=parts, generators=())


def test_a_clicked_object_with_a_prompt_sounds_as_its_words_do(blind: Studio, still: Still) -> None:
    thing = blind.click(still, 10, 10, name="dog")
    [clicked] = blind.generate_for_objects(still, [thing], SHORT).takes
    [said] = blind.generate_from_text("dog", SHORT).takes
    assert np.array_equal(clicked.samples, said.samples)
    assert (clicked.objects, said.objects) == ((0,), ())


def test_a_folder_in_the_published_form_sounds_a_clicked_object_as_its_words(
    still: Still, tmp_path: Path
) -> None:
    folder = write_toy_model(tmp_path)
    shutil.rmtree(folder / "object_attention")
    index = json.loads((folder / "model_index.json").read_text())
    del index["object_attention"]
    (folder / "model_index.json").write_text(json.dumps(index))
    studio = Studio(folder, generators=())
    thing = studio.object_of(still, np.ones((60, 80), np.bool_), "dog")
    quick = replace(SHORT, quality=Quality("multistep", 2))
    [clicked] = studio.generate_for_objects(still, [thing], quick).takes
    [said] = studio.generate_from_text("dog", quick).takes
    assert np.array_equal(clicked.samples, said.samples)


def test_several_named_objects_sound_together_by_their_words(blind: Studio, still: Still) -> None:
    things = [blind.click(still, 10, 10, name="dog"), blind.click(still, 70, 10, name="frog")]
    sounds = blind.generate_for_objects(still, things, SHORT, together=True)
    assert [take.objects for take in sounds.takes] == [(0,), (1,), (0, 1)]


def test_a_clicked_object_without_a_prompt_needs_one(blind: Studio, still: Still) -> None:
    thing = replace(blind.click(still, 10, 10, name="dog"), prompt=None)
    with pytest.raises(BadInput, match="Give a prompt for dog"):
        blind.generate_for_objects(still, [thing], SHORT)


def test_a_model_that_looks_still_looks(still: Still) -> None:
    studio = Studio(parts=FakeParts(), generators=())
    thing = studio.click(still, 10, 10, name="dog")
    [clicked] = studio.generate_for_objects(still, [thing], SHORT).takes
    [said] = studio.generate_from_text("dog", SHORT).takes
    assert not np.array_equal(clicked.samples, said.samples)


@pytest.mark.parametrize("looks", [True, False])
def test_conditions_are_a_row_for_each_object(looks: bool, still: Still) -> None:
    space = FakeDiffusion()
    conditioner = PictureConditioner(space, FakeEncoder()) if looks else TextConditioner(space)
    studio = Studio(parts=FakeParts(), generators=())
    things = [studio.click(still, 10, 10, name="dog"), studio.click(still, 70, 10, name="frog", index=1)]
    single, both = targets_of(things)[0], together_target(things)
    assert conditioner.conditions(single, still).shape == (1, WIDTH)
    rows = conditioner.conditions(both, still)
    assert rows.shape == (2, WIDTH)
    assert torch.equal(rows[0], conditioner.conditions(single, still)[0])
    assert conditioner.conditions(text_target("rain", -23.0), None).shape == (1, WIDTH)
