"""Turns a widget's mouse, wheel, key and focus events into the canvas's actions."""

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop.actions.actions import pressed
from desktop.actions.key_map import KeyMap
from desktop.canvas.canvas_commands import CANVAS_COMMANDS, CanvasCommand, command_for
from desktop.canvas.canvas_state import CanvasState
from desktop.canvas.pointer_actions import (
    BoxAction,
    BoxPreview,
    Button,
    ClickAction,
    CycleAction,
    Modifiers,
    PanAction,
    PointerAction,
    PointerTracker,
    StrokeAction,
    Tool,
    WheelTurn,
    ZoomAction,
    wheel_action,
)
from desktop.canvas.viewport import wheel_factor
from desktop.vision.geometry import Point

BUTTONS = {Qt.MouseButton.LeftButton: Button.LEFT, Qt.MouseButton.MiddleButton: Button.MIDDLE}


class PointerTarget(Protocol):
    """The receiver of the actions."""

    @property
    def state(self) -> CanvasState: ...
    @property
    def tracker(self) -> PointerTracker: ...
    def on_click(self, action: ClickAction) -> None: ...
    def on_box(self, action: BoxPreview | BoxAction) -> None: ...
    def on_pan(self, action: PanAction) -> None: ...
    def on_zoom(self, factor: float, at: Point) -> None: ...
    def on_stroke(self, action: StrokeAction) -> None: ...
    def on_point(self, at: Point | None, held: Modifiers) -> None: ...
    def on_space_tap(self) -> None: ...
    def on_menu(self, at: Point | None, place: tuple[int, int]) -> None: ...
    def on_focus(self, *, by_key: bool) -> None: ...
    def execute(self, command: CanvasCommand) -> None: ...
    def can_execute(self) -> tuple[bool, bool]:
        """Return whether there is something to accept, and something to clear."""
        ...


