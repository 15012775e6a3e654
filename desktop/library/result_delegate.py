"""Paints one found sound: waveform with a play line, name, folder, length, fit, licence."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.theme.dark_colours import DARK
from engine.library.found_sound import FoundSound

SOUND = Qt.ItemDataRole.UserRole
ROW_HEIGHT = 58
MARGIN = 8
WAVE_HEIGHT = 22

PlayPlace = Callable[[FoundSound], float | None]


def wave_area(rect: QRectF) -> QRectF:
    """Return where the waveform lies in a row."""
    return QRectF(
        rect.left() + MARGIN, rect.bottom() - WAVE_HEIGHT - 5, rect.width() - 2 * MARGIN, WAVE_HEIGHT
    )


def details(sound: FoundSound) -> str:
    """Return length, channels, rate and what else is known of a sound, in one line."""
    channels = {1: "mono", 2: "stereo"}.get(sound.channels, f"{sound.channels} channels")
    parts = [f"{sound.seconds:.1f} s", channels, f"{sound.rate / 1000:g} kHz"]
    parts += [sound.cat_id] if sound.cat_id else []
    parts += [sound.licence] if sound.licence else []
    parts += [f"{sound.copies} files"] if sound.copies > 1 else []
    return "  ".join(parts)


class ResultDelegate(QStyledItemDelegate):
    """Paints rows of the result list.

    Args:
        play_place: returns where a sound is playing, in seconds, or None.
    """

    def __init__(self, play_place: PlayPlace) -> None:
        super().__init__()
        self._play_place = play_place

    def sizeHint(self, _: QStyleOptionViewItem, __: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802 - Qt's name
        return QSize(200, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        sound: FoundSound = index.data(SOUND)
        rect, state = QRectF(option.rect), option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, DARK.colour("selected"))
        self._paint_texts(painter, rect, sound)
        self._paint_wave(painter, wave_area(rect), sound)
        painter.setPen(DARK.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()

    def _paint_texts(self, painter: QPainter, rect: QRectF, sound: FoundSound) -> None:
        line = QRectF(rect.left() + MARGIN, rect.top() + 4, rect.width() - 2 * MARGIN, 20)
        right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        fit = "" if sound.fit is None else f"{max(sound.fit, 0):.0%}"
        painter.setPen(DARK.colour("dim"))
        said = f"{details(sound)}  {fit}".strip()
        painter.drawText(line, right | Qt.AlignmentFlag.AlignVCenter, said)
        room = line.width() - painter.fontMetrics().horizontalAdvance(said) - 12
        star = "★ " if sound.starred else ""
        name = painter.fontMetrics().elidedText(
            f"{star}{sound.name}", Qt.TextElideMode.ElideMiddle, int(room)
        )
        painter.setPen(DARK.colour("text"))
        painter.drawText(line, left | Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_wave(self, painter: QPainter, area: QRectF, sound: FoundSound) -> None:
        peaks = np.frombuffer(sound.outline, np.uint8) / 255.0
        full = max(float(peaks.max(initial=0.0)), 0.05)
        xs = np.linspace(area.left(), area.right(), len(peaks))
        reach = np.maximum(peaks / full * area.height() / 2, 0.5)
        middle = area.center().y()
        top = [QPointF(x, middle - y) for x, y in zip(xs, reach, strict=True)]
        bottom = [QPointF(x, middle + y) for x, y in zip(xs[::-1], reach[::-1], strict=True)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(DARK.colour("dim"))
        painter.drawPolygon(QPolygonF([*top, *bottom]))
        self._paint_line(painter, area, sound, sound.start, QColor(DARK.faint))
        playing = self._play_place(sound)
        if playing is not None:
            self._paint_line(painter, area, sound, playing, DARK.colour("accent"))

    @staticmethod
    def _paint_line(
        painter: QPainter, area: QRectF, sound: FoundSound, seconds: float, colour: QColor
    ) -> None:
        x = area.left() + area.width() * min(seconds / max(sound.seconds, 1e-6), 1.0)
        painter.fillRect(QRectF(x - 0.5, area.top(), 1.5, area.height()), colour)
