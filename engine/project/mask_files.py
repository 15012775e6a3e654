"""Masks on disk: 1-bit PNG files named by digest."""

import io
import struct
import warnings
import zlib

import numpy as np

from engine.errors import BadInput, Failed
from engine.project.safe_files import SafeFiles
from engine.scene.masks import Mask, mask_digest
from engine.scene.scene import StillRecord

FOLDER = "masks"
MOST_BYTES = 32_000_000


def mask_file(digest: str) -> str:
    """Return the path of a mask within the project folder."""
    return f"{FOLDER}/{digest}.png"


def write_mask(files: SafeFiles, mask: Mask, digest: str) -> None:
    """Store a mask, bool (H, W), under its digest, synced to disk.

    Raises:
        Failed: the disk is full or the place cannot be written.
    """
    from engine.vision.overlay import mask_png

    files.write(mask_file(digest), mask_png(mask))


def read_mask(files: SafeFiles, digest: str, still: StillRecord) -> Mask:
    """Read a mask, bool (H, W) of the still's size, read-only.

    The size is checked before any pixel is decoded, so a file that claims billions of pixels costs nothing.

    Raises:
        BadInput: the file is missing, damaged, of another mask, or of another size.
        Failed: it cannot be read, or there is not enough memory.
    """
    from engine.vision.picture_limits import check_size

    name = mask_file(digest)
    check_size(still.width, still.height, "The still")
    data = files.read(name, MOST_BYTES)
    try:
        mask = _decoded(data, still, name)
    except MemoryError:
        raise Failed(f"There is not enough memory to read {name}.") from None
    if mask_digest(mask) != digest:
        raise BadInput(f"The file {name} is damaged, or is not the mask that the project made.")
    mask.setflags(write=False)
    return mask


def _decoded(data: bytes, still: StillRecord, name: str) -> Mask:
    from PIL import Image

    harmless = (OSError, SyntaxError, ValueError, struct.error, zlib.error, KeyError, IndexError, TypeError)
    try:
        with warnings.catch_warnings():
            # Pillow warns about large pictures; here the size is checked before anything is decoded.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
                _check_picture(picture.size, picture.mode, still, name)
                return np.array(picture, np.bool_)
    except (*harmless, Image.DecompressionBombError) as damage:
        raise BadInput(f"The file {name} is damaged.") from damage


def _check_picture(size: tuple[int, int], mode: str, still: StillRecord, name: str) -> None:
    if size != (still.width, still.height):
        raise BadInput(
            f"The file {name} is {size[0]} x {size[1]} pixels, and the still is {still.width} x {still.height}."
        )
    if mode != "1":
        raise BadInput(f"The file {name} is no mask: it has more than one bit a pixel.")
