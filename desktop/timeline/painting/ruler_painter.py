"""Paints the ruler: timecode, and the strip with the loop and the markers."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPolygonF

from desktop.theme.dark_colours import DARK
from desktop.timeline.interaction.hit_test import (
    STRIP,
)
from desktop.timeline.layout.ruler_ticks import Tick
from desktop.timeline.layout.track_layout import RULER_HEIGHT, TrackLayout
from desktop.timeline.painting.view_state import TimelineViewState, font
from engine.scene.timeline import Marker

MARKER, HIT = QColor("#b79cf0"), QColor("#f0a45b")
FLAG = 8.0
LEAST, MOST = 22.0, 220.0
"""Width in pixels of a marker's name; with less room than the first it is left out."""


def draw_ruler(painter: QPainter, view: TimelineViewState, ticks: list[Tick]) -> None:
    """Paint timecode, and above it the strip with the loop and the markers."""
    geometry = view.geometry
    painter.fillRect(0, 0, geometry.width, RULER_HEIGHT, QColor(DARK.panel))
    painter.fillRect(0, RULER_HEIGHT - 1, geometry.width, 1, QColor(DARK.line))
    painter.setFont(font(10))
    metrics = QFontMetricsF(font(10))
    for tick in ticks:
        x = round(geometry.scale.x_of(tick.at))
        painter.setPen(QColor(DARK.faint if tick.label else DARK.edge))
        painter.drawLine(x, RULER_HEIGHT - (12 if tick.label else 6), x, RULER_HEIGHT - 2)
        if tick.label and x + 4 + metrics.horizontalAdvance(tick.label) <= geometry.width:
            painter.setPen(QColor(DARK.dim))
            painter.drawText(QPointF(x + 4, RULER_HEIGHT - 9), tick.label)
    _loop_bar(painter, view)
    for marker, at, room in flags(view.scene.timeline.markers, geometry):
        name = metrics.elidedText(marker.name, Qt.TextElideMode.ElideRight, room) if room >= LEAST else ""
        _flag(painter, at, name, HIT if marker.hit else MARKER, hit=marker.hit)


def flags(markers: Sequence[Marker], geometry: TrackLayout) -> Iterator[tuple[Marker, float, float]]:
    """Yield the visible markers with their x and the pixels available for their names."""
    placed = sorted(((geometry.scale.x_of(mark.at), mark) for mark in markers), key=lambda pair: pair[0])
    ends = [*(x for x, _ in placed), float(geometry.width)][1:]
    for (x, mark), end in zip(placed, ends, strict=True):
        if x < geometry.width and end > 0:
            yield mark, x, min(end - x - FLAG - 10, MOST)


def _loop_bar(painter: QPainter, view: TimelineViewState) -> None:
    if view.loop is None:
        return
    left, right = (view.geometry.scale.x_of(at) for at in view.loop)
    left, right = max(left, -10.0), min(right, view.geometry.width + 10.0)
    colour = QColor(DARK.accent)
    colour.setAlphaF(0.30)
    painter.fillRect(QRectF(left, 2, right - left, STRIP - 5), colour)
    for x in (left, right - 2):
        painter.fillRect(QRectF(x, 2, 2, STRIP - 5), QColor(DARK.accent))


def _flag(painter: QPainter, x: float, name: str, colour: QColor, *, hit: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if hit:
        points = [(0, 3), (FLAG / 2, 3 + FLAG / 2), (0, 3 + FLAG), (-FLAG / 2, 3 + FLAG / 2)]
    else:
        points = [(0, 3), (FLAG, 3), (FLAG - 3, 3 + FLAG / 2), (FLAG, 3 + FLAG), (0, 3 + FLAG)]
    painter.drawPolygon(QPolygonF([QPointF(x + dx, dy) for dx, dy in points]))
    painter.setPen(colour)
    painter.drawText(QPointF(x + FLAG + 4, 11), name)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
