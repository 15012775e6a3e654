"""Masks: which pixels of a still belong to an object."""

import base64
import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.scene.limits import UnknownFields

Mask = NDArray[np.bool_]
"""Boolean (H, W), the size of the still."""


@dataclass(frozen=True)
class PackedMask:
    """A mask as a comparable, hashable value, small enough for a recipe.

    Attributes:
        height: rows of the mask.
        width: columns of the mask.
        digest: sha256 of the size and the bits, in hexadecimal.
        bits: one bit per pixel, row-major, most significant bit first; zlib, then base64.
        unknown_fields: keys that a newer program wrote beside them.
    """

    height: int
    width: int
    digest: str
    bits: str
    unknown_fields: UnknownFields = field(default=(), repr=False, compare=False)


def pack(mask: Mask) -> PackedMask:
    """Pack a mask into a value; ``unpack`` restores it."""
    height, width = mask.shape
    raw = np.packbits(mask).tobytes()
    bits = base64.b64encode(zlib.compress(raw, 6)).decode("ascii")
    return PackedMask(height, width, _digest(height, width, raw), bits)


def mask_digest(mask: Mask) -> str:
    """Return the digest that ``pack`` gives a mask: sha256 of the size and the bits, in hexadecimal."""
    height, width = mask.shape
    return _digest(height, width, np.packbits(mask).tobytes())


def unpack(packed: PackedMask) -> Mask:
    """Return the mask, bool (H, W), read-only.

    Raises:
        ValueError: the bits are damaged, or do not match the size and digest.
    """
    size = packed.height * packed.width
    if packed.height < 1 or packed.width < 1:
        raise ValueError("a mask has at least one pixel")
    try:
        inflater = zlib.decompressobj()
        raw = inflater.decompress(base64.b64decode(packed.bits, validate=True), (size + 7) // 8 + 1)
    except zlib.error as damage:
        raise ValueError("the bits of a mask are damaged") from damage
    if len(raw) != (size + 7) // 8 or _digest(packed.height, packed.width, raw) != packed.digest:
        raise ValueError("the bits of a mask do not fit its size and digest")
    flat = np.unpackbits(np.frombuffer(raw, np.uint8), count=size).astype(np.bool_)
    mask = flat.reshape(packed.height, packed.width)
    mask.setflags(write=False)
    return mask


def union(masks: Iterable[Mask]) -> Mask:
    """Return the union of masks of one size.

    Raises:
        ValueError: there are no masks, or their sizes differ.
    """
    stack = list(masks)
    if len({mask.shape for mask in stack}) != 1:
        raise ValueError("a union needs masks of one size")
    return np.asarray(np.logical_or.reduce(stack), np.bool_)


def bounds(mask: Mask) -> tuple[int, int, int, int]:
    """Return the bounding box (x0, y0, x1, y1) of the mask, end exclusive.

    Raises:
        ValueError: the mask is empty.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        raise ValueError("an empty mask has no bounds")
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def area(mask: Mask) -> int:
    """Return the number of pixels in the mask."""
    return int(np.count_nonzero(mask))


def inner_point(mask: Mask) -> tuple[int, int]:
    """Return a pixel (x, y) well inside the mask, at which a click means this object.

    It is the middle of the longest run of pixels in a row, preferring middle rows, so that an object with
    thin parts is clicked in its body.

    Raises:
        ValueError: the mask is empty.
    """
    x0, y0, x1, y1 = bounds(mask)
    inside = np.pad(mask[y0:y1, x0:x1], ((0, 0), (1, 1)))
    steps = np.diff(inside.astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    middle = np.abs(rows - (y1 - y0 - 1) / 2) / (y1 - y0)
    best = int(np.argmax((ends - starts) * (1.0 - middle)))
    return int(x0 + (starts[best] + ends[best] - 1) // 2), int(y0 + rows[best])


def outline(mask: Mask, thickness: int = 1) -> Mask:
    """Return the pixels of the mask within ``thickness`` pixels of its edge.

    The border of the still counts as an edge.
    """
    inside = np.pad(mask, 1)
    for _ in range(thickness):
        centre = inside[1:-1, 1:-1]
        kept = centre & inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
        inside = np.pad(kept, 1)
    return mask & ~inside[1:-1, 1:-1]


def _digest(height: int, width: int, raw: bytes) -> str:
    return hashlib.sha256(f"{height}x{width}:".encode() + raw).hexdigest()
