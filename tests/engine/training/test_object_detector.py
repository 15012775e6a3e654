"""The detector: frames with boxes, what cells are taught, a toy training that learns, and its folder."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import BadInput
from engine.training.detector_frames import (
    UNKNOWN,
    Boxed,
    box_of,
    frame_source,
    mosaic,
    pasted,
    random_window,
    varied,
    window,
)
from engine.training.loop import Schedule
from engine.training.object_detector import (
    DetectorConfig,
    detection_loss,
    save_detector,
    targets_of,
    train_detector,
)
from engine.vision.efficientnet import load_efficientnet
from engine.vision.object_detector import DetectorNetwork, ObjectDetector
from engine.vision.still import Still

SIDE = 128


def picture(left: int = 30, top: int = 40, size: int = 48) -> Boxed:
    """A red square on noise."""
    rng = np.random.default_rng(left)
    pixels = rng.integers(90, 130, (160, 200, 3)).astype(np.uint8)
    mask = np.zeros((160, 200), np.bool_)
    mask[top : top + size, left : left + size] = True
    pixels[mask] = (220, 30, 30)
    box = np.array([box_of(mask)], np.float32)
    return Boxed(pixels, box, np.zeros(1, np.int64), np.ones(1, np.float32), (mask,))


def red(pixels: np.ndarray, box: np.ndarray) -> float:
    """The share of a box that is red."""
    x0, y0, x1, y1 = np.round(box).astype(int)
    part = pixels[y0:y1, x0:x1].astype(int)
    return float((part[..., 0] > part[..., 1] + 40).mean())


@pytest.mark.parametrize("seed", range(6))
def test_a_box_stays_on_its_thing_in_every_kind_of_frame(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = [
        window(picture(), (10, 20, 150, 140), (140, 120)),
        random_window(picture(), SIDE, rng),
        mosaic([picture(20 * n) for n in range(4)], SIDE, rng),
        pasted(random_window(picture(), SIDE, rng), picture(), 0, rng),
    ]
    for frame in frames:
        for box in frame.boxes:
            assert red(frame.pixels, box) > 0.8


def test_other_light_and_a_mirror_keep_boxes_within_the_frame() -> None:
    for seed in range(6):
        frame = varied(
            random_window(picture(), SIDE, np.random.default_rng(seed)), np.random.default_rng(seed)
        )
        assert frame.pixels.shape == (SIDE, SIDE, 3)
        assert (frame.boxes >= 0).all() and (frame.boxes <= SIDE).all()


def test_cells_near_the_middle_of_a_thing_are_taught_it_and_an_unsure_one_teaches_nothing() -> None:
    boxes = np.array([[32, 32, 96, 96], [0, 0, 20, 20]], np.float32)
    frame = Boxed(np.zeros((SIDE, SIDE, 3), np.uint8), boxes, np.array([2, 1]), np.array([1, 0], np.float32))
    found = targets_of(frame, 3, SIDE)
    taught = found.number == 2
    assert taught.any()
    assert (found.box[taught] == torch.tensor([32.0, 32.0, 96.0, 96.0])).all()
    assert not (found.number == 1).any()
    assert found.unsure[:, 1].any() and not found.unsure[:, 2].any()


def test_a_thing_of_unknown_class_teaches_its_box_alone() -> None:
    torch.manual_seed(0)
    network = DetectorNetwork(2, width=16)
    maps = torch.randn(1, 112, 8, 8), torch.randn(1, 320, 4, 4)
    frame = picture()
    unknown = Boxed(frame.pixels, frame.boxes * 0.6, np.array([UNKNOWN]), np.ones(1, np.float32))
    loss = detection_loss(network(maps), [targets_of(unknown, 2, SIDE)])
    loss.backward()  # type: ignore[no-untyped-call]
    sides = network.sides.weight.grad
    assert sides is not None and float(sides.abs().sum()) > 0
    assert np.isfinite(float(loss.detach()))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("detector")
    pictures = [picture(left, top) for left in (10, 60, 110) for top in (10, 60)]
    source = frame_source(pictures, np.ones(6, np.float32), SIDE, np.random.default_rng(1))
    config = DetectorConfig(Schedule(40, 4e-3, warmup_steps=5), side=SIDE, fresh=2, again=4)
    train_detector(source, load_efficientnet(), ["ball", "-chair"], config, folder)
    return folder


def test_a_short_training_finds_the_red_square_first(trained: Path) -> None:
    detector = ObjectDetector.from_folder(trained)
    shown = picture(80, 50, 60)
    found = detector.detect(Still.from_pixels(shown.pixels), 3)
    x0, y0, x1, y1 = found.boxes[0]
    truth = shown.boxes[0]
    assert abs((x0 + x1) / 2 - (truth[0] + truth[2]) / 2) < 25
    assert abs((y0 + y1) / 2 - (truth[1] + truth[3]) / 2) < 25
    assert found.classes[0][0] > found.classes[0][1]


def test_a_damaged_folder_is_refused_in_a_sentence(trained: Path, tmp_path: Path) -> None:
    save_detector(tmp_path, DetectorNetwork(2), ["ball", "-chair"])
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(BadInput, match=r"\.$"):
        ObjectDetector.from_folder(tmp_path)
