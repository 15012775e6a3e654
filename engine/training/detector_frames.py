"""Training frames of the detector: windows of photographs, mosaics, and photographs with things pasted in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
"""Class of a thing whose class is not known: it teaches that there is a thing, and its box."""
LEAST_SIDE = 7.0
"""A box with a shorter side, in pixels of the frame, is left out."""
Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Random = np.random.Generator


@dataclass(frozen=True)
class Boxed:
    """A picture and the boxes in it.

    Attributes:
        pixels: uint8 (h, w, 3).
        boxes: (n, 4) x0, y0, x1, y1 in pixels.
        classes: (n,) class, or ``UNKNOWN``.
        weights: (n,) 1 for a box drawn by people, the score of a detector's; 0 if it is too unsure to teach.
        masks: bool (h, w) of the first boxes; things that can be pasted elsewhere.
    """

    pixels: Pixels
    boxes: Floats
    classes: NDArray[np.int64]
    weights: Floats
    masks: tuple[NDArray[np.bool_], ...] = ()


def box_of(mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Return the bounding box x0, y0, x1, y1 of a mask that is not empty."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def window(picture: Boxed, corners: tuple[int, int, int, int], size: tuple[int, int]) -> Boxed:
    """Return a part of a picture, scaled to ``size`` (width, height); boxes that are mostly cut away are left out."""
    x0, y0, x1, y1 = corners
    wide, tall = size[0] / (x1 - x0), size[1] / (y1 - y0)
    how = cv2.INTER_AREA if wide < 1 else cv2.INTER_LINEAR
    pixels = np.asarray(
        cv2.resize(np.ascontiguousarray(picture.pixels[y0:y1, x0:x1]), size, interpolation=how), np.uint8
    )
    moved = (picture.boxes - np.array([x0, y0, x0, y0], np.float32)) * np.array(
        [wide, tall, wide, tall], np.float32
    )
    return _kept(Boxed(pixels, moved, picture.classes, picture.weights), 0.35)


def _kept(picture: Boxed, least: float) -> Boxed:
    """Cut boxes at the picture's border, and leave out those of which less than ``least`` is left."""
    height, width = picture.pixels.shape[:2]
    cut = picture.boxes.copy()
    cut[:, 0::2] = cut[:, 0::2].clip(0, width)
    cut[:, 1::2] = cut[:, 1::2].clip(0, height)
    shape, before = cut[:, 2:] - cut[:, :2], picture.boxes[:, 2:] - picture.boxes[:, :2]
    keep = (shape.min(1, initial=1e9) >= LEAST_SIDE) & (shape.prod(1) >= least * before.prod(1))
    return replace(picture, boxes=cut[keep], classes=picture.classes[keep], weights=picture.weights[keep])


