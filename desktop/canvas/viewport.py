"""Where the still is in the view: the only place that converts still pixels to view pixels and back. No widgets."""

from dataclasses import dataclass, replace

from desktop.vision.geometry import Point, Size

MARGIN = 20.0
BAND = 48.0
"""View pixels kept free above and below a fitted still, where the floating bars lie."""
BANDS_FROM = 360.0
"""A lower view has no room to spare for bands."""
MOST_ZOOM = 32.0
LEAST_SHOWN = 64.0
"""View pixels of the still that remain visible when panning."""


@dataclass(frozen=True)
class Viewport:
    """Position and zoom of the still in the view.

    Attributes:
        still: width and height in still pixels.
        view: width and height in view pixels.
        zoom: view pixels per still pixel.
        x: left edge of the still in the view.
        y: top edge of the still in the view.
        fitted: whether the still is refitted when the view is resized.
    """

    still: Size
    view: Size
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    fitted: bool = True

    @classmethod
    def fitting(cls, still: Size, view: Size) -> "Viewport":
        """Return the viewport that shows the whole still centred; small stills are enlarged at most twice."""
        zoom = min(_fit_zoom(still, view), 2.0)
        return cls(still, view, zoom, *_centred(still, view, zoom))

    @property
    def least_zoom(self) -> float:
        return min(_fit_zoom(self.still, self.view) / 2, 1.0)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The still's rectangle in the view: left, top, width, height."""
        return self.x, self.y, self.still[0] * self.zoom, self.still[1] * self.zoom

    def to_still(self, point: Point) -> Point:
        return (point[0] - self.x) / self.zoom, (point[1] - self.y) / self.zoom

    def to_view(self, point: Point) -> Point:
        return point[0] * self.zoom + self.x, point[1] * self.zoom + self.y

    def contains(self, point: Point) -> bool:
        """Return whether a point of the view is on the still."""
        x, y = self.to_still(point)
        return 0 <= x < self.still[0] and 0 <= y < self.still[1]

    def clamped(self, point: Point) -> Point:
        """Return the still position nearest to a point of the view; boxes may start and end outside the still."""
        x, y = self.to_still(point)
        return min(max(x, 0.0), self.still[0]), min(max(y, 0.0), self.still[1])

    def fit(self) -> "Viewport":
        return Viewport.fitting(self.still, self.view)

    def zoomed(self, factor: float, at: Point) -> "Viewport":
        """Return the viewport zoomed by a factor; the point ``at`` stays fixed."""
        zoom = min(max(self.zoom * factor, self.least_zoom), MOST_ZOOM)
        x, y = self.to_still(at)
        return replace(self, zoom=zoom, x=at[0] - x * zoom, y=at[1] - y * zoom, fitted=False)._kept()

    def at_zoom(self, zoom: float) -> "Viewport":
        """Return the viewport at this zoom, keeping the centre of the view."""
        return self.zoomed(zoom / self.zoom, (self.view[0] / 2, self.view[1] / 2))

    def moved(self, dx: float, dy: float) -> "Viewport":
        return replace(self, x=self.x + dx, y=self.y + dy, fitted=False)._kept()

    def resized(self, view: Size) -> "Viewport":
        """Return the viewport for another view size: refitted if fitted, else with the same centre."""
        if self.fitted:
            return Viewport.fitting(self.still, view)
        dx, dy = (view[0] - self.view[0]) / 2, (view[1] - self.view[1]) / 2
        return replace(self, view=view, x=self.x + dx, y=self.y + dy)._kept()

    def _kept(self) -> "Viewport":
        """Return the viewport moved so that part of the still stays visible."""
        _, _, width, height = self.box
        return replace(
            self,
            x=_between(self.x, LEAST_SHOWN - width, self.view[0] - LEAST_SHOWN),
            y=_between(self.y, LEAST_SHOWN - height, self.view[1] - LEAST_SHOWN),
        )


def wheel_factor(notches: float) -> float:
    """Return the zoom factor of a wheel movement: four notches double."""
    return float(2.0 ** (notches / 4))


def _fit_zoom(still: Size, view: Size) -> float:
    band = BAND if view[1] >= BANDS_FROM else MARGIN
    room = max(view[0] - 2 * MARGIN, 16.0), max(view[1] - 2 * band, 16.0)
    return min(room[0] / still[0], room[1] / still[1])


def _centred(still: Size, view: Size, zoom: float) -> Point:
    return (view[0] - still[0] * zoom) / 2, (view[1] - still[1] * zoom) / 2


def _between(value: float, least: float, most: float) -> float:
    return min(max(value, least), max(least, most))
