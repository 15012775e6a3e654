"""The toolbar beside the ruler: snapping, spectrograms, new track."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop.actions.actions import tooltip
from desktop.actions.key_map import KeyMap
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon


class TimelineToolbar(QWidget):
    """The toolbar's controls; its creator connects them."""

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.snap = self._button("magnet", "Snap", checkable=True)
        self.snap.setChecked(True)
        self.spectrograms = self._button("spectrogram", "Spectrograms", checkable=True)
        self.add = self._button("plus", "Add track", checkable=False)
        self.add.setToolTip("Add an empty track")
        self.set_keys(keys)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 6, 0)
        row.setSpacing(2)
        row.addStretch(1)
        for button in (self.snap, self.spectrograms, self.add):
            row.addWidget(button)

    def set_keys(self, keys: KeyMap) -> None:
        """Update the tooltips for another key map."""
        for id_, button in (("snap", self.snap), ("spectrogram", self.spectrograms)):
            button.setToolTip(tooltip(keys.command(id_), keys))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DARK.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(DARK.line))
        painter.end()

    def _button(self, picture: str, name: str, *, checkable: bool) -> QToolButton:
        made = QToolButton(self)
        made.setIcon(icon(picture))
        made.setIconSize(QSize(16, 16))
        made.setCheckable(checkable)
        made.setAccessibleName(name)
        return made
