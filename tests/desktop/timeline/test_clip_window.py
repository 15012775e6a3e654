"""Clips in the window: every command by its key, every entry of the menus, takes, markers and what is painted."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from desktop.theme.dark_colours import DARK
from desktop.timeline.interaction.hit_test import HitPart
from engine.scene import edits
from engine.scene.scene import Scene
from engine.scene.timeline import Clip
from tests.desktop.timeline.bench import (
    ALT,
    BODY,
    CONTROL,
    DOG,
    LEFT,
    NONE,
    RATE,
    SHIFT,
    TimelineBench,
    record,
    two_tracks,
)

OTHER = "e" * 64
CTRL_SHIFT = CONTROL | SHIFT


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[TimelineBench]:
    """The dog's object has two takes; its clip is selected, the playhead at 2 s."""
    made = TimelineBench(qtbot, edits.attach_take(two_tracks(), replace(record(OTHER, "dog", 0), number=2)))
    made.click(made.x(3), BODY)
    made.view.set_playhead(2 * RATE)
    yield made
    made.waveforms.close()


def dog(bench: TimelineBench) -> Clip:
    return bench.clips()[0]


def open_menu(bench: TimelineBench, x: float, y: float) -> QMenu:
    bench.view._open_menu(bench.view.track_view.hit_at(x, y), QPoint(0, 0))
    return next(found for found in bench.view.findChildren(QMenu) if found.isVisible())


def choose(bench: TimelineBench, entry: str, x: float | None = None, y: float = BODY) -> None:
    """Open the menu at a point, by default on the dog's clip, and trigger an entry of it or of a menu inside it."""
    opened = open_menu(bench, bench.x(3) if x is None else x, y)
    actions = [action for one in (opened, *opened.findChildren(QMenu)) for action in one.actions()]
    next(one for one in actions if one.isEnabled() and plain(one.text()) == entry).trigger()
    opened.close()


def offered(bench: TimelineBench) -> set[str]:
    opened = open_menu(bench, bench.x(3), BODY)
    found = {plain(action.text()) for action in opened.actions() if action.isEnabled()}
    opened.close()
    return found


def plain(text: str) -> str:
    return text.replace("&", "").split("\t")[0]


