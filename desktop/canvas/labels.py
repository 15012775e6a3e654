"""Places the objects' names on the canvas: near their objects, inside the view, without overlaps. No widgets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

GAP = 6.0


@dataclass(frozen=True)
class Rect:
    """A rectangle in view pixels."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Rect") -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def cut(self, other: "Rect") -> "Rect | None":
        """Return the intersection, or None."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        width = min(self.x + self.width, other.x + other.width) - x
        height = min(self.y + self.height, other.y + other.height) - y
        return Rect(x, y, width, height) if width > 0 and height > 0 else None


@dataclass(frozen=True)
class LabelSpec:
    """A label to place: the object's rectangle, the label's size, and the middle of the object's body."""

    object: Rect
    width: float
    height: float
    pole: tuple[float, float] | None = None

    @property
    def fits_inside(self) -> bool:
        """Whether the label leaves enough of the object visible when it is on it."""
        return self.width <= self.object.width and self.height <= 0.5 * self.object.height


def place_labels(
    wanted: Sequence[LabelSpec], view: Rect, taken: Sequence[Rect] = ()
) -> tuple[Rect | None, ...]:
    """Return a rectangle for each label, by priority; None if its object is out of view or there is no room."""
    used = list(taken)
    places: list[Rect | None] = []
    for label in wanted:
        spot = next((spot for spot in _spots(label, view) if not any(spot.meets(u) for u in used)), None)
        places.append(spot)
        if spot is not None:
            used.append(_grown(spot))
    return tuple(places)


def _spots(label: LabelSpec, view: Rect) -> Iterator[Rect]:
    """Yield positions by preference: on the body of a large object, else above, below, beside, then farther away."""
    seen = label.object.cut(view)
    if seen is None or label.width > view.width or label.height > view.height:
        return
    middle = seen.x + (seen.width - label.width) / 2
    step = label.height + GAP
    centre = seen.y + (seen.height - label.height) / 2
    inside = []
    if label.pole is not None and label.fits_inside:
        inside = [(label.pole[0] - label.width / 2, label.pole[1] - label.height / 2)]
    offers = [
        *inside,
        (middle, seen.y - step),
        (middle, seen.y + GAP),
        (middle, seen.y + seen.height + GAP),
        (middle, centre),
        (seen.x + seen.width + GAP, centre),
        (seen.x - label.width - GAP, centre),
    ]
    offers += [(middle, centre + sign * row * step) for row in range(1, 12) for sign in (-1, 1)]
    for x, y in offers:
        kept_x = min(max(x, view.x + GAP), view.x + view.width - label.width - GAP)
        kept_y = min(max(y, view.y + GAP), view.y + view.height - label.height - GAP)
        yield Rect(kept_x, kept_y, label.width, label.height)


def _grown(rect: Rect) -> Rect:
    return Rect(rect.x - 2, rect.y - 2, rect.width + 4, rect.height + 4)
