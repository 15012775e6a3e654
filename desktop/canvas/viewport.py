"""Where the still stands in the view: the one owner of still pixels to view pixels and back. No widgets."""

from dataclasses import dataclass, replace

from desktop.vision.geometry import Point, Size

MARGIN = 20.0
MOST_ZOOM = 32.0
LEAST_SHOWN = 64.0
"""View pixels of the still that panning always leaves in sight."""


@dataclass(frozen=True)
class Viewport:
    """Attributes:
    still: width and height in still pixels. view: in view pixels.
    zoom: view pixels per still pixel. x, y: the still's top left corner in the view.
    fitted: whether the still follows the view's size.
    """

    still: Size
    view: Size
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    fitted: bool = True

    @classmethod
    def fitting(cls, still: Size, view: Size) -> "Viewport":
        """The whole still in the middle of the view; small ones are enlarged, at most twice."""
        zoom = min(_fit_zoom(still, view), 2.0)
        return cls(still, view, zoom, *_centred(still, view, zoom))

    @property
    def least_zoom(self) -> float:
        return min(_fit_zoom(self.still, self.view) / 2, 1.0)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The still in the view: left, top, width, height."""
        return self.x, self.y, self.still[0] * self.zoom, self.still[1] * self.zoom

    def to_still(self, point: Point) -> Point:
        return (point[0] - self.x) / self.zoom, (point[1] - self.y) / self.zoom

    def to_view(self, point: Point) -> Point:
        return point[0] * self.zoom + self.x, point[1] * self.zoom + self.y

    def contains(self, point: Point) -> bool:
        """Whether a point of the view is on the still."""
        x, y = self.to_still(point)
        return 0 <= x < self.still[0] and 0 <= y < self.still[1]

    def clamped(self, point: Point) -> Point:
        """The still pixel nearest to a point of the view; a box may begin and end outside the still."""
        x, y = self.to_still(point)
        return min(max(x, 0.0), self.still[0]), min(max(y, 0.0), self.still[1])

    def fit(self) -> "Viewport":
        return Viewport.fitting(self.still, self.view)

    def zoomed(self, factor: float, at: Point) -> "Viewport":
        """What is under ``at`` stays under it."""
        zoom = min(max(self.zoom * factor, self.least_zoom), MOST_ZOOM)
        x, y = self.to_still(at)
        return replace(self, zoom=zoom, x=at[0] - x * zoom, y=at[1] - y * zoom, fitted=False)._kept()

    def at_zoom(self, zoom: float) -> "Viewport":
        """This many view pixels per still pixel, round the middle of the view."""
        return self.zoomed(zoom / self.zoom, (self.view[0] / 2, self.view[1] / 2))

    def moved(self, dx: float, dy: float) -> "Viewport":
        return replace(self, x=self.x + dx, y=self.y + dy, fitted=False)._kept()

    def resized(self, view: Size) -> "Viewport":
        """A fitted still stays fitted; of any other the same spot stays in the middle."""
        if self.fitted:
            return Viewport.fitting(self.still, view)
        dx, dy = (view[0] - self.view[0]) / 2, (view[1] - self.view[1]) / 2
        return replace(self, view=view, x=self.x + dx, y=self.y + dy)._kept()

    def _kept(self) -> "Viewport":
        """Not panned out of sight."""
        _, _, width, height = self.box
        return replace(
            self,
            x=_between(self.x, LEAST_SHOWN - width, self.view[0] - LEAST_SHOWN),
            y=_between(self.y, LEAST_SHOWN - height, self.view[1] - LEAST_SHOWN),
        )


def wheel_factor(notches: float) -> float:
    """How much a wheel zooms: four notches double."""
    return float(2.0 ** (notches / 4))


def _fit_zoom(still: Size, view: Size) -> float:
    room = max(view[0] - 2 * MARGIN, 16.0), max(view[1] - 2 * MARGIN, 16.0)
    return min(room[0] / still[0], room[1] / still[1])


def _centred(still: Size, view: Size, zoom: float) -> Point:
    return (view[0] - still[0] * zoom) / 2, (view[1] - still[1] * zoom) / 2


def _between(value: float, least: float, most: float) -> float:
    return min(max(value, least), max(least, most))
