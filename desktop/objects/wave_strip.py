"""The waveform of a take with its play line. Its parent handles clicks and drags."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.objects.preview_images import Peaks
from desktop.theme.dark_colours import DARK

LEAST_FULL = 0.05
"""Full height is the take's peak, but at least this, so that silence stays flat."""
HEIGHT = 38
PAD = 4
"""Pixels between the waveform and the left and right edge."""


def wave_outline(peaks: Peaks, width: float, height: float) -> list[tuple[float, float]]:
    """Return the polygon of a waveform in pixels, along its top and back along its bottom."""
    full = max(float(np.abs(peaks).max()), LEAST_FULL)
    count = peaks.shape[1]
    xs = np.linspace(0.0, width, count)
    middle, reach = height / 2, height / 2 - 1
    top = middle - np.maximum(peaks[1] / full * reach, 0.5)
    bottom = middle - np.minimum(peaks[0] / full * reach, -0.5)
    forth = zip(xs.tolist(), top.tolist(), strict=True)
    back = zip(xs[::-1].tolist(), bottom[::-1].tolist(), strict=True)
    return [*forth, *back]


class WaveStrip(QWidget):
    """The waveform widget.

    Attributes:
        place: where the play line is, 0 to 1; None while the take does not play.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._peaks: Peaks | None = None
        self._colour = QColor(DARK.dim)
        self._faded = False
        self._words = ""
        self.place: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def peaks(self) -> Peaks | None:
        return self._peaks

    @property
    def words(self) -> str:
        """The time shown over the waveform."""
        return self._words

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, HEIGHT)

    def show_wave(self, peaks: Peaks | None, colour: QColor, *, faded: bool) -> None:
        if peaks is self._peaks and colour == self._colour and faded == self._faded:
            return
        self._peaks, self._colour, self._faded = peaks, colour, faded
        self.update()

    def show_place(self, place: float | None, words: str) -> None:
        """Show the play line, from 0 to 1, or none, and the time as text."""
        if (place, words) != (self.place, self._words):
            self.place, self._words = place, words
            self.update()

    def fraction_at(self, x: float) -> float:
        """Return the place in the take, 0 to 1, of a horizontal position in pixels."""
        return min(max((x - PAD) / max(self.width() - 2 * PAD, 1), 0.0), 1.0)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(DARK.colour("well"))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        area = QRectF(self.rect()).adjusted(PAD, 2, -PAD, -2)
        self._draw_wave(painter, area)
        self._draw_time(painter, area)
        if self.place is not None:
            x = area.left() + self.place * area.width()
            painter.fillRect(QRectF(x - 0.75, 0, 1.5, self.height()), DARK.colour("text"))
        painter.end()

    def _draw_wave(self, painter: QPainter, area: QRectF) -> None:
        if self._peaks is None:
            middle = QRectF(area.left(), area.center().y(), area.width(), 1)
            painter.fillRect(middle, DARK.colour("edge"))
            return
        colour = QColor(self._colour)
        colour.setAlphaF(0.3 if self._faded else 0.9)
        painter.setBrush(colour)
        points = wave_outline(self._peaks, area.width(), area.height())
        painter.drawPolygon(QPolygonF([area.topLeft() + QPointF(x, y) for x, y in points]))

    def _draw_time(self, painter: QPainter, area: QRectF) -> None:
        font = QFont(self.font())
        font.setPixelSize(10)
        font.setFeature(QFont.Tag("tnum"), 1)
        painter.setFont(font)
        room = QRectF(area)
        room.setLeft(area.right() - painter.fontMetrics().horizontalAdvance(self._words) - 6)
        room.setTop(area.bottom() - painter.fontMetrics().height() + 1)
        painter.setBrush(DARK.colour("well", 0.8))
        painter.drawRoundedRect(room, 3, 3)
        painter.setPen(DARK.colour("text" if self.place is not None else "dim"))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._words)
        painter.setPen(Qt.PenStyle.NoPen)