def random_window(picture: Boxed, side: int, rng: Random, least: float = 0.4) -> Boxed:
    """Return a window of a picture in a square frame, at a random scale, somewhere on grey."""
    height, width = picture.pixels.shape[:2]
    share = rng.uniform(least, 1.0) if rng.random() < 0.6 else 1.0
    across, down = (
        max(16, round(extent * min(1.0, share * rng.uniform(0.85, 1.2)))) for extent in (width, height)
    )
    across, down = min(across, width), min(down, height)
    x, y = int(rng.integers(width - across + 1)), int(rng.integers(height - down + 1))
    scale = side / max(across, down) * (rng.uniform(0.55, 1.0) if rng.random() < 0.35 else 1.0)
    size = max(8, min(side, round(across * scale))), max(8, min(side, round(down * scale)))
    part = window(picture, (x, y, x + across, y + down), size)
    centred = rng.random() < 0.5
    left, top = (
        ((side - size[0]) // 2, (side - size[1]) // 2)
        if centred
        else (int(rng.integers(side - size[0] + 1)), int(rng.integers(side - size[1] + 1)))
    )
    return _laid([(part, (left, top))], side)


def _laid(parts: Sequence[tuple[Boxed, tuple[int, int]]], side: int) -> Boxed:
    canvas = np.full((side, side, 3), 128, np.uint8)
    boxes = []
    for part, (left, top) in parts:
        height, width = part.pixels.shape[:2]
        canvas[top : top + height, left : left + width] = part.pixels
        boxes.append(part.boxes + np.array([left, top, left, top], np.float32))
    classes = np.concatenate([part.classes for part, _ in parts])
    return Boxed(canvas, np.concatenate(boxes), classes, np.concatenate([part.weights for part, _ in parts]))


def mosaic(pictures: Sequence[Boxed], side: int, rng: Random) -> Boxed:
    """Return four pictures in one frame, divided at a random place."""
    x, y = (round(side * rng.uniform(0.35, 0.65)) for _ in range(2))
    places = [(0, 0, x, y), (x, 0, side, y), (0, y, x, side), (x, y, side, side)]
    parts = []
    for picture, (x0, y0, x1, y1) in zip(pictures, places, strict=True):
        height, width = picture.pixels.shape[:2]
        scale = max((x1 - x0) / width, (y1 - y0) / height) * rng.uniform(1.0, 1.5)
        across, down = (
            min(width, max(1, round((x1 - x0) / scale))),
            min(height, max(1, round((y1 - y0) / scale))),
        )
        left, top = int(rng.integers(width - across + 1)), int(rng.integers(height - down + 1))
        parts.append((window(picture, (left, top, left + across, top + down), (x1 - x0, y1 - y0)), (x0, y0)))
    return _laid(parts, side)


def pasted(frame: Boxed, thing: Boxed, which: int, rng: Random) -> Boxed:
    """Return a frame with the masked thing number ``which`` of a picture pasted in at a random place and size."""
    mask = thing.masks[which]
    x0, y0, x1, y1 = (int(value) for value in box_of(mask))
    side = frame.pixels.shape[0]
    scale = side * float(np.exp(rng.uniform(np.log(0.12), np.log(0.8)))) / max(x1 - x0, y1 - y0)
    size = max(4, min(side, round((x1 - x0) * scale))), max(4, min(side, round((y1 - y0) * scale)))
    cut = np.asarray(cv2.resize(thing.pixels[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA), np.float32)
    soft = np.asarray(cv2.resize(mask[y0:y1, x0:x1].astype(np.float32), size, interpolation=cv2.INTER_AREA))
    if rng.random() < 0.5:
        cut, soft = cut[:, ::-1], soft[:, ::-1]
    left, top = int(rng.integers(side - size[0] + 1)), int(rng.integers(side - size[1] + 1))
    canvas = frame.pixels.astype(np.float32)
    place = slice(top, top + size[1]), slice(left, left + size[0])
    canvas[place] += (cut - canvas[place]) * soft[..., None]
    own = np.array([[left, top, left + size[0], top + size[1]]], np.float32)
    hidden = _hidden(frame.boxes, place, soft > 0.5)
    return Boxed(
        canvas.astype(np.uint8),
        np.concatenate([frame.boxes[~hidden], own]),
        np.concatenate([frame.classes[~hidden], thing.classes[which : which + 1]]),
        np.concatenate([frame.weights[~hidden], thing.weights[which : which + 1]]),
    )


def _hidden(boxes: Floats, place: tuple[slice, slice], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which boxes (n, 4) are covered by more than half by a mask laid at a place."""
    rows, columns = place
    out = np.zeros(len(boxes), np.bool_)
    for number, (x0, y0, x1, y1) in enumerate(boxes.astype(int)):
        inside = mask[
            max(0, y0 - rows.start) : max(0, y1 - rows.start),
            max(0, x0 - columns.start) : max(0, x1 - columns.start),
        ]
        out[number] = inside.sum() > 0.5 * max(1, (x1 - x0) * (y1 - y0))
    return out


def varied(frame: Boxed, rng: Random) -> Boxed:
    """Return a frame with other light and colours, mirrored half of the time."""
    pixels = frame.pixels.astype(np.float32)
    grey = pixels.mean(2, keepdims=True)
    pixels = grey + (pixels - grey) * (0.0 if rng.random() < 0.06 else rng.uniform(0.5, 1.5))
    pixels = (pixels - pixels.mean()) * rng.uniform(0.65, 1.35) + pixels.mean()
    pixels = pixels * rng.uniform(0.9, 1.1, 3).astype(np.float32) + rng.uniform(-30, 30)
    if rng.random() < 0.2:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.4, 1.4)))
    out = pixels.clip(0, 255).astype(np.uint8)
    boxes = frame.boxes
    if rng.random() < 0.5:
        side = out.shape[1]
        out = np.ascontiguousarray(out[:, ::-1])
        boxes = np.stack([side - boxes[:, 2], boxes[:, 1], side - boxes[:, 0], boxes[:, 3]], 1)
    return replace(frame, pixels=out, boxes=boxes)


def frame_source(pictures: Sequence[Boxed], shares: Floats, side: int, rng: Random) -> Callable[[], Boxed]:
    """Return what makes training frames.

    Args:
        pictures: all pictures; those with masks lend their things for pasting.
        shares: (n,) how often each picture is used.
        side: side of the square frames, in pixels.
        rng: random numbers.
    """
    chance = shares / shares.sum()
    lenders = np.array([number for number, picture in enumerate(pictures) if picture.masks])
    lending = chance[lenders] / chance[lenders].sum()

    def some() -> Boxed:
        return pictures[int(rng.choice(len(pictures), p=chance))]

    def make() -> Boxed:
        kind = rng.random()
        if kind < 0.25:
            return varied(mosaic([some() for _ in range(4)], side, rng), rng)
        frame = random_window(some(), side, rng)
        if kind < 0.55:
            for _ in range(int(rng.integers(1, 4))):
                thing = pictures[int(rng.choice(lenders, p=lending))]
                frame = pasted(frame, thing, int(rng.integers(len(thing.masks))), rng)
        return varied(frame, rng)

    return make
