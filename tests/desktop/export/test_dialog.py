"""The export dialog over the real engine, and over slow exports that are let go by hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import wavinfo
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.document import Document
from desktop.export.asking import replace_box
from desktop.export.choices import Choices, Remembered
from desktop.export.dialog import ExportDialog
from desktop.export.drags import FileDrags
from desktop.export.memory import ExportMemory
from desktop.export.preview import Preview
from desktop.export.words import FORMAT_NAMES, size_text
from desktop.export.work import ExportWork, Progressed, Write
from desktop.messages import Message, Messages
from desktop.settings.store import JsonFile
from engine.errors import Failed
from engine.export.run import export
from engine.scene.edits.stills import rename_scene
from tests.desktop.export.fakes import Launches, Person, SlowExport
from tests.engine.export.toy_scene import Toy, toy

LEFT = Qt.MouseButton.LeftButton
Change = Callable[["Bench"], object]


@dataclass
class Bench:
    """A dialog and all that stands round it."""

    dialog: ExportDialog
    document: Document
    work: ExportWork
    drags: FileDrags
    memory: ExportMemory
    person: Person
    launches: Launches
    said: list[Message]
    out: Path
    qtbot: QtBot

    def settled(self) -> Preview:
        self.qtbot.waitUntil(lambda: self.dialog.preview is not None)
        assert self.dialog.preview is not None
        return self.dialog.preview

    def export(self) -> None:
        """Exports by the button, and waits for the end."""
        self.settled()
        self.begin()
        self.qtbot.waitUntil(lambda: not self.work.running, timeout=10_000)

    def begin(self) -> None:
        QTest.mouseClick(self.dialog.export_button, LEFT)
        assert self.work.running

    @property
    def shown(self) -> list[str]:
        return [row.file.path for row in self.dialog.results.files.rows]

    @property
    def notice(self) -> str:
        return self.dialog.results.notice


Make = Callable[..., Bench]


@pytest.fixture(scope="module")
def small() -> Toy:
    return toy(seconds=0.5)


@pytest.fixture
def make(qtbot: QtBot, small: Toy, tmp_path: Path) -> Iterator[Make]:
    benches: list[Bench] = []

    def made(write: Write = export, person: Person | None = None, held: bool = True) -> Bench:
        messages = Messages()
        said: list[Message] = []
        messages.shown.connect(said.append)
        document = Document(messages)
        document.replace(small.scene, None, None)
        memory = ExportMemory(JsonFile(tmp_path / "state" / "export.json"))
        person, launches = person or Person(), Launches(held=held)
        work = ExportWork(write)
        drags = FileDrags(messages, tmp_path / "drags", write=write, launch=launches, held=launches.held)
        dialog = ExportDialog(
            document, small.takes, work, drags, memory, Path(memory.last.folder or tmp_path / "films"),
            messages=messages, ask=person, reveal=person.reveal,
        )  # fmt: skip
        qtbot.addWidget(dialog)
        dialog.show()
        out = tmp_path / "films" / "night-street-export"
        benches.append(Bench(dialog, document, work, drags, memory, person, launches, said, out, qtbot))
        return benches[-1]

    yield made
    for bench in benches:
        bench.work.close()
        bench.drags.close()


@pytest.fixture
def bench(make: Make) -> Bench:
    return make()


def everything_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def pick(box: QComboBox, value: object) -> None:
    box.setCurrentIndex(box.findData(value))


# Every control acts

CONTROLS: dict[str, tuple[Change, Callable[[Preview], object], object]] = {
    "Loudness": (lambda b: pick(b.dialog.form.preset, "netflix"), lambda p: _plan(p).preset.name, "netflix"),
    "Sample rate": (lambda b: pick(b.dialog.form.rate, 96_000), lambda p: _plan(p).form.rate, 96_000),
    "Bit depth": (lambda b: pick(b.dialog.form.bits, 16), lambda p: _plan(p).form.bits, 16),
    "Frame rate": (lambda b: pick(b.dialog.form.frame_rate, "24"), lambda p: _plan(p).frame_rate.name, "24"),
    "Start": (
        lambda b: typed(b.dialog.form.start, "02:00:00:00"),
        lambda p: _plan(p).start_timecode,
        "02:00:00:00",
    ),
    "Handles": (lambda b: b.dialog.form.handles.stepUp(), lambda p: _plan(p).lead, 24_000),
    "WAV": (
        lambda b: click(b.dialog.form.formats["csv"], b.dialog.form.formats["wav"]),
        lambda p: "mix.wav" in paths(p),
        False,
    ),
    "FLAC": (lambda b: click(b.dialog.form.formats["flac"]), lambda p: "audition/mix.flac" in paths(p), True),
    "Ogg Vorbis": (
        lambda b: click(b.dialog.form.formats["ogg"]),
        lambda p: "audition/mix.ogg" in paths(p),
        True,
    ),
    **{
        FORMAT_NAMES[form]: (
            lambda b, form=form: click(b.dialog.form.formats[form]),  # type: ignore[misc]
            lambda p, form=form: f"night-street.{form}" in paths(p),  # type: ignore[misc]
            True,
        )
        for form in ("rpp", "otio", "csv", "aaf", "fcpxml")
    },
    "EDL": (
        lambda b: click(b.dialog.form.formats["edl"]),
        lambda p: any(path.endswith(".edl") for path in paths(p)),
        True,
    ),
    "UCS file names": (lambda b: click(b.dialog.form.ucs), lambda p: "creator ID" in p.problems[0], True),
    "Creator": (
        lambda b: name_files(b, "LM", ""),
        lambda p: "source ID" in p.problems[0],
        True,
    ),
    "Source": (
        lambda b: name_files(b, "LM", "NS"),
        lambda p: paths(p)[0],
        "stems/ANMLDog_Dog_LM_NS.wav",
    ),
    "Folder": (lambda b: typed(b.dialog.results.folder, "x"), lambda p: "whole path" in p.problems[0], True),
}


def _plan(preview: Preview) -> Any:
    assert preview.plan is not None
    return preview.plan


def paths(preview: Preview) -> list[str]:
    return [file.path for file in _plan(preview).files]


def click(*buttons: QAbstractButton) -> None:
    for button in buttons:
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)


def name_files(bench: Bench, creator: str, source: str) -> None:
    click(bench.dialog.form.ucs)
    typed(bench.dialog.form.creator, creator)
    typed(bench.dialog.form.source, source)


def typed(line: QLineEdit, words: str) -> None:
    line.selectAll()
    QTest.keyClicks(line, words)


@pytest.mark.parametrize("name", CONTROLS)
def test_changing_a_control_changes_the_plan(name: str, bench: Bench) -> None:
    change, told, wanted = CONTROLS[name]
    first = bench.settled()
    assert first.ready
    change(bench)
    assert bench.dialog.preview is None, "the old answer is no longer the dialog's"
    assert told(bench.settled()) == wanted
    assert bench.dialog.export_button.isEnabled() == bench.settled().ready


def test_no_control_is_without_such_a_test(bench: Bench) -> None:
    form = bench.dialog.form
    kinds = (QComboBox, QLineEdit, QAbstractButton, QAbstractSpinBox)
    found = {w.accessibleName() for kind in kinds for w in form.findChildren(kind) if w.accessibleName()}
    assert found == CONTROLS.keys() - {"Folder"}


def test_the_list_shows_the_plan_with_kinds_and_sizes(bench: Bench) -> None:
    preview = bench.settled()
    assert bench.shown == paths(preview) == [
        "stems/01_dog.wav", "stems/02_rain.wav", "stems/03_grösse-thing.wav", "mix.wav",
    ]  # fmt: skip
    item = bench.dialog.results.files.topLevelItem(0)
    assert item is not None
    assert [item.text(column) for column in range(3)] == ["stems / 01_dog.wav", "Stem  ·  Dog", "448 kB"]
    assert bench.dialog.results.total == "4 files  ·  1.8 MB  ·  1.5 s of sound"


def test_a_problem_is_a_sentence_and_stops_the_export_until_it_is_gone(bench: Bench) -> None:
    typed(bench.dialog.form.start, "25:00:00:00")
    bench.settled()
    assert bench.notice == "'25:00:00:00' is no timecode at 25 frames a second."
    assert not bench.dialog.export_button.isEnabled()
    QTest.keyClick(bench.dialog.form.start, Qt.Key.Key_Return)
    assert not bench.work.running
    bench.dialog.form.start.clear()
    assert bench.settled().ready
    assert bench.notice == ""


def test_an_edit_of_the_scene_is_planned_anew(bench: Bench) -> None:
    bench.settled()
    click(bench.dialog.form.formats["rpp"])
    bench.document.edit("Rename", lambda scene: rename_scene(scene, "Day"))
    assert "day.rpp" in paths(bench.settled())
    louder = replace(bench.document.scene.timeline, rate=96_000, loudness="film")
    bench.document.edit("Change", lambda scene: replace(scene, timeline=louder))
    assert "Film" in bench.dialog.form.preset.itemText(0) and "96" in bench.dialog.form.rate.itemText(0)


def test_creator_and_source_can_be_written_only_where_names_have_them(bench: Bench) -> None:
    form = bench.dialog.form
    assert not form.creator.isEnabled()
    click(form.ucs)
    assert form.creator.isEnabled() and form.source.isEnabled()


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


def size_shown(bench: Bench, number: int) -> str:
    item = bench.dialog.results.files.topLevelItem(number)
    assert item is not None
    return item.text(2)


def test_the_export_has_the_preset_that_was_chosen(bench: Bench) -> None:
    pick(bench.dialog.form.preset, "r128")
    bench.export()
    assert "\N{MINUS SIGN}23.0 LUFS" in bench.notice


def test_enter_exports(bench: Bench) -> None:
    bench.settled()
    press(bench.dialog.form.start, Qt.Key.Key_Return)
    assert bench.work.running
    bench.qtbot.waitUntil(lambda: not bench.work.running, timeout=10_000)
    assert (bench.out / "mix.wav").is_file()


def press(widget: QWidget, key: Qt.Key) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


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
    bench.dialog.results.show_running(Progressed(0.25, "Measuring", 8.2))
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
    assert "mix.wav" in bench.notice and "asks before" in bench.notice
    QTest.mouseClick(bench.dialog.export_button, LEFT)
    assert bench.person.asked == [(bench.out, ("mix.wav",))]
    assert not bench.work.running
    assert (bench.out / "mix.wav").read_text() == "mine"


def test_only_after_a_yes_is_anything_replaced_and_the_rest_stays(make: Make) -> None:
    bench = make(person=Person(agrees=True))
    bench.out.mkdir(parents=True)
    for name in ("mix.wav", "notes.txt"):
        (bench.out / name).write_text("mine")
    bench.dialog.form.changed.emit()
    bench.export()
    assert soundfile.info(bench.out / "mix.wav").frames == 72_000
    assert (bench.out / "notes.txt").read_text() == "mine"


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
    box = replace_box(over, Path("/films/out"), ("mix.wav", "stems/"))
    assert "mix.wav and stems/" in box.text() and "all that is in them" in box.informativeText()
    assert box.defaultButton().text() == "Cancel"
    assert "other files" in replace_box(over, Path("/films/out"), ()).text()


def test_a_folder_is_chosen_beginning_where_there_is_one(make: Make, tmp_path: Path) -> None:
    bench = make(person=Person(folder=tmp_path / "other"))
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
    assert again.dialog.form.choices == Choices(bits=32, formats=("wav", "csv"))
    assert again.settled().folder == tmp_path / "elsewhere" / "night-street-export"


def test_choices_that_were_never_exported_with_are_not_kept(make: Make) -> None:
    bench = make()
    pick(bench.dialog.form.bits, 32)
    bench.settled()
    press(bench.dialog, Qt.Key.Key_Escape)
    assert not bench.dialog.isVisible()
    assert bench.memory.last == Remembered()


def test_a_memory_that_cannot_be_kept_is_told_and_the_export_is_made(make: Make, tmp_path: Path) -> None:
    bench = make()
    (tmp_path / "state").write_text("in the way")
    bench.export()
    assert "state" in bench.said[0].text
    assert (bench.out / "mix.wav").is_file()


# Reach


def test_every_control_has_a_name_a_tooltip_and_the_keyboard_reaches_it(bench: Bench) -> None:
    bench.settled()
    kinds = (QComboBox, QLineEdit, QAbstractButton)
    found: list[QWidget] = [
        widget
        for kind in kinds
        for widget in bench.dialog.findChildren(kind)
        if widget.isVisible() and widget.objectName() != "qt_spinbox_lineedit"
    ]
    assert len(found) > 20
    for widget in [*found, bench.dialog.form.handles, bench.dialog.results.files]:
        assert widget.accessibleName(), widget
        assert widget.toolTip() or widget is bench.dialog.results.files, widget.accessibleName()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget.accessibleName()


def test_no_two_controls_share_a_letter(bench: Bench) -> None:
    texts = [label.text() for label in bench.dialog.findChildren(QLabel)]
    texts += [button.text() for button in bench.dialog.findChildren(QAbstractButton)]
    letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text and "<&>" not in text]
    assert len(letters) >= 9
    assert len(set(letters)) == len(letters), sorted(letters)


def test_a_dialog_that_was_closed_hears_no_more(bench: Bench) -> None:
    bench.settled()
    bench.dialog.reject()
    bench.document.edit("Rename", lambda scene: rename_scene(scene, "Day"))
    assert bench.dialog.preview is not None
