"""Paints the still from the pyramid level that fits the zoom, cached as a pixmap of the view."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from desktop.canvas.image_pyramid import ImagePyramid, Level
from desktop.canvas.viewport import Viewport
from engine.vision.still import Still

PIXELATED_ZOOM = 4.0
"""From this zoom on, pixels are drawn as squares."""


class StillPainter:
    """A still and the pixmap of its last view. Before its pyramid is built, the still is drawn without smoothing."""

    def __init__(self, still: Still, ground: QColor) -> None:
        self.still = still
        self._ground = ground
        self._pyramid: ImagePyramid | None = None
        self._levels = [_rgb_image(still)]
        self._seen: tuple[Viewport, float] | None = None
        self._pixmap = QPixmap()
        self.drawn_count = 0

    @property
    def fine(self) -> bool:
        return self._pyramid is not None

    def refine(self, pyramid: ImagePyramid) -> None:
        """Use these levels from now on."""
        self._pyramid = pyramid
        full = self._levels[0]
        self._levels = [full if level is None else _screen_image(level) for level in pyramid.levels]
        self._seen = None

    def paint(self, painter: QPainter, exposed: QRect, viewport: Viewport, ratio: float) -> None:
        """Paint the exposed part of the view."""
        if self._seen != (viewport, ratio):
            self._draw(viewport, ratio)
            self._seen = (viewport, ratio)
        part = QRectF(exposed)
        source = QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio)
        painter.drawPixmap(part, self._pixmap, source)

    def _draw(self, viewport: Viewport, ratio: float) -> None:
        """Render the visible part of the still into the pixmap."""
        self.drawn_count += 1
        size = QSize(round(viewport.view[0] * ratio), round(viewport.view[1] * ratio))
        if self._pixmap.size() != size:
            self._pixmap = QPixmap(size)
        self._pixmap.fill(self._ground)
        painter = QPainter(self._pixmap)
        painter.scale(ratio, ratio)
        zoom = viewport.zoom * ratio
        index = 0 if self._pyramid is None else self._pyramid.level_for(zoom)
        smooth = self.fine and zoom < PIXELATED_ZOOM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        target, source = _in_sight(viewport, self._levels[index])
        if not target.isEmpty():
            painter.drawImage(target, self._levels[index], source)
        painter.end()


def _in_sight(viewport: Viewport, level: QImage) -> tuple[QRectF, QRectF]:
    """Return the visible part of a level: its rectangle in the view, and in the level in whole pixels."""
    whole = QRectF(*viewport.box)
    seen = whole.intersected(QRectF(0, 0, *viewport.view))
    if seen.isEmpty():
        return QRectF(), QRectF()
    across, down = level.width() / whole.width(), level.height() / whole.height()
    left, top = int((seen.left() - whole.left()) * across), int((seen.top() - whole.top()) * down)
    right = min(level.width(), int((seen.right() - whole.left()) * across) + 2)
    bottom = min(level.height(), int((seen.bottom() - whole.top()) * down) + 2)
    source = QRectF(left, top, right - left, bottom - top)
    corner = QPointF(whole.left() + left / across, whole.top() + top / down)
    return QRectF(corner.x(), corner.y(), source.width() / across, source.height() / down), source


def _rgb_image(still: Still) -> QImage:
    """Wrap the still's pixels without copying; the still must outlive the image."""
    return QImage(still.pixels.data, still.width, still.height, still.width * 3, QImage.Format.Format_RGB888)


def _screen_image(level: Level) -> QImage:
    height, width = level.shape[:2]
    return QImage(level.data, width, height, width * 4, QImage.Format.Format_RGB32)
