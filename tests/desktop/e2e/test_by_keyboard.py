"""The real window without a mouse: clips are gone to, selected and edited by keys alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.timeline.layout.track_layout import TRACK_HEIGHT
from engine.scene.edits import place_take
from engine.scene.timeline import Clip
from tests.desktop.e2e.house import CONTROL, House, toy_house
from tests.desktop.objects.toy import FakeGenerationBackend

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path) -> Iterator[House]:
    """Two clips of one take on the first track, and the keyboard in the timeline."""
    maker = FakeGenerationBackend()
    made = toy_house(qtbot, tmp_path, maker)
    made.services.document.select((0,))
    made.press(Qt.Key.Key_G, CONTROL)
    made.until(lambda: made.clips(0) == 1 and made.at_rest())
    [first] = first_track(made)
    made.services.document.edit(
        "Place", lambda scene: place_take(scene, scene.timeline.tracks[0].id, first.take, 2 * first.end)
    )
    made.timeline.view.track_view.setFocus(Qt.FocusReason.TabFocusReason)
    yield made
    maker.go.set()


def first_track(house: House) -> tuple[Clip, ...]:
    return house.scene.timeline.tracks[0].clips


def test_clips_are_gone_to_selected_split_nudged_and_deleted_by_keys_alone(house: House) -> None:
    first, second = first_track(house)
    house.press(Qt.Key.Key_Down)
    house.press(Qt.Key.Key_Right, CONTROL)
    house.press(Qt.Key.Key_Return)
    assert house.timeline.view.selected == {second.id}
    house.press(Qt.Key.Key_Left, CONTROL)
    house.press(Qt.Key.Key_Return, SHIFT)
    assert house.timeline.view.selected == {first.id, second.id}
    house.press(Qt.Key.Key_Return)
    house.press(Qt.Key.Key_Right, ALT)
    assert first_track(house)[0].start > first.start and first_track(house)[1] == second
    house.press(Qt.Key.Key_Right)
    house.press(Qt.Key.Key_Right)
    house.press(Qt.Key.Key_B, CONTROL)
    assert len(first_track(house)) == 3
    house.press(Qt.Key.Key_Delete)
    assert len(first_track(house)) == 2
    assert len(house.scene.objects) == 3


def test_escape_in_the_timeline_lets_its_clips_go_and_keeps_the_hints_on_the_still(house: House) -> None:
    house.canvas.canvas.hints_changed.disconnect()
    house.canvas.canvas.setFocus()
    house.box(0.6, 0.6, 0.9, 0.9)
    assert house.canvas.canvas.draft.open
    house.timeline.view.track_view.setFocus(Qt.FocusReason.TabFocusReason)
    house.press(Qt.Key.Key_Down)
    house.press(Qt.Key.Key_Return)
    assert house.timeline.view.selected
    house.press(Qt.Key.Key_Escape)
    assert not house.timeline.view.selected and house.canvas.canvas.draft.open
    house.press(Qt.Key.Key_Escape)
    assert not house.canvas.canvas.draft.open


def test_the_window_remembers_how_high_tracks_were(house: House, qtbot: QtBot) -> None:
    house.press(Qt.Key.Key_Down, CONTROL)
    house.press(Qt.Key.Key_Down, CONTROL)
    lane = house.timeline.view.track_view.view.geometry.lane
    house.window.remember()
    again = House(qtbot, lambda _: FakeGenerationBackend())
    assert again.timeline.view.track_view.view.geometry.lane == lane > TRACK_HEIGHT
