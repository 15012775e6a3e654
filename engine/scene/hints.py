"""Hints: the clicks and the box by which a person says which object is meant."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Click:
    """A point of the still, in still pixels; ``keep`` is False for a click that drops what is under it."""

    x: float
    y: float
    keep: bool = True


@dataclass(frozen=True)
class Box:
    """A rectangle of the still, in still pixels, end exclusive."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Hints:
    """All that was said about one object so far: clicks in order, and at most one box."""

    clicks: tuple[Click, ...] = ()
    box: Box | None = None
