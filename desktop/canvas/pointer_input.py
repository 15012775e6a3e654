"""A widget whose mouse, wheel and key events have become the canvas's own actions."""

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
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


class PointerInput(QWidget):
    """Says what was meant through the ``on_`` methods, which the canvas fills in.

    Signals: tapped(): Space was tapped and nothing was panned.
    """

    space_tapped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pointer = PointerTracker()
        self.tool = Tool.HINT
        self.keys = KeyMap(CANVAS_COMMANDS)
        self.held = Modifiers()
        self.focus_by_key = False
        self._at: Point | None = None
        self._panned = False
        self._turned = 0.0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 160)

    @property
    def brush_at(self) -> Point | None:
        """Where the brush's circle stands."""
        return self._at if self.tool is not Tool.HINT else None

    def point_again(self) -> None:
        """What the pointer rests on may have changed under it."""
        self.on_point(self._at, self.held)

    def show_pointer(self, *, over_object: bool, on_still: bool) -> None:
        """The cursor that tells what a press would do."""
        if self.held.space or self.pointer.panning:
            shape = Qt.CursorShape.ClosedHandCursor if self.pointer.panning else Qt.CursorShape.OpenHandCursor
        elif self.tool is not Tool.HINT:
            shape = Qt.CursorShape.BlankCursor
        elif over_object:
            shape = Qt.CursorShape.PointingHandCursor
        else:
            shape = Qt.CursorShape.CrossCursor if on_still else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() is not shape:
            self.setCursor(shape)

    # What the canvas fills in

    def on_click(self, action: ClickAction) -> None: ...
    def on_box(self, action: BoxPreview | BoxAction) -> None: ...
    def on_pan(self, action: PanAction) -> None: ...
    def on_zoom(self, factor: float, at: Point) -> None: ...
    def on_stroke(self, action: StrokeAction) -> None: ...
    def on_point(self, at: Point | None, held: Modifiers) -> None: ...
    def on_space_tap(self) -> None: ...
    def execute(self, command: CanvasCommand) -> None: ...
    def can_execute(self) -> tuple[bool, bool]:
        """Whether a proposal is open, and whether there are hints."""
        return False, False

    # Mouse and wheel

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        button = BUTTONS.get(event.button())
        if button is None:
            super().mousePressEvent(event)
            return
        self._sense(event.modifiers())
        self._at = _point(event.position())
        self._act(self.pointer.press(self._at, button, self.tool, self.held))
        self.point_again()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._sense(event.modifiers())
        self._at = _point(event.position())
        self._act(self.pointer.move(self._at))
        self.point_again()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        button = BUTTONS.get(event.button())
        if button is None:
            super().mouseReleaseEvent(event)
            return
        self._act(self.pointer.release(_point(event.position()), button))
        self.point_again()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Two quick clicks are two clicks."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._sense(event.modifiers())
        pixels, angle = event.pixelDelta(), event.angleDelta()
        touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad
        wheel = WheelTurn((pixels.x(), pixels.y()), (angle.x(), angle.y()), touchpad)
        match wheel_action(wheel, self.held, proposal=self.can_execute()[0]):
            case ZoomAction(notches):
                self.on_zoom(wheel_factor(notches), _point(event.position()))
            case CycleAction(notches):
                self._turn(notches)
            case PanAction() as panned:
                self.on_pan(panned)
        self.point_again()
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        self._at = _point(event.position())
        self.point_again()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._at = None
        self.held = Modifiers()
        self.on_point(None, self.held)
        super().leaveEvent(event)

    def _act(self, action: PointerAction | None) -> None:
        match action:
            case ClickAction():
                self.on_click(action)
            case BoxPreview() | BoxAction():
                self.on_box(action)
            case PanAction():
                self._panned = True
                self.on_pan(action)
            case StrokeAction():
                self.on_stroke(action)

    def _turn(self, notches: float) -> None:
        """Whole notches of a wheel cycle; parts of one add up."""
        self._turned += notches
        while abs(self._turned) >= 1:
            step = 1 if self._turned > 0 else -1
            self._turned -= step
            self.execute(CanvasCommand.PREVIOUS if step > 0 else CanvasCommand.NEXT)

    # Keys and focus

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.on_zoom(1 + event.value(), _point(event.position()))
                return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if self._command(event) is not None or self._is_space(event):
                event.accept()
                return True
        elif (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
            and (command := self._command(event)) is not None
        ):
            self.execute(command)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self._is_space(event):
            if not event.isAutoRepeat():
                self._panned = False
                self._hold(space=True)
            return
        command = self._command(event)
        if command is not None:
            self.execute(command)
        else:
            self._sense(event.modifiers())
            self.point_again()
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self._is_space(event):
            if not event.isAutoRepeat() and self.held.space:
                self._hold(space=False)
                if not self._panned:
                    self.on_space_tap()
            return
        self._sense(event.modifiers())
        self.point_again()
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        by_key = event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        self.focus_by_key = by_key
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.focus_by_key = False
        self.held = Modifiers()
        self.update()
        super().focusOutEvent(event)

    def _command(self, event: QKeyEvent) -> CanvasCommand | None:
        proposal, hints = self.can_execute()
        return command_for(pressed(event), self.keys, proposal=proposal, hints=hints)

    def _is_space(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        return event.key() == Qt.Key.Key_Space and plain

    def _hold(self, *, space: bool) -> None:
        self.held = Modifiers(self.held.alt, self.held.control, self.held.shift, space)
        self.point_again()

    def _sense(self, modifiers: Qt.KeyboardModifier) -> None:
        self.held = Modifiers(
            bool(modifiers & Qt.KeyboardModifier.AltModifier),
            bool(modifiers & Qt.KeyboardModifier.ControlModifier),
            bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
            self.held.space,
        )


def _point(point: QPointF) -> Point:
    return point.x(), point.y()
