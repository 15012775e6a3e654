"""Hints: the clicks and the box with which a user shows which object is meant."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Click:
    """A point in still pixels; ``keep`` is False for a click that excludes what is under it."""

    x: float
    y: float
    keep: bool = True


@dataclass(frozen=True)
class Box:
    """A rectangle in still pixels, end exclusive."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Hints:
    """All hints for one object so far: clicks in order, and at most one box."""

    clicks: tuple[Click, ...] = ()
    box: Box | None = None
