"""Modal dialogs of the main window: files, folders, yes or no."""

from pathlib import Path
from typing import Literal, Protocol

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from desktop.document.project_io import SUFFIX

UnsavedAnswer = Literal["save", "discard", "cancel"]
PICTURES = "Pictures (*.jpg *.jpeg *.png *.webp *.tif *.tiff *.bmp *.gif *.ppm *.jp2 *.avif);;All files (*)"


class Dialogs(Protocol):
    """Protocol of the dialogs; they return None or "cancel" if the user cancels."""

    def still(self, folder: Path) -> Path | None: ...
    def project(self, folder: Path) -> Path | None: ...
    def save_as(self, folder: Path, name: str) -> Path | None: ...
    def unsaved(self, name: str) -> UnsavedAnswer: ...
    def recover(self, name: str, when: str) -> bool: ...
    def tell(self, title: str, text: str) -> None: ...


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

    def unsaved(self, name: str) -> UnsavedAnswer:
        kind = QMessageBox.StandardButton
        box = self._box("Unsaved changes", f"Save the changes to “{name}”?")
        box.setInformativeText("What is not saved is lost, its new takes too.")
        box.setStandardButtons(kind.Save | kind.Discard | kind.Cancel)
        box.setDefaultButton(kind.Save)
        box.button(kind.Save).setProperty("primary", True)
        answers: dict[int, UnsavedAnswer] = {kind.Save.value: "save", kind.Discard.value: "discard"}
        return answers.get(box.exec(), "cancel")

    def recover(self, name: str, when: str) -> bool:
        kind = QMessageBox.StandardButton
        box = self._box("Recover", f"“{name}” has changes from {when} that were never saved.")
        box.setInformativeText("Recover them, or go on with what was saved?")
        box.setStandardButtons(kind.Yes | kind.No)
        box.button(kind.Yes).setText("&Recover")
        box.button(kind.Yes).setProperty("primary", True)
        box.button(kind.No).setText("As &saved")
        return box.exec() == kind.Yes.value

    def tell(self, title: str, text: str) -> None:
        box = self._box(title, text)
        box.setStandardButtons(QMessageBox.StandardButton.Close)
        box.exec()

    def _box(self, title: str, text: str) -> QMessageBox:
        box = QMessageBox(self._parent)
        box.setWindowTitle(title)
        box.setText(text)
        return box
