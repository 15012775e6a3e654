"""The timeline by real pointer and key events, over a real document."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.theme.dark_colours import DARK
from desktop.timeline.fader import Fader
from desktop.timeline.interaction.hit_test import gain_y, handles
from desktop.timeline.interaction.take_mime import TAKE_MIME, take_data, take_in
from engine.scene.edits import add_marker, remove_clip
from engine.scene.timecode import sample_of
from tests.desktop.key_maps import key_map
from tests.desktop.timeline.bench import (
    ALT,
    BODY,
    CONTROL,
    DOG,
    FRAME,
    GONE,
    LEFT,
    MIDDLE,
    NONE,
    RAIN,
    RATE,
    SHIFT,
    TimelineBench,
    two_tracks,
)


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[TimelineBench]:
    made = TimelineBench(qtbot)
    yield made
    made.waveforms.close()


def test_dragging_a_clip_moves_it_by_whole_frames_and_is_one_step_of_undo(bench: TimelineBench) -> None:
    bench.drag((bench.x(3), BODY), (bench.x(3.5), BODY), (bench.x(4.01), BODY), (bench.x(4.51), BODY))
    assert bench.clips()[0].start % FRAME == 0
    assert abs(bench.clips()[0].start - 2.5 * RATE) < FRAME
    assert bench.steps == 1 and bench.document.history.undo_name == "Move clip"
    bench.document.undo()
    assert bench.document.scene == two_tracks()


def test_two_drags_are_two_steps(bench: TimelineBench) -> None:
    for _ in range(2):
        x = bench.x(bench.clips()[0].start / RATE + 2)
        bench.drag((x, BODY), (x + 20, BODY))
    assert bench.steps == 2


def test_trimming_fading_and_the_gain_line_work_by_the_pointer(bench: TimelineBench) -> None:
    bench.drag((bench.x(1) + 1, BODY), (bench.x(2), BODY))
    assert abs(bench.clips()[0].start - 2 * RATE) < FRAME
    rect = bench.view.track_view.view.geometry.rect_of(bench.clips()[0], 0)
    rise, fall = handles(bench.clips()[0], rect)
    bench.drag((rise, rect[1] + 5), (rise + 50, rect[1] + 5))
    bench.drag((fall, rect[1] + 5), (fall - 50, rect[1] + 5))
    y = gain_y(0.0, rect)
    bench.drag((bench.x(3.5), y), (bench.x(3.5), y + 8))
    clip = bench.clips()[0]
    assert clip.fade_in.samples > 0 and clip.fade_out.samples > 0 and clip.gain_db < 0
    assert bench.steps == 4


def test_escape_takes_a_drag_back_and_leaves_no_step(bench: TimelineBench) -> None:
    bench.press(bench.x(3), BODY)
    QTest.mouseMove(bench.view.track_view, QPoint(bench.x(5), BODY))
    assert bench.clips()[0].start != RATE
    bench.key(Qt.Key.Key_Escape)
    assert bench.document.scene == two_tracks() and bench.steps == 0


def test_a_click_selects_control_adds_and_an_empty_place_clears(bench: TimelineBench) -> None:
    dog, rain = bench.clips()
    bench.click(bench.x(3), BODY)
    assert bench.view.selected == {dog.id}
    bench.click(bench.x(8), BODY + 62, CONTROL)
    assert bench.view.selected == {dog.id, rain.id}
    bench.click(bench.x(7), BODY)
    assert bench.view.selected == frozenset()
    bench.drag((bench.x(0.2), BODY), (bench.x(9), BODY + 62))
    assert bench.view.selected == {dog.id, rain.id}


def test_keys_cut_copy_paste_duplicate_split_nudge_and_delete(bench: TimelineBench) -> None:
    bench.click(bench.x(3), BODY)
    bench.key(Qt.Key.Key_C, CONTROL)
    bench.view.set_playhead(12 * RATE)
    bench.key(Qt.Key.Key_V, CONTROL)
    assert [clip.start // RATE for clip in bench.clips()] == [1, 12, 6]
    bench.key(Qt.Key.Key_D, CONTROL)
    assert [clip.start // RATE for clip in bench.clips()] == [1, 12, 16, 6]
    bench.view.set_playhead(17 * RATE)
    bench.key(Qt.Key.Key_B, CONTROL)
    assert [clip.start // RATE for clip in bench.clips()] == [1, 12, 16, 17, 6]
    bench.key(Qt.Key.Key_Right, ALT)
    assert sample_of(1, bench.document.scene.timeline.frame_rate, RATE) == FRAME
    assert bench.clips()[2].start == 16 * RATE + FRAME
    bench.key(Qt.Key.Key_Delete)
    assert [clip.start // RATE for clip in bench.clips()] == [1, 12, 17, 6]
    bench.key(Qt.Key.Key_A, CONTROL)
    bench.key(Qt.Key.Key_X, CONTROL)
    assert not bench.clips() and bench.steps == 6


def test_a_changed_key_acts_at_once_and_the_tooltip_follows(bench: TimelineBench) -> None:
    bench.view.set_keys(key_map({"snap": ("Q",)}))
    bench.key(Qt.Key.Key_N)
    assert bench.view.snap
    bench.key(Qt.Key.Key_Q)
    assert not bench.view.snap
    assert bench.view.toolbar.snap.toolTip().endswith("(Q)")


def test_the_ruler_seeks_and_draws_a_loop(bench: TimelineBench) -> None:
    bench.click(bench.x(2), 30)
    assert (
        abs(bench.seek_requested[-1] - 2 * RATE) < FRAME and bench.view.playhead == bench.seek_requested[-1]
    )
    bench.drag((bench.x(3), 30), (bench.x(4), 30), (bench.x(6), 30))
    assert bench.view.loop == bench.loops[-1]
    assert abs(bench.loops[-1][1] - 6 * RATE) < FRAME
    bench.drag((bench.x(3), 8), (bench.x(5), 8))
    assert abs(bench.loops[-1][0] - 5 * RATE) < FRAME


def test_i_and_o_set_the_loop_at_the_playhead_and_clearing_tells(bench: TimelineBench) -> None:
    bench.view.set_playhead(2 * RATE)
    bench.key(Qt.Key.Key_I)
    bench.view.set_playhead(4 * RATE)
    bench.key(Qt.Key.Key_O)
    assert bench.loops == [(2 * RATE, 10 * RATE), (2 * RATE, 4 * RATE)]
    bench.view.clear_loop()
    assert bench.view.loop is None and bench.loops[-1] == (0, 0)


def test_dragging_the_playheads_head_scrubs(bench: TimelineBench) -> None:
    bench.view.set_playhead(3 * RATE)
    bench.drag((bench.x(3), 24), (bench.x(3.5), 24), (bench.x(5), 24))
    assert len(bench.scrubbed) >= 3 and bench.loops == []
    assert bench.view.playhead == bench.scrubbed[-1]


def test_markers_are_added_by_key_dragged_and_renamed_by_a_double_click(bench: TimelineBench) -> None:
    bench.view.set_playhead(2 * RATE)
    bench.key(Qt.Key.Key_M, SHIFT)
    named = bench.view.track_view.findChild(QLineEdit)
    assert isinstance(named, QLineEdit)
    assert named.selectedText() == "Marker"
    QTest.keyClicks(named, "Gate")
    QTest.keyClick(named, Qt.Key.Key_Return)
    assert bench.document.scene.timeline.markers[0].name == "Gate"
    named.setParent(None)
    bench.key(Qt.Key.Key_H)
    assert [mark.hit for mark in bench.document.scene.timeline.markers] == [False, True]
    bench.document.undo()
    bench.view.set_playhead(0)
    bench.drag((bench.x(2) + 3, 8), (bench.x(5), 8))
    assert bench.document.scene.timeline.markers[0].at > 4 * RATE
    x = bench.x(bench.document.scene.timeline.markers[0].at / RATE) + 3
    QTest.mouseDClick(bench.view.track_view, LEFT, NONE, QPoint(x, 8))
    field = bench.view.track_view.findChildren(QLineEdit)[-1]
    assert field is not named
    QTest.keyClicks(field, "Slam")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert bench.document.scene.timeline.markers[0].name == "Slam"


def test_the_wheel_zooms_at_the_pointer_and_scrolls(bench: TimelineBench) -> None:
    scale = bench.view.track_view.view.geometry.scale
    bench.wheel(600, 120, CONTROL)
    zoomed = bench.view.track_view.view.geometry.scale
    assert zoomed.per_pixel < scale.per_pixel
    assert zoomed.sample_at(600) == pytest.approx(scale.sample_at(600))
    bench.wheel(600, -120, SHIFT)
    assert bench.view.track_view.view.geometry.scale.start > zoomed.start
    bench.key(Qt.Key.Key_0, CONTROL)
    assert bench.view.track_view.view.geometry.scale == scale


def test_zoom_goes_down_to_samples_and_still_paints(bench: TimelineBench) -> None:
    bench.view.set_playhead(2 * RATE)
    for _ in range(40):
        bench.key(Qt.Key.Key_Equal, CONTROL)
    assert bench.view.track_view.view.geometry.scale.per_pixel < 0.05
    assert not bench.view.grab().isNull()
    for _ in range(80):
        bench.key(Qt.Key.Key_Minus, CONTROL)
    assert not bench.view.grab().isNull()


def test_snapping_can_be_switched_off_by_key_and_button(bench: TimelineBench) -> None:
    bench.key(Qt.Key.Key_N)
    assert not bench.view.snap and not bench.view.toolbar.snap.isChecked()
    bench.drag((bench.x(3), BODY), (bench.x(3) + 7, BODY))
    assert bench.clips()[0].start % FRAME != 0
    bench.view.toolbar.snap.click()
    assert bench.view.snap


def test_a_take_dropped_on_a_track_becomes_a_clip_there(bench: TimelineBench) -> None:
    assert bench.drop(take_data(RAIN), bench.x(7), BODY)
    assert [clip.take for clip in bench.document.scene.timeline.tracks[0].clips] == [DOG, RAIN]
    assert bench.steps == 1 and len(bench.view.selected) == 1


def test_what_is_no_take_of_the_scene_is_not_taken(bench: TimelineBench) -> None:
    words = QMimeData()
    words.setText("hello")
    assert not bench.drop(words, 300, BODY) and not bench.drop(take_data(GONE), 300, BODY)
    assert take_in(words) is None and take_data(DOG).hasFormat(TAKE_MIME)


def test_a_track_is_named_soloed_muted_levelled_and_panned_at_its_head(bench: TimelineBench) -> None:
    track = bench.document.scene.timeline.tracks[0]
    head = bench.view.headers.header(track.id)
    head.name.begin_edit()
    QTest.keyClicks(head.name, "Big dog")
    QTest.keyClick(head.name, Qt.Key.Key_Return)
    head.solo.click()
    head.mute.click()
    for fader in (head.gain, head.pan):
        for step in (2, 3, 4):
            QTest.keyClick(fader, Qt.Key.Key_Left)
            assert fader.value() == 1 - step
    changed = bench.document.scene.timeline.tracks[0]
    assert (changed.name, changed.soloed, changed.muted) == ("Big dog", True, True)
    assert changed.gain_db == pytest.approx(-0.3) and changed.pan == pytest.approx(-0.03)
    assert bench.steps == 5
    bench.document.undo()
    assert head.pan.value() == 0


def test_dragging_a_fader_is_one_step_and_a_double_click_resets_it(bench: TimelineBench) -> None:
    head = bench.view.headers.header(bench.document.scene.timeline.tracks[0].id)
    QTest.mousePress(head.gain, LEFT, NONE, QPoint(10, 8))
    QTest.mouseMove(head.gain, QPoint(20, 8))
    QTest.mouseRelease(head.gain, LEFT, NONE, QPoint(20, 8))
    assert bench.document.scene.timeline.tracks[0].gain_db < -20 and bench.steps == 1
    QTest.mouseDClick(head.gain, LEFT, NONE, QPoint(20, 8))
    assert bench.document.scene.timeline.tracks[0].gain_db == 0.0


def test_waveforms_are_made_once_and_an_unreadable_take_is_said_once(
    bench: TimelineBench, qtbot: QtBot
) -> None:
    failed: list[object] = []
    bench.waveforms.failed.connect(failed.append)
    bench.view.grab()
    qtbot.waitUntil(lambda: bench.waveforms.pyramid(DOG) is not None)
    qtbot.waitUntil(lambda: bench.waveforms.pyramid(RAIN) is not None)
    for _ in range(3):
        bench.waveforms.pyramid(GONE)
        qtbot.wait(20)
    qtbot.waitUntil(lambda: bench.waveforms.unreadable(GONE))
    assert sorted(bench.sounds.read) == sorted([DOG, RAIN, GONE]) and len(failed) == 1


def test_spectrograms_are_asked_for_only_when_they_are_shown(bench: TimelineBench, qtbot: QtBot) -> None:
    bench.view.grab()
    qtbot.waitUntil(lambda: bench.waveforms.pyramid(DOG) is not None)
    qtbot.waitUntil(lambda: bench.waveforms.pyramid(RAIN) is not None)
    before = len(bench.sounds.read)
    plain = bench.view.grab().toImage()
    bench.key(Qt.Key.Key_G)
    bench.view.grab()
    qtbot.waitUntil(lambda: bench.waveforms.spectrogram(DOG) is not None)
    qtbot.waitUntil(lambda: bench.waveforms.spectrogram(RAIN) is not None)
    assert bench.view.grab().toImage() != plain and len(bench.sounds.read) == before + 2


def test_a_moving_playhead_draws_no_track_anew(bench: TimelineBench, qtbot: QtBot) -> None:
    bench.view.grab()
    qtbot.waitUntil(lambda: bench.waveforms.pyramid(RAIN) is not None)
    qtbot.waitUntil(lambda: bench.waveforms.pyramid(DOG) is not None)
    bench.view.grab()
    drawn = bench.view.track_view.pictures_drawn
    for frame in range(20):
        bench.view.set_playhead(frame * FRAME)
        bench.view.track_view.grab()
    assert bench.view.track_view.pictures_drawn == drawn


def test_the_menu_of_a_clip_mutes_levels_and_pans_it(bench: TimelineBench) -> None:
    bench.click(bench.x(3), BODY)
    surface = bench.view.track_view
    surface.menu_requested.emit(surface.hit_at(bench.x(3), BODY), bench.view.mapToGlobal(QPoint(0, 0)))
    menu = next(found for found in bench.view.findChildren(QMenu) if found.isVisible())
    next(one for one in menu.actions() if one.text() == "&Mute").trigger()
    gain, pan = menu.findChildren(Fader)
    gain.setValue(-60)
    pan.setValue(40)
    menu.close()
    clip = bench.clips()[0]
    assert clip.muted and clip.gain_db == -6.0 and clip.pan == pytest.approx(0.4)


def test_a_clip_that_goes_is_selected_no_more(bench: TimelineBench) -> None:
    bench.click(bench.x(3), BODY)
    number = bench.clips()[0].id
    bench.document.edit("Delete", lambda scene: remove_clip(scene, number))
    assert bench.view.selected == frozenset()


def test_the_page_turns_with_the_playhead_and_the_middle_button_pans(bench: TimelineBench) -> None:
    start = bench.view.track_view.view.geometry.scale.start
    bench.view.set_playhead(60 * RATE)
    turned = bench.view.track_view.view.geometry.scale
    assert turned.start > start and turned.x_of(60 * RATE) > 0
    QTest.mousePress(bench.view.track_view, MIDDLE, NONE, QPoint(300, BODY))
    QTest.mouseMove(bench.view.track_view, QPoint(400, BODY))
    QTest.mouseRelease(bench.view.track_view, MIDDLE, NONE, QPoint(400, BODY))
    assert bench.view.track_view.view.geometry.scale.start < turned.start


def test_a_track_can_be_added_and_everything_has_a_name_for_who_cannot_see(bench: TimelineBench) -> None:
    bench.view.toolbar.add.click()
    assert len(bench.document.scene.timeline.tracks) == 3
    bench.document.edit("Add marker", lambda scene: add_marker(scene, 0))
    controls: list[QWidget] = [*bench.view.findChildren(QToolButton), *bench.view.findChildren(Fader)]
    assert controls and all(one.accessibleName() and one.toolTip() for one in controls)
    assert bench.view.track_view.accessibleName()


def test_a_selected_clip_is_framed_over_its_spectrogram_too(bench: TimelineBench, qtbot: QtBot) -> None:
    bench.view.set_spectrograms(True)
    bench.click(bench.x(3), BODY)
    bench.view.grab()
    qtbot.waitUntil(lambda: bench.waveforms.spectrogram(DOG) is not None)
    left, top, _, height = bench.view.track_view.view.geometry.rect_of(bench.clips()[0], 0)
    picture = bench.view.track_view.grab().toImage()
    for y in (20, round(height / 2), round(height) - 5):
        assert QColor(picture.pixel(round(left), round(top) + y)) == QColor(DARK.text)
