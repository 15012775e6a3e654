"""From a picture to WAV files, as a person does it, with the bundled model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.main_window.welcome.samples import sample_stills
from engine.project.folder import Project
from tests.desktop.e2e.house import CONTROL, House

SECONDS = 1.0


def picture(name: str) -> Path:
    found = next((sample.path for sample in sample_stills() if sample.name == name), None)
    if found is None:
        pytest.skip("scikit-image brings the pictures, and is not installed")
    return found


@pytest.fixture
def house(qtbot: QtBot) -> House:
    made = House(qtbot)
    settings = made.services.settings
    wanted = replace(settings.preferences, device="cpu", duration=SECONDS, draft_steps=4, threads=1)
    assert settings.set(wanted, settings.keys) is None
    return made


def add_two(house: House) -> None:
    """One by a click, one by a box."""
    QTest.mouseMove(house.canvas.canvas, house.place(0.55, 0.45))
    house.until(lambda: house.canvas.canvas.hover is not None)
    house.click(0.55, 0.45)
    house.until(lambda: house.canvas.canvas.can_execute()[0])
    house.press(Qt.Key.Key_Return)
    house.until(lambda: len(house.scene.objects) == 1)
    house.press(Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "Purring cat")
    house.press(Qt.Key.Key_Return)
    house.until(lambda: house.scene.objects[0].name == "Purring cat")
    house.canvas.canvas.setFocus()
    house.box(0.06, 0.06, 0.3, 0.4)
    house.until(lambda: house.canvas.canvas.can_execute()[0])
    house.press(Qt.Key.Key_Return)
    house.until(lambda: len(house.scene.objects) == 2 and house.at_rest())


def play_a_little(house: House) -> None:
    house.until(lambda: bool(house.shelf.devices))
    house.press(Qt.Key.Key_Space)
    player = house.timeline.player
    house.until(lambda: player.playing)
    heard = 0.0
    for _ in range(40):
        house.qtbot.wait(5)
        heard = max(heard, float(np.abs(house.shelf.device.pull(1024)).max()))
    house.press(Qt.Key.Key_Space)
    assert not player.playing
    assert heard > 0.001


def undo_and_redo(house: House) -> None:
    before = house.scene
    house.press(Qt.Key.Key_Z, CONTROL)
    assert house.scene != before
    house.press(Qt.Key.Key_Y, CONTROL)
    assert house.scene == before


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


def test_two_objects_of_a_picture_become_stems_in_a_folder(house: House, tmp_path: Path) -> None:
    house.open(picture("Cat"))
    add_two(house)
    assert [thing.duration for thing in house.scene.objects] == [SECONDS, SECONDS]
    house.press(Qt.Key.Key_A, CONTROL)
    house.press(Qt.Key.Key_G, CONTROL)
    house.until(lambda: len(house.scene.takes) == 2 and house.at_rest())
    assert [house.clips(thing.index) for thing in house.scene.objects] == [1, 1]
    play_a_little(house)
    house.press(Qt.Key.Key_M)  # Muting is a step, too.
    undo_and_redo(house)
    house.press(Qt.Key.Key_Z, CONTROL)
    house.person.place = tmp_path / "Cat.foley"
    house.press(Qt.Key.Key_S, CONTROL)
    house.until(lambda: house.at_rest() and not house.services.document.unsaved)
    scene = house.scene
    export(house, tmp_path / "stems")
    check_files(tmp_path / "stems", scene.timeline.rate)
    assert [message for message in house.said if message.kind in ("error", "warning")] == []
    house.window.close()
    opened = Project.open(tmp_path / "Cat.foley")
    with opened.project:
        assert opened.scene == scene


def check_files(folder: Path, rate: int) -> None:
    """Two stems of a second or more that sound, and a mix that is their sum."""
    waves = {path.stem: soundfile.read(path, always_2d=True) for path in folder.rglob("*.wav")}
    assert len(waves) == 3
    sums = []
    for name, (samples_, found) in waves.items():
        assert found == rate
        assert len(samples_) >= SECONDS * rate * 0.99
        assert np.abs(samples_).max() > 0.001, name
        sums.append(samples_)
    mix = next(wave for name, (wave, _) in waves.items() if "mix" in name.lower())
    stems = [wave for name, (wave, _) in waves.items() if "mix" not in name.lower()]
    np.testing.assert_allclose(mix, np.sum(stems, axis=0), atol=3e-6)
