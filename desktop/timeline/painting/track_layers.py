"""The paint layers of ruler and tracks, in order."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from desktop.theme.dark_colours import DARK
from desktop.timeline.layout.ruler_ticks import Tick, ticks
from desktop.timeline.layout.track_layout import RULER_HEIGHT
from desktop.timeline.painting.over_tracks_painter import (
    draw_clip_handles,
    draw_drop_preview,
    draw_focus_ring,
    draw_guide,
    draw_loop_shade,
    draw_marker_lines,
    draw_playhead,
    draw_selection_band,
    draw_tooltip,
)
from desktop.timeline.painting.ruler_painter import draw_ruler
from desktop.timeline.painting.track_painter import TrackPainter
from desktop.timeline.painting.view_state import TimelineViewState, font

EMPTY = "Nothing sounds yet. Use a take, or drag one here."


@dataclass(frozen=True)
class TrackPaintContext:
    """What a layer is painted with.

    Attributes:
        painter: the widget's painter.
        area: the widget's rectangle, in its own pixels.
        view: what is shown.
        lines: visible ticks of the ruler.
        tracks: caches the pictures of tracks.
    """

    painter: QPainter
    area: QRect
    view: TimelineViewState
    lines: list[Tick]
    tracks: TrackPainter


TrackLayer = Callable[[TrackPaintContext], None]


def paint_track_layers(painter: QPainter, area: QRect, view: TimelineViewState, tracks: TrackPainter) -> None:
    """Paint all layers, the lowest first."""
    lines = ticks(view.geometry.scale, view.geometry.width, view.scene.timeline)
    context = TrackPaintContext(painter, area, view, lines, tracks)
    for layer in TRACK_LAYERS:
        layer(context)


def _ground_layer(context: TrackPaintContext) -> None:
    """Paint the area below the last track."""
    count = len(context.view.scene.timeline.tracks)
    below = max(RULER_HEIGHT, context.view.geometry.top_of(count))
    area = context.area
    context.painter.fillRect(QRect(0, below, area.width(), area.height()), QColor(DARK.well))


def _empty_layer(context: TrackPaintContext) -> None:
    """Paint a sentence if there are no tracks."""
    if context.view.scene.timeline.tracks or context.view.drop_preview is not None:
        return
    painter, area = context.painter, context.area
    painter.setFont(font(13))
    painter.setPen(QColor(DARK.dim))
    place = QRect(0, RULER_HEIGHT, area.width(), area.height() - RULER_HEIGHT)
    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), EMPTY)


def _tracks_layer(context: TrackPaintContext) -> None:
    view = context.view
    timeline = view.scene.timeline
    audible = {track.id for track in timeline.audible()}
    for row in view.geometry.rows(len(timeline.tracks)):
        track_audible = timeline.tracks[row].id in audible
        picture = context.tracks.picture(view, row, context.lines, track_audible)
        context.painter.drawPixmap(0, view.geometry.top_of(row), picture)
    context.tracks.keep(view)


def _ruler_layer(context: TrackPaintContext) -> None:
    draw_ruler(context.painter, context.view, context.lines)


def _clip_handles_layer(context: TrackPaintContext) -> None:
    hovered = context.tracks.hovered(context.view)
    if hovered is not None:
        draw_clip_handles(context.painter, context.view, *hovered)


def _view_layer(paint: Callable[[QPainter, TimelineViewState], None]) -> TrackLayer:
    """Return a layer that needs nothing but the view."""
    return lambda context: paint(context.painter, context.view)


TRACK_LAYERS: tuple[TrackLayer, ...] = (
    _ground_layer,
    _empty_layer,
    _tracks_layer,
    _ruler_layer,
    _view_layer(draw_loop_shade),
    _view_layer(draw_marker_lines),
    _clip_handles_layer,
    _view_layer(draw_focus_ring),
    _view_layer(draw_drop_preview),
    _view_layer(draw_selection_band),
    _view_layer(draw_guide),
    _view_layer(draw_playhead),
    _view_layer(draw_tooltip),
)
