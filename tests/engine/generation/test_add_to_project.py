"""New takes arrive in a scene: on a track of their own, and never in the way of what was arranged."""

from dataclasses import replace

import numpy as np

from engine.generation.add_to_project import attach
from engine.scene.edits import add_object, add_track, remove_clip, remove_object
from engine.scene.scene import Scene, StillRecord, TakeRecord
from engine.scene.validity import problems


def scene_with_a_dog() -> Scene:
    scene = Scene(still=StillRecord("still.png", "0" * 64, 8, 6, "street.png"))
    return add_object(scene, np.ones((6, 8), np.bool_), "dog")


def record(number: int, objects: tuple[int, ...], name: str = "dog") -> TakeRecord:
    return TakeRecord(f"{number:064x}", name, objects, number, 16_000, 1, 16_000, "{}")


def test_the_first_take_of_an_object_is_in_use_and_on_its_track() -> None:
    scene = attach(scene_with_a_dog(), record(1, (0,)))
    [track] = scene.timeline.tracks
    assert (track.name, track.object) == ("dog", 0)
    assert [(clip.take, clip.start, clip.length) for clip in track.clips] == [(f"{1:064x}", 0, 48_000)]
    assert scene.chosen_of(0) == record(1, (0,))
    assert problems(scene) == ()


def test_later_takes_wait_in_the_list() -> None:
    first = attach(scene_with_a_dog(), record(1, (0,)))
    scene = attach(first, record(2, (0,)))
    assert scene.timeline == first.timeline
    assert scene.chosen == first.chosen
    assert [take.number for take in scene.takes_of(0)] == [1, 2]


def test_a_take_comes_onto_a_track_that_was_emptied() -> None:
    scene = attach(scene_with_a_dog(), record(1, (0,)))
    scene = remove_clip(scene, scene.timeline.tracks[0].clips[0].id)
    scene = attach(scene, record(2, (0,)))
    assert [clip.take for clip in scene.timeline.tracks[0].clips] == [f"{2:064x}"]


def test_takes_of_several_together_are_muted_and_those_of_words_sound() -> None:
    two = add_object(scene_with_a_dog(), np.eye(6, 8, dtype=np.bool_), "frog")
    scene = attach(two, record(1, (0, 1), "together"))
    scene = attach(scene, record(2, (), "rain"))
    assert [(t.name, t.object, t.muted) for t in scene.timeline.tracks] == [
        ("together", None, True),
        ("rain", None, False),
    ]
    assert scene.chosen == ()


def test_a_take_of_an_object_that_is_gone_is_kept_all_the_same() -> None:
    scene = add_track(remove_object(scene_with_a_dog(), 0), "other")
    after = attach(scene, record(1, (0,)))
    assert [take.digest for take in after.takes] == [f"{1:064x}"]
    assert after.timeline == scene.timeline


def test_the_same_take_twice_is_one_take() -> None:
    scene = attach(scene_with_a_dog(), record(1, (0,)))
    assert attach(scene, replace(record(1, (0,)), number=9)) == scene
