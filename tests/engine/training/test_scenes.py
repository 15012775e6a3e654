"""Composed scenes: the truth that comes with them is the truth."""

from dataclasses import replace

import numpy as np
import pytest

from engine.models.concepts import load_concepts
from engine.training.pictures import Pictures, prepare_pictures
from engine.training.scenes import SILENT, SceneComposer, SceneConfig
from tests.engine.training.toy_pictures import write_packs

SMALL = SceneConfig(side=64, grid=4, strength=0.0, silent=0.0, full_frame=0.0)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    folder = tmp_path_factory.mktemp("packs")
    return prepare_pictures(write_packs(folder / "data"), folder / "tiles")


def test_the_same_generator_draws_the_same_scene(pictures: Pictures) -> None:
    composer = SceneComposer(pictures, load_concepts(), replace(SMALL, strength=1.0, full_frame=0.5))
    one, other = (composer.draw(np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one.pixels, other.pixels)
    np.testing.assert_array_equal(one.coverage, other.coverage)


def test_the_patch_that_an_object_covers_most_has_its_colour(pictures: Pictures) -> None:
    composer = SceneComposer(pictures, load_concepts(), SMALL)
    dog, truck = composer.classes.index("cifar10/dog"), composer.classes.index("cifar10/truck")
    right = 0
    for seed in range(12):
        scene = composer.draw_of([dog, truck], np.random.default_rng(seed))
        patches = scene.pixels.reshape(4, 16, 4, 16, 3).mean((1, 3)).reshape(16, 3)
        red, blue = patches[scene.coverage[0].argmax()], patches[scene.coverage[1].argmax()]
        right += red[0] - red[2] > blue[0] - blue[2]
    assert right >= 11


def test_what_is_covered_by_a_later_object_counts_no_more(pictures: Pictures) -> None:
    composer = SceneComposer(pictures, load_concepts(), SMALL)
    for seed in range(10):
        scene = composer.draw_of([0, 1, 2, 0], np.random.default_rng(seed))
        assert scene.coverage.sum(0).max() <= 1 + 1e-4
        assert scene.coverage.min() >= 0


def test_places_without_an_object_are_marked(pictures: Pictures) -> None:
    scene = SceneComposer(pictures, load_concepts(), SMALL).draw_of([1], np.random.default_rng(0))
    assert scene.classes.tolist() == [1, SILENT, SILENT, SILENT]
    assert not scene.coverage[1:].any()


def test_a_full_frame_picture_fills_most_of_the_frame(pictures: Pictures) -> None:
    composer = SceneComposer(pictures, load_concepts(), replace(SMALL, full_frame=1.0))
    shares = [composer.draw(np.random.default_rng(seed)).coverage[0].mean() for seed in range(8)]
    assert max(shares) > 0.9
    assert min(shares) > 0.2


def test_classes_know_their_concepts(pictures: Pictures) -> None:
    concepts = load_concepts()
    composer = SceneComposer(pictures, concepts, SMALL)
    found = {concepts[int(place)].id for place in composer.concept_of}
    assert found == {"dog", "truck", "frog"}
