"""How fast the view drifts after a pointer that drags beyond its edge. No widgets."""

from dataclasses import dataclass

INSIDE = 6.0
"""Pixels before the edge from which it drifts: at the edge of a screen the pointer goes no further."""
SLOWEST, FASTEST = 60.0, 3000.0
"""Pixels a second."""
A_PIXEL = 20.0
"""Pixels a second more for each pixel further out."""


@dataclass(frozen=True)
class ScrollAxes:
    """Along which a drag may take the view with it."""

    across: bool = False
    down: bool = False


@dataclass(frozen=True)
class ScrollSpeed:
    """Pixels a second that the view goes right and down by."""

    right: float = 0.0
    down: float = 0.0

    @property
    def still(self) -> bool:
        return self.right == 0.0 and self.down == 0.0


def axis_speed(at: float, low: float, high: float) -> float:
    """Pixels a second for a pointer at a place, while from ``low`` to ``high`` is in view; below 0 is back."""
    before, beyond = low + INSIDE - at, at - (high - INSIDE)
    if before <= 0.0 and beyond <= 0.0:
        return 0.0
    pace = min(SLOWEST + A_PIXEL * max(before, beyond, 0.0), FASTEST)
    return pace if beyond > before else -pace


def autoscroll_speed(
    axes: ScrollAxes, at: tuple[float, float], view: tuple[float, float, float, float]
) -> ScrollSpeed:
    """For a pointer at (x, y), while (left, top, right, bottom) is in view."""
    left, top, right, bottom = view
    return ScrollSpeed(
        axis_speed(at[0], left, right) if axes.across else 0.0,
        axis_speed(at[1], top, bottom) if axes.down else 0.0,
    )


@dataclass(frozen=True)
class ScrollOffset:
    """What has been drifted by, in whole pixels; what is left over counts the next time.

    Attributes:
        right, down: whole pixels to go now. rest: parts of a pixel still to go.
    """

    right: int = 0
    down: int = 0
    rest: tuple[float, float] = (0.0, 0.0)

    def after(self, drift: ScrollSpeed, seconds: float) -> "ScrollOffset":
        """What there is to go after this many seconds more."""
        right, down = self.rest[0] + drift.right * seconds, self.rest[1] + drift.down * seconds
        return ScrollOffset(int(right), int(down), (right - int(right), down - int(down)))
