"""The line below the list that says which keys act on takes now."""

from collections.abc import Sequence

from PySide6.QtWidgets import QApplication, QWidget

from desktop.objects.take_menu import KeyOf
from desktop.objects.take_row import TakeRow
from desktop.theme.elided import ElidedLabel

WORDS = (
    (("take_previous", "take_next"), "hear"),
    (("take_star",), "star"),
    (("take_reject",), "reject"),
    (("take_use",), "use"),
    (("take_play",), "stop"),
    (("from_takes",), "back"),
)
SIGNS = {"Up": "↑", "Down": "↓", "Return": "↵", "Enter": "↵"}


class TakeHint(ElidedLabel):
    """Names the keys of the list while it has the keyboard, else the key that goes there."""

    def __init__(self, keys: KeyOf, parent: QWidget) -> None:
        super().__init__(parent)
        self._keys = keys
        self._inside = False
        self.setObjectName("takehint")
        self.setContentsMargins(10, 2, 10, 2)
        self.setAccessibleName("Keys of the takes")
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow)
        self.show_keys()

    def show_keys(self) -> None:
        """Update the text for another key map or another focus."""
        if self._inside:
            self.setText(" · ".join(filter(None, (self._entry(*entry) for entry in WORDS))))
        else:
            key = self._keys.shown("to_takes")
            self.setText(f"{key}: go to the takes, and through them by keys" if key else "")

    def _entry(self, commands: Sequence[str], words: str) -> str:
        keys = [self._keys.shown(command) for command in commands]
        signs = "".join(SIGNS.get(key, key) for key in keys)
        return f"{signs} {words}" if signs else ""

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        inside = isinstance(now, TakeRow)
        if inside != self._inside:
            self._inside = inside
            self.show_keys()
