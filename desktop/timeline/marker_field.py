"""A line edit over a marker's flag for its name."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.scene.timeline import Marker

WIDTH, HEIGHT = 140, 19


class MarkerField(QLineEdit):
    """A temporary line edit that takes the focus and closes when editing ends.

    Signals:
        named(str): the new name.
    """

    named = Signal(str)

    def __init__(self, marker: Marker, x: int, parent: QWidget) -> None:
        super().__init__(marker.name, parent)
        self._before = marker.name
        self._done = False
        self._home = parent
        self.setAccessibleName("Name of the marker")
        self.setStyleSheet("QLineEdit { padding: 0 4px; min-height: 0; font-size: 11px; }")
        self.setGeometry(min(x, max(0, parent.width() - WIDTH)), 0, WIDTH, HEIGHT)
        self.selectAll()
        self.show()
        self.setFocus()
        self.editingFinished.connect(self._end)

    def _end(self) -> None:
        # Enter ends editing, and the focus loss that follows would end it again.
        if self._done:
            return
        self._done = True
        words = self.text().strip()
        self.deleteLater()
        if words and words != self._before:
            self.named.emit(words)
        self._home.setFocus()
