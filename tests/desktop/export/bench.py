"""A dialog and all that stands round it, and what a person does to it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.document.document import Document
from desktop.document.messages import Message
from desktop.export.drags import FileDrags
from desktop.export.export_dialog import ExportDialog
from desktop.export.last_export import LastExportStore
from desktop.export.preview import ExportPreview
from desktop.export.worker import ExportWorker
from engine.files.manifest import MANIFEST_FILE
from tests.desktop.export.fakes import FakeExportDialogs, Launches

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Bench:
    """A dialog and all that stands round it."""

    dialog: ExportDialog
    document: Document
    work: ExportWorker
    drags: FileDrags
    memory: LastExportStore
    person: FakeExportDialogs
    launches: Launches
    said: list[Message]
    out: Path
    qtbot: QtBot

    def settled(self) -> ExportPreview:
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


def everything_in(folder: Path) -> set[str]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST_FILE]
    return {path.relative_to(folder).as_posix() for path in files}


def pick(box: QComboBox, value: object) -> None:
    box.setCurrentIndex(box.findData(value))


def plan_of(preview: ExportPreview) -> Any:
    assert preview.plan is not None
    return preview.plan


def paths(preview: ExportPreview) -> list[str]:
    return [file.path for file in plan_of(preview).files]


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


def press(widget: QWidget, key: Qt.Key) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


def size_shown(bench: Bench, number: int) -> str:
    item = bench.dialog.results.files.topLevelItem(number)
    assert item is not None
    return item.text(2)


Change = Callable[[Bench], object]
Make = Callable[..., Bench]
