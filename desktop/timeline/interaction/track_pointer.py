"""Turns a widget's mouse, wheel and drag-and-drop events into changes of the track model."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
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
from desktop.timeline.recordings.sound_drops import sounds_in
from desktop.timeline.track_model import TrackModel

ZOOM_A_NOTCH = 1.25
TICK_MS = 16
MOST_SECONDS = 0.1
"""Longest time step of automatic scrolling, so that the view does not jump after a pause."""
BY_KEY = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
OPENED = {HitPart.MARKER, HitPart.GAIN, HitPart.CLIP_MARKER}
"""What a double click opens or resets."""
CURSORS = {
    HitPart.START: Qt.CursorShape.SizeHorCursor,
    HitPart.END: Qt.CursorShape.SizeHorCursor,
    HitPart.LOOP_START: Qt.CursorShape.SizeHorCursor,
    HitPart.LOOP_END: Qt.CursorShape.SizeHorCursor,
    HitPart.FADE_IN: Qt.CursorShape.PointingHandCursor,
    HitPart.FADE_OUT: Qt.CursorShape.PointingHandCursor,
    HitPart.MARKER: Qt.CursorShape.PointingHandCursor,
    HitPart.CLIP_MARKER: Qt.CursorShape.PointingHandCursor,
    HitPart.GAIN: Qt.CursorShape.SizeVerCursor,
}


class TrackPointer(QObject):
    """An event filter that reads the events of the widget that shows a model.

    Args:
        widget: the widget whose events are read and whose cursor is set.
        model: what the widget shows.

    Signals:
        edited(GestureEdit, int): an edit of the gesture with this number.
        gesture_ended(): the gesture has ended.
        seek_requested(int): move the playhead to this sample.
        scrubbed(int): the playhead is dragged to this sample.
        looped(int, int): a loop was drawn.
        dropped(str, int, int): a take was dropped at a sample on a row.
        files_dropped(list, int, int): sound files were dropped at a sample on a row.
        menu_requested(Hit, QPoint): open a menu for this at a screen position.
        opened(Hit): it was double-clicked.
    """

    edited = Signal(object, int)
    gesture_ended = Signal()
    seek_requested = Signal(object)
    scrubbed = Signal(object)
    looped = Signal(object, object)
    dropped = Signal(str, object, int)
    files_dropped = Signal(object, object, int)
    menu_requested = Signal(object, object)
    opened = Signal(object)

    def __init__(self, widget: QWidget, model: TrackModel) -> None:
        super().__init__(widget)
        self._widget = widget
        self._model = model
        self.drag_out = DragOut(self)
        self._controller = DragController(model.clip_indices)
        self._panning: QPointF | None = None
        self._pointer: QPointF | None = None
        self._by_key = False
        self._at, self._modifiers = QPointF(), PressModifiers()
        self._drift, self._gone, self._clock = ScrollSpeed(), ScrollOffset(), QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._go_on)
        self.snap = True
        model.selection_changed.connect(self._follow_selection)
        model.geometry_changed.connect(self._point_again)
        model.scene_shown.connect(self._point_again)
        widget.installEventFilter(self)

    @property
    def busy(self) -> bool:
        """Whether a gesture is running."""
        return self._controller.busy

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Return whether the event was handled; if not, the widget handles it."""
        match event:
            case QMouseEvent():
                return self._handle_mouse(event)
            case QContextMenuEvent():
                self._open_menu(event)
            case QWheelEvent():
                self._turn_wheel(event)
            case QDragLeaveEvent():
                self._model.show(drop_preview=None)
            # Drag events derive from QDropEvent: test it last.
            case QDragMoveEvent():
                self._drag_over(event)
            case QDropEvent():
                self._drop(event)
            case QFocusEvent():
                self._handle_focus(event)
                return False
            case _ if event.type() == QEvent.Type.Leave:
                self._pointer = None
                self._point(Hit(HitPart.NOTHING))
                return False
            case _:
                return False
        return True

    def _handle_mouse(self, event: QMouseEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseButtonPress:
                self._press(event)
            case QEvent.Type.MouseMove:
                self._move(event)
            case QEvent.Type.MouseButtonRelease:
                self._release(event)
            case QEvent.Type.MouseButtonDblClick:
                self._double_click(event)
            case _:
                return False
        return True

    def _handle_focus(self, event: QFocusEvent) -> None:
        if event.type() == QEvent.Type.FocusIn:
            # After another window was active, the focus is drawn if it was before.
            back = event.reason() in {Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason}
            self._by_key = event.reason() in BY_KEY or (back and self._by_key)
            self._model.show(focus_shown=self._by_key)
        elif event.type() == QEvent.Type.FocusOut:
            self._model.show(focus_shown=False)

    def _follow_selection(self, numbers: frozenset[int]) -> None:
        self._controller.selected = numbers

    def show_focus(self) -> None:
        """Show the keyboard focus."""
        self._by_key = True
        self._model.show(focus_shown=True)

    def cancel(self) -> bool:
        """Revert the running gesture; return whether there was one."""
        if not self._controller.busy:
            return False
        undo = self._controller.cancel()
        if undo is not None:
            self.edited.emit(undo, self._controller.number)
        self._end()
        return True

    def _press(self, event: QMouseEvent) -> None:
        at = event.position()
        self._by_key = False
        self._model.show(focus_shown=False)
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = at
            return
        if event.button() != Qt.MouseButton.LeftButton or self._controller.busy:
            return
        held, found = _held(event.modifiers()), self._model.hit_at(at.x(), at.y())
        if found.clip is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._model.select(frozenset({found.clip}))
            self.drag_out.press(found.clip, at)
            return
        self._controller.selected = self._model.state.selected
        if found.clip is not None:
            self._model.go_to(found.clip)
        point = point_at(self._model.state, at.x(), at.y(), REACH, held)
        outcome = self._controller.press(self._model.state, found, point, held, snap=self.snap)
        self._model.select(self._controller.selected)
        self._apply(outcome, at)

    def _move(self, event: QMouseEvent) -> None:
        at = self._pointer = event.position()
        if self._panning is not None:
            moved, self._panning = at - self._panning, at
            self._model.scroll_by(-moved.x(), -moved.y())
        elif self.drag_out.move(at):
            return
        elif self._controller.busy:
            self._drag(at, _held(event.modifiers()))
        else:
            self._point(self._model.hit_at(at.x(), at.y()))

    def _release(self, event: QMouseEvent) -> None:
        self.drag_out.release()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = None
        if event.button() != Qt.MouseButton.LeftButton or not self._controller.busy:
            return
        at = event.position()
        point = point_at(self._model.state, at.x(), at.y(), REACH, _held(event.modifiers()))
        self._apply(self._controller.release(point), at)
        self._model.select(self._controller.selected)
        self._end()

    def _double_click(self, event: QMouseEvent) -> None:
        found = self._model.hit_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and found.part in OPENED:
            self.opened.emit(found)
        else:
            self._press(event)

    def _open_menu(self, event: QContextMenuEvent) -> None:
        found = self._model.hit_at(event.pos().x(), event.pos().y())
        if found.clip is not None and found.clip not in self._model.state.selected:
            self._model.select(frozenset({found.clip}))
        self.menu_requested.emit(found, event.globalPos())

    def _turn_wheel(self, event: QWheelEvent) -> None:
        turned, moved = event.angleDelta(), event.pixelDelta()
        notches = (turned.y() or turned.x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._model.zoom(ZOOM_A_NOTCH**notches, event.position().x())
        elif event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier):
            self._model.scroll_by(-notches * 80, 0)
        elif not moved.isNull():
            self._model.scroll_by(-moved.x(), -moved.y())
        else:
            self._model.scroll_by(-turned.x() / 120 * 80, -turned.y() / 120 * 60)
        event.accept()

    def _drop(self, event: QDropEvent) -> None:
        self._drag_over(event)
        preview, digest = self._model.state.drop_preview, take_in(event.mimeData())
        self._model.show(drop_preview=None)
        if preview is not None and digest is not None:
            self.dropped.emit(digest, preview.start, preview.row)
        elif preview is not None:
            self.files_dropped.emit(sounds_in(event.mimeData()), preview.start, preview.row)

    def _drag_over(self, event: QDropEvent) -> None:
        """Show where the dragged take, or the dragged sound files, would be placed."""
        take = self._model.state.scene.take(take_in(event.mimeData()) or "")
        files = sounds_in(event.mimeData()) if take is None and event.source() is None else []
        if take is None and not files:
            event.ignore()
            return
        geometry, timeline = self._model.state.geometry, self._model.state.scene.timeline
        at = geometry.scale.sample_at(event.position().x())
        if self.snap:
            extra = (self._model.state.playhead,)
            at = snapper(timeline, extra=extra).snapped(at, geometry.scale.length_of(REACH)).at
        row = min(max(0, geometry.row_at(event.position().y())), len(timeline.tracks))
        # How long files are is known once they are read.
        length = timeline.rate if take is None else take.length_at(timeline.rate)
        name = ", ".join(path.name for path in files) if take is None else take.name
        self._model.show(drop_preview=DropPreview(row, max(0, round(at)), length, name))
        event.acceptProposedAction()

    def _drag(self, at: QPointF, held: PressModifiers) -> None:
        self._at, self._modifiers = at, held
        self._follow(at, held)
        view = (0.0, float(RULER_HEIGHT), float(self._widget.width()), float(self._widget.height()))
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
        """Scroll the view while the pointer rests beyond its edge, and continue the gesture."""
        self._gone = self._gone.after(self._drift, min(self._clock.restart() / 1000, MOST_SECONDS))
        before = self._model.state.geometry
        self._model.scroll_by(self._gone.right, self._gone.down)
        if self._model.state.geometry != before:
            self._follow(self._at, self._modifiers)

    def _follow(self, at: QPointF, held: PressModifiers) -> None:
        point = point_at(self._model.state, at.x(), at.y(), REACH, held)
        self._apply(self._controller.move(point, self._model.state), at)
        self._model.select(self._controller.selected)

    def _apply(self, outcome: Outcome | None, at: QPointF) -> None:
        if isinstance(outcome, GestureEdit):
            self._model.show(guide=outcome.guide, tooltip=Tooltip(at.x(), at.y(), outcome.tooltip))
            self.edited.emit(outcome, self._controller.number)
        elif isinstance(outcome, PlayheadMove):
            (self.scrubbed if outcome.audible else self.seek_requested).emit(outcome.at)
        elif isinstance(outcome, LoopChange):
            self.looped.emit(outcome.start, outcome.stop)
        elif isinstance(outcome, RubberBand):
            geometry = self._model.state.geometry
            left, right = (geometry.scale.x_of(s) for s in (outcome.start, outcome.stop))
            height = outcome.bottom - outcome.top
            self._model.show(band=(left, geometry.y_of(outcome.top), right - left, height))

    def _end(self) -> None:
        self._timer.stop()
        self._model.show(band=None, guide=None, tooltip=None)
        self.gesture_ended.emit()
        self._point_again()

    def _point_again(self) -> None:
        """Find what is under the resting pointer after what is shown has changed."""
        if self._pointer is not None and not self.busy:
            self._point(self._model.hit_at(self._pointer.x(), self._pointer.y()))

    def _point(self, found: Hit) -> None:
        if found != self._model.state.hover:
            self._widget.setCursor(CURSORS.get(found.part, Qt.CursorShape.ArrowCursor))
            self._model.show(hover=found)


def _held(modifiers: Qt.KeyboardModifier) -> PressModifiers:
    has: Callable[[Qt.KeyboardModifier], bool] = lambda one: bool(modifiers & one)  # noqa: E731
    return PressModifiers(has(Qt.KeyboardModifier.ShiftModifier), has(Qt.KeyboardModifier.ControlModifier))
