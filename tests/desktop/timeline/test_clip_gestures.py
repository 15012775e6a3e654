"""Copying, slipping and levelling clips by the pointer, and groups that move together; without a widget."""

from dataclasses import replace

import pytest

from desktop.timeline import clip_edits
from desktop.timeline.interaction.drag_controller import PressModifiers
from desktop.timeline.interaction.gestures import GestureEdit
from desktop.timeline.interaction.hit_test import Hit, HitPart
from desktop.timeline.interaction.track_order import place_for
from desktop.timeline.layout.clip_navigation import edge_from, marker_from
from engine.errors import BadInput
from engine.scene import edits
from engine.scene.scene import Scene
from engine.scene.timeline import Clip
from tests.desktop.timeline.bench import DOG, RATE, clips, record, two_tracks
from tests.desktop.timeline.pointer_drag import GEOMETRY, MIDDLE, Drag

COPY, SLIP = PressModifiers(control=True), PressModifiers(shift=True, control=True)


def first(scene: Scene) -> Clip:
    return clips(scene)[0]


def drag_of(scene: Scene, part: HitPart = HitPart.BODY) -> Drag:
    return Drag(scene, Hit(part, 0, first(scene).id), 300)


def grouped() -> Scene:
    scene = two_tracks()
    return edits.group_clips(scene, [clip.id for clip in clips(scene)])


def test_dragging_with_control_places_one_copy_and_leaves_the_clip() -> None:
    drag = drag_of(two_tracks())
    drag.press(COPY)
    for x in (350, 400, 500):
        drag.to(x)
    dog, copy, rain = clips(drag.scene)
    assert (dog, rain) == tuple(clips(two_tracks()))
    assert (copy.start, copy.take, copy.id) == (RATE + 200 * 480, DOG, two_tracks().next_id)
    assert drag.scene.next_id == copy.id + 1
    assert drag.hand.selected == {copy.id}
    drag.to(500, MIDDLE + 62)
    assert [len(track.clips) for track in drag.scene.timeline.tracks] == [1, 2]


def test_a_copying_drag_that_is_cancelled_leaves_no_copy() -> None:
    drag = drag_of(two_tracks())
    drag.press(COPY)
    outcome = drag.to(400)
    assert isinstance(outcome, GestureEdit) and outcome.name == "Copy clip"
    undo = drag.hand.cancel()
    assert undo is not None
    assert undo.change(drag.scene).timeline == two_tracks().timeline