def name(bench: TimelineBench, words: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    """Type a name into the field that is open over the tracks."""
    field = bench.view.track_view.findChildren(QLineEdit)[-1]
    QTest.keyClicks(field, words)
    QTest.keyClick(field, key)


def starts(scene: Scene) -> list[float]:
    return [clip.start / RATE for track in scene.timeline.tracks for clip in track.clips]


def test_control_and_drag_place_a_copy_in_one_step(bench: TimelineBench) -> None:
    bench.drag((bench.x(2), BODY), (bench.x(4), BODY), (bench.x(8), BODY), modifiers=CONTROL)
    assert starts(bench.document.scene) == pytest.approx([1, 7, 6], abs=0.05)
    assert bench.document.history.undo_name == "Copy clip"
    assert bench.view.selected == {bench.clips()[1].id}
    bench.document.undo()
    assert starts(bench.document.scene) == [1, 6]


def test_alt_and_drag_still_take_the_clip_out_of_the_window(bench: TimelineBench) -> None:
    started: list[int] = []
    bench.view.track_view.drag_out.drag_started.connect(started.append)
    bench.drag((bench.x(2), BODY), (bench.x(4), BODY), modifiers=ALT)
    assert started == [dog(bench).id]
    assert bench.steps == 0


def test_control_shift_and_drag_slip_and_so_do_the_keys(bench: TimelineBench) -> None:
    bench.document.edit("Trim", lambda scene: edits.trim_start(scene, dog(bench).id, 2 * RATE))
    bench.drag((bench.x(3), BODY), (bench.x(3.2), BODY), (bench.x(3.5), BODY), modifiers=CTRL_SHIFT)
    assert dog(bench).start == 2 * RATE
    assert dog(bench).offset == pytest.approx(RATE / 2, abs=RATE / 50)
    before = dog(bench).offset
    bench.key(Qt.Key.Key_Comma, ALT)
    assert dog(bench).offset == before + RATE // 25
    bench.key(Qt.Key.Key_Period, ALT)
    assert dog(bench).offset == before


def test_t_plays_the_next_take_in_place(bench: TimelineBench) -> None:
    bench.key(Qt.Key.Key_T)
    assert (dog(bench).take, dog(bench).start) == (OTHER, RATE)
    bench.key(Qt.Key.Key_T, SHIFT)
    assert dog(bench).take == DOG


def test_ripple_delete_closes_the_gap(bench: TimelineBench) -> None:
    bench.key(Qt.Key.Key_D, CONTROL)
    bench.click(bench.x(3), BODY)
    bench.key(Qt.Key.Key_Delete, SHIFT)
    assert starts(bench.document.scene) == [1, 6]


def test_groups_are_made_chosen_moved_and_left_by_key(bench: TimelineBench) -> None:
    bench.key(Qt.Key.Key_A, CONTROL)
    bench.key(Qt.Key.Key_G, ALT)
    bench.key(Qt.Key.Key_Escape)
    bench.click(bench.x(3), BODY)
    assert len(bench.view.selected) == 2
    bench.drag((bench.x(3), BODY), (bench.x(3.5), BODY), (bench.x(4), BODY))
    assert starts(bench.document.scene) == pytest.approx([2, 7], abs=0.05)
    bench.key(Qt.Key.Key_G, ALT | SHIFT)
    bench.key(Qt.Key.Key_Escape)
    bench.click(bench.x(4), BODY)
    assert len(bench.view.selected) == 1


def test_a_clip_is_renamed_by_f2_and_an_empty_name_is_the_takes(bench: TimelineBench) -> None:
    bench.key(Qt.Key.Key_F2)
    name(bench, "paw")
    assert dog(bench).name == "paw"
    bench.key(Qt.Key.Key_F2)
    name(bench, "claw", Qt.Key.Key_Escape)
    assert dog(bench).name == "paw"
    bench.key(Qt.Key.Key_F2)
    field = bench.view.track_view.findChildren(QLineEdit)[-1]
    field.clear()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert dog(bench).name is None


def test_a_marker_of_a_clip_is_named_found_renamed_and_removed(bench: TimelineBench) -> None:
    bench.key(Qt.Key.Key_M, ALT)
    name(bench, "paw")
    assert [(mark.at, mark.name) for mark in dog(bench).markers] == [(RATE, "paw")]
    x, y = bench.x(2) + 3, BODY - 42 + 20
    assert bench.view.track_view.hit_at(x, y).part is HitPart.CLIP_MARKER
    QTest.mouseDClick(bench.view.track_view, LEFT, NONE, QPoint(x, y))
    name(bench, "claw")
    assert dog(bench).markers[0].name == "claw"
    choose(bench, "Rename…", x, y)
    name(bench, "toe")
    assert dog(bench).markers[0].name == "toe"
    choose(bench, "Delete", x, y)
    assert dog(bench).markers == ()


def test_edges_and_markers_are_walked_by_key(bench: TimelineBench) -> None:
    bench.document.edit("Mark", lambda scene: edits.add_marker(scene, 9 * RATE))
    for key, modifiers, at in (
        (Qt.Key.Key_PageDown, NONE, 5),
        (Qt.Key.Key_PageDown, NONE, 6),
        (Qt.Key.Key_PageUp, NONE, 5),
        (Qt.Key.Key_PageDown, SHIFT, 9),
        (Qt.Key.Key_PageUp, SHIFT, 9),
    ):
        bench.key(key, modifiers)
        assert bench.seek_requested[-1] == bench.view.playhead == at * RATE


def test_what_is_between_in_and_out_is_cleared_or_cut_out(bench: TimelineBench) -> None:
    bench.key(Qt.Key.Key_Delete, CONTROL)
    assert bench.steps == 0
    bench.view.set_loop((2 * RATE, 4 * RATE))
    bench.key(Qt.Key.Key_Delete, CONTROL)
    assert starts(bench.document.scene) == [1, 4, 6]
    bench.document.undo()
    bench.key(Qt.Key.Key_Delete, CTRL_SHIFT)
    assert starts(bench.document.scene) == [1, 2, 4]


def test_automatic_fades_are_switched_by_key_for_the_project(bench: TimelineBench) -> None:
    for key, value in (
        (Qt.Key.Key_E, (0.0, True)),
        (Qt.Key.Key_X, (0.0, False)),
        (Qt.Key.Key_E, (5.0, False)),
    ):
        bench.key(key, SHIFT)
        line = bench.document.scene.timeline
        assert (line.edge_fade_ms, line.auto_crossfade) == value


def test_tracks_are_added_and_moved_by_key(bench: TimelineBench) -> None:
    bench.key(Qt.Key.Key_T, CONTROL)
    bench.key(Qt.Key.Key_Down, CTRL_SHIFT)
    assert [track.name for track in bench.document.scene.timeline.tracks] == ["rain", "dog", "Track 3"]
    bench.key(Qt.Key.Key_Up, CTRL_SHIFT)
    bench.key(Qt.Key.Key_Up, CTRL_SHIFT)
    assert [track.name for track in bench.document.scene.timeline.tracks] == ["dog", "rain", "Track 3"]


CLIP_ENTRIES: dict[str, Callable[[Scene], object]] = {
    "Duplicate": lambda scene: len(scene.timeline.tracks[0].clips) == 2,
    "Ripple delete": lambda scene: scene.timeline.tracks[0].clips == (),
    "Automatic fades": lambda scene: not scene.timeline.tracks[0].clips[0].auto_fades,
    "Next take": lambda scene: scene.timeline.tracks[0].clips[0].take == OTHER,
    "dog 2": lambda scene: scene.timeline.tracks[0].clips[0].take == OTHER,
    "Split at playhead": lambda scene: len(scene.timeline.tracks[0].clips) == 2,
}


@pytest.mark.parametrize("entry", CLIP_ENTRIES)
def test_each_entry_of_a_clips_menu_acts(bench: TimelineBench, entry: str) -> None:
    choose(bench, entry)
    assert CLIP_ENTRIES[entry](bench.document.scene)
    assert bench.steps == 1


def test_the_menu_groups_what_is_selected_and_offers_no_group_of_one(bench: TimelineBench) -> None:
    assert not {"Group", "Ungroup"} & offered(bench)
    bench.key(Qt.Key.Key_A, CONTROL)
    choose(bench, "Group")
    assert [clip.group for clip in bench.clips()] == [1, 1]
    choose(bench, "Ungroup")
    assert [clip.group for clip in bench.clips()] == [None, None]


@pytest.mark.parametrize("spectrograms", [False, True])
def test_everything_on_a_clip_is_painted(bench: TimelineBench, qtbot: QtBot, spectrograms: bool) -> None:
    bench.view.set_spectrograms(spectrograms)
    number = dog(bench).id
    bench.document.edit("Mark", lambda scene: edits.add_clip_marker(scene, number, 2 * RATE, "paw"))
    bench.document.edit("Group", lambda scene: edits.group_clips(scene, [clip.id for clip in bench.clips()]))
    bench.document.edit("Copy", lambda scene: edits.duplicate_clip(scene, number, 3 * RATE))
    drawn = bench.view.track_view.pictures_drawn
    qtbot.waitUntil(lambda: bench.view.grab() is not None and bench.view.track_view.pictures_drawn > drawn)


def test_a_clip_over_full_scale_is_shown_in_red(bench: TimelineBench, qtbot: QtBot) -> None:
    def reds() -> int:
        image = bench.view.track_view.grab().toImage()
        y = BODY - 42 + 32
        return sum(image.pixelColor(x, y) == QColor(DARK.error) for x in range(bench.x(1.5), bench.x(3)))

    qtbot.waitUntil(lambda: bench.view.track_view.grab() is not None and bench.sounds.read != [])
    bench.document.edit("Gain", lambda scene: edits.set_clip_gain(scene, dog(bench).id, 5.0))
    assert reds() == 0
    bench.document.edit("Gain", lambda scene: edits.set_clip_gain(scene, dog(bench).id, 9.0))
    qtbot.waitUntil(lambda: reds() > 20)


def moved_and_undone(bench: TimelineBench) -> None:
    bench.key(Qt.Key.Key_Down, ALT | SHIFT)
    bench.document.undo()


STALE: dict[str, Callable[[TimelineBench], object]] = {
    "dragged to another row": lambda b: b.drag((b.x(3), BODY), (b.x(3), BODY + 30), (b.x(3), BODY + 62)),
    "moved by key": lambda b: b.key(Qt.Key.Key_Down, ALT | SHIFT),
    "deleted": lambda b: b.key(Qt.Key.Key_Delete),
    "undone": moved_and_undone,
    "scrolled": lambda b: b.wheel(b.x(3), -1200),
    "zoomed": lambda b: b.view.zoom_in(),
    "taller": lambda b: b.view.scale_track_heights(2),
}


@pytest.mark.parametrize("change", STALE)
def test_nothing_stays_lit_where_the_pointer_is_not(bench: TimelineBench, change: str) -> None:
    at, none = QPointF(bench.x(3) + 5, BODY), Qt.MouseButton.NoButton
    QApplication.sendEvent(
        bench.view.track_view, QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, NONE)
    )
    assert bench.view.track_view.view.hover.clip == dog(bench).id
    STALE[change](bench)
    pointer = bench.view.track_view._pointer._pointer
    assert pointer is not None
    assert bench.view.track_view.view.hover == bench.view.track_view.hit_at(pointer.x(), pointer.y())


def test_using_a_take_elsewhere_scrolls_to_the_clip_it_changes(bench: TimelineBench) -> None:
    number = dog(bench).id
    for _ in range(3):
        bench.view.zoom_in()
    bench.wheel(500, -12000, SHIFT)
    geometry = bench.view.track_view.view.geometry
    assert not geometry.shows(dog(bench), 0)
    bench.document.edit("Mute clip", lambda scene: edits.mute_clip(scene, number))
    assert bench.view.track_view.view.geometry == geometry
    bench.document.edit("Use take", lambda scene: edits.swap_take(scene, number, OTHER))
    assert bench.view.track_view.view.geometry.shows(dog(bench), 0)
