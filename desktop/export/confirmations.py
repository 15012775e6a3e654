"""Modal dialogs of the export: the folder, and whether to replace files."""

from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from desktop.export.words import listed
from desktop.theme.message_box import message_box


class ExportDialogs(Protocol):
    """Protocol of the dialogs; they return None or False if the user cancels."""

    def folder(self, over: QWidget, begin: Path) -> Path | None: ...
    def replace(self, over: QWidget, folder: Path, replaced: tuple[str, ...]) -> bool: ...


class QtExportDialogs:
    """The dialogs as Qt shows them."""

    def folder(self, over: QWidget, begin: Path) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(over, "Export into a folder", str(begin))
        return Path(chosen) if chosen else None

    def replace(self, over: QWidget, folder: Path, replaced: tuple[str, ...]) -> bool:
        box = replace_box(over, folder, replaced)
        return box.exec() == QMessageBox.StandardButton.Yes.value


def replace_box(over: QWidget, folder: Path, replaced: tuple[str, ...]) -> QMessageBox:
    """Return the confirmation; its default button is the one that loses nothing."""
    kind = QMessageBox.StandardButton
    box = message_box(over, "Export", "", "warning" if replaced else "info")
    if replaced:
        box.setText(f"Replace {listed(replaced)} in “{folder.name}”?")
        whole = any(name.endswith("/") for name in replaced)
        box.setInformativeText(
            "Folders are replaced with all that is in them. Other files stay."
            if whole
            else "Other files stay."
        )
    else:
        box.setText(f"“{folder.name}” holds other files. Export into it all the same?")
        box.setInformativeText("They stay as they are.")
    box.setStandardButtons(kind.Yes | kind.Cancel)
    box.button(kind.Yes).setText("&Replace" if replaced else "&Export here")
    box.button(kind.Cancel).setText("&Cancel")
    box.setDefaultButton(kind.Cancel)
    return box