def test_copies_of_selected_clips_keep_their_distances_and_are_a_group_of_their_own() -> None:
    drag = drag_of(grouped())
    drag.hand.selected = frozenset(clip.id for clip in clips(drag.scene))
    drag.press(COPY)
    drag.to(400)
    made = [clip for clip in clips(drag.scene) if clip.group == 2]
    assert [clip.start // RATE for clip in made] == [2, 7]
    assert [clip.group for clip in clips(drag.scene)].count(1) == 2


def test_control_without_a_drag_still_adds_to_the_selection() -> None:
    drag = drag_of(two_tracks())
    drag.hand.selected = frozenset({99})
    drag.press(COPY)
    assert drag.to(301) is None
    drag.hand.release(drag.point(301, MIDDLE))
    assert drag.hand.selected == {99, first(drag.scene).id}


def test_dragging_with_control_and_shift_moves_the_sound_inside_the_clip() -> None:
    scene = edits.trim_end(edits.trim_start(two_tracks(), first(two_tracks()).id, 2 * RATE), 2, 4 * RATE)
    drag = drag_of(scene)
    drag.press(SLIP)
    drag.to(350)
    assert (first(drag.scene).start, first(drag.scene).length) == (2 * RATE, 2 * RATE)
    assert first(drag.scene).offset == RATE - 50 * 480
    drag.to(3000)
    assert first(drag.scene).offset == 0
    undo = drag.hand.cancel()
    assert undo is not None and undo.change(drag.scene) == scene


def test_pressing_a_clip_of_a_group_selects_and_moves_all_of_it() -> None:
    drag = drag_of(grouped())
    drag.press()
    assert drag.hand.selected == {clip.id for clip in clips(drag.scene)}
    drag.to(400)
    assert [clip.start // RATE for clip in clips(drag.scene)] == [2, 7]


def test_an_edge_of_a_clip_of_a_group_is_trimmed_alone() -> None:
    scene = grouped()
    drag = Drag(scene, Hit(HitPart.START, 0, first(scene).id), 100)
    drag.press()
    drag.to(150)
    assert [clip.start for clip in clips(drag.scene)] == [RATE + 50 * 480, 6 * RATE]


@pytest.mark.parametrize(("fine", "gain"), [(False, -10.0), (True, -1.0)])
def test_the_gain_line_moves_half_a_decibel_a_pixel_and_a_tenth_of_it_with_shift(
    fine: bool, gain: float
) -> None:
    drag = drag_of(two_tracks(), HitPart.GAIN)
    drag.press()
    point = replace(drag.point(300, MIDDLE + 20), fine=fine)
    outcome = drag.hand.move(point, drag.view)
    assert isinstance(outcome, GestureEdit)
    assert first(outcome.change(drag.scene)).gain_db == gain
    assert ("Shift: fine" in outcome.tooltip) is not fine


def test_the_next_take_of_the_same_object_is_played_in_place() -> None:
    scene = edits.attach_take(two_tracks(), record("e" * 64, "dog", 0))
    rejected = edits.reject_take(edits.attach_take(scene, record("f" * 64, "dog", 0)), "f" * 64)
    dog = first(scene).id
    stepped = clip_edits.step_take(rejected, {dog}, 1)
    assert (first(stepped).take, first(stepped).start) == ("e" * 64, RATE)
    assert first(clip_edits.step_take(stepped, {dog}, 1)).take == DOG
    assert first(clip_edits.step_take(rejected, {dog}, -1)).take == "e" * 64
    with pytest.raises(BadInput, match="no other take"):
        clip_edits.step_take(two_tracks(), {dog}, 1)


@pytest.mark.parametrize(("ripple", "starts"), [(False, [1, 4, 6]), (True, [1, 2, 4])])
def test_a_stretch_of_time_is_cleared_on_every_track(ripple: bool, starts: list[int]) -> None:
    scene = edits.add_marker(two_tracks(), 8 * RATE)
    cleared = clip_edits.clear_range(scene, 2 * RATE, 4 * RATE, ripple=ripple)
    assert [clip.start // RATE for clip in clips(cleared)] == starts
    assert [(clip.offset // RATE, clip.length // RATE) for clip in clips(cleared)][:2] == [(0, 1), (3, 1)]
    assert cleared.timeline.markers[0].at == (6 if ripple else 8) * RATE


def test_edges_and_markers_are_walked_and_the_last_is_stayed_at() -> None:
    scene = edits.add_clip_marker(edits.add_marker(two_tracks(), 3 * RATE), 2, 2 * RATE, "paw")
    line = scene.timeline
    assert [edge_from(line, at * RATE, 1) for at in (0, 1, 5, 10)] == [RATE, 5 * RATE, 6 * RATE, None]
    assert [edge_from(line, at * RATE, -1) for at in (0, 1, 7)] == [None, 0, 6 * RATE]
    assert [marker_from(line, at * RATE, 1) for at in (0, 2, 3)] == [2 * RATE, 3 * RATE, None]
    assert marker_from(line, 9 * RATE, -1) == 3 * RATE
    assert marker_from(two_tracks().timeline, 0, 1) is None


@pytest.mark.parametrize(
    ("row", "y", "place"),
    [
        (0, 0, None),
        (0, 60, None),
        (0, 80, None),
        (0, 120, 1),
        (0, 999, 2),
        (2, 0, 0),
        (2, 50, 1),
        (1, -50, 0),
    ],
)
def test_a_dragged_head_goes_where_the_pointer_is(row: int, y: int, place: int | None) -> None:
    top = GEOMETRY.top_of(0)
    assert place_for(GEOMETRY, 3, row, top + y) == place