class PointerInput(QObject):
    """An event filter that turns events into actions.

    Args:
        widget: the widget whose events are read and whose cursor is set.
        target: receives the actions.
    """

    def __init__(self, widget: QWidget, target: PointerTarget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._target = target
        self.keys = KeyMap(CANVAS_COMMANDS)
        self._at: Point | None = None
        self._held = Modifiers()
        self._panned = False
        self._turned = 0.0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Return whether the event was handled; if not, the widget handles it."""
        match event:
            case QMouseEvent():
                return self._handle_mouse(event)
            case QWheelEvent():
                return self._handle_wheel(event)
            case QContextMenuEvent():
                return self._handle_menu(event)
            case QKeyEvent():
                return self._handle_key(event)
            case QEnterEvent():
                self._at = _point(event.position())
                self._point_again()
            case QFocusEvent():
                self._handle_focus(event)
            case QNativeGestureEvent() if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._target.on_zoom(1 + event.value(), _point(event.position()))
                return True
            case _ if event.type() == QEvent.Type.Leave:
                self._at, self._held = None, Modifiers()
                self._point_again()
        return False

    def show_cursor(self, over_object: bool, on_still: bool) -> None:
        """Set the cursor for what a press would do."""
        panning, tool = self._target.tracker.panning, self._target.state.tool
        if self._held.space or panning:
            shape = Qt.CursorShape.ClosedHandCursor if panning else Qt.CursorShape.OpenHandCursor
        elif tool is not Tool.HINT:
            shape = Qt.CursorShape.BlankCursor
        elif over_object:
            shape = Qt.CursorShape.PointingHandCursor
        else:
            shape = Qt.CursorShape.CrossCursor if on_still else Qt.CursorShape.ArrowCursor
        if self._widget.cursor().shape() is not shape:
            self._widget.setCursor(shape)

    def _point_again(self) -> None:
        self._target.on_point(self._at, self._held)

    # Mouse and wheel

    def _handle_mouse(self, event: QMouseEvent) -> bool:
        match event.type():
            # A double click counts as two clicks.
            case QEvent.Type.MouseButtonPress | QEvent.Type.MouseButtonDblClick:
                return self._press(event)
            case QEvent.Type.MouseMove:
                self._sense(event.modifiers())
                self._at = _point(event.position())
                self._act(self._target.tracker.move(self._at))
            case QEvent.Type.MouseButtonRelease:
                button = BUTTONS.get(event.button())
                if button is None:
                    return False
                self._act(self._target.tracker.release(_point(event.position()), button))
            case _:
                return False
        self._point_again()
        return True

    def _press(self, event: QMouseEvent) -> bool:
        if event.button() == Qt.MouseButton.RightButton:
            return self._drop_click(event)
        button = BUTTONS.get(event.button())
        if button is None:
            return False
        self._sense(event.modifiers())
        self._at = _point(event.position())
        tool = self._target.state.tool
        self._act(self._target.tracker.press(self._at, button, tool, self._held))
        self._point_again()
        return True

    def _drop_click(self, event: QMouseEvent) -> bool:
        """Take a right-click as "not this" while a proposal is open; return whether it was taken."""
        state = self._target.state
        if not state.draft.open or state.tool is not Tool.HINT or self._target.tracker.busy:
            return False
        self._sense(event.modifiers())
        self._at = _point(event.position())
        self._target.on_click(ClickAction(self._at, replace(self._held, alt=True)))
        self._point_again()
        return True

    def _handle_menu(self, event: QContextMenuEvent) -> bool:
        """Ask for the menu of what is under the pointer, unless a right-click means something else now."""
        state = self._target.state
        if not state.can_clear and state.size is not None:
            by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
            at = (float(event.pos().x()), float(event.pos().y())) if by_mouse else None
            self._target.on_menu(at, (event.globalPos().x(), event.globalPos().y()))
        return True

    def _handle_wheel(self, event: QWheelEvent) -> bool:
        self._sense(event.modifiers())
        pixels, angle = event.pixelDelta(), event.angleDelta()
        touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad
        wheel = WheelTurn((pixels.x(), pixels.y()), (angle.x(), angle.y()), touchpad)
        match wheel_action(wheel, self._held, proposal=self._target.can_execute()[0]):
            case ZoomAction(notches):
                self._target.on_zoom(wheel_factor(notches), _point(event.position()))
            case CycleAction(notches):
                self._turn(notches)
            case PanAction() as panned:
                self._target.on_pan(panned)
        self._point_again()
        event.accept()
        return True

    def _act(self, action: PointerAction | None) -> None:
        match action:
            case ClickAction():
                self._target.on_click(action)
            case BoxPreview() | BoxAction():
                self._target.on_box(action)
            case PanAction():
                self._panned = True
                self._target.on_pan(action)
            case StrokeAction():
                self._target.on_stroke(action)

    def _turn(self, notches: float) -> None:
        """Cycle by whole notches of the wheel; fractions add up."""
        self._turned += notches
        while abs(self._turned) >= 1:
            step = 1 if self._turned > 0 else -1
            self._turned -= step
            self._target.execute(CanvasCommand.PREVIOUS if step > 0 else CanvasCommand.NEXT)

    # Keys and focus

    def _handle_key(self, event: QKeyEvent) -> bool:
        command = self._command(event)
        match event.type():
            case QEvent.Type.ShortcutOverride:
                if command is not None or _is_space(event):
                    event.accept()
                    return True
                return False
            case QEvent.Type.KeyPress:
                return self._key_pressed(event, command)
            case QEvent.Type.KeyRelease:
                return self._key_released(event)
        return False

    def _key_pressed(self, event: QKeyEvent, command: CanvasCommand | None) -> bool:
        if _is_space(event):
            if not event.isAutoRepeat():
                self._panned = False
                self._hold_space(down=True)
            return True
        if command is not None:
            self._target.execute(command)
            return True
        self._sense(event.modifiers())
        self._point_again()
        return False

    def _key_released(self, event: QKeyEvent) -> bool:
        if _is_space(event):
            if not event.isAutoRepeat() and self._held.space:
                self._hold_space(down=False)
                if not self._panned:
                    self._target.on_space_tap()
            return True
        self._sense(event.modifiers())
        self._point_again()
        return False

    def _handle_focus(self, event: QFocusEvent) -> None:
        if event.type() == QEvent.Type.FocusIn:
            by_key = event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
            self._target.on_focus(by_key=by_key)
        elif event.type() == QEvent.Type.FocusOut:
            self._held = Modifiers()
            self._target.on_focus(by_key=False)

    def _command(self, event: QKeyEvent) -> CanvasCommand | None:
        proposal, hints = self._target.can_execute()
        return command_for(pressed(event), self.keys, proposal=proposal, hints=hints)

    def _hold_space(self, *, down: bool) -> None:
        self._held = replace(self._held, space=down)
        self._point_again()

    def _sense(self, modifiers: Qt.KeyboardModifier) -> None:
        self._held = Modifiers(
            bool(modifiers & Qt.KeyboardModifier.AltModifier),
            bool(modifiers & Qt.KeyboardModifier.ControlModifier),
            bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
            self._held.space,
        )


def _is_space(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier


def _point(point: QPointF) -> Point:
    return point.x(), point.y()
