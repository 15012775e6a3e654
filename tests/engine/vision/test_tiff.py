"""Every layout, depth and colour model of TIFF is read right, or refused in a sentence that names it.

The files are written by tifffile and by libtiff through Pillow; what is right is known from the array written.
"""

import io
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from engine.errors import BadInput
from engine.vision.picture_limits import GROUND
from engine.vision.still import load_still

H, W = 48, 64
TYPES = (
    "bool",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "int8",
    "int16",
    "int32",
    "float16",
    "float32",
    "float64",
)
MODELS = (
    "grey",
    "inverted grey",
    "grey and alpha",
    "colour",
    "colour and alpha",
    "premultiplied",
    "CMYK",
    "palette",
)
Layout = tuple[str, str | None, tuple[int, int] | None, str]
LAYOUTS: tuple[Layout, ...] = tuple(product(("contig", "separate"), (None, "zlib"), (None, (16, 16)), "<>"))


def colours() -> NDArray[np.float64]:
    """Return a picture (H, W, 3) from 0 to 1 whose channels all differ, and in which no turn looks like another."""
    y, x = np.mgrid[0:H, 0:W]
    return np.stack([x / (W - 1), y / (H - 1), ((x // 8 + y // 8) % 2) * 0.8 + 0.1], -1)


def alpha() -> NDArray[np.float64]:
    shares = np.ones((H, W, 1))
    shares[:, :20], shares[:, 20:30] = 0.0, 0.5
    return shares


def as_type(values: NDArray[np.float64], kind: str) -> NDArray[Any]:
    if kind == "bool":
        return values > 0.5
    if kind.startswith("float"):
        return values.astype(kind)
    most = np.iinfo(kind).max
    return np.minimum(np.round(values * float(most)), np.nextafter(float(most), 0)).astype(kind)


def picture(model: str, kind: str) -> tuple[NDArray[Any], NDArray[np.float64], dict[str, Any]]:
    """Return the samples of a picture, the colours it shows, and how it is written."""
    rgb, grey, seen = colours(), colours()[:, :, :1], alpha()
    ground = (1 - seen) * np.array(GROUND) / 255
    if model == "palette":
        count = 256 if kind == "uint8" else 65536
        table = np.stack([np.linspace(0, 65535, count), np.linspace(65535, 0, count), np.full(count, 30000)])
        samples = as_type(grey[:, :, 0], kind)
        table = table.astype(np.uint16)
        return samples, table.T[samples] / 65535, {"photometric": "palette", "colormap": table}
    kinds: dict[str, tuple[Any, Any, dict[str, Any]]] = {
        "grey": (grey[:, :, 0], grey, {"photometric": "minisblack"}),
        "inverted grey": (grey[:, :, 0], 1 - grey, {"photometric": "miniswhite"}),
        "grey and alpha": (
            np.concatenate([grey, seen], -1),
            grey * seen + ground,
            {"photometric": "minisblack", "extrasamples": ["unassalpha"]},
        ),
        "colour": (rgb, rgb, {"photometric": "rgb"}),
        "colour and alpha": (
            np.concatenate([rgb, seen], -1),
            rgb * seen + ground,
            {"photometric": "rgb", "extrasamples": ["unassalpha"]},
        ),
        "premultiplied": (
            np.concatenate([rgb * seen, seen], -1),
            rgb * seen + ground,
            {"photometric": "rgb", "extrasamples": ["assocalpha"]},
        ),
        "CMYK": (np.concatenate([1 - rgb, np.zeros((H, W, 1))], -1), rgb, {"photometric": "separated"}),
    }
    samples, shown, how = kinds[model]
    if kind == "bool":
        shown = (samples > 0.5).astype(float) if model == "grey" else (samples <= 0.5).astype(float)
        shown = shown.reshape(H, W, -1)
    return as_type(samples, kind), np.broadcast_to(shown, (H, W, 3)), how


def written(samples: NDArray[Any], how: dict[str, Any], layout: Layout) -> bytes:
    planes, compression, tile, order = layout
    if samples.ndim == 3:
        how = {**how, "planarconfig": planes}
        samples = np.moveaxis(samples, -1, 0) if planes == "separate" else samples
    data = io.BytesIO()
    how = {**how, "byteorder": order}
    tifffile.imwrite(data, samples, compression=compression, tile=tile, metadata=None, **how)
    return data.getvalue()


def kinds() -> Iterator[tuple[str, str]]:
    for model, kind in product(MODELS, TYPES):
        if (model != "palette" or kind in {"uint8", "uint16"}) and (
            kind != "bool" or model in {"grey", "inverted grey"}
        ):
            yield model, kind


SIGNED = ("int8", "int16", "int32")


@pytest.mark.parametrize(("model", "kind"), list(kinds()))
def test_every_kind_of_tiff_in_every_layout_shows_its_own_colours_or_is_refused(
    tmp_path: Path, model: str, kind: str
) -> None:
    samples, shown, how = picture(model, kind)
    path = tmp_path / "picture.tif"
    for layout in LAYOUTS if samples.ndim == 3 else LAYOUTS[: len(LAYOUTS) // 2]:
        path.write_bytes(written(samples, how, layout))
        if kind in SIGNED or (kind == "bool" and samples.ndim == 3):
            with pytest.raises(BadInput, match=r"save it as PNG|is not a picture that can be read"):
                load_still(path)
            continue
        error = np.abs(load_still(path).pixels / 255 - shown)
        assert error.max() < 0.02, (layout, error.max())


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "packbits", "tiff_adobe_deflate", "tiff_deflate"])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_every_compression_that_libtiff_writes_is_read_right_or_refused(
    tmp_path: Path, mode: str, compression: str
) -> None:
    rgb = Image.fromarray(np.round(colours() * 255).astype(np.uint8))
    if mode == "I;16":
        made = Image.fromarray(as_type(colours()[:, :, 0], "uint16"))
    elif mode == "F":
        made = Image.fromarray(colours()[:, :, 0].astype(np.float32))
    else:
        made = rgb.convert(mode)
    path = tmp_path / "picture.tif"
    made.save(path, compression=compression)
    grey = np.repeat(colours()[:, :, :1], 3, 2)
    shown = grey * 255 if mode in {"I;16", "F"} else np.asarray(made.convert("RGB"), float)
    try:
        pixels = load_still(path).pixels
    except BadInput as refusal:
        assert "compression that is not read" in refusal.message
    else:
        assert np.abs(pixels - shown).max() <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_odd_tiff_is_turned_upright_like_any_other(tmp_path: Path, orientation: int) -> None:
    usual, odd = tmp_path / "usual.tif", tmp_path / "odd.tif"
    turned = [(274, "H", 1, orientation, True)]
    how: Any = {"photometric": "rgb", "extratags": turned, "metadata": None}
    tifffile.imwrite(usual, as_type(colours(), "uint8"), **how)
    tifffile.imwrite(odd, as_type(colours(), "float32"), **how)
    assert np.abs(load_still(usual).pixels.astype(int) - load_still(odd).pixels).max() <= 1


def test_floats_above_one_are_scaled_by_their_maximum_and_what_is_no_number_is_black(tmp_path: Path) -> None:
    values = colours().astype(np.float32) * 4
    values[0, 0], values[0, 1] = np.nan, np.inf
    tifffile.imwrite(tmp_path / "bright.tif", values, photometric="rgb", metadata=None)
    still = load_still(tmp_path / "bright.tif")
    assert np.abs(still.pixels[1:] - colours()[1:] * 255).max() <= 1
    assert still.pixels[0, :2].max() == 0


@pytest.mark.parametrize("bits", [2, 4, 6, 10, 12, 14, 24])
@pytest.mark.parametrize("colour", [1, 3])
def test_odd_depths_are_read_right_or_refused(tmp_path: Path, bits: int, colour: int) -> None:
    """No library here writes these: a 8-bit file whose tags say otherwise stands for them."""
    samples = as_type(colours()[:, :, :colour].squeeze(), "uint8")
    tifffile.imwrite(
        tmp_path / "x.tif", samples, photometric="rgb" if colour == 3 else "minisblack", metadata=None
    )
    with tifffile.TiffFile(tmp_path / "x.tif", mode="r+") as tiff:
        tiff.pages[0].tags[258].overwrite((bits,) * colour)  # type: ignore[union-attr]
    try:
        shown = load_still(tmp_path / "x.tif").pixels
    except BadInput:
        return
    assert bits in {2, 4}
    assert colour == 1
    assert (shown[0, 0] == samples[0, 0] >> (8 - bits)).all() or shown.shape == (H, W, 3)


def test_lab_and_ycbcr_are_read_right_or_refused(tmp_path: Path) -> None:
    skimage = pytest.importorskip("skimage.color")
    lab = skimage.rgb2lab(colours() * 0.8 + 0.1)
    stored = (
        np.stack([lab[..., 0] * 2.55, lab[..., 1], lab[..., 2]], -1).round().astype(np.int16).astype(np.uint8)
    )
    tifffile.imwrite(tmp_path / "lab.tif", stored, photometric="cielab", metadata=None)
    try:
        shown = load_still(tmp_path / "lab.tif").pixels
    except BadInput as refusal:
        assert "colour model" in refusal.message
    else:
        assert np.abs(shown - (colours() * 0.8 + 0.1) * 255).mean() < 4
    tifffile.imwrite(tmp_path / "y.tif", as_type(colours(), "uint8"), photometric="ycbcr", metadata=None)
    with pytest.raises(BadInput, match="colour model"):
        load_still(tmp_path / "y.tif")
    Image.fromarray(as_type(colours(), "uint8")).save(tmp_path / "jpeg.tif", compression="jpeg", quality=95)
    assert np.abs(load_still(tmp_path / "jpeg.tif").pixels - colours() * 255).mean() < 12
