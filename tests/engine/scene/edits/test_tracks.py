"""Edits of tracks and markers, and what they refuse."""

import math
from dataclasses import replace
from typing import Any

import pytest

from engine.errors import BadInput
from engine.scene import edits
from engine.scene.scene import Scene
from engine.scene.timeline import MOST_SAMPLES
from tests.engine.scene.edits.small_scenes import one_clip, two_objects


def test_tracks_go_to_the_bottom_or_where_they_are_asked_to() -> None:
    scene = edits.add_track(edits.add_track(one_clip(), "Air"), "Room", place=0)
    assert [track.name for track in scene.timeline.tracks] == ["Room", "Dog", "Bell", "Air"]
    moved = edits.move_track(scene, 1, 3)
    assert [track.name for track in moved.timeline.tracks] == ["Room", "Bell", "Air", "Dog"]


def test_an_object_gets_one_track_of_its_name() -> None:
    scene = edits.track_for_object(two_objects(), 1)
    assert [(track.name, track.object) for track in scene.timeline.tracks] == [("Bell", 1)]
    assert edits.track_of_object(scene, 1) == scene.timeline.tracks[0].id
    assert edits.track_of_object(scene, 0) is None
    assert edits.track_for_object(scene, 1) is scene


def test_the_number_of_a_removed_track_is_not_given_again() -> None:
    scene = edits.add_track(edits.remove_track(one_clip(), 1), "Air")
    assert [track.id for track in scene.timeline.tracks] == [2, 4]
    assert scene.clip(3) is None


def test_everything_about_a_track_can_be_set() -> None:
    scene = edits.rename_track(one_clip(), 1, " Barks ")
    scene = edits.set_track_pan(edits.set_track_gain(scene, 1, -6.0), 1, -0.5)
    scene = edits.assign_track(edits.solo_track(edits.mute_track(scene, 1), 1), 1, None)
    track = scene.track(1)
    assert track is not None
    assert (track.name, track.gain_db, track.pan) == ("Barks", -6.0, -0.5)
    assert (track.muted, track.soloed, track.object) == (True, True, None)
    back = edits.solo_track(edits.mute_track(scene, 1, muted=False), 1, soloed=False)
    assert len(back.timeline.audible()) == 2
    assert back.track(2) is one_clip_track(scene, 2)


def one_clip_track(scene: Scene, number: int) -> object:
    return next(track for track in scene.timeline.tracks if track.id == number)


@pytest.mark.parametrize(
    ("edit", "value", "sentence"),
    [
        (edits.set_track_gain, 24.1, "gains are from -96 to 24"),
        (edits.set_track_gain, math.nan, "gain of nan dB"),
        (edits.set_track_gain, 10**400, "far too many digits"),
        (edits.set_track_pan, -1.01, "pans are from -1"),
        (edits.set_track_pan, math.inf, "pan of inf"),
        (edits.rename_track, "", "name of 1 to"),
        (edits.move_track, 2, "no place 2"),
        (edits.move_track, math.nan, "no place nan"),
        (edits.assign_track, 9, "no object 9"),
    ],
)
def test_values_that_make_no_sense_are_refused(edit: Any, value: Any, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        edit(one_clip(), 1, value)


def test_a_track_that_is_not_there_is_refused() -> None:
    for edit in (edits.remove_track, edits.mute_track, edits.solo_track):
        with pytest.raises(BadInput, match="There is no track 3"):
            edit(one_clip(), 3)
    with pytest.raises(BadInput, match="object 7, which is not there"):
        edits.add_track(one_clip(), "Air", index=7)


def test_a_project_whose_numbers_are_used_up_says_so() -> None:
    with pytest.raises(BadInput, match="used up its numbers"):
        edits.add_track(replace(one_clip(), next_id=2**53), "Air")


def test_markers_stand_in_the_order_of_their_places() -> None:
    scene = edits.add_marker(edits.add_marker(one_clip(), 500, "Door"), 100, " Step ", hit=True)
    assert [(it.id, it.at, it.name, it.hit) for it in scene.timeline.markers] == [
        (5, 100, "Step", True),
        (4, 500, "Door", False),
    ]
    scene = edits.hit_marker(edits.rename_marker(edits.move_marker(scene, 5, 900), 5, "Fall"), 5, hit=False)
    assert [(it.id, it.name, it.hit) for it in scene.timeline.markers] == [
        (4, "Door", False),
        (5, "Fall", False),
    ]
    assert [it.id for it in edits.remove_marker(scene, 4).timeline.markers] == [5]


def test_markers_that_make_no_sense_are_refused() -> None:
    scene = edits.add_marker(one_clip(), 500)
    for at in (-1, MOST_SAMPLES + 1, math.nan, 1.5):
        with pytest.raises(BadInput, match="not on the timeline"):
            edits.add_marker(scene, at)  # type: ignore[arg-type]
        with pytest.raises(BadInput, match="not on the timeline"):
            edits.move_marker(scene, 4, at)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="name of 1 to"):
        edits.rename_marker(scene, 4, " ")
    for edit in (edits.remove_marker, edits.hit_marker):
        with pytest.raises(BadInput, match="There is no marker 3"):
            edit(scene, 3)
