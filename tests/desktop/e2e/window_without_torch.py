"""What ``test_without_torch`` runs in a process of its own, from which PyTorch is hidden."""

import shutil
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.project.folder import Project
from tests.desktop.e2e.house import CONTROL, House

SENTENCE = "PyTorch is not installed, and masks, names and new sounds need it: run ./packaging/run once, or"
MUSEUM = Path(__file__).resolve().parents[2] / "museum/project_2.foley"


def opened(qtbot: QtBot, tmp_path: Path) -> House:
    """A window in which the museum's project is open, as far as it opens without models."""
    house = House(qtbot)
    shutil.copytree(MUSEUM, tmp_path / "Street.foley")
    house.window.open_path(tmp_path / "Street.foley")
    house.until(lambda: house.services.document.still is not None and house.at_rest())
    house.until(lambda: bool(house.said))
    return house


def only_the_sentence(house: House) -> bool:
    return {message.text for message in house.said if message.kind != "info"} == {sentence(house)}


def sentence(house: House) -> str:
    return next(message.text for message in house.said if message.text.startswith(SENTENCE))


def test_a_click_and_a_request_say_what_is_missing(qtbot: QtBot, tmp_path: Path) -> None:
    house = opened(qtbot, tmp_path)
    assert only_the_sentence(house)
    house.said.clear()
    house.box(0.2, 0.2, 0.6, 0.7)
    house.until(lambda: bool(house.said))
    assert only_the_sentence(house)
    house.said.clear()
    house.press(Qt.Key.Key_A, CONTROL)
    house.press(Qt.Key.Key_G, CONTROL)
    house.until(lambda: bool(house.said) and house.at_rest())
    assert only_the_sentence(house)


def test_a_project_is_edited_saved_played_and_exported(qtbot: QtBot, tmp_path: Path) -> None:
    house = opened(qtbot, tmp_path)
    house.until(lambda: bool(house.shelf.devices))
    house.press(Qt.Key.Key_Space)
    house.until(lambda: house.timeline.player.playing)
    house.qtbot.wait(50)
    house.shelf.device.pull(1024)
    house.press(Qt.Key.Key_Space)
    before = house.scene
    house.press(Qt.Key.Key_A, CONTROL)
    house.press(Qt.Key.Key_M)
    assert house.scene != before
    house.press(Qt.Key.Key_S, CONTROL)
    house.until(lambda: house.at_rest() and not house.services.document.unsaved)
    house.press(Qt.Key.Key_Z, CONTROL)
    export(house, tmp_path / "out")
    assert len(list((tmp_path / "out").rglob("*.wav"))) >= 2
    assert only_the_sentence(house)
    house.window.abandon()
    assert Project.open(tmp_path / "Street.foley", writing=False).warnings == ()


def export(house: House, folder: Path) -> None:
    house.press(Qt.Key.Key_E, CONTROL)
    dialog = house.window.exports.dialog
    assert dialog is not None
    dialog.results.folder.setText(str(folder))
    house.until(dialog.export_button.isEnabled)
    house.qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    house.until(lambda: folder.is_dir() and not house.window.exports.work.running)
    house.until(dialog.reveal_button.isEnabled)
    dialog.reject()
