"""A line edit over the tracks for the name of a marker or a clip."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

WIDTH, HEIGHT = 140, 19


class NameField(QLineEdit):
    """A temporary line edit that takes the focus and closes when editing ends; Escape leaves the name as it was.

    Args:
        words: the name so far.
        what: accessible name.
        place: x and y of its upper left corner in its parent.
        parent: the widget that gets the focus back.

    Signals:
        named(str): the new name.
    """

    named = Signal(str)

    def __init__(self, words: str, what: str, place: tuple[int, int], parent: QWidget) -> None:
        super().__init__(words, parent)
        self._before = words
        self._done = False
        self._home = parent
        self.setAccessibleName(what)
        self.setPlaceholderText("Name")
        self.setStyleSheet("QLineEdit { padding: 0 4px; min-height: 0; font-size: 11px; }")
        self.setGeometry(min(place[0], max(0, parent.width() - WIDTH)), place[1], WIDTH, HEIGHT)
        self.selectAll()
        self.show()
        self.setFocus()
        self.editingFinished.connect(self._end)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._before)
            self._end()
        else:
            super().keyPressEvent(event)

    def _end(self) -> None:
        # Enter ends editing, and the focus loss that follows would end it again.
        if self._done:
            return
        self._done = True
        words = self.text().strip()
        self.deleteLater()
        if words != self._before:
            self.named.emit(words)
        self._home.setFocus()
