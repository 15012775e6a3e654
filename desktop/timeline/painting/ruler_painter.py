"""Paints the ruler, and what is over the tracks: markers, loop, playhead, drags."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from desktop.theme.dark_colours import DARK
from desktop.timeline.interaction.hit_test import (
    HANDLE,
    STRIP,
    TALL_ENOUGH,
    WIDE_ENOUGH,
    HitPart,
    gain_y,
    handles,
)
from desktop.timeline.layout.clip_navigation import row_of
from desktop.timeline.layout.ruler_ticks import Tick
from desktop.timeline.layout.track_layout import RULER_HEIGHT, TrackLayout
from desktop.timeline.painting.view_state import TimelineViewState, font, track_colour
from engine.scene.timeline import Clip, Marker, Track

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


def draw_over(painter: QPainter, view: TimelineViewState, hovered: tuple[Track, Clip] | None) -> None:
    """Paint what is over the tracks, from the lowest up; ``hovered`` is the clip under the pointer, if any."""
    _shade_outside_loop(painter, view)
    _marker_lines(painter, view)
    if hovered is not None:
        _handles(painter, view, *hovered)
    _ring(painter, view)
    _ghost(painter, view)
    _band(painter, view)
    if view.guide is not None:
        painter.setPen(QPen(QColor(DARK.warning), 1.0))
        x = round(view.geometry.scale.x_of(view.guide)) + 0.5
        painter.drawLine(QPointF(x, RULER_HEIGHT), QPointF(x, view.geometry.height))
    _playhead(painter, view)
    _saying(painter, view)


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


def _shade_outside_loop(painter: QPainter, view: TimelineViewState) -> None:
    if view.loop is None:
        return
    colour = QColor(DARK.accent)
    colour.setAlphaF(0.06)
    left, right = (
        min(max(view.geometry.scale.x_of(at), -1.0), view.geometry.width + 1.0) for at in view.loop
    )
    painter.fillRect(QRectF(left, RULER_HEIGHT, right - left, view.geometry.height - RULER_HEIGHT), colour)


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


def _marker_lines(painter: QPainter, view: TimelineViewState) -> None:
    for marker in view.scene.timeline.markers:
        x = round(view.geometry.scale.x_of(marker.at)) + 0.5
        if 0 <= x <= view.geometry.width:
            colour = QColor(HIT if marker.hit else MARKER)
            colour.setAlphaF(0.45)
            painter.setPen(QPen(colour, 1.0, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, STRIP), QPointF(x, view.geometry.height))


def _handles(painter: QPainter, view: TimelineViewState, track: Track, clip: Clip) -> None:
    """Paint the handles of the clip under the pointer."""
    rect = view.geometry.rect_of(clip, view.hover.row)
    left, top, width, height = rect
    if width < WIDE_ENOUGH or height < TALL_ENOUGH:
        return
    painter.save()
    painter.setClipRect(QRectF(0, RULER_HEIGHT, view.geometry.width, view.geometry.height - RULER_HEIGHT))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(*track_colour(view.scene, track)).lighter(135)
    for part, x in zip((HitPart.FADE_IN, HitPart.FADE_OUT), handles(clip, rect), strict=True):
        painter.setPen(QPen(QColor(DARK.well), 1.0))
        painter.setBrush(QColor(DARK.text) if view.hover.part is part else colour)
        painter.drawEllipse(QPointF(x, top + HANDLE / 2 + 2), HANDLE / 2, HANDLE / 2)
    if view.hover.part is HitPart.GAIN:
        y = round(gain_y(clip.gain_db, rect)) + 0.5
        painter.setPen(QPen(QColor(DARK.text), 1.6))
        painter.drawLine(QPointF(max(left, -2.0) + 2, y), QPointF(left + width - 2, y))
    if view.hover.part in {HitPart.START, HitPart.END}:
        x = left if view.hover.part is HitPart.START else left + width - 3
        painter.fillRect(QRectF(x, top + 1, 3, height - 2), QColor(DARK.text))
    painter.restore()


def _ring(painter: QPainter, view: TimelineViewState) -> None:
    """Paint the focus ring: around the clip under the keyboard cursor, else around the tracks."""
    if not view.focus_shown:
        return
    tracks = QRectF(0, RULER_HEIGHT, view.geometry.width, view.geometry.height - RULER_HEIGHT)
    row = None if view.focused_clip is None else row_of(view.scene.timeline, view.focused_clip)
    painter.save()
    painter.setClipRect(tracks)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    found = None if row is None or view.focused_clip is None else view.scene.clip(view.focused_clip)
    if found is None or row is None:
        painter.setPen(QPen(QColor(DARK.accent), 1.0))
        painter.drawRect(tracks.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        left, top, width, height = view.geometry.rect_of(found[1], row)
        left, right = max(left, -8.0), min(left + width, view.geometry.width + 8.0)
        ring = QRectF(left + 0.5, top + 0.5, max(right - left - 1, 3.0), height - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(DARK.well), 4.0))
        painter.drawRoundedRect(ring, 2, 2)
        painter.setPen(QPen(QColor(DARK.accent), 2.0))
        painter.drawRoundedRect(ring, 2, 2)
    painter.restore()


def _ghost(painter: QPainter, view: TimelineViewState) -> None:
    preview = view.drop_preview
    if preview is None:
        return
    geometry = view.geometry
    left, right = geometry.scale.x_of(preview.start), geometry.scale.x_of(preview.start + preview.length)
    rect = QRectF(
        left, geometry.top_of(preview.row) + 1, max(right - left, 2.0), geometry.height_of(preview.row) - 3
    )
    colour = QColor(DARK.accent)
    colour.setAlphaF(0.22)
    painter.setPen(QPen(QColor(DARK.accent), 1.0, Qt.PenStyle.DashLine))
    painter.setBrush(colour)
    painter.drawRoundedRect(rect, 3, 3)
    painter.setPen(QColor(DARK.text))
    painter.drawText(rect.adjusted(6, 2, -4, 0), int(Qt.AlignmentFlag.AlignTop), preview.name)


def _band(painter: QPainter, view: TimelineViewState) -> None:
    if view.band is not None:
        colour = QColor(DARK.accent)
        colour.setAlphaF(0.15)
        painter.setPen(QPen(QColor(DARK.accent), 1.0))
        painter.setBrush(colour)
        painter.drawRect(QRectF(*view.band))


def _playhead(painter: QPainter, view: TimelineViewState) -> None:
    x = round(view.geometry.scale.x_of(view.playhead)) + 0.5
    if not -8 <= x <= view.geometry.width + 8:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(DARK.playhead), 1.0))
    painter.drawLine(QPointF(x, STRIP + 6), QPointF(x, view.geometry.height))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(DARK.playhead))
    head = ((-5.0, STRIP), (5.0, STRIP), (5.0, STRIP + 5), (0.0, STRIP + 10), (-5.0, STRIP + 5))
    painter.drawPolygon(QPolygonF([QPointF(x + dx, y) for dx, y in head]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _saying(painter: QPainter, view: TimelineViewState) -> None:
    if view.tooltip is None or not view.tooltip.words:
        return
    painter.setFont(font())
    width = QFontMetricsF(font()).horizontalAdvance(view.tooltip.words) + 16
    x = min(view.tooltip.x + 14, view.geometry.width - width - 4)
    rect = QRectF(x, max(view.tooltip.y - 32, 2.0), width, 22)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(DARK.edge), 1.0))
    painter.setBrush(QColor(DARK.raised))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(QColor(DARK.text))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), view.tooltip.words)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
