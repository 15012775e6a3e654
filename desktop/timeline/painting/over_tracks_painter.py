"""Paints what is over the tracks: loop, markers, handles, focus ring, drags, playhead. Each is one paint layer."""

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
from desktop.timeline.layout.track_layout import RULER_HEIGHT
from desktop.timeline.painting.ruler_painter import HIT, MARKER
from desktop.timeline.painting.view_state import TimelineViewState, font, track_colour
from engine.scene.timeline import Clip, Track


def draw_loop_shade(painter: QPainter, view: TimelineViewState) -> None:
    """Shade the tracks between in and out."""
    if view.loop is None:
        return
    colour = QColor(DARK.accent)
    colour.setAlphaF(0.06)
    left, right = (
        min(max(view.geometry.scale.x_of(at), -1.0), view.geometry.width + 1.0) for at in view.loop
    )
    painter.fillRect(QRectF(left, RULER_HEIGHT, right - left, view.geometry.height - RULER_HEIGHT), colour)


def draw_marker_lines(painter: QPainter, view: TimelineViewState) -> None:
    """Paint the line of every visible marker."""
    for marker in view.scene.timeline.markers:
        x = round(view.geometry.scale.x_of(marker.at)) + 0.5
        if 0 <= x <= view.geometry.width:
            colour = QColor(HIT if marker.hit else MARKER)
            colour.setAlphaF(0.45)
            painter.setPen(QPen(colour, 1.0, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, STRIP), QPointF(x, view.geometry.height))


def draw_clip_handles(painter: QPainter, view: TimelineViewState, track: Track, clip: Clip) -> None:
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


def draw_focus_ring(painter: QPainter, view: TimelineViewState) -> None:
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


def draw_drop_preview(painter: QPainter, view: TimelineViewState) -> None:
    """Paint where what is dragged here would be dropped."""
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


def draw_selection_band(painter: QPainter, view: TimelineViewState) -> None:
    """Paint the rectangle that is being dragged to select clips."""
    if view.band is not None:
        colour = QColor(DARK.accent)
        colour.setAlphaF(0.15)
        painter.setPen(QPen(QColor(DARK.accent), 1.0))
        painter.setBrush(colour)
        painter.drawRect(QRectF(*view.band))


def draw_guide(painter: QPainter, view: TimelineViewState) -> None:
    """Paint the line at the sample that a drag snaps to."""
    if view.guide is None:
        return
    painter.setPen(QPen(QColor(DARK.warning), 1.0))
    x = round(view.geometry.scale.x_of(view.guide)) + 0.5
    painter.drawLine(QPointF(x, RULER_HEIGHT), QPointF(x, view.geometry.height))


def draw_playhead(painter: QPainter, view: TimelineViewState) -> None:
    """Paint the playhead, from the ruler down."""
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


def draw_tooltip(painter: QPainter, view: TimelineViewState) -> None:
    """Paint the words beside the pointer while something is dragged."""
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
