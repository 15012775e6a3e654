"""The segmenter's recipes at their toy settings."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.models.resources import resource
from engine.training.segmenter import SegmenterConfig, mask_loss, train
from engine.training.segmenter_cutouts import (
    Cutout,
    Photograph,
    cut_out,
    load_backgrounds,
    load_photographs,
)
from engine.training.segmenter_outlines import DEBIAN, mask_of, read_outlined
from engine.training.segmenter_ranker import Judged, RankerConfig, fit, judge
from engine.training.segmenter_scenes import MIN_AREA, compose_scene
from engine.vision.description import FEATURES
from tests.engine.vision.toy_segmenter import box, disc, overlap, two_things


@pytest.fixture(scope="module")
def backgrounds() -> list[NDArray[np.uint8]]:
    rng = np.random.default_rng(5)
    return [
        np.asarray(rng.integers(0, 255, (12, 16, 3)), np.uint8).repeat(8, axis=0).repeat(8, axis=1)
        for _ in range(3)
    ]


@pytest.fixture(scope="module")
def cutouts() -> list[Cutout]:
    return [Cutout("disc", two_things(), disc()), Cutout("box", two_things(), box())]


def test_a_thing_before_a_plain_background_is_cut_out() -> None:
    pixels = two_things()
    pixels[box()] = (128, 128, 128)
    mask = cut_out(pixels)
    assert mask is not None
    assert overlap(mask, disc()) > 0.9


def test_a_picture_without_a_thing_is_not_believed() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (80, 100, 3), np.uint8)
    assert cut_out(noise) is None
    assert cut_out(np.full((80, 100, 3), 90, np.uint8)) is None


def test_the_pictures_of_the_data_pack_give_cut_outs(shared: Path) -> None:
    archive = shared / "data" / "caltech101_sounding.zip"
    found = load_photographs(archive, per_class=1)
    assert len(found) > 5
    assert all(one.mask.shape == one.pixels.shape[:2] and one.mask.any() for one in found)
    assert len(load_backgrounds(archive)) > 100


def test_a_scene_s_masks_are_large_enough_and_the_same_for_the_same_seed(
    cutouts: list[Cutout], backgrounds: list[NDArray[np.uint8]]
) -> None:
    for seed in range(8):
        one, two = (compose_scene(cutouts, backgrounds, np.random.default_rng(seed), 96) for _ in range(2))
        assert np.array_equal(one.pixels, two.pixels)
        assert max(one.pixels.shape) == 96
        assert all(mask.shape == one.pixels.shape[:2] and mask.sum() >= MIN_AREA for mask in one.masks)


def test_scenes_can_be_made_up_without_any_cut_out(backgrounds: list[NDArray[np.uint8]]) -> None:
    scenes = [compose_scene([], backgrounds, np.random.default_rng(seed), 64) for seed in range(4)]
    assert any(scene.masks for scene in scenes)


def test_a_scene_from_a_photograph_has_its_thing_where_it_is() -> None:
    photograph = Photograph("disc", two_things(), disc())
    alone = [compose_scene([], [two_things()], np.random.default_rng(n), 96, [photograph]) for n in range(30)]
    colour = two_things()[disc()].mean(axis=0)
    near = [
        np.abs(scene.pixels[mask].mean(axis=0) - colour).max() < 60 for scene in alone for mask in scene.masks
    ]
    assert any(near)


def test_a_photograph_s_thing_is_cropped_to_it() -> None:
    cut = Photograph("disc", two_things(), disc()).cut()
    assert cut.mask.shape == cut.pixels.shape[:2]
    assert cut.mask.any(axis=0).all()
    assert cut.mask.any(axis=1).all()


def test_an_outline_s_holes_are_left_out() -> None:
    square, hole = [[2, 2], [17, 2], [17, 17], [2, 17]], [[6, 6], [12, 6], [12, 12], [6, 12]]
    mask = mask_of({"polygons": [square], "holes": [hole], "minus": []}, 20, 20)
    assert mask[3, 3]
    assert not mask[9, 9]
    assert not mask[0, 0]


def test_outlined_pictures_are_here_with_masks_of_their_size(shared: Path) -> None:
    archive = shared / "data" / "caltech101_sounding.zip"
    found = list(read_outlined(archive, resource("outlines.json")))
    assert sum(picture.source == "skimage" for picture in found) >= 6
    assert sum(picture.source == "caltech101" for picture in found) >= 60
    assert all(mask.shape == p.pixels.shape[:2] and mask.any() for p in found for mask in p.masks)


def outlines(folder: Path, *names: str) -> tuple[Path, Path]:
    """An empty archive, and a file that outlines a square in each picture named."""
    archive, file = folder / "archive.zip", folder / "outlines.json"
    with zipfile.ZipFile(archive, "w"):
        pass
    thing = {"name": "x", "polygons": [[[2, 2], [9, 2], [9, 9], [2, 9]]], "holes": [], "minus": []}
    file.write_text(json.dumps({"objects": {name: [thing] for name in names}}))
    return archive, file


def test_pictures_of_an_installed_debian_package_are_found(tmp_path: Path) -> None:
    place = tmp_path / "doc" / "opencv-doc" / DEBIAN["opencv-doc"] / "data"
    place.mkdir(parents=True)
    Image.fromarray(two_things()).save(place / "fruits.png")
    archive, file = outlines(tmp_path, "opencv-doc/data/fruits.png")
    (found,) = read_outlined(archive, file, tmp_path / "doc")
    assert found.is_by_hand
    assert np.array_equal(found.pixels, two_things())
    assert found.masks[0].sum() == 64


def test_pictures_that_are_absent_are_left_out_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    archive, file = outlines(tmp_path, "opencv-doc/data/fruits.jpg", "caltech101/dog/1.webp", "no_such/a.png")
    with caplog.at_level("INFO", logger="foleyscape.training"):
        assert list(read_outlined(archive, file, tmp_path / "doc")) == []
    assert "opencv-doc/data/fruits.jpg is not here" in caplog.text
    assert len(caplog.records) == 3


def test_the_right_mask_costs_less_than_the_wrong_one() -> None:
    target = torch.from_numpy(disc(32, 32)).float()[None]
    right = (target * 20 - 10)[:, None]
    scores = torch.ones(1, 1)
    assert mask_loss(right, scores, target) < 0.05
    assert mask_loss(-right, 0 * scores, target) > 1.0
    # The best of several counts, so one wrong reading beside it costs little.
    both = torch.cat([right, -right], dim=1)
    assert (
        mask_loss(both, torch.tensor([[1.0, 0.0]]), target)
        < 0.2 * mask_loss(-right, 0 * scores, target) + 2.0
    )


def test_the_loss_of_the_toy_network_falls(
    cutouts: list[Cutout], backgrounds: list[NDArray[np.uint8]]
) -> None:
    _, losses = train(SegmenterConfig.toy(), cutouts, backgrounds)
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:5])


def test_training_goes_on_where_it_stopped(
    tmp_path: Path, cutouts: list[Cutout], backgrounds: list[NDArray[np.uint8]]
) -> None:
    from dataclasses import replace

    toy = SegmenterConfig.toy()
    short = replace(toy, schedule=replace(toy.schedule, steps=2))
    train(short, cutouts, backgrounds, tmp_path / "check.pt")
    _, losses = train(
        replace(toy, schedule=replace(toy.schedule, steps=3)), cutouts, backgrounds, tmp_path / "check.pt"
    )
    assert len(losses) == 1


def test_judged_clicks_have_candidates_good_and_bad() -> None:
    judged = judge(two_things(), [disc()], None, np.random.default_rng(0), clicks=1)
    assert len(judged) == 1
    assert judged[0].features.shape == (len(judged[0].truth), len(FEATURES))
    assert judged[0].truth.max() > 0.85
    assert judged[0].truth.min() < 0.2


def test_the_ranker_learns_to_tell_good_candidates() -> None:
    rng = np.random.default_rng(0)
    judged = []
    for _ in range(30):
        features = rng.normal(size=(20, len(FEATURES))).astype(np.float32)
        reached = (1 / (1 + np.exp(-2 * features[:, 2]))).astype(np.float32)
        judged.append(Judged(features, reached))
    ranker, losses = fit(judged[:25], RankerConfig(steps=150, members=2))
    assert np.mean(losses[-10:]) < 0.9 * np.mean(losses[:5])
    for kept_apart in judged[25:]:
        chance = ranker.chances(kept_apart.features.astype(float))
        assert chance.sum() == pytest.approx(1)
        # A sharp ranker puts nearly all on few; its order shows in the odds.
        assert np.corrcoef(np.log(chance), kept_apart.truth)[0, 1] > 0.7
