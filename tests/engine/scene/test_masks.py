"""Masks as values: packed and unpacked, joined, measured."""

import dataclasses
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.color import deltaE_ciede2000, rgb2lab

from engine.scene.colours import PALETTE, object_colour
from engine.scene.masks import area, bounds, inner_point, outline, pack, union, unpack
from engine.scene.objects import SoundingObject
from engine.scene.takes import Take

masks = hnp.arrays(np.bool_, st.tuples(st.integers(1, 20), st.integers(1, 20)))


@given(masks)
def test_a_packed_mask_unpacks_to_itself(mask: np.ndarray) -> None:
    packed = pack(mask)
    assert (unpack(packed) == mask).all()
    assert pack(unpack(packed)) == packed


def test_masks_of_equal_bits_and_other_shape_differ() -> None:
    assert pack(np.ones((2, 8), np.bool_)).digest != pack(np.ones((8, 2), np.bool_)).digest


def test_damaged_masks_are_refused() -> None:
    packed = pack(np.eye(9, dtype=np.bool_))
    for wrong in ({"bits": "????"}, {"bits": "AAAA"}, {"height": 8}, {"digest": "0"}, {"height": 0}):
        with pytest.raises(ValueError):
            unpack(dataclasses.replace(packed, **wrong))


def test_a_small_recipe_can_not_swell_into_a_large_mask() -> None:
    bomb = dataclasses.replace(pack(np.zeros((4000, 4000), np.bool_)), height=10, width=10)
    with pytest.raises(ValueError, match="do not fit"):
        unpack(bomb)


def test_an_unpacked_mask_can_not_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        unpack(pack(np.ones((3, 3), np.bool_)))[0, 0] = False


@given(masks)
def test_the_inner_point_is_in_the_mask_and_in_its_bounds(mask: np.ndarray) -> None:
    if not mask.any():
        with pytest.raises(ValueError, match="empty"):
            inner_point(mask)
        return
    x, y = inner_point(mask)
    x0, y0, x1, y1 = bounds(mask)
    assert mask[y, x]
    assert x0 <= x < x1
    assert y0 <= y < y1
    assert area(mask[y0:y1, x0:x1]) == area(mask)


def test_the_inner_point_of_a_thing_with_a_tail_is_in_its_body() -> None:
    mask = np.zeros((40, 60), np.bool_)
    mask[10:30, 5:30] = True
    mask[20, 30:50] = True
    x, y = inner_point(mask)
    assert 5 <= x < 45
    assert 10 <= y < 30


def test_the_outline_is_the_rim_of_the_mask() -> None:
    mask = np.zeros((10, 10), np.bool_)
    mask[2:8, 2:8] = True
    assert area(outline(mask)) == 20
    assert area(outline(mask, 3)) == 36
    assert area(outline(np.ones((4, 4), np.bool_))) == 12


def test_a_union_has_every_pixel_of_its_masks() -> None:
    left, right = np.eye(4, dtype=np.bool_), np.eye(4, dtype=np.bool_)[::-1]
    assert area(union([left, right])) == 8
    with pytest.raises(ValueError, match="one size"):
        union([left, np.ones((3, 3), np.bool_)])
    with pytest.raises(ValueError, match="one size"):
        union([])


def test_neighbouring_objects_have_different_colours() -> None:
    assert len(set(PALETTE)) == len(PALETTE)
    shades = rgb2lab(np.array(PALETTE, float)[None] / 255)[0]
    apart = [deltaE_ciede2000(one, other) for one, other in combinations(shades, 2)]
    assert min(apart) >= 18, "on a picture two of them could be taken for each other"
    assert object_colour(0) == object_colour(len(PALETTE)) != object_colour(1)


def test_renaming_an_object_also_changes_what_it_sounds_like() -> None:
    thing = SoundingObject(2, np.ones((3, 3), np.bool_), "dog")
    assert thing.prompt is None
    horn = thing.renamed("horn")
    assert (horn.name, horn.prompt, horn.colour) == ("horn", "horn", thing.colour)
    assert horn.mask is thing.mask


def test_a_take_is_never_changed() -> None:
    samples = np.zeros((1, 8000), np.float32)
    take = Take(samples, 16_000, "dog", (0,), 1, '{"seed": 7}')
    samples[:] = 1
    assert not take.samples.any()
    assert take.seconds == 0.5
    assert take.facts() == {"seed": 7}
    with pytest.raises(ValueError, match="read-only"):
        take.samples[0, 0] = 1
    with pytest.raises(ValueError, match="float32"):
        Take(np.zeros(8, np.float32), 16_000, "dog", (0,), 1, "{}")
