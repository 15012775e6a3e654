"""Picture files of every kind become upright 8-bit RGB, or are refused with a sentence."""

import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInput
from engine.vision.picture_limits import GROUND
from engine.vision.still import Still, load_still


@pytest.fixture
def ramp() -> np.ndarray:
    """Red grows to the right, green downwards: any turn or flip shows. 48 high, 64 wide."""
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[..., 0] = np.arange(64)[None, :] * 4
    pixels[..., 1] = np.arange(48)[:, None] * 5
    return pixels


def saved(picture: Image.Image, path: Path, **options: Any) -> Path:
    picture.save(path, **options)
    return path


def test_a_png_keeps_its_pixels_and_two_files_of_one_picture_are_one_still(
    ramp: np.ndarray, tmp_path: Path
) -> None:
    first = load_still(saved(Image.fromarray(ramp), tmp_path / "a.png"))
    second = load_still(saved(Image.fromarray(ramp), tmp_path / "b.tiff"))
    assert (first.pixels == ramp).all()
    assert (first.height, first.width) == (48, 64)
    assert first == second
    assert hash(first) == hash(second)
    assert first != Still.from_pixels(ramp[::-1])


def test_the_shape_is_part_of_the_digest() -> None:
    assert Still.from_pixels(np.zeros((40, 60, 3), np.uint8)) != Still.from_pixels(
        np.zeros((60, 40, 3), np.uint8)
    )


def test_the_pixels_can_not_be_changed_from_inside_or_outside(ramp: np.ndarray) -> None:
    still = Still.from_pixels(ramp)
    ramp[0, 0] = 77
    assert still.pixels[0, 0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        still.pixels[0, 0] = 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(ramp: np.ndarray, orientation: int, tmp_path: Path) -> None:
    undo = {
        1: ramp,
        2: ramp[:, ::-1],
        3: ramp[::-1, ::-1],
        4: ramp[::-1],
        5: ramp.transpose(1, 0, 2),
        6: np.rot90(ramp, 1),
        7: ramp[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(ramp, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(undo[orientation]))
    path = saved(stored, tmp_path / "turned.jpg", quality=95, subsampling=0, exif=exif)
    difference = np.abs(load_still(path).pixels.astype(int) - ramp.astype(int))
    assert difference.mean() < 4


def test_transparent_pixels_show_the_ground_and_half_transparent_ones_a_blend(tmp_path: Path) -> None:
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[:20] = (255, 0, 0, 255)
    pixels[20:30] = (255, 0, 0, 0)
    pixels[30:] = (255, 255, 255, 128)
    still = load_still(saved(Image.fromarray(pixels), tmp_path / "cut.png"))
    assert tuple(still.pixels[5, 5]) == (255, 0, 0)
    assert tuple(still.pixels[25, 5]) == GROUND
    assert abs(int(still.pixels[35, 5, 0]) - 192) <= 1


@pytest.mark.parametrize(("suffix", "mode"), [("png", "I;16"), ("tiff", "I;16")])
def test_sixteen_bit_grey_is_scaled_and_not_cut_off(suffix: str, mode: str, tmp_path: Path) -> None:
    deep = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (40, 1))
    picture = Image.fromarray(deep)
    assert picture.mode == mode
    still = load_still(saved(picture, tmp_path / f"deep.{suffix}"))
    assert (still.pixels[0, :, 1] == np.round(deep[0] / 257)).all()


def test_sixteen_bit_colour_is_scaled(tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    deep = np.zeros((40, 64, 3), np.uint16)
    deep[..., 2] = np.linspace(0, 65535, 64)
    cv2.imwrite(str(tmp_path / "deep.png"), deep)
    still = load_still(tmp_path / "deep.png")
    assert np.abs(still.pixels[0, :, 0].astype(float) - deep[0, :, 2] / 257).max() <= 1
    assert still.pixels[..., 1:].max() == 0


def test_floats_from_0_to_1_fill_the_range(tmp_path: Path) -> None:
    grey = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (40, 1))
    still = load_still(saved(Image.fromarray(grey), tmp_path / "float.tiff"))
    assert still.pixels[0, 0, 0] == 0
    assert still.pixels[0, -1, 0] == 255


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        *[
            ("L", "png"),
            ("L", "jpg"),
            ("P", "png"),
            ("P", "gif"),
            ("1", "png"),
            ("CMYK", "jpg"),
            ("CMYK", "tiff"),
        ],
        *[("RGB", "webp"), ("RGBA", "webp"), ("LA", "png"), ("RGB", "bmp"), ("RGB", "ppm")],
    ],
)
def test_every_usual_kind_of_picture_opens(ramp: np.ndarray, mode: str, suffix: str, tmp_path: Path) -> None:
    picture = Image.fromarray(ramp).convert("RGBA" if mode == "LA" else "RGB").convert(mode)
    still = load_still(saved(picture, tmp_path / f"picture.{suffix}"))
    expected = np.asarray(picture.convert("RGB")).astype(int)
    assert still.pixels.shape == (48, 64, 3)
    assert np.abs(still.pixels.astype(int) - expected).mean() < 12


def test_of_a_moving_picture_the_first_frame_is_the_still(ramp: np.ndarray, tmp_path: Path) -> None:
    frames = [Image.fromarray(ramp), Image.fromarray(255 - ramp)]
    path = saved(frames[0], tmp_path / "moving.webp", save_all=True, append_images=frames[1:], lossless=True)
    assert np.abs(load_still(path).pixels.astype(int) - ramp).max() <= 1


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tiff", "gif", "bmp"])
def test_a_file_cut_short_is_refused_rather_than_half_shown(suffix: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (64, 64, 3), np.uint8)
    path = saved(Image.fromarray(noise), tmp_path / f"cut.{suffix}")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput):
        load_still(path)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"<svg/>", b"\xff\xd8\xff"]
)
def test_what_is_no_picture_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"holiday\.jpg"):
        load_still(path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no file"):
        load_still(tmp_path / "nowhere.png")
    with pytest.raises(BadInput, match="folder"):
        load_still(tmp_path)


def test_the_smallest_still_is_32_pixels_a_side(tmp_path: Path) -> None:
    assert load_still(saved(Image.new("RGB", (32, 32)), tmp_path / "ok.png")).width == 32
    with pytest.raises(BadInput, match="32 a side"):
        load_still(saved(Image.new("RGB", (400, 31)), tmp_path / "thin.png"))


def test_the_largest_still_has_50_megapixels(tmp_path: Path) -> None:
    assert load_still(saved(Image.new("L", (10_000, 5_000)), tmp_path / "ok.png")).width == 10_000
    with pytest.raises(BadInput, match="50 megapixels"):
        load_still(saved(Image.new("L", (10_000, 5_001)), tmp_path / "large.png"))


def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    small = io.BytesIO()
    Image.new("L", (40, 40)).save(small, "png")
    header = bytearray(small.getvalue())
    header[16:24] = (65_000).to_bytes(4, "big") * 2
    header[29:33] = zlib.crc32(bytes(header[12:29])).to_bytes(4, "big")
    path = tmp_path / "bomb.png"
    path.write_bytes(header)
    with pytest.raises(BadInput, match="50 megapixels"):
        load_still(path)


def test_pixels_that_are_not_rgb_bytes_are_refused() -> None:
    with pytest.raises(BadInput, match="uint8"):
        Still.from_pixels(np.zeros((40, 40), np.uint8))
    with pytest.raises(BadInput, match="uint8"):
        Still.from_pixels(np.zeros((40, 40, 3), np.float32))
