"""Modal dialogs of the main window: files, folders, yes or no."""

from pathlib import Path
from typing import Literal, Protocol

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from desktop.document.project_io import SUFFIX
from desktop.theme.message_box import message_box

UnsavedAnswer = Literal["save", "discard", "cancel"]
PICTURES = "Pictures (*.jpg *.jpeg *.png *.webp *.tif *.tiff *.bmp *.gif *.ppm *.jp2 *.avif);;All files (*)"


class Dialogs(Protocol):
    """Protocol of the dialogs; they return None or "cancel" if the user cancels."""

    def still(self, folder: Path) -> Path | None: ...
    def project(self, folder: Path) -> Path | None: ...
    def save_as(self, folder: Path, name: str) -> Path | None: ...
    def unsaved(self, name: str, takes: int) -> UnsavedAnswer: ...
    def replace_scene(self, name: str) -> bool: ...
    def recover(self, name: str, when: str) -> bool: ...
    def delete(self, name: str, takes: int) -> bool: ...


class QtDialogs:
    """The dialogs as Qt shows them over the window."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent

    def still(self, folder: Path) -> Path | None:
        chosen, _ = QFileDialog.getOpenFileName(self._parent, "Open a still", str(folder), PICTURES)
        return Path(chosen) if chosen else None

    def project(self, folder: Path) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(self._parent, "Open a project folder", str(folder))
        return Path(chosen) if chosen else None

    def save_as(self, folder: Path, name: str) -> Path | None:
        begin = str(folder / f"{name}{SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(
            self._parent, "Save the project", begin, f"Foleyscape projects (*{SUFFIX})"
        )
        return Path(chosen) if chosen else None

    def unsaved(self, name: str, takes: int) -> UnsavedAnswer:
        answers: dict[int, UnsavedAnswer] = {
            QMessageBox.StandardButton.Save.value: "save",
            QMessageBox.StandardButton.Discard.value: "discard",
        }
        return answers.get(unsaved_box(self._parent, name, takes).exec(), "cancel")

    def replace_scene(self, name: str) -> bool:
        kind = QMessageBox.StandardButton
        box = message_box(self._parent, "Paste", f"Close “{name}” and open what is in the clipboard?")
        box.setStandardButtons(kind.Yes | kind.Cancel)
        box.button(kind.Yes).setText("&Open")
        box.button(kind.Cancel).setText("&Cancel")
        box.setDefaultButton(kind.Cancel)
        return box.exec() == kind.Yes.value

    def recover(self, name: str, when: str) -> bool:
        kind = QMessageBox.StandardButton
        box = message_box(self._parent, "Recover", f"“{name}” has changes from {when} that were never saved.")
        box.setInformativeText("Recover them, or go on with what was saved?")
        box.setStandardButtons(kind.Yes | kind.No)
        box.button(kind.Yes).setText("&Recover")
        box.button(kind.Yes).setProperty("primary", True)
        box.button(kind.No).setText("As &saved")
        return box.exec() == kind.Yes.value

    def delete(self, name: str, takes: int) -> bool:
        kind = QMessageBox.StandardButton
        many = "its take" if takes == 1 else f"its {takes} takes"
        box = message_box(self._parent, "Delete", f"Delete “{name}” and {many} for good?", "warning")
        box.setStandardButtons(kind.Yes | kind.Cancel)
        box.button(kind.Yes).setText("&Delete")
        box.button(kind.Cancel).setText("&Cancel")
        box.setDefaultButton(kind.Cancel)
        return box.exec() == kind.Yes.value


def unsaved_box(over: QWidget | None, name: str, takes: int) -> QMessageBox:
    """Return the question before unsaved changes are left; every answer has a key of its own.

    Args:
        over: the window.
        name: name of the scene.
        takes: number of takes that were made since it was saved.
    """
    kind = QMessageBox.StandardButton
    box = message_box(over, "Unsaved changes", f"Save the changes to “{name}”?")
    box.setInformativeText(discard_text(takes))
    box.setStandardButtons(kind.Save | kind.Discard | kind.Cancel)
    for button, text in ((kind.Save, "&Save"), (kind.Discard, "&Discard"), (kind.Cancel, "&Cancel")):
        box.button(button).setText(text)
    box.setDefaultButton(kind.Save)
    box.setEscapeButton(kind.Cancel)
    box.button(kind.Save).setProperty("primary", True)
    return box


def discard_text(takes: int) -> str:
    """Return what Discard does to the scene and to the takes that were made since it was saved."""
    if not takes:
        return "Discard loses what has changed since it was last saved."
    them = "the new take is" if takes == 1 else f"the {takes} new takes are"
    return f"If you discard, {them} kept all the same, and offered when you come back."
