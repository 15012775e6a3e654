"""Edits of objects, and what they refuse."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.errors import BadInput
from engine.scene import edits
from engine.scene.limits import MOST_OBJECTS
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene
from tests.engine.scene.edits.small_scenes import digest_of, one_clip, small_mask, two_objects


def object_of(scene: Scene, index: int) -> SoundingObject:
    thing = scene.object(index)
    assert thing is not None
    return thing


def test_objects_are_numbered_in_the_order_they_are_added_and_a_number_is_never_given_again() -> None:
    scene = edits.remove_object(two_objects(), 1)
    scene = edits.add_object(scene, small_mask(2), "Car", prompt=" a   horn ")
    assert [(thing.index, thing.name) for thing in scene.objects] == [(0, "Dog"), (2, "Car")]
    assert object_of(scene, 2).prompt == "a horn"


def test_a_mask_that_the_caller_changes_later_does_not_change_the_object() -> None:
    mask = np.ones((6, 8), np.bool_)
    scene = edits.replace_mask(two_objects(), 0, mask)
    mask[:] = False
    assert object_of(scene, 0).mask.all()
    assert not object_of(scene, 0).mask.flags.writeable


def test_a_read_only_mask_is_shared() -> None:
    mask = small_mask(3)
    assert object_of(edits.replace_mask(two_objects(), 0, mask), 0).mask is mask


@pytest.mark.parametrize(
    ("mask", "sentence"),
    [
        (np.zeros((6, 8), np.bool_), "empty mask"),
        (np.ones((8, 6), np.bool_), "mask of 6 x 8 pixels"),
        (np.ones(48, np.bool_), "for each pixel"),
        (np.ones((6, 8), np.uint8), "for each pixel"),
    ],
)
def test_masks_that_are_none_of_the_still_are_refused(mask: Any, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        edits.add_object(two_objects(), mask, "Car")
    with pytest.raises(BadInput, match=sentence):
        edits.replace_mask(two_objects(), 0, mask)


def test_without_a_still_there_are_no_objects() -> None:
    with pytest.raises(BadInput, match="no still"):
        edits.add_object(Scene(), small_mask(), "Car")


def test_a_renamed_object_sounds_like_its_name_unless_a_person_wrote_a_prompt() -> None:
    scene = edits.rename_object(two_objects(), 0, "Cat")
    assert object_of(scene, 0).prompt == "Cat"
    scene = edits.rename_object(edits.prompt_object(scene, 0, "purring"), 0, "Tom")
    assert (object_of(scene, 0).name, object_of(scene, 0).prompt) == ("Tom", "purring")
    assert object_of(edits.prompt_object(scene, 0, "  "), 0).prompt is None


def test_the_track_of_a_renamed_object_follows_unless_it_has_a_name_of_its_own() -> None:
    scene = edits.rename_track(one_clip(), 2, "Church")
    scene = edits.rename_object(edits.rename_object(scene, 0, "Cat"), 1, "Gong")
    assert [track.name for track in scene.timeline.tracks] == ["Cat", "Church"]


def test_everything_about_an_object_can_be_set() -> None:
    scene = edits.set_negative(two_objects(), 0, "wind")
    scene = edits.set_duration(scene, 0, 2.5)
    scene = edits.lock_seed(edits.set_seed(scene, 0, 77), 0)
    scene = edits.recolour_object(edits.set_level(scene, 0, -30.0), 0, (1, 2, 3))
    dog = object_of(scene, 0)
    assert (dog.negative, dog.duration, dog.seed, dog.seed_locked) == ("wind", 2.5, 77, True)
    assert (dog.level_lufs, dog.colour) == (-30.0, (1, 2, 3))
    back = edits.lock_seed(edits.recolour_object(scene, 0, None), 0, locked=False)
    assert object_of(back, 0).colour == object_of(two_objects(), 0).colour
    assert not object_of(back, 0).seed_locked
    assert object_of(back, 1) is scene.objects[1]


@pytest.mark.parametrize(
    ("edit", "value", "sentence"),
    [
        (edits.set_duration, 0.0, "lasts 0.5 to 30"),
        (edits.set_duration, math.nan, "asks for nan seconds"),
        (edits.set_level, math.inf, "level of inf LUFS"),
        (edits.set_level, -71.0, "-70 to -5"),
        (edits.set_seed, -1, "seeds are whole"),
        (edits.set_seed, 2**63, "seeds are whole"),
        (edits.set_seed, 10**400, "far too many digits"),
        (edits.recolour_object, (0, 0, 256), "0 to 255"),
        (edits.rename_object, "  ", "name of 1 to"),
        (edits.rename_object, "a\x00b", "name of 1 to"),
        (edits.prompt_object, "x" * 10_001, "prompt of at most"),
        (edits.set_negative, "\ud800", "negative words"),
        (edits.move_object, 2, "no place 2"),
        (edits.move_object, -1, "no place -1"),
    ],
)
def test_values_that_make_no_sense_are_refused(edit: Any, value: Any, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        edit(two_objects(), 0, value)


@pytest.mark.parametrize(
    "edit",
    [
        lambda scene: edits.rename_object(scene, 9, "Cat"),
        lambda scene: edits.replace_mask(scene, 9, small_mask()),
        lambda scene: edits.move_object(scene, 9, 0),
        lambda scene: edits.remove_object(scene, 9),
        lambda scene: edits.track_for_object(scene, 9),
        lambda scene: edits.choose_take(scene, 9, digest_of(1)),
        lambda scene: edits.unchoose_take(scene, 9),
    ],
)
def test_an_object_that_is_not_there_is_refused(edit: Any) -> None:
    with pytest.raises(BadInput, match="There is no object 9"):
        edit(two_objects())


def test_objects_are_reordered_and_keep_their_numbers() -> None:
    scene = edits.move_object(two_objects(), 1, 0)
    assert [thing.index for thing in scene.objects] == [1, 0]


def test_a_removed_object_leaves_its_takes_and_its_track() -> None:
    before = edits.choose_take(one_clip(), 0, digest_of(1))
    scene = edits.remove_object(before, 0)
    assert scene.takes == before.takes
    assert scene.chosen == ()
    assert [track.object for track in scene.timeline.tracks] == [None, 1]
    assert scene.clip(3) is not None


def test_a_removed_object_takes_its_track_along_when_asked_to() -> None:
    scene = edits.remove_object(one_clip(), 0, tracks=True)
    assert [track.id for track in scene.timeline.tracks] == [2]
    assert scene.takes == one_clip().takes


def test_another_still_must_be_of_the_size_that_the_masks_are_of() -> None:
    scene = two_objects()
    assert scene.still is not None
    larger = type(scene.still)("still.png", "b" * 64, 9, 6, "\udcff")
    with pytest.raises(BadInput, match="not the size of the still"):
        edits.set_still(scene, larger)
    bare = edits.set_still(Scene(), larger)
    assert bare.still is not None
    assert bare.still.name == "\N{REPLACEMENT CHARACTER}"


def test_a_project_is_renamed_but_never_nameless() -> None:
    assert edits.rename_scene(Scene(), "  Night \n street ").name == "Night street"
    with pytest.raises(BadInput, match="needs a name"):
        edits.rename_scene(Scene(), "\n")


def test_when_all_numbers_are_used_up_a_project_takes_no_more_objects() -> None:
    last = replace(two_objects(), next_object=MOST_OBJECTS - 1)
    full = edits.add_object(last, small_mask(2), "Last")
    assert full.objects[-1].index == MOST_OBJECTS - 1
    with pytest.raises(BadInput, match="used up its numbers for objects"):
        edits.add_object(full, small_mask(3), "One more")
