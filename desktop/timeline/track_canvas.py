"""The painted part of the timeline without its pointer: shows a ``TimelineViewState``, kept as it should be."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme.dark_colours import DARK
from desktop.timeline.interaction.hit_test import Hit, PlayheadAndLoop, hit
from desktop.timeline.layout.ruler_ticks import ticks
from desktop.timeline.layout.track_layout import RULER_HEIGHT, ClipIndexCache, TrackLayout
from desktop.timeline.painting.ruler_painter import draw_over, draw_ruler
from desktop.timeline.painting.track_painter import TrackPainter
from desktop.timeline.painting.view_state import TimelineViewState, font
from desktop.timeline.painting.waveform_cache import WaveformCache
from engine.scene.scene import Scene

PLAYHEAD_MARGIN = 8
EMPTY = "Nothing sounds yet. Use a take, or drag one here."


class TrackCanvas(QWidget):
    """Ruler and tracks.

    Args:
        scene: to begin with.
        waveforms: what takes look like.

    Signals:
        chosen_changed(frozenset): other clips are selected.
        geometry_changed(Geometry): another stretch is in view. left(): a person scrolled there by hand.
    """

    selection_changed = Signal(object)
    geometry_changed = Signal(object)
    scrolled_by_user = Signal()

    def __init__(self, scene: Scene, waveforms: WaveformCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lanes = ClipIndexCache()
        self._track_painter = TrackPainter(waveforms, self.lanes)
        self._view = TimelineViewState(scene, TrackLayout())
        waveforms.ready.connect(self._arrived)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, RULER_HEIGHT + 40)

    @property
    def view(self) -> TimelineViewState:
        return self._view

    @property
    def pictures_drawn(self) -> int:
        """How many pictures of tracks were made so far: what is kept is not drawn again."""
        return self._track_painter.drawn

    def show_scene(self, scene: Scene) -> None:
        """Another scene, or the same after an edit; clips that have gone are selected no more."""
        if scene.timeline is not self._view.scene.timeline:
            self.lanes.keep(scene.timeline)
        self._view = replace(self._view, scene=scene)
        if self._view.selected:
            there = {clip.id for track in scene.timeline.tracks for clip in track.clips}
            self.select(self._view.selected & there)
        if self._view.focused_clip is not None and scene.clip(self._view.focused_clip) is None:
            self._view = replace(self._view, focused_clip=None)
        self.set_geometry(self._view.geometry)
        self.update()

    def set_geometry(self, geometry: TrackLayout) -> None:
        """Another stretch of time or of tracks; kept within what there is."""
        lowest = geometry.lowest_scroll(len(self._view.scene.timeline.tracks))
        geometry = replace(geometry, scroll=min(max(0, geometry.scroll), lowest))
        if geometry != self._view.geometry:
            self._view = replace(self._view, geometry=geometry)
            self.geometry_changed.emit(geometry)
            self.update()

    def select(self, numbers: frozenset[int]) -> None:
        if numbers != self._view.selected:
            self._view = replace(self._view, selected=numbers)
            self.selection_changed.emit(numbers)
            self.update()

    def go_to(self, number: int | None) -> None:
        """Puts the ring of the keyboard round this clip, or round none."""
        self._show(focused_clip=number)

    def set_playhead(self, sample: int) -> None:
        """Draws only the two places where the line was and is."""
        before, self._view = self._view.playhead, replace(self._view, playhead=sample)
        for at in (before, sample):
            x = round(self._view.geometry.scale.x_of(at)) if before != sample else -100
            if -PLAYHEAD_MARGIN <= x <= self.width() + PLAYHEAD_MARGIN:
                self.update(x - PLAYHEAD_MARGIN, 0, 2 * PLAYHEAD_MARGIN, self.height())

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        self._view = replace(self._view, loop=loop)
        self.update()

    def set_spectrograms(self, on: bool) -> None:
        self._view = replace(self._view, spectrograms=on)
        self.update()

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Larger by a factor at ``x``; without one, at the playhead if it is in view, else in the middle."""
        geometry = self._view.geometry
        if x is None:
            playhead = geometry.scale.x_of(self._view.playhead)
            x = playhead if 0 <= playhead <= geometry.width else geometry.width / 2
        self.set_geometry(replace(geometry, scale=geometry.scale.zoomed(factor, x)))

    def hit_at(self, x: float, y: float) -> Hit:
        view = self._view
        return hit(view.geometry, view.scene, self.lanes, PlayheadAndLoop(view.playhead, view.loop), x, y)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self._view = replace(self._view, ratio=self.devicePixelRatioF())
        view, geometry = self._view, self._view.geometry
        timeline = view.scene.timeline
        lines = ticks(geometry.scale, geometry.width, timeline)
        audible = {track.id for track in timeline.audible()}
        painter = QPainter(self)
        rows = geometry.rows(len(timeline.tracks))
        below = max(RULER_HEIGHT, geometry.top_of(len(timeline.tracks)))
        painter.fillRect(QRect(0, below, self.width(), self.height()), QColor(DARK.well))
        if not timeline.tracks and view.drop_preview is None:
            _draw_empty_text(painter, QRect(0, RULER_HEIGHT, self.width(), self.height() - RULER_HEIGHT))
        for row in rows:
            picture = self._track_painter.picture(view, row, lines, timeline.tracks[row].id in audible)
            painter.drawPixmap(0, geometry.top_of(row), picture)
        self._track_painter.keep(view)
        draw_ruler(painter, view, lines)
        draw_over(painter, view)
        painter.end()

    def resizeEvent(self, _event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self.set_geometry(replace(self._view.geometry, width=self.width(), height=self.height()))

    def scroll_by(self, right: float, down: float) -> None:
        geometry = self._view.geometry
        scale = geometry.scale.scrolled(right)
        self.set_geometry(replace(geometry, scale=scale, scroll=geometry.scroll + round(down)))
        self.scrolled_by_user.emit()

    def _show(self, **changes: Any) -> None:
        changed = replace(self._view, **changes)
        if changed != self._view:
            self._view = changed
            self.update()

    def _arrived(self, digest: str) -> None:
        self._track_painter.arrived(digest)
        self.update()


def _draw_empty_text(painter: QPainter, place: QRect) -> None:
    painter.setFont(font(13))
    painter.setPen(QColor(DARK.dim))
    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), EMPTY)
