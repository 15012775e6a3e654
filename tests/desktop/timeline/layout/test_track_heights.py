"""How high tracks are: the sums alone, and by the pointer and keys."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.timeline.header import EDGE, TrackHeader
from desktop.timeline.interaction.hit_test import HitPart
from desktop.timeline.layout.track_heights import LOWEST, TALLEST, TrackHeights
from desktop.timeline.layout.track_layout import RULER_HEIGHT, TRACK_HEIGHT, TrackLayout
from desktop.timeline.part import lane_in
from engine.scene.edits import add_track, rename_track
from tests.desktop.timeline.bench import CONTROL, LEFT, NONE, RATE, SHIFT, TimelineBench, two_tracks

MIXED = TrackLayout(height=400, own=((1, 100), (3, 30)))


def test_every_row_is_found_where_it_is_drawn() -> None:
    tops = [MIXED.top_of(row) - RULER_HEIGHT for row in range(6)]
    assert tops == [
        0,
        TRACK_HEIGHT,
        TRACK_HEIGHT + 100,
        2 * TRACK_HEIGHT + 100,
        2 * TRACK_HEIGHT + 130,
        3 * TRACK_HEIGHT + 130,
    ]
    for geometry in (MIXED, replace(MIXED, scroll=150)):
        for row in range(6):
            top = geometry.top_of(row)
            for y in (top, top + geometry.height_of(row) - 1):
                assert geometry.row_in(geometry.depth_of(y)) == row
                assert geometry.row_at(y) == (row if y >= RULER_HEIGHT else -1)


def test_rows_in_view_and_the_room_to_scroll_count_every_height() -> None:
    assert MIXED.rows(9) == range(0, 6)
    assert replace(MIXED, scroll=170).rows(9) == range(2, 9)
    assert MIXED.lowest_scroll(9) == 7 * TRACK_HEIGHT + 130 + TRACK_HEIGHT - (400 - RULER_HEIGHT)


def test_one_track_can_be_higher_all_can_and_none_leaves_its_bounds() -> None:
    heights = TrackHeights().one(7, 120)
    assert (heights.of(7), heights.of(8)) == (120, TRACK_HEIGHT)
    assert heights.scaled(1).of(7) == 150 and heights.scaled(1).of(8) > TRACK_HEIGHT
    assert heights.usual(7).of(7) == TRACK_HEIGHT
    assert heights.every(90).of(7) == 90
    assert TrackHeights().scaled(-20).lane == LOWEST and TrackHeights().scaled(20).lane == TALLEST


def test_the_track_at_the_upper_edge_stays_there_when_all_become_higher() -> None:
    tracks = two_tracks().timeline.tracks * 10
    geometry = TrackLayout(height=300, scroll=TRACK_HEIGHT * 4 + TRACK_HEIGHT // 2)
    higher = TrackHeights().every(2 * TRACK_HEIGHT).shown(geometry, tracks)
    assert higher.scroll == TRACK_HEIGHT * 9


@pytest.mark.parametrize("state", [{}, {"timeline": 3}, {"timeline": {"lane": "high"}}])
def test_a_state_that_says_nothing_sensible_leaves_tracks_as_usual(state: dict[str, object]) -> None:
    assert lane_in(state) == TRACK_HEIGHT


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[TimelineBench]:
    made = TimelineBench(qtbot, add_track(two_tracks(), "third"))
    made.view.resize(1100, 700)
    yield made
    made.waveforms.close()


def head(bench: TimelineBench, row: int) -> TrackHeader:
    return bench.view.headers.header(bench.document.scene.timeline.tracks[row].id)


def drag_edge(bench: TimelineBench, row: int, by: int, held: Qt.KeyboardModifier = NONE) -> None:
    edge = QPoint(60, head(bench, row).height() - EDGE // 2)
    QTest.mousePress(head(bench, row), LEFT, held, edge)
    for part in (0.5, 1.0):
        y = edge.y() + round(by * part)
        event_to(head(bench, row), QPoint(60, y), held)
    QTest.mouseRelease(head(bench, row), LEFT, held, edge + QPoint(0, by))


def event_to(widget: TrackHeader, at: QPoint, held: Qt.KeyboardModifier) -> None:
    spot = QPointF(at)
    move = QMouseEvent(
        QEvent.Type.MouseMove, spot, QPointF(widget.mapToGlobal(at)), Qt.MouseButton.NoButton, LEFT, held
    )
    QApplication.sendEvent(widget, move)


def heights(bench: TimelineBench) -> list[int]:
    return [head(bench, row).height() for row in range(3)]


def test_dragging_the_lower_edge_of_a_head_makes_that_track_higher(bench: TimelineBench) -> None:
    lanes: list[int] = []
    bench.view.track_height_changed.connect(lanes.append)
    drag_edge(bench, 0, 80)
    assert heights(bench) == [TRACK_HEIGHT + 80, TRACK_HEIGHT, TRACK_HEIGHT] and lanes == [TRACK_HEIGHT]
    assert head(bench, 1).y() == RULER_HEIGHT + TRACK_HEIGHT + 80
    found = bench.view.track_view.hit_at(bench.x(8), RULER_HEIGHT + TRACK_HEIGHT + 80 + 45)
    assert (found.row, found.part) == (1, HitPart.BODY)
    drag_edge(bench, 0, -500)
    assert heights(bench)[0] == LOWEST
    QTest.mouseDClick(head(bench, 0), LEFT, NONE, QPoint(60, LOWEST - 2))
    assert heights(bench) == [TRACK_HEIGHT] * 3


def test_with_shift_every_track_becomes_as_high(bench: TimelineBench) -> None:
    drag_edge(bench, 0, 20)
    drag_edge(bench, 1, 40, SHIFT)
    assert heights(bench) == [TRACK_HEIGHT + 40] * 3


def test_keys_make_all_tracks_taller_and_shorter_and_tell(bench: TimelineBench) -> None:
    lanes: list[int] = []
    bench.view.track_height_changed.connect(lanes.append)
    bench.key(Qt.Key.Key_Down, CONTROL)
    assert set(heights(bench)) == {round(TRACK_HEIGHT * 1.25)} == set(lanes)
    for _ in range(9):
        bench.key(Qt.Key.Key_Up, CONTROL)
    assert set(heights(bench)) == {LOWEST} and lanes[-1] == LOWEST
    assert not head(bench, 0).gain.isVisible() and head(bench, 0).name.isVisible()


def test_a_long_name_of_a_track_ends_in_an_ellipsis(bench: TimelineBench) -> None:
    number = bench.document.scene.timeline.tracks[0].id
    words = "footsteps on gravel, slow and heavy"
    bench.document.edit("Rename track", lambda scene: rename_track(scene, number, words))
    assert head(bench, 0).name.text() == words
    assert head(bench, 0).name.elided.endswith("…") and head(bench, 1).name.elided == "rain"


def test_a_height_stays_with_its_track_when_others_come_and_go(bench: TimelineBench) -> None:
    drag_edge(bench, 1, 50)
    bench.document.edit("Add track", lambda scene: add_track(scene, "fourth"))
    assert heights(bench) == [TRACK_HEIGHT, TRACK_HEIGHT + 50, TRACK_HEIGHT]
    bench.document.undo()
    number = bench.document.scene.timeline.tracks[0].id
    bench.view.commander.move_track(number, 1)
    assert heights(bench) == [TRACK_HEIGHT + 50, TRACK_HEIGHT, TRACK_HEIGHT]


def test_a_higher_track_is_drawn_as_sharp_as_the_screen_is(bench: TimelineBench, qtbot: QtBot) -> None:
    bench.view.grab()
    qtbot.waitUntil(lambda: bench.waveforms.pyramid(bench.clips()[0].take) is not None)
    bench.view.set_track_height(200)
    picture = bench.view.track_view.grab().toImage()
    x = bench.x(3)
    column = [picture.pixel(x, y) for y in range(RULER_HEIGHT, RULER_HEIGHT + 200)]
    assert len(set(column)) < 12, "no shades from stretching"
    assert bench.view.track_view.view.geometry.rect_of(bench.clips()[0], 0)[3] > 190
    assert bench.clips()[0].start == RATE
