"""The still: the single place where a picture file becomes upright 8-bit RGB pixels."""

import hashlib
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput, Failed, FoleyscapeError
from engine.inputs import open_input, unreadable
from engine.vision.picture_limits import GROUND, MAX_PIXELS, check_size
from engine.vision.tiff import TIFF_STARTS, odd_tiff

if TYPE_CHECKING:
    from PIL import Image as Pillow

FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "JPEG2000", "AVIF")


@dataclass(frozen=True)
class Still:
    """The picture being worked on. Stills with equal pixels are equal.

    Attributes:
        pixels: uint8 (H, W, 3), RGB, upright, read-only.
        digest: sha256 of the shape and the pixels, in hexadecimal; the key of caches.
    """

    pixels: NDArray[np.uint8] = field(compare=False, repr=False)
    digest: str

    @classmethod
    def from_pixels(cls, pixels: NDArray[np.uint8]) -> "Still":
        """Create a still from upright RGB pixels.

        Args:
            pixels: uint8 (H, W, 3); copied, so later changes to it do not affect the still.

        Raises:
            BadInput: the array is not an RGB picture, or its size is not supported.
        """
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise BadInput(f"A still is uint8 (H, W, 3), not {pixels.dtype} {pixels.shape}.")
        check_size(pixels.shape[1], pixels.shape[0], "The picture")
        owned = np.array(pixels, order="C", copy=True)
        owned.setflags(write=False)
        digest = hashlib.sha256(f"{owned.shape}".encode())
        digest.update(owned.data)
        return cls(owned, digest.hexdigest())

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])


def load_still(path: str | Path) -> Still:
    """Read a picture file as a still.

    JPEG (turned upright by its EXIF orientation), PNG, WebP, TIFF, BMP, GIF, PPM, JPEG 2000 and AVIF; of
    several frames the first; greyscale, palette, CMYK, 16-bit, 32-bit and floating-point pixels. 16-bit values are
    scaled by 1/257, floats from 0..1, or by their maximum if that is larger. Transparent pixels are blended
    with ``GROUND``. The size is checked before decoding, so a decompression bomb costs nothing.

    Raises:
        BadInput: there is no such file, it is not a picture, it is damaged, it is of a kind that would not be read
            right, or its size is not between 32 pixels per side and 50 megapixels.
        Failed: the file exists but cannot be read, or there is not enough memory for it.
    """
    path = Path(path)
    try:
        with open_input(path, "picture") as file:
            return Still.from_pixels(_decode(file, path))
    except MemoryError:
        raise Failed(f"There is not enough memory to open {path}.") from None


def _decode(file: BinaryIO, path: Path) -> NDArray[np.uint8]:
    """Return the upright RGB pixels of the file's first frame."""
    from PIL import Image, UnidentifiedImageError

    try:
        if file.read(4) in TIFF_STARTS and (found := odd_tiff(file, path)) is not None:
            return found
        file.seek(0)
        return _decode_with_pillow(file, path)
    except UnidentifiedImageError:
        raise BadInput(
            f"{path} is not a picture that can be read (JPEG, PNG, WebP, TIFF and the like)."
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadInput(
            f"{path} is over {MAX_PIXELS // 1_000_000} megapixels; make it smaller first."
        ) from None
    except (FoleyscapeError, MemoryError):
        raise
    except Exception as damage:  # decoders raise whatever they like, and only a damaged file makes them
        if isinstance(damage, OSError) and damage.errno is not None:
            raise unreadable(damage, path) from damage
        raise BadInput(f"{path} is damaged or cut short and cannot be opened.") from damage


def _decode_with_pillow(file: BinaryIO, path: Path) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    Image.init()
    formats = [name for name in FORMATS if name in Image.OPEN]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(file, formats=formats) as picture:
            check_size(picture.width, picture.height, str(path))
            picture.load()
            return _to_rgb(ImageOps.exif_transpose(picture))


def _to_rgb(picture: "Pillow.Image") -> NDArray[np.uint8]:
    """Convert any mode that Pillow decodes to uint8 (H, W, 3)."""
    from PIL import Image

    if picture.mode.startswith("I") or picture.mode == "F":
        grey = _to_eight_bits(np.asarray(picture))
        return np.repeat(grey[:, :, None], 3, axis=2)
    if picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in picture.info:
        cut_out = picture.convert("RGBA")
        ground = Image.new("RGBA", cut_out.size, (*GROUND, 255))
        picture = Image.alpha_composite(ground, cut_out)
    return np.asarray(picture.convert("RGB"))


def _to_eight_bits(grey: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale greyscale (H, W) of more than 8 bits to 0..255."""
    values = np.nan_to_num(grey.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    usual = 1.0 if grey.dtype.kind == "f" else 65535.0
    full = max(usual, float(values.max()))
    return np.asarray(np.round(np.clip(values / full, 0.0, 1.0) * 255.0), np.uint8)
