"""The heads of tracks: menu, order by dragging, colour, meter and the side a track is panned to."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop.timeline.header import TrackHeader
from desktop.timeline.track_meter import TrackMeter
from engine.scene import edits
from engine.scene.scene import Scene
from tests.desktop.timeline.bench import LEFT, NONE, TimelineBench


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[TimelineBench]:
    made = TimelineBench(qtbot)
    made.view.commander.add_track()
    yield made
    made.waveforms.close()


def head(bench: TimelineBench, row: int) -> TrackHeader:
    return bench.view.headers.header(bench.document.scene.timeline.tracks[row].id)


def names(bench: TimelineBench) -> list[str]:
    return [track.name for track in bench.document.scene.timeline.tracks]


def drag(widget: TrackHeader, *to: QPoint) -> None:
    start = QPoint(3, widget.height() // 2)
    QTest.mousePress(widget, LEFT, NONE, start)
    for at in to:
        QTest.mouseMove(widget, start + at)
    QTest.mouseRelease(widget, LEFT, NONE, start + to[-1])


def choose(bench: TimelineBench, row: int, entry: str) -> None:
    """Open the menu of a head and trigger an entry of it or of the menu of colours."""
    head(bench, row).menu_requested.emit(bench.document.scene.timeline.tracks[row].id, QPoint(0, 0))
    opened = next(found for found in bench.view.findChildren(QMenu) if found.isVisible())
    actions = [action for one in (opened, *opened.findChildren(QMenu)) for action in one.actions()]
    next(one for one in actions if one.isEnabled() and one.text().replace("&", "") == entry).trigger()
    opened.close()


ENTRIES: dict[str, Callable[[Scene], object]] = {
    "Teal": lambda scene: scene.timeline.tracks[1].chosen_colour == (0, 206, 190),
    "Solo": lambda scene: scene.timeline.tracks[1].soloed,
    "Mute": lambda scene: scene.timeline.tracks[1].muted,
    "Add track": lambda scene: len(scene.timeline.tracks) == 4,
    "Move track up": lambda scene: scene.timeline.tracks[0].name == "rain",
    "Move track down": lambda scene: scene.timeline.tracks[2].name == "rain",
    "Remove track": lambda scene: len(scene.timeline.tracks) == 2,
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_each_entry_of_a_heads_menu_acts(bench: TimelineBench, entry: str) -> None:
    choose(bench, 1, entry)
    assert ENTRIES[entry](bench.document.scene)


def test_the_menu_renames_selects_and_gives_the_objects_colour_back(bench: TimelineBench) -> None:
    choose(bench, 1, "Rename")
    assert head(bench, 1).name.editing
    choose(bench, 1, "Select its clips")
    assert bench.view.selected == {bench.clips()[1].id}
    choose(bench, 1, "Teal")
    choose(bench, 1, "Of its object")
    assert bench.document.scene.timeline.tracks[1].chosen_colour is None


def test_a_head_dragged_up_or_down_moves_its_track_in_one_step(bench: TimelineBench) -> None:
    steps = bench.steps
    drag(head(bench, 0), QPoint(0, 20), QPoint(2, 80))
    assert names(bench) == ["rain", "dog", "Track 3"]
    assert bench.steps == steps + 1
    drag(head(bench, 2), QPoint(0, -30), QPoint(0, -130))
    assert names(bench) == ["Track 3", "rain", "dog"]
    drag(head(bench, 1), QPoint(0, 10))
    assert bench.steps == steps + 2
    assert not bench.view.headers._line.isVisible()


def test_a_head_dragged_out_of_the_column_takes_its_stem_out_and_moves_nothing(bench: TimelineBench) -> None:
    started: list[int] = []
    bench.view.headers.drag_out.drag_started.connect(started.append)
    drag(head(bench, 0), QPoint(0, 80), QPoint(400, 80), QPoint(420, 120))
    assert started == [bench.document.scene.timeline.tracks[0].id]
    assert names(bench) == ["dog", "rain", "Track 3"]


def test_a_head_dragged_sideways_takes_its_stem_out_at_once(bench: TimelineBench) -> None:
    started: list[int] = []
    bench.view.headers.drag_out.drag_started.connect(started.append)
    drag(head(bench, 0), QPoint(10, 2), QPoint(12, 80))
    assert started == [bench.document.scene.timeline.tracks[0].id]
    assert names(bench) == ["dog", "rain", "Track 3"]


def test_right_click_on_a_head_and_on_its_name_asks_for_the_menu(bench: TimelineBench, qtbot: QtBot) -> None:
    asked: list[int] = []
    bench.view.headers.menu_requested.connect(lambda track, _: asked.append(track))
    made = head(bench, 1)
    for widget in (made, made.name, made.solo, made.gain):
        at = QPoint(3, 3)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
        QApplication.sendEvent(widget, event)
        for one in [one for one in bench.view.findChildren(QMenu) if one.parent() is bench.view]:
            one.close()
    assert asked == [bench.document.scene.timeline.tracks[1].id] * 4


@pytest.mark.parametrize(("pan", "said"), [(0.0, "C"), (-0.3, "L30"), (1.0, "R100")])
def test_the_side_a_track_is_panned_to_is_said(bench: TimelineBench, pan: float, said: str) -> None:
    number = bench.document.scene.timeline.tracks[0].id
    bench.document.edit("Pan", lambda scene: edits.set_track_pan(scene, number, pan))
    assert head(bench, 0).side.text() == said


def test_meters_rise_at_once_fall_and_keep_that_a_peak_was_over(bench: TimelineBench, qtbot: QtBot) -> None:
    first, second = (bench.document.scene.timeline.tracks[row].id for row in (0, 1))
    bench.view.headers.show_peaks({first: 0.5, second: 1.5, 999: 1.0})
    meters = [head(bench, row).meter for row in (0, 1)]
    assert meters[0].level_db == pytest.approx(-6.02, abs=0.01)
    assert [meter.over for meter in meters] == [False, True]
    qtbot.waitUntil(lambda: meters[0].level_db < -10.0)
    QTest.mouseClick(meters[1], Qt.MouseButton.LeftButton)
    assert not meters[1].over


def test_a_meter_falls_to_nothing(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    meter = TrackMeter(parent)
    meter.rise_to(-3.0)
    meter.rise_to(-20.0)
    assert meter.level_db == -3.0
    while meter.fall(0.5):
        assert meter.level_db <= -3.0
    assert meter.level_db == float("-inf")
