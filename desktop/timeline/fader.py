"""A slim slider, filled from its rest value; a double click resets it."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSlider, QWidget

from desktop.theme.dark_colours import DARK

HANDLE = 7


class Fader(QSlider):
    """A slider in integer steps.

    Args:
        low: smallest value.
        high: largest value.
        rest: value that a double click sets.
        name: accessible name.
        words: formats a value.

    Signals:
        moved(int): the user changed the value.
        released(): a drag has ended.
    """

    moved = Signal(int)
    released = Signal()

    def __init__(
        self,
        span: tuple[int, int],
        rest: int,
        name: str,
        words: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rest, self._words, self._name = rest, words, name
        self.setRange(*span)
        self.setValue(rest)
        self.setFixedHeight(16)
        self.setMinimumWidth(40)
        self.setAccessibleName(name)
        self.valueChanged.connect(self._tell)
        self.sliderReleased.connect(self.released)
        self._silent = False
        self._tip(rest)

    def show_value(self, value: int) -> None:
        """Show a value without emitting ``moved``."""
        self._silent = True
        self.setValue(value)
        self._silent = False

    def _tell(self, value: int) -> None:
        self._tip(value)
        if not self._silent:
            self.moved.emit(value)

    def _tip(self, value: int) -> None:
        self.setToolTip(f"{self._name}: {self._words(value)}. Double click to reset.")

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self.isSliderDown():
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.setValue(self._rest)
        self.released.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        painter.setBrush(QColor(DARK.well))
        painter.drawRoundedRect(QRectF(0, middle - 2, self.width(), 4), 2, 2)
        rest, here = self._x(self._rest), self._x(self.value())
        painter.setBrush(QColor(DARK.faint if not self.hasFocus() else DARK.accent))
        painter.drawRect(QRectF(min(rest, here), middle - 1.5, abs(here - rest), 3))
        painter.drawRect(QRectF(rest - 0.5, middle - 4, 1, 8))
        lit = self.underMouse() or self.hasFocus()
        painter.setBrush(QColor(DARK.text if lit else DARK.dim))
        painter.drawRoundedRect(QRectF(here - HANDLE / 2, middle - 6, HANDLE, 12), 2, 2)
        painter.end()

    def _x(self, value: int) -> float:
        share = (value - self.minimum()) / (self.maximum() - self.minimum())
        return HANDLE / 2 + share * (self.width() - HANDLE)

    def _follow(self, event: QMouseEvent) -> None:
        share = (event.position().x() - HANDLE / 2) / max(1, self.width() - HANDLE)
        value = round(self.minimum() + share * (self.maximum() - self.minimum()))
        near = abs(value - self._rest) <= (self.maximum() - self.minimum()) / 50
        self.setValue(self._rest if near else value)
