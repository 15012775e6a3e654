"""Ruler and tracks under the pointer: tells what presses, drags, drops and the wheel mean."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop.timeline.interaction.autoscroll import ScrollOffset, ScrollSpeed, autoscroll_speed
from desktop.timeline.interaction.drag_controller import DragController, PressModifiers, point_at
from desktop.timeline.interaction.drag_out import DragOut
from desktop.timeline.interaction.gestures import GestureEdit, LoopChange, Outcome, PlayheadMove, RubberBand
from desktop.timeline.interaction.hit_test import Hit, HitPart
from desktop.timeline.interaction.snapping import REACH, snapper
from desktop.timeline.interaction.take_mime import take_in
from desktop.timeline.layout.track_layout import RULER_HEIGHT
from desktop.timeline.painting.view_state import DropPreview, Tooltip
from desktop.timeline.painting.waveform_cache import WaveformCache
from desktop.timeline.track_canvas import TrackCanvas
from engine.scene.scene import Scene

ZOOM_A_NOTCH = 1.25
TICK_MS = 16
MOST_SECONDS = 0.1
"""After a pause of the machine the view goes on from where it was, and does not leap."""
BY_KEY = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
CURSORS = {
    HitPart.START: Qt.CursorShape.SizeHorCursor,
    HitPart.END: Qt.CursorShape.SizeHorCursor,
    HitPart.LOOP_START: Qt.CursorShape.SizeHorCursor,
    HitPart.LOOP_END: Qt.CursorShape.SizeHorCursor,
    HitPart.FADE_IN: Qt.CursorShape.PointingHandCursor,
    HitPart.FADE_OUT: Qt.CursorShape.PointingHandCursor,
    HitPart.MARKER: Qt.CursorShape.PointingHandCursor,
    HitPart.GAIN: Qt.CursorShape.SizeVerCursor,
}


class TrackView(TrackCanvas):
    """Ruler and tracks, to be worked with.

    Args:
        scene: to begin with.
        waveforms: what takes look like.

    Signals:
        edited(Edit, int): a gesture of this number wants this. settled(): it has ended.
        sought(int): the playhead is put there. looped(int, int): a loop is drawn.
        dropped(str, int, int): a take, at a sample, on a row.
        (``carrying`` has its own, for clips dragged out with Alt.)
        menu_requested(Hit, QPoint): on this, at this place of the screen. opened(Hit): it was clicked twice.
    """

    edited = Signal(object, int)
    gesture_ended = Signal()
    seek_requested = Signal(object)
    looped = Signal(object, object)
    dropped = Signal(str, object, int)
    menu_requested = Signal(object, object)
    opened = Signal(object)

    def __init__(self, scene: Scene, waveforms: WaveformCache, parent: QWidget | None = None) -> None:
        super().__init__(scene, waveforms, parent)
        self.drag_out = DragOut(self)
        self._controller = DragController(self.lanes)
        self._panning: QPointF | None = None
        self._by_key = False
        self._at, self._held = QPointF(), PressModifiers()
        self._drift, self._gone, self._clock = ScrollSpeed(), ScrollOffset(), QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._go_on)
        self.snap = True
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline")

    def select(self, numbers: frozenset[int]) -> None:
        self._controller.selected = numbers
        super().select(numbers)

    @property
    def busy(self) -> bool:
        """Whether a gesture runs."""
        return self._controller.busy

    def show_focus(self) -> None:
        """The keyboard is used here, so it is shown where it is."""
        self._by_key = True
        self._show(focus_shown=True)

    def cancel(self) -> bool:
        """Takes back the gesture that runs. Returns whether one did."""
        if not self._controller.busy:
            return False
        undo = self._controller.cancel()
        if undo is not None:
            self.edited.emit(undo, self._controller.number)
        self._end()
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        at = event.position()
        self._by_key = False
        self._show(focus_shown=False)
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = at
            return
        if event.button() != Qt.MouseButton.LeftButton or self._controller.busy:
            return
        held, found = _held(event.modifiers()), self.hit_at(at.x(), at.y())
        if found.clip is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.select(frozenset({found.clip}))
            self.drag_out.press(found.clip, at)
            return
        self._controller.selected = self._view.selected
        if found.clip is not None:
            self.go_to(found.clip)
        point = point_at(self._view, at.x(), at.y(), REACH, held)
        outcome = self._controller.press(self._view, found, point, held, snap=self.snap)
        self.select(self._controller.selected)
        self._apply(outcome, at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        at = event.position()
        if self._panning is not None:
            moved, self._panning = at - self._panning, at
            self.scroll_by(-moved.x(), -moved.y())
        elif self.drag_out.move(at):
            return
        elif self._controller.busy:
            self._drag(at, _held(event.modifiers()))
        else:
            self._point(self.hit_at(at.x(), at.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.drag_out.release()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = None
        if event.button() != Qt.MouseButton.LeftButton or not self._controller.busy:
            return
        at = event.position()
        point = point_at(self._view, at.x(), at.y(), REACH, _held(event.modifiers()))
        self._apply(self._controller.release(point), at)
        self.select(self._controller.selected)
        self._end()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        found = self.hit_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and found.part in {HitPart.MARKER, HitPart.GAIN}:
            self.opened.emit(found)
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        found = self.hit_at(event.pos().x(), event.pos().y())
        if found.clip is not None and found.clip not in self._view.selected:
            self.select(frozenset({found.clip}))
        self.menu_requested.emit(found, event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        # Another window came between: the keyboard is back where it was, and shown if it was.
        back = event.reason() in {Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason}
        self._by_key = event.reason() in BY_KEY or (back and self._by_key)
        self._show(focus_shown=self._by_key)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        self._show(focus_shown=False)
        super().focusOutEvent(event)

    def leaveEvent(self, _event: QEvent) -> None:  # noqa: N802 - Qt's name
        self._point(Hit(HitPart.NOTHING))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        turned, moved = event.angleDelta(), event.pixelDelta()
        notches = (turned.y() or turned.x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(ZOOM_A_NOTCH**notches, event.position().x())
        elif event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier):
            self.scroll_by(-notches * 80, 0)
        elif not moved.isNull():
            self.scroll_by(-moved.x(), -moved.y())
        else:
            self.scroll_by(-turned.x() / 120 * 80, -turned.y() / 120 * 60)
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        self._dragged_out(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's name
        self._dragged_out(event)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        self._show(drop_preview=None)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        self._dragged_out(event)
        ghost, digest = self._view.drop_preview, take_in(event.mimeData())
        self._show(drop_preview=None)
        if ghost is not None and digest is not None:
            self.dropped.emit(digest, ghost.start, ghost.row)

    def _dragged_out(self, event: QDropEvent) -> None:
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
        self._show(drop_preview=DropPreview(row, max(0, round(at)), take.length_at(timeline.rate), take.name))
        event.acceptProposedAction()

    def _drag(self, at: QPointF, held: PressModifiers) -> None:
        self._at, self._held = at, held
        self._follow(at, held)
        view = (0.0, float(RULER_HEIGHT), float(self.width()), float(self.height()))
        self._drift = (
            autoscroll_speed(self._controller.axes, (at.x(), at.y()), view)
            if self._controller.begun
            else ScrollSpeed()
        )
        if self._drift.still:
            self._timer.stop()
        elif not self._timer.isActive():
            self._gone = ScrollOffset()
            self._clock.start()
            self._timer.start()

    def _go_on(self) -> None:
        """The pointer waits beyond the edge: the view goes on towards it, and what is dragged with it."""
        self._gone = self._gone.after(self._drift, min(self._clock.restart() / 1000, MOST_SECONDS))
        before = self._view.geometry
        self.scroll_by(self._gone.right, self._gone.down)
        if self._view.geometry != before:
            self._follow(self._at, self._held)

    def _follow(self, at: QPointF, held: PressModifiers) -> None:
        point = point_at(self._view, at.x(), at.y(), REACH, held)
        self._apply(self._controller.move(point, self._view), at)
        self.select(self._controller.selected)

    def _apply(self, outcome: Outcome | None, at: QPointF) -> None:
        if isinstance(outcome, GestureEdit):
            self._show(guide=outcome.guide, tooltip=Tooltip(at.x(), at.y(), outcome.tooltip))
            self.edited.emit(outcome, self._controller.number)
        elif isinstance(outcome, PlayheadMove):
            self.seek_requested.emit(outcome.at)
        elif isinstance(outcome, LoopChange):
            self.looped.emit(outcome.start, outcome.stop)
        elif isinstance(outcome, RubberBand):
            geometry = self._view.geometry
            left, right = (geometry.scale.x_of(s) for s in (outcome.start, outcome.stop))
            height = outcome.bottom - outcome.top
            self._show(band=(left, geometry.y_of(outcome.top), right - left, height))

    def _end(self) -> None:
        self._timer.stop()
        self._show(band=None, guide=None, tooltip=None)
        self.gesture_ended.emit()

    def _point(self, found: Hit) -> None:
        if found != self._view.hover:
            self.setCursor(CURSORS.get(found.part, Qt.CursorShape.ArrowCursor))
            self._show(hover=found)


def _held(modifiers: Qt.KeyboardModifier) -> PressModifiers:
    has: Callable[[Qt.KeyboardModifier], bool] = lambda one: bool(modifiers & one)  # noqa: E731
    return PressModifiers(has(Qt.KeyboardModifier.ShiftModifier), has(Qt.KeyboardModifier.ControlModifier))
