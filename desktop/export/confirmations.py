"""Modal dialogs of the export: the folder, and what to do about files that are in it."""

from pathlib import Path
from typing import Literal, Protocol

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from desktop.export.words import count_text
from desktop.theme.message_box import message_box
from engine.files import FolderSurvey
from engine.files import list_names as listed

TakenAnswer = Literal["replace", "number", "cancel"]
"""Write into the folder, write into a new one with a number, or nothing."""


class ExportDialogs(Protocol):
    """Protocol of the dialogs; they return None or "cancel" if the user cancels."""

    def folder(self, over: QWidget, begin: Path) -> Path | None: ...
    def taken(self, over: QWidget, folder: Path, found: FolderSurvey) -> TakenAnswer: ...


class QtExportDialogs:
    """The dialogs as Qt shows them."""

    def folder(self, over: QWidget, begin: Path) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(over, "Export into a folder", str(begin))
        return Path(chosen) if chosen else None

    def taken(self, over: QWidget, folder: Path, found: FolderSurvey) -> TakenAnswer:
        box = taken_box(over, folder, found)
        kind = QMessageBox.StandardButton
        answers: dict[int, TakenAnswer] = {kind.Yes.value: "replace", kind.No.value: "number"}
        return answers.get(box.exec(), "cancel")


def taken_box(over: QWidget, folder: Path, found: FolderSurvey) -> QMessageBox:
    """Return the confirmation; its default button loses nothing. Files of others can never be replaced."""
    kind = QMessageBox.StandardButton
    box = message_box(over, "Export", _question(folder, found), "warning" if found.replaced else "info")
    box.setInformativeText(_what_stays(found))
    box.setStandardButtons(kind.No | kind.Cancel if found.in_the_way else kind.Yes | kind.No | kind.Cancel)
    box.button(kind.No).setText("Add a &number")
    box.button(kind.Cancel).setText("&Cancel")
    if not found.in_the_way:
        box.button(kind.Yes).setText("&Replace" if found.replaced or found.stale else "&Export here")
    box.setDefaultButton(kind.No)
    box.setEscapeButton(kind.Cancel)
    return box


def _question(folder: Path, found: FolderSurvey) -> str:
    ours = (*found.replaced, *found.stale)
    if found.in_the_way:
        return f"“{folder.name}” holds {listed(found.in_the_way)}, which no export wrote or which was changed since."
    if ours:
        count = count_text(len(ours), "file")
        return f"Replace {count} of an earlier export in “{folder.name}”: {listed(ours)}?"
    return f"“{folder.name}” holds other files. Export into it all the same?"


def _what_stays(found: FolderSurvey) -> str:
    if found.in_the_way:
        return "Nothing of that is replaced. Export into a new folder with a number instead?"
    if not found.foreign:
        return "Nothing else is in the folder."
    count = count_text(len(found.foreign), "other entry").replace("entrys", "entries")
    return f"{count} of yours or of others stay as they are: {listed(found.foreign)}."
