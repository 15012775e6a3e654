"""Turns presses, moves and releases of the pointer into actions. No widgets, no event loop."""

from dataclasses import dataclass
from enum import Enum

from desktop.vision.geometry import Point

DRAG_THRESHOLD = 5.0
"""Distance from the press in view pixels from which a press is a drag."""


class Tool(Enum):
    """What the left button does."""

    HINT = "hint"
    BRUSH = "brush"
    ERASE = "erase"


class Button(Enum):
    """The mouse buttons that the canvas uses."""

    LEFT = "left"
    MIDDLE = "middle"


@dataclass(frozen=True)
class Modifiers:
    """Modifier keys and Space while the pointer acts."""

    alt: bool = False
    control: bool = False
    shift: bool = False
    space: bool = False


@dataclass(frozen=True)
class ClickAction:
    """A click, in view pixels."""

    at: Point
    held: Modifiers


@dataclass(frozen=True)
class PanAction:
    """A panning movement, in view pixels."""

    dx: float
    dy: float


@dataclass(frozen=True)
class BoxPreview:
    """A box still being drawn, from one corner to the other."""

    start: Point
    end: Point


@dataclass(frozen=True)
class BoxAction:
    """A box that was drawn, from one corner to the other."""

    start: Point
    end: Point


@dataclass(frozen=True)
class StrokeAction:
    """A brush stroke so far, or when it has ended."""

    points: tuple[Point, ...]
    adds: bool
    ended: bool


PointerAction = ClickAction | PanAction | BoxPreview | BoxAction | StrokeAction


class _State(Enum):
    IDLE = 0
    PRESSED = 1
    BOXING = 2
    PANNING = 3
    STROKING = 4


class PointerTracker:
    """Tracks one pointer from press to release. All positions are in view pixels."""

    def __init__(self) -> None:
        self._state = _State.IDLE
        self._start: Point = (0.0, 0.0)
        self._last: Point = (0.0, 0.0)
        self._button = Button.LEFT
        self._held = Modifiers()
        self._adds = True
        self._points: list[Point] = []

    @property
    def busy(self) -> bool:
        return self._state is not _State.IDLE

    @property
    def panning(self) -> bool:
        return self._state is _State.PANNING

    def press(self, at: Point, button: Button, tool: Tool, held: Modifiers) -> PointerAction | None:
        if self.busy:
            return None
        self._start = self._last = at
        self._button, self._held = button, held
        if button is Button.MIDDLE or held.space:
            self._state = _State.PANNING
            return None
        if tool is Tool.HINT:
            self._state = _State.PRESSED
            return None
        self._state = _State.STROKING
        self._adds = (tool is Tool.BRUSH) != held.alt
        self._points = [at]
        return self._stroke(ended=False)

    def move(self, at: Point) -> PointerAction | None:
        before, self._last = self._last, at
        if self._state is _State.PANNING:
            return PanAction(at[0] - before[0], at[1] - before[1])
        if self._state is _State.STROKING:
            self._points.append(at)
            return self._stroke(ended=False)
        if self._state is _State.PRESSED and _distance(self._start, at) >= DRAG_THRESHOLD:
            self._state = _State.BOXING
        if self._state is _State.BOXING:
            return BoxPreview(self._start, at)
        return None

    def release(self, at: Point, button: Button) -> PointerAction | None:
        """Return the action that ends with this button; None if the button began nothing."""
        if not self.busy or button is not self._button:
            return None
        state, self._state = self._state, _State.IDLE
        if state is _State.PRESSED:
            return ClickAction(self._start, self._held)
        if state is _State.BOXING:
            return BoxAction(self._start, at)
        return self._stroke(ended=True) if state is _State.STROKING else None

    def cancel(self) -> bool:
        """Drop the action in progress; return whether there was one."""
        was, self._state = self.busy, _State.IDLE
        return was

    def _stroke(self, *, ended: bool) -> StrokeAction:
        return StrokeAction(tuple(self._points), self._adds, ended)


def _distance(one: Point, other: Point) -> float:
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)


@dataclass(frozen=True)
class ZoomAction:
    """Zoom by notches of the wheel."""

    notches: float


@dataclass(frozen=True)
class CycleAction:
    """Show another of the proposed masks."""

    notches: float


@dataclass(frozen=True)
class WheelTurn:
    """A wheel or two-finger movement; deltas have Qt's signs."""

    pixels: Point
    angle: Point
    touchpad: bool


def wheel_action(
    wheel: WheelTurn, held: Modifiers, *, proposal: bool
) -> ZoomAction | PanAction | CycleAction:
    """Return the action of a wheel movement.

    Two fingers pan, a wheel zooms, Control zooms with either; Shift cycles an open proposal, or pans sideways.
    """
    angle = wheel.angle[1] or wheel.angle[0]
    notches = (angle or wheel.pixels[1] * 4) / 120
    if held.shift and proposal:
        return CycleAction(notches)
    if held.control:
        return ZoomAction(notches)
    if wheel.touchpad:
        dx, dy = wheel.pixels if any(wheel.pixels) else (wheel.angle[0] / 2, wheel.angle[1] / 2)
        return PanAction(dx, dy)
    return PanAction(angle / 2, 0.0) if held.shift else ZoomAction(notches)
