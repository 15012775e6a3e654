"""Sounds dragged out: rendered beforehand, once, elsewhere, as the export would write and name them."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile
import wavinfo
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.document.document import Document
from desktop.document.messages import Message, Messages
from desktop.export.drags import FileDrags, drags_folder, mime_of
from desktop.export.export_dialog import ExportDialog
from desktop.export.last_export import LastExportStore
from desktop.export.single_file import single_export, take_export
from desktop.export.worker import ExportWorker
from desktop.settings.store import JsonFile
from engine.errors import BadInput, Failed
from engine.export.choices import ExportChoices
from engine.export.run import export
from engine.scene.timeline import Track
from tests.desktop.export.fakes import FakeExportDialogs, Launches, SlowExport
from tests.engine.export.toy_scene import MADE, RATE, Toy, toy

LEFT = Qt.MouseButton.LeftButton
USUAL = ExportChoices(preset="r128")


class Counted:
    """The real export, counted, and in which threads it ran."""

    def __init__(self) -> None:
        self.threads: list[int] = []

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.threads.append(threading.get_ident())
        return export(*arguments, **named)


class Bench:
    """Drags, and all that stands round them."""

    def __init__(self, home: Path, write: Any, *, held: bool = True) -> None:
        self.messages, self.said = Messages(), list[Message]()
        self.messages.shown.connect(self.said.append)
        self.launches = Launches(held=held)
        self.home, self.write = home, write
        self.drags = FileDrags(
            self.messages, home, write=write, launch=self.launches, held=self.launches.held
        )
        self.waits: list[str] = []
        self.drags.waiting.connect(self.waits.append)


@pytest.fixture(scope="module")
def small() -> Toy:
    return toy(seconds=0.5)


@pytest.fixture
def bench(qapp: object, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "drags", Counted())
    yield made
    made.drags.close()


@pytest.fixture
def source(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_a_stem_is_the_very_file_that_the_export_writes(
    bench: Bench, small: Toy, source: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    wanted = single_export(small.scene, USUAL, track=2)
    with qtbot.waitSignal(bench.drags.prepared):
        bench.drags.prepare(wanted, small.takes)
    bench.drags.drag(wanted, small.takes, source)
    (path,) = bench.launches.paths
    assert path.name == "02_rain.wav" and path.is_relative_to(bench.home)
    done = export(small.scene, small.takes, tmp_path / "out", wanted.settings, made=MADE)
    same = soundfile.read(done.folder / "stems" / "02_rain.wav", dtype="int32")[0]
    assert (soundfile.read(path, dtype="int32")[0] == same).all() and same.any()
    assert bench.waits == [], "it was there already"


def test_everything_of_a_mix_is_rendered_once_and_never_in_the_windows_thread(
    bench: Bench, small: Toy, source: QWidget, qtbot: QtBot
) -> None:
    for track in (1, 1, None, 3):
        bench.drags.prepare(single_export(small.scene, USUAL, track), small.takes)
    wanted = single_export(small.scene, USUAL)
    qtbot.waitUntil(lambda: bench.drags.path_of(wanted) is not None)
    bench.drags.prepare(wanted, small.takes)
    bench.drags.drag(wanted, small.takes, source)
    assert [path.name for path in bench.launches.paths] == ["mix.wav"]
    assert len(bench.write.threads) == 1 and threading.get_ident() not in bench.write.threads


def test_a_take_is_a_file_of_its_own_as_it_was_made(
    bench: Bench, small: Toy, source: QWidget, qtbot: QtBot
) -> None:
    take = small.scene.takes[0]
    wanted = take_export(small.scene, USUAL, take.digest)
    with qtbot.waitSignal(bench.drags.prepared):
        bench.drags.prepare(wanted, small.takes)
    dressed: list[QDrag] = []
    bench.drags.drag(wanted, small.takes, source, dressed.append)
    (path,) = bench.launches.paths
    assert path.name.endswith(f"_take{take.number}.wav") and len(dressed) == 1
    assert soundfile.info(path).frames == take.length_at(RATE)
    with pytest.raises(BadInput, match="not in this scene"):
        take_export(small.scene, USUAL, "ab12" * 16)


def test_a_take_that_cannot_be_a_file_is_still_dragged_within_the_window(
    small: Toy, source: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    slow = SlowExport(Failed("There is no room on the disk."))
    slow.go.set()
    bench = Bench(tmp_path / "drags", slow)
    seen: list[QMimeData] = []
    bench.drags._launch = lambda drag: seen.append(drag.mimeData())
    wanted = take_export(small.scene, USUAL, small.scene.takes[0].digest)
    bench.drags.drag(wanted, small.takes, source, lambda drag: drag.mimeData().setData("x/take", b"one"))
    qtbot.waitUntil(lambda: len(seen) == 1)
    assert seen[0].hasFormat("x/take") and not seen[0].hasUrls()
    assert [message.text for message in bench.said] == ["There is no room on the disk."]
    bench.drags.close()


def test_a_clip_is_a_file_of_its_own_with_its_place_in_it(
    bench: Bench, small: Toy, source: QWidget, qtbot: QtBot
) -> None:
    wanted = single_export(small.scene, USUAL, clip=101)
    bench.drags.drag(wanted, small.takes, source)
    qtbot.waitUntil(lambda: bool(bench.launches.paths))
    (path,) = bench.launches.paths
    assert path.name == "02_rain_take2.wav"
    sound = soundfile.info(path)
    # Half a second is twelve and a half frames: half a frame comes before it.
    assert sound.frames == RATE // 2 + RATE // 50
    header = wavinfo.WavInfoReader(str(path))
    assert header.bext.time_reference == 3600 * RATE + RATE // 2 - RATE // 50
    assert bench.waits == ["Rendering the sound to drag…", ""]


def test_a_muted_tracks_stem_can_be_dragged_too(
    bench: Bench, small: Toy, source: QWidget, qtbot: QtBot
) -> None:
    def muted(track: Track) -> Track:
        return replace(track, muted=track.id == 2)

    scene = small.with_timeline(lambda line: replace(line, tracks=tuple(map(muted, line.tracks))))
    wanted = single_export(scene, USUAL, track=2)
    bench.drags.drag(wanted, small.takes, source)
    qtbot.waitUntil(lambda: bool(bench.launches.paths))
    assert soundfile.read(bench.launches.paths[0])[0].any()


def test_no_drag_begins_once_the_button_was_let_go(
    small: Toy, source: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    bench = Bench(tmp_path, Counted(), held=False)
    wanted = single_export(small.scene, USUAL, clip=100)
    bench.drags.drag(wanted, small.takes, source)
    qtbot.waitUntil(lambda: bench.drags.path_of(wanted) is not None)
    assert bench.launches.paths == [] and bench.waits[-1] == ""
    bench.drags.close()


def test_a_file_that_somebody_moved_away_is_rendered_again(
    bench: Bench, small: Toy, source: QWidget, qtbot: QtBot
) -> None:
    wanted = single_export(small.scene, USUAL, clip=100)
    for count in (1, 2):
        bench.drags.drag(wanted, small.takes, source)
        qtbot.waitUntil(lambda count=count: len(bench.launches.paths) == count)  # type: ignore[misc]
        bench.launches.paths[-1].unlink()
    assert len(bench.write.threads) == 2


def test_a_failure_is_said_once_and_leaves_nothing(
    small: Toy, source: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    slow = SlowExport(Failed("The disk is full."))
    slow.go.set()
    bench = Bench(tmp_path / "drags", slow)
    bench.drags.drag(single_export(small.scene, USUAL, 1), small.takes, source)
    qtbot.waitUntil(lambda: bench.said != [])
    assert bench.said == [Message("error", "The disk is full.")]
    assert list(bench.home.iterdir()) == [] and bench.launches.paths == []
    bench.drags.close()


def test_closing_stops_what_renders_and_keeps_what_was_dragged(
    small: Toy, source: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    first = Bench(tmp_path, Counted())
    first.drags.drag(single_export(small.scene, USUAL, 1), small.takes, source)
    qtbot.waitUntil(lambda: bool(first.launches.paths))
    first.drags.close()
    assert first.launches.paths[0].is_file(), "an editor may refer to it"
    slow = SlowExport()
    second = Bench(tmp_path, slow)
    second.drags.prepare(single_export(small.scene, USUAL, 1), small.takes)
    qtbot.waitUntil(slow.started.is_set)
    second.drags.close()
    assert slow.cancelled == 1 and second.said == []


def test_others_are_handed_an_address_and_a_path(tmp_path: Path) -> None:
    data = mime_of(tmp_path / "Größe 1.wav")
    assert data.hasUrls() and data.urls()[0].toLocalFile() == str(tmp_path / "Größe 1.wav")
    assert data.text().endswith("Größe 1.wav")


def test_dragged_files_lie_in_the_persons_cache(home: Path) -> None:
    assert drags_folder().is_relative_to(home)


# Out of the dialog


@pytest.fixture
def dialog(bench: Bench, small: Toy, qtbot: QtBot, tmp_path: Path) -> Iterator[ExportDialog]:
    document, work = Document(bench.messages), ExportWorker()
    document.replace(small.scene, None, None)
    memory = LastExportStore(JsonFile(tmp_path / "export.json"))
    made = ExportDialog(
        document, small.takes, work, bench.drags, memory, tmp_path / "films",
        messages=bench.messages, ask=FakeExportDialogs(),
    )  # fmt: skip
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.preview is not None)
    yield made
    work.close()


def row_at(dialog: ExportDialog, number: int) -> QPoint:
    files = dialog.results.files
    item = files.topLevelItem(number)
    assert item is not None
    return files.visualItemRect(item).center()


def pull(dialog: ExportDialog, number: int) -> None:
    """Presses on a row and moves far enough for a drag."""
    view, start = dialog.results.files.viewport(), row_at(dialog, number)
    QTest.mousePress(view, LEFT, Qt.KeyboardModifier.NoModifier, start)
    for step in (4, 12, 30, 60):
        QTest.mouseMove(view, start + QPoint(0, step))
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.NoModifier, start + QPoint(0, 60))


def test_pressing_a_row_renders_it_before_it_is_dragged(
    dialog: ExportDialog, bench: Bench, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(bench.drags.prepared):
        QTest.mouseClick(dialog.results.files.viewport(), LEFT, pos=row_at(dialog, 1))
    pull(dialog, 1)
    qtbot.waitUntil(lambda: bool(bench.launches.paths))
    assert bench.launches.paths[0].name == "02_rain.wav"
    assert len(bench.write.threads) == 1


def test_a_drag_before_it_is_rendered_begins_when_it_is(
    dialog: ExportDialog, bench: Bench, qtbot: QtBot
) -> None:
    pull(dialog, 3)
    assert dialog.results.notice == "Rendering the sound to drag…"
    qtbot.waitUntil(lambda: bool(bench.launches.paths))
    assert bench.launches.paths[0].name == "mix.wav"
    assert dialog.results.notice == ""


def test_after_the_export_the_written_files_themselves_are_dragged(
    dialog: ExportDialog, bench: Bench, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.form.formats["csv"].setChecked(True)
    qtbot.waitUntil(lambda: dialog.preview is not None)
    QTest.mouseClick(dialog.export_button, LEFT)
    qtbot.waitUntil(dialog.reveal_button.isEnabled, timeout=10_000)
    for number in (0, 4):
        pull(dialog, number)
    out = tmp_path / "films" / "night-street-export"
    assert bench.launches.paths == [out / "stems" / "01_dog.wav", out / "night-street.csv"]
    assert bench.write.threads == []


def test_what_is_not_a_sound_and_not_there_is_not_dragged(
    dialog: ExportDialog, bench: Bench, qtbot: QtBot
) -> None:
    dialog.form.formats["csv"].setChecked(True)
    qtbot.waitUntil(lambda: dialog.preview is not None)
    pull(dialog, 4)
    assert bench.launches.paths == [] and bench.waits == []
