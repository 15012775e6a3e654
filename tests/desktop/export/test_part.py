"""Exporting as the window has it: the action, the status line, and drags out of other panels."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from desktop.actions.actions import Actions
from desktop.document.activity import Activity
from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.export.drags import FileDrags
from desktop.export.part import ExportPart
from desktop.export.words import done_text
from desktop.main_window.all_commands import ALL_COMMANDS
from desktop.settings.store import SettingsStore, settings_file
from desktop.settings.table import Preferences
from engine.project.folder import Project
from engine.scene.edits.clips import place_take
from engine.scene.edits.takes import attach_take
from engine.scene.edits.tracks import add_track
from engine.scene.takes import Take
from tests.desktop.export.fakes import Launches
from tests.desktop.key_maps import key_map
from tests.engine.export.toy_scene import noise, recipe

LEFT = Qt.MouseButton.LeftButton


class Bench:
    """A window with a project that holds one take on one track."""

    def __init__(self, tmp_path: Path) -> None:
        self.window, self.messages, self.running = QMainWindow(), Messages(), Activity()
        self.document, self.launches = Document(self.messages), Launches()
        self.settings = SettingsStore(settings_file(), ALL_COMMANDS)
        drags = FileDrags(self.messages, tmp_path / "drags", launch=self.launches, held=self.launches.held)
        self.exports = ExportPart(
            self.document, self.messages, self.settings, self.running, self.window, drags=drags
        )
        self.actions = Actions(self.window, key_map())
        self.exports.bind(self.actions)
        self.project = Project.create(tmp_path / "Street.foley", "Street").project

    def open(self) -> None:
        take = Take(noise(1, 0.5, 16_000, 0.05), 16_000, "dog", (0,), 1, recipe("a dog", 1))
        scene = self.document.scene
        record = self.project.add_take(take)
        scene = add_track(attach_take(scene, record), "dog")
        scene = place_take(scene, scene.timeline.tracks[0].id, record.digest, 0)
        self.document.replace(scene, None, self.project)
        self.actions.refresh()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    qtbot.addWidget(made.window)
    made.window.show()
    yield made
    made.exports.close()
    made.project.close()


def test_the_action_opens_the_dialog_only_where_there_is_a_project(bench: Bench) -> None:
    action = bench.actions.action("export")
    assert not action.isEnabled()
    bench.exports.show()
    assert bench.exports.dialog is None
    bench.open()
    QTest.keyClick(bench.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    first = bench.exports.dialog
    assert first is not None and first.isVisible()
    bench.exports.show()
    assert bench.exports.dialog is first


def test_a_project_is_exported_to_where_the_preferences_say_and_the_status_line_tells(
    bench: Bench, qtbot: QtBot, tmp_path: Path
) -> None:
    bench.open()
    bench.settings.set(Preferences(export_folder=str(tmp_path / "films")))
    told: list[str] = []
    bench.running.changed.connect(lambda: told.append(bench.running.work))
    bench.exports.show()
    dialog = bench.exports.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.preview is not None)
    with qtbot.waitSignal(bench.exports.work.done, timeout=10_000) as done:
        QTest.mouseClick(dialog.export_button, LEFT)
    assert done.args is not None and "LUFS" in done_text(done.args[0].exported)
    out = tmp_path / "films" / "untitled-export"
    assert soundfile.info(out / "stems" / "01_dog.wav").frames == 24_000
    assert told and told[-1] == "" and told[0] != ""


def test_another_dialog_can_be_opened_after_the_first(bench: Bench, qtbot: QtBot) -> None:
    bench.open()
    bench.exports.show()
    first = bench.exports.dialog
    assert first is not None
    first.reject()
    assert bench.exports.dialog is None
    bench.exports.show()
    second = bench.exports.dialog
    assert second is not None
    qtbot.waitUntil(lambda: second.preview is not None)


def test_clips_and_stems_of_the_timeline_are_dragged_out(bench: Bench, qtbot: QtBot) -> None:
    bench.open()
    (track,) = bench.document.scene.timeline.tracks
    bench.exports.prepare(clip=track.clips[0].id)
    bench.exports.drag(bench.window, clip=track.clips[0].id)
    qtbot.waitUntil(lambda: len(bench.launches.paths) == 1)
    bench.exports.drag(bench.window, track=track.id)
    qtbot.waitUntil(lambda: len(bench.launches.paths) == 2)
    assert [path.name for path in bench.launches.paths] == ["01_dog_take1.wav", "01_dog.wav"]


def test_the_window_can_go_while_the_dialog_stands(bench: Bench) -> None:
    bench.open()
    bench.exports.show()
    bench.exports.close()
    assert bench.exports.dialog is None
