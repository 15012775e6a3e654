"""The speed of automatic scrolling while the pointer drags beyond the view's edge. No widgets."""

from dataclasses import dataclass

INSIDE = 6.0
"""Scrolling starts this many pixels before the edge: at a screen edge the pointer cannot go further."""
SLOWEST, FASTEST = 60.0, 3000.0
"""Pixels per second."""
A_PIXEL = 20.0
"""Additional pixels per second for each pixel further out."""


@dataclass(frozen=True)
class ScrollAxes:
    """The axes along which a drag scrolls the view."""

    across: bool = False
    down: bool = False


@dataclass(frozen=True)
class ScrollSpeed:
    """Scroll speed to the right and down, in pixels per second."""

    right: float = 0.0
    down: float = 0.0

    @property
    def still(self) -> bool:
        return self.right == 0.0 and self.down == 0.0


def axis_speed(at: float, low: float, high: float) -> float:
    """Return the speed in pixels per second along an axis of which ``low`` to ``high`` is visible; negative is back."""
    before, beyond = low + INSIDE - at, at - (high - INSIDE)
    if before <= 0.0 and beyond <= 0.0:
        return 0.0
    pace = min(SLOWEST + A_PIXEL * max(before, beyond, 0.0), FASTEST)
    return pace if beyond > before else -pace


def autoscroll_speed(
    axes: ScrollAxes, at: tuple[float, float], view: tuple[float, float, float, float]
) -> ScrollSpeed:
    """Return the speed for a pointer at (x, y) while (left, top, right, bottom) is visible."""
    left, top, right, bottom = view
    return ScrollSpeed(
        axis_speed(at[0], left, right) if axes.across else 0.0,
        axis_speed(at[1], top, bottom) if axes.down else 0.0,
    )


@dataclass(frozen=True)
class ScrollOffset:
    """The distance scrolled, in whole pixels; the remainder is carried over.

    Attributes:
        right: pixels to scroll right now.
        down: pixels to scroll down now.
        rest: fractions of a pixel still to scroll.
    """

    right: int = 0
    down: int = 0
    rest: tuple[float, float] = (0.0, 0.0)

    def after(self, drift: ScrollSpeed, seconds: float) -> "ScrollOffset":
        """Return the offset to scroll after a further time in seconds."""
        right, down = self.rest[0] + drift.right * seconds, self.rest[1] + drift.down * seconds
        return ScrollOffset(int(right), int(down), (right - int(right), down - int(down)))
