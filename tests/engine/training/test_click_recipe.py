"""The click decoder's pack, frames and recipe, at toy size."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.training.carried_features import load_features, save_features
from engine.training.click_decoder import (
    ClickDecoderConfig,
    answer_loss,
    depths,
    load_click_weights,
    train_click_decoder,
)
from engine.training.click_frames import QUESTIONS, FrameSource
from engine.training.click_pack import PackPicture, read_pack, write_pack
from engine.vision.click_decoder import FRAME, LOGITS, Answer, ClickNetwork
from engine.vision.efficientnet import load_efficientnet
from tests.engine.vision.toy_segmenter import box, disc, two_things


def pack_pictures() -> list[PackPicture]:
    things = (disc(), box())
    coco = [PackPicture("coco", f"{n}", two_things(), things, ("disc", "box")) for n in range(12)]
    ground = np.full((60, 80, 3), 120, np.uint8)
    return [
        *coco,
        PackPicture("photograph", "0", two_things(), (disc(),), ("disc",)),
        PackPicture("background", "0", ground, (), ()),
    ]


def test_a_pack_keeps_pictures_masks_and_labels(tmp_path: Path) -> None:
    count = write_pack(pack_pictures(), tmp_path / "pack.zip", quality=95)
    again = read_pack(tmp_path / "pack.zip")
    assert count == len(again) == 14
    for one, other in zip(pack_pictures(), again, strict=True):
        assert (one.kind, one.name, one.labels, one.split) == (
            other.kind,
            other.name,
            other.labels,
            other.split,
        )
        assert all(np.array_equal(a, b) for a, b in zip(one.masks, other.masks, strict=True))
        assert np.abs(one.pixels.astype(int) - other.pixels).mean() < 6


def test_every_photograph_of_several_things_has_one_split() -> None:
    splits = {picture.split for picture in pack_pictures() if picture.kind == "coco"}
    assert splits <= {"train", "score", "test"}
    assert "train" in splits
    assert all(picture.split == "train" for picture in pack_pictures() if picture.kind != "coco")


def test_a_frame_shows_each_thing_where_its_mask_is() -> None:
    source = FrameSource([PackPicture("photograph", "0", two_things(), (disc(),), ("disc",))] * 4)
    rng = np.random.default_rng(0)
    for _ in range(6):
        frame = source.draw(rng)
        assert frame.pixels.shape == (3, FRAME, FRAME)
        assert frame.masks.shape == (QUESTIONS, LOGITS, LOGITS)
        assert (frame.masks.reshape(QUESTIONS, -1).max(1) > 127).all()
        x0, y0, x1, y1 = frame.inside.round().astype(int)
        outside = np.ones((FRAME, FRAME), bool)
        outside[y0:y1, x0:x1] = False
        assert (frame.pixels[:, outside] == 128).all()


def test_depth_is_the_distance_from_outside_in_cells() -> None:
    region = torch.zeros(1, 9, 9, dtype=torch.bool)
    region[:, 2:7, 2:7] = True
    depth = depths(region)[0]
    assert depth[4, 4] == 3
    assert depth[2, 2] == 1
    assert depth[0, 0] == 0


def test_the_best_of_three_masks_decides_the_loss_and_scores_are_asked_for_overlap() -> None:
    wanted = torch.zeros(1, LOGITS, LOGITS)
    wanted[:, 20:60, 20:60] = 1
    right, wrong = (wanted * 2 - 1) * 12, torch.full((1, LOGITS, LOGITS), -12.0)
    inside = torch.tensor([[0.0, 0, FRAME, FRAME]])
    context = (torch.zeros(1), torch.zeros(1), torch.zeros(1))
    one_right = Answer(torch.stack([wrong, right, wrong], 1), torch.tensor([[0.0, 1.0, 0.0]]), context)
    all_wrong = Answer(torch.stack([wrong] * 3, 1), torch.tensor([[0.0, 1.0, 0.0]]), context)
    taught = torch.tensor([False])
    good, overlap = answer_loss(one_right, wanted, inside, taught)
    assert overlap.tolist() == [[0.0, 1.0, 0.0]]
    assert float(good) < 0.3 * float(answer_loss(all_wrong, wanted, inside, taught)[0])
    scores_alone, _ = answer_loss(all_wrong, wanted, inside, torch.tensor([True]))
    assert float(scores_alone) == pytest.approx(2 / 3)


def test_carried_features_are_nearly_the_package_s(tmp_path: Path) -> None:
    save_features(tmp_path / "features.safetensors")
    assert (tmp_path / "features.safetensors").stat().st_size < 8.5e6
    pixels = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        own, carried = (
            load_efficientnet()(pixels, head=True),
            load_features(tmp_path / "features.safetensors")(pixels, head=True),
        )
        assert own.head is not None
        assert carried.head is not None
        assert (
            torch.nn.functional.cosine_similarity(own.head.flatten(), carried.head.flatten(), dim=0) > 0.999
        )


def test_the_recipe_runs_and_writes_weights_that_load(tmp_path: Path) -> None:
    out = tmp_path / "clicks.safetensors"
    train_click_decoder(pack_pictures(), load_efficientnet(), ClickDecoderConfig.toy(), out)
    network = ClickNetwork()
    load_click_weights(network, out)
    assert all(torch.isfinite(value).all() for value in network.state_dict().values())
