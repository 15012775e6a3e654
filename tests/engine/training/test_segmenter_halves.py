"""The segmenter's last stretch: windows of outlined photographs, two halves and their mean."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from segment_anything.modeling import Sam

from engine.training.segmenter import SegmenterConfig
from engine.training.segmenter_clicks import Networks
from engine.training.segmenter_halves import (
    HalvesConfig,
    TrainingData,
    half_folder,
    half_of,
    mean_of,
    outlined_scene,
    save_halves,
    train_half,
)
from engine.training.segmenter_outlines import ARCHIVE, Outlined
from engine.training.segmenter_scenes import MIN_AREA
from engine.vision.sam_network import build_sam
from tests.engine.vision.toy_segmenter import box, disc, two_things


def photograph(source: str = "skimage") -> Outlined:
    return Outlined(source, two_things(), (disc(), box()))


@pytest.fixture(scope="module")
def start() -> Sam:
    return build_sam(SegmenterConfig.toy().network)


def test_a_window_has_the_things_where_their_colours_are() -> None:
    colours = {tuple(two_things()[mask].mean(axis=0).round()) for mask in (disc(), box())}
    near = 0
    for seed in range(20):
        scene = outlined_scene(photograph(), np.random.default_rng(seed), 96)
        assert max(scene.pixels.shape) <= 96
        for mask in scene.masks:
            assert mask.shape == scene.pixels.shape[:2]
            assert mask.sum() >= MIN_AREA
            found = scene.pixels[mask].mean(axis=0)
            near += min(np.abs(found - np.array(colour)).max() for colour in colours) < 60
    assert near >= 20


def test_the_same_seed_gives_the_same_window() -> None:
    one, two = (outlined_scene(photograph(), np.random.default_rng(3), 64) for _ in range(2))
    assert np.array_equal(one.pixels, two.pixels)


def trained(start: Sam, half: int, outlined: list[Outlined]) -> tuple[Sam, list[float]]:
    toy = SegmenterConfig.toy()
    stretch = replace(HalvesConfig.toy(), share=1.0)
    surface: list[NDArray[np.uint8]] = [np.full((80, 80, 3), 90, np.uint8)]
    return train_half(start, half, toy, stretch, TrainingData([], surface, [], outlined))


def test_a_half_goes_on_from_the_start_and_leaves_it_alone(start: Sam) -> None:
    before = {name: value.clone() for name, value in start.state_dict().items()}
    half, losses = trained(start, 0, [photograph(), photograph()])
    assert len(losses) == 2
    assert all(torch.equal(before[name], value) for name, value in start.state_dict().items())
    assert any(not torch.equal(before[name], value) for name, value in half.state_dict().items())


def test_a_half_never_sees_the_photographs_kept_from_it(start: Sam) -> None:
    # The other half's place holds a picture that cannot be drawn from: touching it would raise.
    broken = replace(photograph(), pixels=np.zeros((0, 0, 3), np.uint8))
    assert half_of(0) == 0
    trained(start, 0, [broken, photograph()])
    with pytest.raises(ZeroDivisionError):
        trained(start, 1, [broken, photograph()])


def test_without_any_outlined_photograph_the_usual_scenes_are_learnt(start: Sam) -> None:
    _, losses = trained(start, 0, [])
    assert len(losses) == 2


def test_the_mean_lies_between_its_halves(start: Sam) -> None:
    other = build_sam(SegmenterConfig.toy().network)
    mean = mean_of([start, other], SegmenterConfig.toy()).state_dict()
    one, two = start.state_dict(), other.state_dict()
    assert all(torch.allclose(mean[name], (one[name] + two[name]) / 2) for name in mean)


def test_each_photograph_is_judged_by_the_network_that_never_saw_it(start: Sam, tmp_path: Path) -> None:
    folder = tmp_path / "segmenter"
    save_halves(folder, [start, build_sam(SegmenterConfig.toy().network)], SegmenterConfig.toy())
    assert half_folder(folder, 1).is_dir()
    networks = Networks.of(folder)
    assert networks.unacquainted(photograph(), 4) is networks.halves[0]
    assert networks.unacquainted(photograph(), 5) is networks.halves[1]
    assert networks.unacquainted(photograph(ARCHIVE), 5) is networks.whole
    assert networks.halves[0] is not networks.halves[1]


def test_a_folder_without_halves_is_judged_by_what_it_has(start: Sam, tmp_path: Path) -> None:
    folder = tmp_path / "segmenter"
    save_halves(folder, [start, start], SegmenterConfig.toy())
    for half in (0, 1):
        for file in half_folder(folder, half).iterdir():
            file.unlink()
        half_folder(folder, half).rmdir()
    networks = Networks.of(folder)
    assert networks.unacquainted(photograph(), 1) is networks.whole
