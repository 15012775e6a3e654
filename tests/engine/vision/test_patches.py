"""Patches: stills and masks through one frame, small things looked at closely, each window encoded once."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.errors import BadInput
from engine.scene.masks import Mask
from engine.vision.patches import Frame, PatchEncoder, window_round
from engine.vision.still import Still
from engine.vision.towers import PatchNetwork


class CountingNetwork(PatchNetwork):
    """Counts how often it runs."""

    runs = 0

    def forward(self, pixels: Tensor) -> Tensor:
        self.runs += 1
        return super().forward(pixels)


def toy_network() -> CountingNetwork:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return CountingNetwork(side=64, widths=(16, 16, 32), depths=(1, 1, 1), heads=2)


def still_of(height: int, width: int) -> Still:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    return Still.from_pixels(pixels)


def box_mask(height: int, width: int, box: tuple[int, int, int, int]) -> Mask:
    mask = np.zeros((height, width), bool)
    mask[box[1] : box[3], box[0] : box[2]] = True
    return mask


def test_the_same_still_is_encoded_once() -> None:
    network = toy_network()
    encoder = PatchEncoder(network)
    first, again = encoder.encode(still_of(50, 80)), encoder.encode(still_of(50, 80))
    assert network.runs == 1
    assert first is again
    assert first.tokens.shape == (16, 32)
    assert first.grid == (4, 4)


def test_a_wide_still_is_padded_not_cropped() -> None:
    frame = Frame((0, 0, 300, 100), 96)
    assert frame.placed == (0, 32, 96, 64)
    pixels = np.zeros((100, 300, 3), np.uint8)
    pixels[:, :3], pixels[:, -3:] = 255, 255
    square = frame.picture(pixels)
    assert (square[:30] == 128).all()
    assert square[48, 0, 0] > 200
    assert square[48, -1, 0] > 200


def test_a_mask_goes_where_its_pixels_go() -> None:
    encoder = PatchEncoder(toy_network())
    patches = encoder.encode(still_of(64, 128))
    right_half = box_mask(64, 128, (64, 0, 128, 64))
    expected = torch.zeros(4, 4)
    expected[1:3, 2:] = 1
    torch.testing.assert_close(patches.coverage(right_half), expected.ravel())


def test_coverage_keeps_the_area_of_a_mask_of_any_shape() -> None:
    rng = np.random.default_rng(3)
    mask = rng.random((480, 640)) < 0.3
    shares = Frame((0, 0, 640, 480), 64).shares(mask, (4, 4))
    assert shares.sum() * 16 * 16 == pytest.approx(mask.sum() / 100, rel=0.02)


def test_a_single_pixel_of_a_large_still_does_not_vanish() -> None:
    mask = box_mask(3000, 4000, (1234, 777, 1235, 778))
    assert Frame((0, 0, 4000, 3000), 64).shares(mask, (4, 4)).sum() > 0


def test_a_small_object_is_looked_at_closely() -> None:
    mask = box_mask(400, 600, (500, 300, 540, 330))
    window = window_round(mask)
    assert window == (490, 285, 550, 345)
    encoder = PatchEncoder(toy_network())
    close = encoder.encode(still_of(400, 600), focus=mask)
    assert close.coverage(mask).sum() > 2
    assert encoder.encode(still_of(400, 600)).coverage(mask).sum() < 0.2


def test_a_window_never_leaves_the_still() -> None:
    for box in ((0, 0, 20, 20), (580, 380, 600, 400), (300, 0, 301, 1)):
        x0, y0, x1, y1 = window_round(box_mask(400, 600, box))
        assert 0 <= x0 <= box[0] < box[2] <= x1 <= 600
        assert 0 <= y0 <= box[1] < box[3] <= y1 <= 400


def test_a_large_object_and_an_empty_mask_are_seen_in_the_whole_still() -> None:
    assert window_round(box_mask(400, 600, (0, 0, 480, 300))) == (0, 0, 600, 400)
    assert window_round(np.zeros((400, 600), bool)) == (0, 0, 600, 400)


def test_a_mask_of_another_size_is_refused() -> None:
    patches = PatchEncoder(toy_network()).encode(still_of(50, 80))
    with pytest.raises(BadInput, match="mask is 50 x 80"):
        patches.coverage(np.ones((80, 50), bool))


def test_an_encoder_loads_from_its_folder(tmp_path: Path) -> None:
    network = PatchNetwork(side=64, widths=(16, 16, 32), depths=(1, 1, 1), heads=2).eval()
    network.save_pretrained(tmp_path, safe_serialization=True)
    one = PatchEncoder(network).encode(still_of(40, 40)).tokens
    other = PatchEncoder.from_folder(tmp_path).encode(still_of(40, 40)).tokens
    torch.testing.assert_close(one, other)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="image encoder"):
        PatchEncoder.from_folder(tmp_path)
    (tmp_path / "config.json").write_text('{"_class_name": "SomethingElse"}')
    with pytest.raises(BadInput, match="image encoder"):
        PatchEncoder.from_folder(tmp_path)
