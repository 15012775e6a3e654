"""A small waveform of a take. Its parent handles clicks and drags."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.objects.preview_images import Peaks
from desktop.theme.dark_colours import DARK

LEAST_FULL = 0.05
"""Full height is the take's peak, but at least this, so that silence stays flat."""


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
    """The waveform widget."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._peaks: Peaks | None = None
        self._colour = QColor(DARK.dim)
        self._faded = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(26)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def peaks(self) -> Peaks | None:
        return self._peaks

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, 26)

    def show_wave(self, peaks: Peaks | None, colour: QColor, *, faded: bool) -> None:
        if peaks is self._peaks and colour == self._colour and faded == self._faded:
            return
        self._peaks, self._colour, self._faded = peaks, colour, faded
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(DARK.colour("well"))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        area = self.rect().adjusted(4, 2, -4, -2)
        painter.translate(area.topLeft())
        if self._peaks is None:
            painter.fillRect(QRectF(0, area.height() / 2, area.width(), 1), DARK.colour("edge"))
            return
        colour = QColor(self._colour)
        colour.setAlphaF(0.3 if self._faded else 0.9)
        painter.setBrush(colour)
        points = wave_outline(self._peaks, area.width(), area.height())
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
