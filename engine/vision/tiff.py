"""TIFF files of kinds that Pillow misreads without a word, or not at all: separate planes, deep and inverted pixels.

Such are compared with what ``tifffile`` reads in ``tests/engine/vision/test_tiff.py``.
"""

import logging
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.vision.picture_limits import GROUND, check_size

TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""How files begin: little- and big-endian, and the same of BigTIFF."""

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK = 0, 1, 2, 3, 5
_COLOURS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _PALETTE: 1, _CMYK: 4}
"""Samples of each photometric kind besides transparency."""
_YCBCR, _JPEG = 6, 7
_UNSIGNED, _FLOAT = 1, 3
_ASSOCIATED, _UNASSOCIATED = 1, 2
_ORIENTATION = 0x0112


def odd_tiff(file: BinaryIO, path: Path) -> NDArray[np.uint8] | None:
    """Return the upright RGB pixels of a TIFF that Pillow would not read right; None of any that it reads right.

    Args:
        file: the file, at any place.
        path: its path, for messages.

    Raises:
        BadInput: it is of a kind that is not read, or of a size that is not.
        Exception: of any class, if it is damaged.
    """
    import tifffile

    # It tells of every odd tag on standard error; what matters is raised.
    logging.getLogger("tifffile").setLevel(logging.CRITICAL + 1)
    file.seek(0)
    with tifffile.TiffFile(file, name=path.name) as tiff:
        page: Any = tiff.pages[0]
        check_size(page.imagewidth, page.imagelength, str(path))
        if _suits_pillow(page):
            return None
        return _upright(_rgb(_samples(page, path), page), page)


def _suits_pillow(page: Any) -> bool:
    """Return whether Pillow reads the kind right: bytes side by side, and plain 16-bit grey and colour."""
    deep = page.bitspersample > 8
    if page.sampleformat != _UNSIGNED or page.planarconfig != 1 or page.bitspersample not in {1, 2, 4, 8, 16}:
        return False
    if int(page.photometric) not in _COLOURS and (page.photometric, page.compression) != (_YCBCR, _JPEG):
        return False
    return not deep or (page.photometric, page.samplesperpixel) in {(_BLACK_IS_ZERO, 1), (_RGB, 3), (_RGB, 4)}


def _samples(page: Any, path: Path) -> NDArray[np.generic]:
    """Return the samples, (H, W, S), or refuse the kind."""
    kind, photometric = f"{page.bitspersample}-bit", int(page.photometric)
    usual = page.sampleformat == _UNSIGNED and page.bitspersample in {8, 16, 32, 64}
    if not usual and page.sampleformat != _FLOAT:
        raise BadInput(f"{path} is a TIFF of {kind} samples of a kind that is not read: {_ADVICE}")
    if photometric not in _COLOURS or page.samplesperpixel < _COLOURS[photometric] or page.imagedepth != 1:
        raise BadInput(f"{path} is a {kind} TIFF of a colour model that is not read: {_ADVICE}")
    try:
        found: NDArray[np.generic] = page.asarray()
    except (ValueError, KeyError) as error:
        if "imagecodecs" not in str(error):
            raise
        raise BadInput(f"{path} is a {kind} TIFF of a compression that is not read: {_ADVICE}") from error
    if page.planarconfig != 1 and page.samplesperpixel > 1:
        found = np.moveaxis(found, 0, -1)
    return found.reshape(page.imagelength, page.imagewidth, page.samplesperpixel)


_ADVICE = "save it as PNG or as a TIFF of 8 or 16 bits, and open that."


def _rgb(samples: NDArray[np.generic], page: Any) -> NDArray[np.float64]:
    """Return colours (H, W, 3) from 0 to 1, over the ground where they are transparent."""
    photometric = int(page.photometric)
    count = _COLOURS[photometric]
    if photometric == _PALETTE:
        colours = np.asarray(page.colormap).T[np.asarray(samples[:, :, 0], np.int64)] / 65535.0
        return np.asarray(colours, np.float64)
    shares = _shares(samples)
    colours = shares[:, :, :count]
    if photometric == _WHITE_IS_ZERO:
        colours = 1.0 - colours
    elif photometric == _CMYK:
        colours = (1.0 - colours[:, :, :3]) * (1.0 - colours[:, :, 3:])
    extra = [int(kind) for kind in page.extrasamples][:1]
    if extra and extra[0] in {_ASSOCIATED, _UNASSOCIATED}:
        opaque = shares[:, :, count : count + 1]
        seen = colours if extra[0] == _ASSOCIATED else colours * opaque
        colours = seen + (1.0 - opaque) * (np.array(GROUND) / 255.0)
    return np.broadcast_to(colours, (*colours.shape[:2], 3))


def _shares(samples: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return samples from 0 to 1: integers by their type's range, floats as they are, or by their maximum above 1."""
    if samples.dtype.kind != "f":
        most = float(np.iinfo(samples.dtype.str).max)
        return np.asarray(samples.astype(np.float64) / most)
    values = np.nan_to_num(samples.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    return values / max(1.0, float(values.max()))


def _upright(colours: NDArray[np.float64], page: Any) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    picture = Image.fromarray(np.round(np.clip(colours, 0.0, 1.0) * 255.0).astype(np.uint8))
    turn = page.tags.get(_ORIENTATION)
    if turn is not None:
        picture.getexif()[_ORIENTATION] = int(turn.value)
    return np.asarray(ImageOps.exif_transpose(picture))
