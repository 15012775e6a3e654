"""A pad on which the loudness of a sound over time is drawn, with its hit-points."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.objects.controls import qcolour
from desktop.theme.dark_colours import DARK
from engine.scene.colours import Colour
from engine.scene.sound_controls import FREE, LEAST_LEVEL_DB, MOST_HITS, SoundControls

STEP = 0.02
"""Seconds between points of a drawn curve."""
MARGIN = 8
NEAR = 5
"""Pixels within which a click takes a hit-point away."""
FADED = 0.25


class CurvePad(QWidget):
    """Draws with the left button, sets and removes hit-points with the right one or with Shift.

    The arrow keys move a cursor, H sets or removes a hit-point at it.

    Signals:
        changed(object): the new ``SoundControls``, at the end of a stroke or with each hit-point.
    """

    changed = Signal(object)

    def __init__(self, controls: SoundControls, seconds: float, colour: Colour, parent: QWidget) -> None:
        super().__init__(parent)
        self.controls = controls
        self._seconds = seconds
        self._colour = qcolour(colour)
        self._stroke: dict[int, float] | None = None
        self._last: QPointF | None = None
        self.cursor_seconds: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Loudness over time")
        self.setToolTip("Draw how loud it is; right-click or H sets a hit-point")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(560, 180)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(240, 100)

    @property
    def seconds(self) -> float:
        """Duration that the pad is wide."""
        return self._seconds

    def show_controls(self, controls: SoundControls, seconds: float) -> None:
        self.controls, self._seconds = controls, seconds
        self.update()

    def set_controls(self, controls: SoundControls) -> None:
        """Show a changed curve and announce it."""
        if controls != self.controls:
            self.controls = controls
            self.changed.emit(controls)
        self.update()

    def toggle_hit(self, second: float, near: float = 0.0) -> None:
        """Add a hit-point, or remove one that is at most ``near`` seconds away."""
        hits = list(self.controls.hits or ())
        close = [hit for hit in hits if abs(hit - second) <= near]
        if close:
            hits.remove(min(close, key=lambda hit: abs(hit - second)))
        elif 0 <= second < self._seconds and len(hits) < MOST_HITS:
            hits = sorted({*hits, round(second, 3)})
        self.set_controls(replace(self.controls, hits=tuple(hits) or None))

    def show_cursor(self, second: float | None) -> None:
        """Show a playhead, or none."""
        self.cursor_seconds = second
        self.update()

    def point(self, second: float, level: float) -> QPointF:
        """Return where a level is on the pad."""
        area = self._area()
        y = area.top() + area.height() * level / LEAST_LEVEL_DB
        return QPointF(area.left() + area.width() * second / self._seconds, y)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    def _at(self, place: QPointF) -> tuple[float, float]:
        """Return the second and the level at a place."""
        area = self._area()
        second = (place.x() - area.left()) / max(1.0, area.width()) * self._seconds
        level = (place.y() - area.top()) / max(1.0, area.height()) * LEAST_LEVEL_DB
        return min(max(second, 0.0), self._seconds), min(max(level, LEAST_LEVEL_DB), 0.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        second, _ = self._at(event.position())
        if event.button() == Qt.MouseButton.RightButton or shift:
            self.toggle_hit(second, NEAR / max(1.0, self._area().width()) * self._seconds)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._stroke = {round(s / STEP): level for s, level in self.controls.levels}
            self._last = event.position()
            self._extend(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._stroke is not None:
            self._extend(event.position())

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._stroke is None:
            return
        levels = tuple((round(step * STEP, 3), level) for step, level in sorted(self._stroke.items()))
        self._stroke = self._last = None
        self.set_controls(replace(self.controls, levels=levels))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        step = {Qt.Key.Key_Left: -0.05, Qt.Key.Key_Right: 0.05}.get(Qt.Key(event.key()))
        if step is not None:
            self.show_cursor(min(max((self.cursor_seconds or 0.0) + step, 0.0), self._seconds))
        elif event.key() == Qt.Key.Key_H and self.cursor_seconds is not None:
            self.toggle_hit(self.cursor_seconds, 0.02)
        else:
            super().keyPressEvent(event)

    def _extend(self, place: QPointF) -> None:
        """Draw from the last place of the pen to this one."""
        assert self._stroke is not None and self._last is not None
        (from_second, from_level), (to_second, to_level) = self._at(self._last), self._at(place)
        first, last = round(from_second / STEP), round(to_second / STEP)
        for step in range(min(first, last), max(first, last) + 1):
            share = 1.0 if first == last else (step - first) / (last - first)
            self._stroke[step] = round(from_level + share * (to_level - from_level), 1)
        self._last = place
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(DARK.colour("edge"))
        painter.setBrush(DARK.colour("well"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        self._paint_grid(painter)
        self._paint_hits(painter)
        self._paint_levels(painter)
        if self.cursor_seconds is not None:
            painter.setPen(DARK.colour("playhead"))
            painter.drawLine(
                self.point(self.cursor_seconds, 0), self.point(self.cursor_seconds, LEAST_LEVEL_DB)
            )

    def _paint_grid(self, painter: QPainter) -> None:
        painter.setPen(DARK.colour("line"))
        for second in range(1, int(self._seconds) + 1):
            painter.drawLine(self.point(second, 0), self.point(second, LEAST_LEVEL_DB))
        for level in (-12, -24, -36, -48):
            painter.drawLine(self.point(0, level), self.point(self._seconds, level))

    def _paint_hits(self, painter: QPainter) -> None:
        painter.setPen(QPen(DARK.colour("warning"), 1.5))
        for hit in self.controls.hits or ():
            painter.drawLine(self.point(hit, 0), self.point(hit, LEAST_LEVEL_DB))

    def _paint_levels(self, painter: QPainter) -> None:
        points = self._points()
        if not points:
            painter.setPen(DARK.colour("faint"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Draw here how loud it is")
            return
        line = [
            self.point(0, points[0][1]),
            *(self.point(*it) for it in points),
            self.point(self._seconds, points[-1][1]),
        ]
        painter.setPen(QPen(self._colour, 2.0))
        painter.drawPolyline(line)
        painter.setPen(Qt.PenStyle.NoPen)
        fill = DARK.colour("accent")
        fill.setRgb(self._colour.rgb())
        fill.setAlphaF(FADED)
        painter.setBrush(fill)
        painter.drawPolygon([self.point(0, LEAST_LEVEL_DB), *line, self.point(self._seconds, LEAST_LEVEL_DB)])

    def _points(self) -> Sequence[tuple[float, float]]:
        if self._stroke is not None:
            return [(step * STEP, level) for step, level in sorted(self._stroke.items())]
        return self.controls.levels

    def clear(self) -> None:
        """Leave loudness and onsets free."""
        self.set_controls(replace(FREE, loop=self.controls.loop, parameters=self.controls.parameters))
