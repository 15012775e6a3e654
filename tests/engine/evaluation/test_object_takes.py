"""Scenes of two things go through the whole pipeline, and listeners are asked the right questions."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.diffusion.toy import TOY_TOKEN_WIDTH, toy_pipeline
from engine.evaluation.object_takes import (
    SIDE,
    Floats,
    ObjectTakes,
    compose_pairs,
    judge_hears,
    judge_objects,
    rank,
    sample_pairs,
    tower_hears,
)
from engine.evaluation.sampling import SamplingConfig
from engine.models.concepts import load_concepts
from engine.training.pictures import Pictures, prepare_pictures
from engine.vision.patches import PatchEncoder
from engine.vision.towers import PatchNetwork
from tests.engine.training.toy_pictures import write_packs

CONCEPTS = load_concepts()
DOG, TRUCK, FROG = ([one.id for one in CONCEPTS].index(name) for name in ("dog", "truck", "frog"))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    folder: Path = tmp_path_factory.mktemp("pictures")
    return prepare_pictures(write_packs(folder / "packs", each=20), folder / "prepared")


def test_every_scene_has_two_visible_things_of_different_concepts(pictures: Pictures) -> None:
    scenes = compose_pairs(pictures, CONCEPTS, None, count=4, seed=0)
    assert len({scene.concepts for scene in scenes}) == 3  # every pair of three takes its turn
    for scene in scenes:
        assert scene.concepts[0] != scene.concepts[1]
        assert all(mask.shape == (SIDE, SIDE) and mask.mean() > 0.02 for mask in scene.masks)
        assert not (scene.masks[0] & scene.masks[1]).any()


def test_only_wanted_concepts_appear(pictures: Pictures) -> None:
    (scene,) = compose_pairs(pictures, CONCEPTS, ("dog", "frog"), count=1, seed=0)
    assert set(scene.concepts) == {DOG, FROG}
    with pytest.raises(ValueError, match="Two concepts"):
        compose_pairs(pictures, CONCEPTS, ("dog",), count=1, seed=0)


def test_a_scene_becomes_three_takes_that_differ_by_mask_alone(pictures: Pictures) -> None:
    encoder = PatchEncoder(PatchNetwork(widths=(8, 8, TOY_TOKEN_WIDTH), depths=(1, 1, 1), heads=2))
    scenes = compose_pairs(pictures, CONCEPTS, ("dog", "truck"), count=1, seed=0)
    model = toy_pipeline()
    takes = sample_pairs(scenes, encoder, model, model, SamplingConfig(steps=2))
    assert takes.first.shape == takes.second.shape == takes.whole.shape == (1, 80_000)
    assert not np.allclose(takes.first, takes.second)
    again = sample_pairs(scenes, encoder, model, model, SamplingConfig(steps=2))
    np.testing.assert_array_equal(takes.first, again.first)


def _heard(waveforms: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Floats:
    """A listener to whom a waveform simply says how much of each of three things it has."""
    return np.asarray(waveforms, np.float64)


def test_shares_count_what_was_closer_and_what_swapped() -> None:
    takes = ObjectTakes(
        first=np.array([[0.9, 0.1, 0.0], [0.2, 0.7, 0.1]], np.float32),
        second=np.array([[0.1, 0.8, 0.9], [0.1, 0.7, 0.2]], np.float32),
        whole=np.array([[0.5, 0.4, 0.1], [0.5, 0.1, 0.4]], np.float32),
        concepts=np.array([[0, 1], [0, 1]]),
    )
    report = judge_objects(takes, _heard, top=2)
    assert report.closer == 0.75  # the second scene's take of mask A sounds like B
    assert report.swapped == 0.5
    assert report.first_rank == 0.5
    assert report.whole == 0.5


def test_scenes_of_unknown_things_are_left_out() -> None:
    listener = judge_hears(_heard, positions=(0, 2), concepts=4)
    waves = np.array([[0.9, 0.1], [0.9, 0.1]], np.float32)
    takes = ObjectTakes(waves, waves[:, ::-1], waves, np.array([[0, 2], [0, 1]]))
    assert judge_objects(takes, listener).scenes == 1
    with pytest.raises(ValueError, match="none of these scenes"):
        judge_objects(ObjectTakes(waves, waves, waves, np.array([[1, 3], [3, 1]])), listener)


def test_a_rank_counts_what_is_heard_more() -> None:
    assert rank(np.array([[0.1, 0.5, np.nan], [0.9, 0.5, 0.1]]), np.array([0, 0])).tolist() == [1, 0]


def test_the_tower_hears_by_cosine_with_the_words() -> None:
    class FirstTwoSamples:
        def encode(self, waveforms: torch.Tensor) -> torch.Tensor:
            return waveforms[:, :2]

    words = torch.eye(2)
    np.testing.assert_allclose(
        tower_hears(FirstTwoSamples(), words)(np.eye(2, 5, dtype=np.float32)), np.eye(2)
    )
