"""Icons: our own SVG line drawings in ``resources/icons``, tinted with the theme's colours, sharp at every scale."""

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from desktop.theme.dark_colours import DARK
from engine.models.resources import resource

SIZES = (16, 20, 32, 40, 60)


def icon(name: str, colour: str = DARK.text, on: str = DARK.accent) -> QIcon:
    """Return an icon: in ``colour``, faint when disabled, in ``on`` while its button is checked."""
    made = QIcon()
    for size in SIZES:
        for shade, mode, state in (
            (colour, QIcon.Mode.Normal, QIcon.State.Off),
            (DARK.faint, QIcon.Mode.Disabled, QIcon.State.Off),
            (on, QIcon.Mode.Normal, QIcon.State.On),
        ):
            made.addPixmap(_rendered(name, shade, size, 1.0), mode, state)
    return made


def icon_pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Return an icon as a pixmap of ``size`` device-independent pixels a side, for painting and for labels."""
    return _rendered(name, colour, size, ratio)


def icon_names() -> tuple[str, ...]:
    """Return the names of all icons."""
    return tuple(sorted(path.stem for path in resource("icons").glob("*.svg")))


def _drawing(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


def _rendered(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """Render an icon, cached: an object card alone has five icons, each in five sizes and three colours."""
    key = f"foleyscape icon {name} {colour} {size} {ratio}"
    kept = QPixmap()
    if QPixmapCache.find(key, kept):
        return kept
    drawn = _draw(_drawing(name), colour, size, ratio)
    QPixmapCache.insert(key, drawn)
    return drawn


def _draw(drawing: str, colour: str, size: int, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", QColor(colour).name()).encode()))
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
