"""The pixmap of a dragged take: its waveform and name."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from desktop.objects.controls import qcolour
from desktop.objects.preview_images import Peaks
from desktop.objects.wave_strip import wave_outline
from desktop.theme.dark_colours import DARK
from engine.scene.colours import Colour

WIDTH, HEIGHT, WORDS = 168.0, 46.0, 16.0
PAD = 6.0


def take_drag_pixmap(name: str, colour: Colour, peaks: Peaks | None, font: QFont, ratio: float) -> QPixmap:
    """Draw the pixmap of a dragged take.

    Args:
        name: shown above the waveform.
        colour: the object's colour.
        peaks: the waveform; None if it is not known yet.
        font: font of the name.
        ratio: device pixels per pixel.
    """
    made = QPixmap(round(WIDTH * ratio), round(HEIGHT * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(qcolour(colour), 1.2))
    painter.setBrush(DARK.colour("panel", 0.94))
    painter.drawRoundedRect(QRectF(0.6, 0.6, WIDTH - 1.2, HEIGHT - 1.2), 5, 5)
    small = QFont(font)
    small.setPixelSize(11)
    painter.setFont(small)
    painter.setPen(DARK.colour("text"))
    words = QFontMetricsF(small).elidedText(name, Qt.TextElideMode.ElideRight, WIDTH - 2 * PAD)
    painter.drawText(QRectF(PAD, 3, WIDTH - 2 * PAD, WORDS), Qt.AlignmentFlag.AlignVCenter, words)
    if peaks is not None:
        painter.translate(PAD, 3 + WORDS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(qcolour(colour, 0.9))
        points = wave_outline(peaks, WIDTH - 2 * PAD, HEIGHT - WORDS - 6)
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    painter.end()
    return made
