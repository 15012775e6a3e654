"""The menu File > Open recent."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.document.recent import Recent

SHOWN = 10


class RecentMenu(QMenu):
    """The recent stills and projects, the newest first; those that are not there any more cannot be opened.

    Args:
        recent: returns the list when the menu is shown.

    Signals:
        picked(Path): one is to be opened.
        clear_requested(): the list is to be emptied.
    """

    picked = Signal(object)
    clear_requested = Signal()

    def __init__(self, recent: Callable[[], Recent], parent: QWidget) -> None:
        super().__init__("Open &recent", parent)
        self.setObjectName("recent")
        self.setToolTipsVisible(True)
        self._recent = recent
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        paths = self._recent().paths[:SHOWN]
        for number, path in enumerate(paths, 1):
            action = self.addAction(entry_text(number, path))
            action.setToolTip(str(path))
            action.setEnabled(_is_there(path))
            action.triggered.connect(lambda _checked=False, path=path: self.picked.emit(path))
        if not paths:
            self.addAction("Nothing was opened yet").setEnabled(False)
            return
        self.addSeparator()
        self.addAction("&Clear the list").triggered.connect(
            lambda _checked=False: self.clear_requested.emit()
        )


def entry_text(number: int, path: Path) -> str:
    """Return an entry with the digit that picks it: its name, and the folder that it is in."""
    key = f"&{number % 10}" if number <= SHOWN else ""
    return f"{key}  {path.stem} - {path.parent.name or path.parent}".replace("&&", "&")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
