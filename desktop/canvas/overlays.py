"""Outlines as translucent pixmaps over the still, rendered once per zoom and cached."""

from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from desktop.canvas.outline_style import OutlineStyle
from desktop.canvas.viewport import Viewport
from desktop.vision.outline import Outline

MAX_TILES = 48
REACH = 4.0
"""View pixels by which lines extend beyond the outline's box."""
SHADE = QColor(8, 10, 12, 150)


@dataclass(frozen=True, eq=False)
class OverlayTile:
    """A pixmap and its position in the view, relative to the still's corner."""

    image: QImage
    corner: QPointF


class Overlays:
    """Draws outlines and caches their tiles and paths."""

    def __init__(self) -> None:
        self._tiles: OrderedDict[object, OverlayTile] = OrderedDict()
        self._paths: WeakKeyDictionary[Outline, QPainterPath] = WeakKeyDictionary()
        self.drawn_count = 0

    def paint(
        self,
        painter: QPainter,
        exposed: QRectF,
        outline: Outline,
        style: OutlineStyle,
        viewport: Viewport,
        ratio: float,
    ) -> None:
        """Paint the outline over the still."""
        box = view_box(outline, viewport)
        if not outline.loops or not box.intersects(exposed):
            return
        tile = self._sheet(outline, style, viewport, ratio)
        corner = tile.corner + QPointF(viewport.x, viewport.y)
        painter.drawImage(corner, tile.image)

    def path(self, outline: Outline) -> QPainterPath:
        """Return the outline as a path in still pixels."""
        path = self._paths.get(outline)
        if path is None:
            path = QPainterPath()
            path.setFillRule(Qt.FillRule.OddEvenFill)
            for loop in outline.loops:
                path.addPolygon(QPolygonF([QPointF(x, y) for x, y in loop.tolist()]))
                path.closeSubpath()
            self._paths[outline] = path
        return path

    def _sheet(self, outline: Outline, style: OutlineStyle, viewport: Viewport, ratio: float) -> OverlayTile:
        """Return the outline's tile: all of it if it is no larger than the view, else its visible part."""
        whole = view_box(outline, viewport)
        view = QRectF(0, 0, *viewport.view)
        fits = whole.width() * whole.height() <= 1.5 * view.width() * view.height()
        key = (outline, style, ratio, viewport.zoom if fits else viewport)
        tile = self._tiles.get(key)
        if tile is None:
            tile = self._draw(outline, style, viewport, ratio, whole if fits else whole.intersected(view))
            self._tiles[key] = tile
            while len(self._tiles) > MAX_TILES:
                self._tiles.popitem(last=False)
        self._tiles.move_to_end(key)
        return tile

    def _draw(
        self, outline: Outline, style: OutlineStyle, viewport: Viewport, ratio: float, part: QRectF
    ) -> OverlayTile:
        self.drawn_count += 1
        left, top = int(part.left() * ratio) / ratio, int(part.top() * ratio) / ratio
        width, height = int(part.width() * ratio) + 2, int(part.height() * ratio) + 2
        image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-left, -top)
        draw_outline(painter, self.path(outline), style, viewport)
        painter.end()
        return OverlayTile(image, QPointF(left - viewport.x, top - viewport.y))


def draw_outline(painter: QPainter, path: QPainterPath, style: OutlineStyle, viewport: Viewport) -> None:
    """Draw the fill, then the line over a dark one, so that it shows on bright stills too."""
    shape = to_view(viewport).map(path)
    painter.fillPath(shape, style.tint())
    for colour, width in ((SHADE, style.line + 1.5), (style.stroke(), style.line)):
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(shape, pen)


def to_view(viewport: Viewport) -> QTransform:
    """Return the transform from still pixels to view pixels."""
    return QTransform(viewport.zoom, 0, 0, viewport.zoom, viewport.x, viewport.y)


def view_box(outline: Outline, viewport: Viewport) -> QRectF:
    """Return the rectangle of the view that an outline covers, including its lines."""
    x0, y0, x1, y1 = outline.box
    left, top = viewport.to_view((x0, y0))
    right, bottom = viewport.to_view((x1, y1))
    return QRectF(left, top, right - left, bottom - top).adjusted(-REACH, -REACH, REACH, REACH)
