"""From clip to clip by keys: the steps alone, then in the timeline by real key events."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.theme.dark_colours import DARK
from desktop.timeline import clip_edits
from desktop.timeline.layout import clip_navigation
from desktop.timeline.layout.time_scale import TimeScale
from desktop.timeline.layout.track_layout import RULER_HEIGHT, TRACK_HEIGHT, TrackLayout
from engine.errors import BadInput
from engine.scene.edits import add_track, move_clip, mute_clip, place_take, set_fade_in, trim_start
from engine.scene.scene import Scene
from tests.desktop.key_maps import key_map
from tests.desktop.timeline.bench import (
    ALT,
    CONTROL,
    DOG,
    FRAME,
    RAIN,
    RATE,
    SHIFT,
    TimelineBench,
    clips,
    two_tracks,
)


def three_rows() -> Scene:
    """Dog at 1 and 7 s on the first track, none on the second, rain at 6 and 20 s on the third."""
    scene = two_tracks()
    dog, rain = scene.timeline.tracks
    scene = place_take(scene, dog.id, DOG, 7 * RATE)
    scene = place_take(scene, rain.id, RAIN, 20 * RATE)
    scene = add_track(scene, "empty")
    first, last, empty = scene.timeline.tracks
    return replace(scene, timeline=replace(scene.timeline, tracks=(first, empty, last)))


def starts(scene: Scene, number: int | None) -> int | None:
    found = None if number is None else scene.clip(number)
    return None if found is None else found[1].start // RATE


def test_steps_along_a_track_go_by_time_and_end_at_its_last_clip() -> None:
    scene = three_rows()
    first = clips(scene)[0].id
    assert starts(scene, clip_navigation.clip_along(scene.timeline, first, 1)) == 7
    assert starts(scene, clip_navigation.clip_along(scene.timeline, first, 5)) == 7
    assert clip_navigation.clip_along(scene.timeline, first, -1) == first
    assert clip_navigation.clip_along(scene.timeline, 999, 1) is None


def test_steps_across_tracks_pass_empty_ones_and_go_to_what_is_nearest_in_time() -> None:
    scene = three_rows()
    first, second, rain, late = (clip.id for clip in clips(scene))
    assert clip_navigation.clip_across(scene.timeline, first, 1) == rain
    assert clip_navigation.clip_across(scene.timeline, second, 1) == rain
    assert clip_navigation.clip_across(scene.timeline, late, -1) == second
    assert clip_navigation.clip_across(scene.timeline, rain, 1) == rain
    assert clip_navigation.clip_across(scene.timeline, 999, 1) is None


def test_walking_begins_at_what_is_nearest_on_the_first_row_in_view_that_has_clips() -> None:
    scene = three_rows()
    assert starts(scene, clip_navigation.entry_clip(scene.timeline, 0, 0.0)) == 1
    assert starts(scene, clip_navigation.entry_clip(scene.timeline, 1, 30 * RATE)) == 20
    assert clip_navigation.entry_clip(Scene().timeline, 0, 0.0) is None


def test_a_clip_is_said_with_its_place_its_times_and_what_is_special() -> None:
    scene = three_rows()
    second = clips(scene)[1].id
    words = clip_navigation.accessible_text(scene, second, frozenset())
    assert words == "dog 1, clip 2 of 2 on dog, 01:00:07:00 to 01:00:11:00"
    assert clip_navigation.accessible_text(mute_clip(scene, second), second, {second}).endswith(
        "selected, muted"
    )
    assert clip_navigation.accessible_text(scene, 999, frozenset()) == ""


def test_what_is_gone_to_is_scrolled_into_view_and_what_is_there_stays() -> None:
    scene = three_rows()
    late = clips(scene)[3]
    geometry = TrackLayout(TimeScale(0.0, 480.0), 800, RULER_HEIGHT + TRACK_HEIGHT)
    shown = geometry.revealing(late, 2)
    left, top, width, height = shown.rect_of(late, 2)
    assert left >= 0 and left + width <= 800
    assert top >= RULER_HEIGHT and top + height <= shown.height
    assert shown.revealing(late, 2) == shown


def test_clips_begin_end_and_fade_at_the_playhead_where_they_can() -> None:
    scene = two_tracks()
    every = {clip.id for clip in clips(scene)}
    at = 2 * RATE
    trimmed = clip_edits.trim_all(scene, every, at, end=False)
    assert [clip.start for clip in clips(trimmed)] == [at, 6 * RATE]
    assert clips(clip_edits.trim_all(scene, every, at, end=True))[0].end == at
    back = clip_edits.trim_all(trim_start(scene, clips(scene)[0].id, 3 * RATE), every, at, end=False)
    assert clips(back)[0].start == at
    assert clips(clip_edits.fade_all(scene, every, at, out=False))[0].fade_in.samples == RATE
    faded = set_fade_in(scene, clips(scene)[0].id, 3 * RATE)
    assert clips(clip_edits.fade_all(faded, every, at, out=True))[0].fade_out.samples == RATE


def test_a_playhead_outside_every_selected_clip_is_said() -> None:
    scene = two_tracks()
    with pytest.raises(BadInput, match="put it inside one"):
        clip_edits.trim_all(scene, {clips(scene)[0].id}, 20 * RATE, end=True)
    with pytest.raises(BadInput, match="put it inside one"):
        clip_edits.fade_all(scene, {clips(scene)[0].id}, 20 * RATE, out=True)


def test_clips_change_tracks_together_or_not_at_all() -> None:
    scene = three_rows()
    first, second = clips(scene)[:2]
    moved = clip_edits.move_rows(scene, {first.id, second.id}, 1)
    assert [len(track.clips) for track in moved.timeline.tracks] == [0, 2, 2]
    assert clip_edits.move_rows(scene, {first.id, clips(scene)[3].id}, 1) == scene


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[TimelineBench]:
    made = TimelineBench(qtbot, three_rows())
    made.view.track_view.setFocus(Qt.FocusReason.TabFocusReason)
    yield made
    made.waveforms.close()


def at_second(bench: TimelineBench) -> int | None:
    return starts(bench.document.scene, bench.view.track_view.view.focused_clip)


def test_arrows_walk_over_clips_and_tracks_and_enter_selects(bench: TimelineBench) -> None:
    bench.key(Qt.Key.Key_Down)
    assert at_second(bench) == 1 and bench.view.selected == frozenset()
    bench.key(Qt.Key.Key_Right, CONTROL)
    assert at_second(bench) == 7
    bench.key(Qt.Key.Key_Return)
    assert bench.view.selected == {bench.clips()[1].id}
    bench.key(Qt.Key.Key_Down)
    assert at_second(bench) == 6
    bench.key(Qt.Key.Key_Return, SHIFT)
    assert len(bench.view.selected) == 2
    bench.key(Qt.Key.Key_Space, CONTROL)
    assert bench.view.selected == {bench.clips()[1].id}
    bench.key(Qt.Key.Key_Up)
    bench.key(Qt.Key.Key_Left, CONTROL)
    assert at_second(bench) == 1


def test_keys_walk_select_and_edit_without_a_pointer(bench: TimelineBench) -> None:
    bench.view.set_playhead(2 * RATE)
    bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Enter)
    bench.key(Qt.Key.Key_BracketLeft, ALT)
    assert bench.clips()[0].start == 2 * RATE
    bench.view.set_playhead(3 * RATE)
    bench.key(Qt.Key.Key_BracketLeft, CONTROL)
    assert bench.clips()[0].fade_in.samples == RATE
    bench.view.set_playhead(4 * RATE)
    bench.key(Qt.Key.Key_BracketRight, CONTROL)
    assert bench.clips()[0].fade_out.samples == RATE
    bench.key(Qt.Key.Key_BracketRight, ALT)
    assert bench.clips()[0].end == 4 * RATE
    bench.key(Qt.Key.Key_Down, ALT)
    bench.key(Qt.Key.Key_Down, ALT)
    bench.key(Qt.Key.Key_Up, ALT)
    assert bench.clips()[0].gain_db == -1.0
    bench.key(Qt.Key.Key_Right, ALT | SHIFT)
    assert bench.clips()[0].start == 2 * RATE + 10 * FRAME
    bench.key(Qt.Key.Key_Left, ALT | SHIFT)
    assert bench.clips()[0].start == 2 * RATE
    bench.key(Qt.Key.Key_Down, ALT | SHIFT)
    assert [len(track.clips) for track in bench.document.scene.timeline.tracks] == [1, 1, 2]
    bench.key(Qt.Key.Key_Up, ALT | SHIFT)
    assert [len(track.clips) for track in bench.document.scene.timeline.tracks] == [2, 0, 2]
    bench.key(Qt.Key.Key_Delete)
    assert len(bench.clips()) == 3 and bench.view.track_view.view.focused_clip is None
    bench.key(Qt.Key.Key_Down)
    assert at_second(bench) == 7


def test_what_is_gone_to_is_said_for_who_cannot_see(bench: TimelineBench) -> None:
    before = bench.view.track_view.accessibleDescription()
    bench.key(Qt.Key.Key_Down)
    assert "clip 1 of 2 on dog" in bench.view.track_view.accessibleDescription()
    bench.key(Qt.Key.Key_Return)
    assert bench.view.track_view.accessibleDescription().endswith("selected")
    bench.key(Qt.Key.Key_Escape)
    assert bench.view.track_view.accessibleDescription() == before
    assert bench.view.selected == frozenset() and bench.view.track_view.view.focused_clip is None


def test_the_ring_is_round_the_clip_gone_to_and_goes_when_the_pointer_is_used(bench: TimelineBench) -> None:
    def ringed() -> bool:
        left, top, _, _ = bench.view.track_view.view.geometry.rect_of(bench.clips()[0], 0)
        picture = bench.view.track_view.grab().toImage()
        return QColor(picture.pixel(round(left) + 30, round(top))) == QColor(DARK.accent)

    assert not ringed()
    bench.key(Qt.Key.Key_Down)
    assert ringed()
    bench.click(bench.x(15), RULER_HEIGHT + 20)
    assert not ringed()


def test_the_menu_of_a_clip_names_the_keys_in_force(bench: TimelineBench) -> None:
    bench.view.set_keys(key_map({"split": ("Q",)}))
    bench.view.track_view.menu_requested.emit(
        bench.view.track_view.hit_at(bench.x(3), RULER_HEIGHT + 42),
        bench.view.mapToGlobal(bench.view.rect().center()),
    )
    menu = next(found for found in bench.view.findChildren(QMenu) if found.isVisible())
    texts = [action.text() for action in menu.actions()]
    menu.close()
    assert "&Split at playhead\tQ" in texts and "Cu&t\tCtrl+X" in texts


def test_changed_keys_walk_and_the_old_ones_do_not(bench: TimelineBench) -> None:
    bench.view.set_keys(key_map({"walk_down": ("Q",)}))
    bench.key(Qt.Key.Key_Down)
    assert bench.view.track_view.view.focused_clip is None
    QTest.keyClick(bench.view.track_view, Qt.Key.Key_Q)
    assert at_second(bench) == 1


def test_a_clip_that_moved_is_still_the_one_gone_to(bench: TimelineBench) -> None:
    bench.key(Qt.Key.Key_Down)
    number = bench.clips()[0].id
    bench.document.edit("Move", lambda scene: move_clip(scene, number, 3 * RATE))
    assert at_second(bench) == 3
