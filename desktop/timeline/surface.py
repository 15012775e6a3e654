"""The painted part of the timeline: shows a ``Scenery``, and tells what the pointer does to it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme.colours import DARK
from desktop.timeline.carrying import Carrying
from desktop.timeline.drop import take_in
from desktop.timeline.gestures import Band, Edit, Loop, Outcome, Seek
from desktop.timeline.hand import Hand, Held, point_at
from desktop.timeline.hits import Hit, Part, Standing, hit
from desktop.timeline.lane_artist import LaneArtist
from desktop.timeline.lanes import RULER, Geometry, LaneShelf
from desktop.timeline.look import Ghost, Saying, Scenery, font
from desktop.timeline.ruler_artist import draw_over, draw_ruler
from desktop.timeline.snapping import REACH, snapper
from desktop.timeline.ticks import ticks
from desktop.timeline.waveforms import Waveforms
from engine.scene.scene import Scene

ZOOM_A_NOTCH = 1.25
HEAD = 8
EMPTY = "Nothing sounds yet. Use a take, or drag one here."
CURSORS = {
    Part.START: Qt.CursorShape.SizeHorCursor,
    Part.END: Qt.CursorShape.SizeHorCursor,
    Part.LOOP_START: Qt.CursorShape.SizeHorCursor,
    Part.LOOP_END: Qt.CursorShape.SizeHorCursor,
    Part.FADE_IN: Qt.CursorShape.PointingHandCursor,
    Part.FADE_OUT: Qt.CursorShape.PointingHandCursor,
    Part.MARKER: Qt.CursorShape.PointingHandCursor,
    Part.GAIN: Qt.CursorShape.SizeVerCursor,
}


class Surface(QWidget):
    """Ruler and tracks.

    Args:
        scene: to begin with.
        waveforms: what takes look like.

    Signals:
        edited(Edit, int): a gesture of this number wants this. settled(): it has ended.
        sought(int): the playhead is put there. looped(int, int): a loop is drawn.
        chosen_changed(frozenset): other clips are selected.
        geometry_changed(Geometry): another stretch is in view.
        dropped(str, int, int): a take, at a sample, on a row.
        (``carrying`` has its own, for clips dragged out with Alt.)
        menu_requested(Hit, QPoint): on this, at this place of the screen. opened(Hit): it was clicked twice.
    """

    edited = Signal(object, int)
    settled = Signal()
    sought = Signal(object)
    looped = Signal(object, object)
    chosen_changed = Signal(object)
    geometry_changed = Signal(object)
    dropped = Signal(str, object, int)
    menu_requested = Signal(object, object)
    opened = Signal(object)

    def __init__(self, scene: Scene, waveforms: Waveforms, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lanes = LaneShelf()
        self.carrying = Carrying(self)
        self._artist = LaneArtist(waveforms, self.lanes)
        self._hand = Hand(self.lanes)
        self._view = Scenery(scene, Geometry())
        self._panning: QPointF | None = None
        self.snap = True
        waveforms.ready.connect(self._arrived)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, RULER + 40)
        self.setAccessibleName("Timeline")
        self.setAccessibleDescription("Tracks with their clips, under a ruler of timecode")

    @property
    def view(self) -> Scenery:
        return self._view

    @property
    def lanes_drawn(self) -> int:
        """How many pictures of tracks were made so far: what is kept is not drawn again."""
        return self._artist.drawn

    def show_scene(self, scene: Scene) -> None:
        """Another scene, or the same after an edit; clips that have gone are selected no more."""
        if scene.timeline is not self._view.scene.timeline:
            self.lanes.keep(scene.timeline)
        self._view = replace(self._view, scene=scene)
        if self._view.chosen:
            there = {clip.id for track in scene.timeline.tracks for clip in track.clips}
            self.choose(self._view.chosen & there)
        self.set_geometry(self._view.geometry)
        self.update()

    def set_geometry(self, geometry: Geometry) -> None:
        """Another stretch of time or of tracks; kept within what there is."""
        lowest = geometry.lowest_scroll(len(self._view.scene.timeline.tracks))
        geometry = replace(geometry, scroll=min(max(0, geometry.scroll), lowest))
        if geometry != self._view.geometry:
            self._view = replace(self._view, geometry=geometry)
            self.geometry_changed.emit(geometry)
            self.update()

    def choose(self, numbers: frozenset[int]) -> None:
        self._hand.chosen = numbers
        if numbers != self._view.chosen:
            self._view = replace(self._view, chosen=numbers)
            self.chosen_changed.emit(numbers)
            self.update()

    def set_playhead(self, sample: int) -> None:
        """Draws only the two places where the line was and is."""
        before, self._view = self._view.playhead, replace(self._view, playhead=sample)
        for at in (before, sample):
            x = round(self._view.geometry.scale.x_of(at)) if before != sample else -100
            if -HEAD <= x <= self.width() + HEAD:
                self.update(x - HEAD, 0, 2 * HEAD, self.height())

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        self._view = replace(self._view, loop=loop)
        self.update()

    def set_spectrograms(self, on: bool) -> None:
        self._view = replace(self._view, spectrograms=on)
        self.update()

    def cancel(self) -> bool:
        """Takes back the gesture that runs. Returns whether one did."""
        if not self._hand.busy:
            return False
        undo = self._hand.cancel()
        if undo is not None:
            self.edited.emit(undo, self._hand.number)
        self._end()
        return True

    def hit_at(self, x: float, y: float) -> Hit:
        view = self._view
        return hit(view.geometry, view.scene, self.lanes, Standing(view.playhead, view.loop), x, y)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self._view = replace(self._view, ratio=self.devicePixelRatioF())
        view, geometry = self._view, self._view.geometry
        timeline = view.scene.timeline
        lines = ticks(geometry.scale, geometry.width, timeline)
        audible = {track.id for track in timeline.audible()}
        painter = QPainter(self)
        rows = geometry.rows(len(timeline.tracks))
        below = max(RULER, geometry.top_of(len(timeline.tracks)))
        painter.fillRect(QRect(0, below, self.width(), self.height()), QColor(DARK.well))
        if not timeline.tracks and view.ghost is None:
            _say_empty(painter, QRect(0, RULER, self.width(), self.height() - RULER))
        for row in rows:
            picture = self._artist.picture(view, row, lines, timeline.tracks[row].id in audible)
            painter.drawPixmap(0, geometry.top_of(row), picture)
        self._artist.keep(view)
        draw_ruler(painter, view, lines)
        draw_over(painter, view)
        painter.end()

    def resizeEvent(self, _event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self.set_geometry(replace(self._view.geometry, width=self.width(), height=self.height()))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        at = event.position()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = at
            return
        if event.button() != Qt.MouseButton.LeftButton or self._hand.busy:
            return
        held, found = _held(event.modifiers()), self.hit_at(at.x(), at.y())
        if found.clip is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.choose(frozenset({found.clip}))
            self.carrying.press(found.clip, at)
            return
        self._hand.chosen = self._view.chosen
        point = point_at(self._view, at.x(), at.y(), REACH, held)
        outcome = self._hand.press(self._view, found, point, held, snap=self.snap)
        self.choose(self._hand.chosen)
        self._apply(outcome, at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        at = event.position()
        if self._panning is not None:
            moved, self._panning = at - self._panning, at
            self._scroll(-moved.x(), -moved.y())
        elif self.carrying.move(at):
            return
        elif self._hand.busy:
            self._drag(at, _held(event.modifiers()))
        else:
            self._point(self.hit_at(at.x(), at.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.carrying.release()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = None
        if event.button() != Qt.MouseButton.LeftButton or not self._hand.busy:
            return
        at = event.position()
        point = point_at(self._view, at.x(), at.y(), REACH, _held(event.modifiers()))
        self._apply(self._hand.release(point), at)
        self.choose(self._hand.chosen)
        self._end()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        found = self.hit_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and found.part in {Part.MARKER, Part.GAIN}:
            self.opened.emit(found)
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        found = self.hit_at(event.pos().x(), event.pos().y())
        if found.clip is not None and found.clip not in self._view.chosen:
            self.choose(frozenset({found.clip}))
        self.menu_requested.emit(found, event.globalPos())

    def leaveEvent(self, _event: QEvent) -> None:  # noqa: N802 - Qt's name
        self._point(Hit(Part.NOTHING))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        turned, moved = event.angleDelta(), event.pixelDelta()
        notches = (turned.y() or turned.x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(ZOOM_A_NOTCH**notches, event.position().x())
        elif event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier):
            self._scroll(-notches * 80, 0)
        elif not moved.isNull():
            self._scroll(-moved.x(), -moved.y())
        else:
            self._scroll(-turned.x() / 120 * 80, -turned.y() / 120 * 60)
        event.accept()

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Larger by a factor at ``x``; without one, at the playhead if it is in view, else in the middle."""
        geometry = self._view.geometry
        if x is None:
            playhead = geometry.scale.x_of(self._view.playhead)
            x = playhead if 0 <= playhead <= geometry.width else geometry.width / 2
        self.set_geometry(replace(geometry, scale=geometry.scale.zoomed(factor, x)))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        self._carried(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's name
        self._carried(event)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        self._show(ghost=None)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        self._carried(event)
        ghost, digest = self._view.ghost, take_in(event.mimeData())
        self._show(ghost=None)
        if ghost is not None and digest is not None:
            self.dropped.emit(digest, ghost.start, ghost.row)

    def _carried(self, event: QDropEvent) -> None:
        """A take over the tracks: shows where it would lie."""
        take = self._view.scene.take(take_in(event.mimeData()) or "")
        if take is None:
            event.ignore()
            return
        geometry, timeline = self._view.geometry, self._view.scene.timeline
        at = geometry.scale.sample_at(event.position().x())
        if self.snap:
            extra = (self._view.playhead,)
            at = snapper(timeline, extra=extra).snapped(at, geometry.scale.length_of(REACH)).at
        row = min(max(0, geometry.row_at(event.position().y())), len(timeline.tracks))
        self._show(ghost=Ghost(row, max(0, round(at)), take.length_at(timeline.rate), take.name))
        event.acceptProposedAction()

    def _drag(self, at: QPointF, held: Held) -> None:
        point = point_at(self._view, at.x(), at.y(), REACH, held)
        self._apply(self._hand.move(point, self._view), at)
        self.choose(self._hand.chosen)

    def _apply(self, outcome: Outcome | None, at: QPointF) -> None:
        if isinstance(outcome, Edit):
            self._show(guide=outcome.guide, saying=Saying(at.x(), at.y(), outcome.says))
            self.edited.emit(outcome, self._hand.number)
        elif isinstance(outcome, Seek):
            self.sought.emit(outcome.at)
        elif isinstance(outcome, Loop):
            self.looped.emit(outcome.start, outcome.stop)
        elif isinstance(outcome, Band):
            left, right = (self._view.geometry.scale.x_of(s) for s in (outcome.start, outcome.stop))
            self._show(band=(left, outcome.top, right - left, outcome.bottom - outcome.top))

    def _end(self) -> None:
        self._show(band=None, guide=None, saying=None)
        self.settled.emit()

    def _scroll(self, right: float, down: float) -> None:
        geometry = self._view.geometry
        scale = geometry.scale.scrolled(right)
        self.set_geometry(replace(geometry, scale=scale, scroll=geometry.scroll + round(down)))

    def _point(self, found: Hit) -> None:
        if found != self._view.hover:
            self.setCursor(CURSORS.get(found.part, Qt.CursorShape.ArrowCursor))
            self._show(hover=found)

    def _show(self, **changes: Any) -> None:
        changed = replace(self._view, **changes)
        if changed != self._view:
            self._view = changed
            self.update()

    def _arrived(self, digest: str) -> None:
        self._artist.arrived(digest)
        self.update()


def _say_empty(painter: QPainter, place: QRect) -> None:
    painter.setFont(font(13))
    painter.setPen(QColor(DARK.dim))
    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), EMPTY)


def _held(modifiers: Qt.KeyboardModifier) -> Held:
    has: Callable[[Qt.KeyboardModifier], bool] = lambda one: bool(modifiers & one)  # noqa: E731
    return Held(has(Qt.KeyboardModifier.ShiftModifier), has(Qt.KeyboardModifier.ControlModifier))
