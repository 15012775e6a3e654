"""Masks as files, and drawn over the still."""

import io

import numpy as np
from PIL import Image

from engine.vision.overlay import OverlayObject, mask_png, overlay_png
from engine.vision.still import Still

ORANGE, BLUE = (255, 176, 0), (58, 190, 255)


def grey(height: int = 120, width: int = 160) -> Still:
    return Still.from_pixels(np.full((height, width, 3), 100, np.uint8))


def block(still: Still, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    mask = np.zeros((still.height, still.width), np.bool_)
    mask[y0:y1, x0:x1] = True
    return mask


def test_a_mask_file_has_one_bit_a_pixel_and_gives_the_mask_back() -> None:
    mask = np.random.default_rng(1).random((33, 47)) > 0.5
    picture = Image.open(io.BytesIO(mask_png(mask)))
    assert (picture.mode, picture.size) == ("1", (47, 33))
    assert (np.asarray(picture) == mask).all()


def test_objects_are_tinted_outlined_and_the_rest_is_dimmed() -> None:
    still = grey()
    mask = block(still, 20, 60, 60, 110)
    drawn = np.asarray(Image.open(io.BytesIO(overlay_png(still, [OverlayObject(mask, "dog", ORANGE)]))))
    assert drawn.shape == (120, 160, 3)
    assert tuple(drawn[60, 30]) == ORANGE
    assert drawn[85, 40, 0] > 100 > drawn[85, 40, 2]
    assert tuple(drawn[100, 150]) == (72, 72, 72)


def test_every_name_is_written_in_its_colour_and_inside_the_picture() -> None:
    still = grey()
    masks = [block(still, 0, 0, 20, 20), block(still, 140, 100, 160, 120)]
    bare = np.asarray(Image.open(io.BytesIO(overlay_png(still, []))))
    named = overlay_png(
        still, [OverlayObject(masks[0], "rooster", ORANGE), OverlayObject(masks[1], "car horn", BLUE)]
    )
    drawn = np.asarray(Image.open(io.BytesIO(named)))
    for colour, mask in zip((ORANGE, BLUE), masks, strict=True):
        plate = (drawn == colour).all(axis=2) & ~mask
        assert plate.sum() > 50
    assert drawn.shape == bare.shape


def test_an_empty_mask_and_the_smallest_still_are_drawn() -> None:
    still = grey(32, 32)
    marked = [
        OverlayObject(block(still, 0, 0, 0, 0), "nothing", ORANGE),
        OverlayObject(block(still, 0, 0, 32, 32), "a" * 60, BLUE),
    ]
    assert Image.open(io.BytesIO(overlay_png(still, marked))).size == (32, 32)
