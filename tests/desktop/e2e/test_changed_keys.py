"""A key changed in the settings reaches every part of the real window at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.canvas.pointer_actions import Tool
from tests.desktop.e2e.house import House, toy_house
from tests.desktop.key_maps import key_map
from tests.desktop.objects.toy import FakeGenerationBackend


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path) -> Iterator[House]:
    maker = FakeGenerationBackend()
    made = toy_house(qtbot, tmp_path, maker)
    yield made
    maker.go.set()


def change(house: House, **keys: str) -> None:
    """As the preferences do when they are accepted."""
    settings = house.services.settings
    settings.set(settings.preferences, key_map({id_: (key,) for id_, key in keys.items()}))


def parts(house: House) -> tuple[QWidget, ...]:
    return house.canvas.canvas, house.timeline.view.track_view, house.objects.panel.card(0)


def test_a_key_of_the_whole_window_is_another_at_once_wherever_the_keyboard_is(house: House) -> None:
    change(house, snap="Q")
    view = house.timeline.view
    for place in parts(house):
        place.setFocus()
        before = view.snap
        house.press(Qt.Key.Key_N)
        assert view.snap is before, place
        house.press(Qt.Key.Key_Q)
        assert view.snap is not before, place


def test_a_key_of_the_canvas_is_another_at_once(house: House) -> None:
    canvas = house.canvas.canvas
    change(house, brush="Q", closer="U")
    canvas.setFocus()
    house.press(Qt.Key.Key_B)
    assert canvas.tools.tools[Tool.HINT].isChecked()
    house.press(Qt.Key.Key_Q)
    assert canvas.tool is Tool.BRUSH
    zoom = canvas.viewport.zoom
    house.press(Qt.Key.Key_Equal)
    assert canvas.viewport.zoom == zoom
    house.press(Qt.Key.Key_U)
    assert canvas.viewport.zoom > zoom


def test_space_plays_nowhere_any_more_once_another_key_does(house: House) -> None:
    house.until(lambda: bool(house.shelf.devices))
    change(house, play="P")
    for place in parts(house):
        place.setFocus()
        house.press(Qt.Key.Key_Space)
        assert not house.timeline.player.playing, place
        house.press(Qt.Key.Key_P)
        assert house.timeline.player.playing, place
        house.press(Qt.Key.Key_P)


def test_tooltips_follow_a_changed_key_everywhere(house: House) -> None:
    change(house, play="P", snap="Q", find="U", spectrogram="Y")
    buttons = {
        "P": house.timeline._playback.strip.transport.buttons["play"],
        "Q": house.timeline.view.toolbar.snap,
        "U": house.canvas.canvas.tools.find_all,
        "Y": house.timeline.view.toolbar.spectrograms,
    }
    for key, button in buttons.items():
        assert button.toolTip().endswith(f"({key})")
    assert house.window.actions_.action("find").toolTip().endswith("(U)")


def test_the_objects_panel_names_the_keys_in_force(house: House) -> None:
    change(house, generate="Ctrl+1", together="Ctrl+2", cancel="Ctrl+3", find="U", accept="Y")
    panel = house.objects.panel
    assert panel.footer.each.toolTip().endswith("(Ctrl+1)")
    assert panel.footer.together.toolTip().endswith("(Ctrl+2)")
    assert panel.queue_view.cancel_all.toolTip().endswith("(Ctrl+3)")
    assert "press Y." in panel.hint.text() and "press U " in panel.hint.text()
