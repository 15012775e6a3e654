"""Exports from the dialog: real ones, and slow ones that are let go by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import wavinfo
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.export.confirmations import QtExportDialogs, taken_box
from desktop.export.last_export import LastExport
from desktop.export.words import size_text
from desktop.export.worker import ExportProgress
from engine.errors import Failed
from engine.export.choices import ExportChoices
from engine.files import FolderSurvey
from engine.scene.edits.stills import rename_scene
from tests.desktop.export.bench import LEFT, Bench, Make, click, everything_in, pick, press, size_shown, typed
from tests.desktop.export.fakes import FakeExportDialogs, SlowExport
from tests.engine.export.toy_scene import Toy

# Exporting


def test_a_real_export_is_read_back(bench: Bench) -> None:
    form = bench.dialog.form
    pick(form.bits, 16)
    typed(form.start, "10:00:00:00")
    form.handles.setValue(0.5)
    for name in ("flac", "rpp"):
        click(form.formats[name])
    bench.export()
    stems = sorted((bench.out / "stems").iterdir())
    sounds = [soundfile.read(path, dtype="int16", always_2d=True)[0].astype(np.int64) for path in stems]
    mix, rate = soundfile.read(bench.out / "mix.wav", dtype="int16", always_2d=True)
    assert rate == 48_000 and len(stems) == 3
    assert (sum(sounds) == mix).all() and mix.any()
    header = wavinfo.WavInfoReader(str(bench.out / "mix.wav"))
    assert header.bext.time_reference == 48_000 * 36_000 - 24_000
    assert header.fmt.bits_per_sample == 16
    assert everything_in(bench.out) == set(bench.shown)
    assert bench.notice.startswith("12 files written to")
    assert "LUFS" in bench.notice


def test_what_was_written_is_listed_with_its_levels_and_can_be_revealed(bench: Bench) -> None:
    assert not bench.dialog.reveal_button.isEnabled()
    click(bench.dialog.form.formats["csv"])
    bench.settled()
    assert size_shown(bench, 4) == "–", "nobody knows it yet"
    bench.export()
    assert size_shown(bench, 4) == size_text((bench.out / "night-street.csv").stat().st_size)
    bench.settled()
    item = bench.dialog.results.files.topLevelItem(3)
    assert item is not None and item.text(3).startswith("\N{MINUS SIGN}")
    QTest.mouseClick(bench.dialog.reveal_button, LEFT)
    assert bench.person.shown == [bench.out]
    assert "written" in bench.notice


def test_the_export_has_the_preset_that_was_chosen(bench: Bench) -> None:
    pick(bench.dialog.form.preset, "r128")
    bench.export()
    assert "\N{MINUS SIGN}23.0 LUFS" in bench.notice


def test_the_enter_key_exports(bench: Bench) -> None:
    bench.settled()
    press(bench.dialog.form.start, Qt.Key.Key_Return)
    assert bench.work.running
    bench.qtbot.waitUntil(lambda: not bench.work.running, timeout=10_000)
    assert (bench.out / "mix.wav").is_file()


def test_progress_is_shown_while_the_window_goes_on(make: Make) -> None:
    slow = SlowExport()
    bench = make(slow)
    results = bench.dialog.results
    bench.settled()
    assert not results.bar.isVisible()
    bench.begin()
    bench.qtbot.waitUntil(lambda: results.bar.value() == 500)
    assert results.doing.text() == "Writing stems and mix…"
    assert results.bar.isVisible() and not bench.dialog.form.isEnabled()
    assert bench.dialog.close_button.text() == "Cancel export"
    slow.go.set()
    bench.qtbot.waitUntil(lambda: not bench.work.running)
    assert not results.bar.isVisible() and bench.dialog.form.isEnabled()


def test_the_time_to_go_is_told_once_it_is_known(bench: Bench) -> None:
    bench.dialog.results.show_running(ExportProgress(0.25, "Measuring", 8.2))
    assert bench.dialog.results.doing.text() == "Measuring…  8 s to go"


def test_cancel_leaves_nothing(make: Make) -> None:
    slow = SlowExport()
    bench = make(slow)
    bench.settled()
    bench.begin()
    bench.qtbot.waitUntil(slow.started.is_set)
    QTest.mouseClick(bench.dialog.close_button, LEFT)
    assert not bench.dialog.close_button.isEnabled()
    bench.qtbot.waitUntil(lambda: not bench.work.running)
    assert (slow.begun, slow.cancelled, slow.ended) == (1, 1, 1)
    assert bench.notice == "Cancelled. Nothing was written."
    assert not bench.out.exists()
    assert bench.dialog.isVisible() and bench.said == []
    assert bench.settled().ready


def test_cancel_in_the_middle_of_real_writing_leaves_nothing(make: Make, small: Toy, tmp_path: Path) -> None:
    bench = make()
    stop: list[str] = []

    def takes(digest: str) -> Any:
        stop.append(digest)
        bench.work.cancel()
        return small.takes(digest)

    bench.dialog._takes = takes
    bench.settled()
    bench.begin()
    bench.qtbot.waitUntil(lambda: not bench.work.running)
    assert stop and "Cancelled" in bench.notice
    assert not (tmp_path / "films").exists()


def test_escape_while_it_exports_cancels_and_then_closes(make: Make) -> None:
    slow = SlowExport()
    bench = make(slow)
    bench.settled()
    bench.begin()
    bench.qtbot.waitUntil(slow.started.is_set)
    press(bench.dialog, Qt.Key.Key_Escape)
    assert bench.dialog.isVisible()
    bench.qtbot.waitUntil(lambda: not bench.dialog.isVisible())
    assert slow.cancelled == 1 and not bench.out.exists()


def test_closing_the_window_by_its_corner_cancels_too(make: Make) -> None:
    slow = SlowExport()
    bench = make(slow)
    bench.settled()
    bench.begin()
    bench.qtbot.waitUntil(slow.started.is_set)
    bench.dialog.close()
    bench.qtbot.waitUntil(lambda: not bench.dialog.isVisible())
    assert slow.cancelled == 1


@pytest.mark.parametrize("error", [Failed("The disk is full."), RuntimeError("shape"), MemoryError()])
def test_a_failure_is_one_message_and_the_dialog_goes_on(error: Exception, make: Make) -> None:
    slow = SlowExport(error)
    bench = make(slow)
    bench.settled()
    bench.begin()
    slow.go.set()
    bench.qtbot.waitUntil(lambda: not bench.work.running)
    (message,) = bench.said
    assert message.kind == "error" and message.text.startswith("Nothing was exported. ")
    bench.settled()
    assert bench.notice == message.text
    slow.error = None
    bench.export()
    assert "written" in bench.notice


def test_edits_while_it_exports_do_not_change_it(make: Make) -> None:
    slow = SlowExport()
    bench = make(slow)
    click(bench.dialog.form.formats["csv"])
    bench.settled()
    bench.begin()
    bench.document.edit("Rename", lambda scene: rename_scene(scene, "Day"))
    slow.go.set()
    bench.qtbot.waitUntil(lambda: not bench.work.running)
    assert (bench.out / "night-street.csv").is_file()


# Overwriting


def test_overwriting_is_announced_asked_for_and_refused_by_default(bench: Bench) -> None:
    bench.out.mkdir(parents=True)
    (bench.out / "mix.wav").write_text("mine")
    bench.dialog.form.changed.emit()
    assert bench.settled().holds
    assert "mix.wav" in bench.notice and "offers a new folder" in bench.notice
    QTest.mouseClick(bench.dialog.export_button, LEFT)
    assert [(folder, found.in_the_way) for folder, found in bench.person.asked] == [(bench.out, ("mix.wav",))]
    assert not bench.work.running
    assert (bench.out / "mix.wav").read_text() == "mine"


def test_only_after_a_yes_is_an_earlier_export_replaced_and_the_rest_stays(make: Make) -> None:
    bench = make(person=FakeExportDialogs(answer="replace"))
    bench.export()
    first = (bench.out / "mix.wav").stat().st_ino
    for name in ("notes.txt", "stems/dialogue.wav"):
        (bench.out / name).write_text("mine")
    bench.dialog.form.changed.emit()
    bench.export()
    assert bench.person.asked[0][1].foreign == ("notes.txt", "stems/dialogue.wav")
    assert soundfile.info(bench.out / "mix.wav").frames == 72_000
    assert (bench.out / "mix.wav").stat().st_ino != first
    assert (bench.out / "notes.txt").read_text() == "mine"
    assert (bench.out / "stems/dialogue.wav").read_text() == "mine"


def test_a_number_is_added_where_the_folder_is_taken(make: Make) -> None:
    bench = make(person=FakeExportDialogs(answer="number"))
    bench.out.mkdir(parents=True)
    (bench.out / "mix.wav").write_text("mine")
    bench.dialog.form.changed.emit()
    bench.export()
    assert (bench.out / "mix.wav").read_text() == "mine"
    beside = bench.out.with_name(f"{bench.out.name}-2")
    assert soundfile.info(beside / "mix.wav").frames == 72_000
    assert str(beside) in bench.notice


def test_a_folder_that_filled_up_after_it_was_looked_at_is_refused_in_a_sentence(bench: Bench) -> None:
    bench.settled()
    bench.out.mkdir(parents=True)
    (bench.out / "mix.wav").write_text("mine")
    bench.export()
    assert bench.person.asked == []
    assert "is not empty" in bench.said[0].text and "is not empty" in bench.notice
    assert (bench.out / "mix.wav").read_text() == "mine"


def test_the_question_says_what_goes_and_its_usual_answer_loses_nothing(qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    found = FolderSurvey(replaced=("mix.wav", "stems/a.wav"), foreign=("stems/dialogue.wav", "notes.txt"))
    box = taken_box(over, Path("/films/out"), found)
    assert "Replace 2 files of an earlier export" in box.text() and "mix.wav and stems/a.wav" in box.text()
    assert "2 other entries" in box.informativeText() and "stems/dialogue.wav" in box.informativeText()
    assert box.defaultButton().text() == "Add a &number"
    assert box.escapeButton().text() == "&Cancel"
    others = taken_box(over, Path("/films/out"), FolderSurvey(foreign=("notes.txt",)))
    assert "other files" in others.text() and "1 other entry" in others.informativeText()
    blocked = taken_box(over, Path("/films/out"), FolderSurvey(in_the_way=("mix.wav",)))
    assert "mix.wav" in blocked.text()
    assert blocked.button(QMessageBox.StandardButton.Yes) is None


@pytest.mark.parametrize(("key", "answer"), [("R", "replace"), ("N", "number"), ("C", "cancel")])
def test_the_real_question_is_answered_by_its_keys(qtbot: QtBot, key: str, answer: str) -> None:
    over = QWidget()
    qtbot.addWidget(over)

    def press() -> None:
        box = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox))
        wanted = {"R": "&Replace", "N": "Add a &number", "C": "&Cancel"}[key]
        next(button for button in box.buttons() if button.text() == wanted).click()

    QTimer.singleShot(50, press)
    assert QtExportDialogs().taken(over, Path("/films/out"), FolderSurvey(replaced=("mix.wav",))) == answer


def test_a_folder_is_chosen_beginning_where_there_is_one(make: Make, tmp_path: Path) -> None:
    bench = make(person=FakeExportDialogs(folder=tmp_path / "other"))
    QTest.mouseClick(bench.dialog.results.choose, LEFT)
    assert bench.person.begun == [tmp_path]
    assert bench.settled().folder == tmp_path / "other"


def test_a_person_who_chooses_no_folder_keeps_the_one_there_was(bench: Bench) -> None:
    before = bench.settled().folder
    QTest.mouseClick(bench.dialog.results.choose, LEFT)
    assert bench.settled().folder == before


# Remembering


def test_the_next_dialog_begins_where_the_last_export_was(make: Make, tmp_path: Path) -> None:
    bench = make()
    pick(bench.dialog.form.bits, 32)
    click(bench.dialog.form.formats["csv"])
    typed(bench.dialog.results.folder, str(tmp_path / "elsewhere" / "one"))
    bench.export()
    bench.work.close()
    again = make()
    assert again.dialog.form.choices == ExportChoices(bits=32, formats=("wav", "csv"))
    assert again.settled().folder == tmp_path / "elsewhere" / "night-street-export"


def test_choices_that_were_never_exported_with_are_not_kept(make: Make) -> None:
    bench = make()
    pick(bench.dialog.form.bits, 32)
    bench.settled()
    press(bench.dialog, Qt.Key.Key_Escape)
    assert not bench.dialog.isVisible()
    assert bench.memory.last == LastExport()


def test_a_memory_that_cannot_be_kept_is_told_and_the_export_is_made(make: Make, tmp_path: Path) -> None:
    bench = make()
    (tmp_path / "state").write_text("in the way")
    bench.export()
    assert "state" in bench.said[0].text
    assert (bench.out / "mix.wav").is_file()
