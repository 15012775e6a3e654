"""Paints what was found and can be chosen: outlines, and on each a badge with its number or a tick."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from desktop.canvas.outline_style import HOVER_COLOUR, PROPOSAL_COLOUR, Finish, Layout
from desktop.canvas.overlays import Overlays
from engine.scene.colours import Colour

RADIUS = 11.0
PLATE = QColor(15, 17, 20, 225)
ON_COLOUR = QColor(12, 14, 18)
TICK = ((-4.5, 0.2), (-1.4, 3.4), (4.6, -3.4))

FOUND_COLOUR: Colour = (200, 206, 214)


def found_finish(*, chosen: bool, lit: bool) -> Finish:
    """Of something found: quiet until it is chosen, stronger under the pointer."""
    if chosen:
        return Finish(PROPOSAL_COLOUR, 0.42 if lit else 0.32, 3.0 if lit else 2.0)
    return Finish(HOVER_COLOUR, 0.22, 2.5) if lit else Finish(FOUND_COLOUR, 0.04, 1.25)


def paint_found(painter: QPainter, exposed: QRectF, layout: Layout, overlays: Overlays, font: QFont) -> None:
    """The large ones first, so that the small ones lie on them; what is lit above all."""
    finding = layout.finding
    order = sorted(range(len(finding.things)), key=lambda place: -finding.things[place].area)
    for place in sorted(order, key=lambda place: place == finding.lit):
        finish = found_finish(chosen=place in finding.chosen, lit=place == finding.lit)
        overlays.paint(painter, exposed, finding.things[place].outline, finish, layout.viewport, layout.ratio)
    for place, thing in enumerate(finding.things):
        centre = QPointF(*layout.viewport.to_view(thing.anchor))
        _paint_badge(
            painter, centre, place + 1, font, chosen=place in finding.chosen, lit=place == finding.lit
        )


def _paint_badge(
    painter: QPainter, centre: QPointF, number: int, font: QFont, *, chosen: bool, lit: bool
) -> None:
    """A tick, not only a colour, tells what is chosen."""
    radius = RADIUS + 1.5 * lit
    painter.setPen(
        QPen(QColor(*(HOVER_COLOUR if lit or not chosen else PROPOSAL_COLOUR)), 2.0 if lit else 1.2)
    )
    painter.setBrush(QColor(*PROPOSAL_COLOUR) if chosen else PLATE)
    painter.drawEllipse(centre, radius, radius)
    if chosen:
        pen = QPen(ON_COLOUR, 2.2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([centre + QPointF(x, y) for x, y in TICK]))
    else:
        painter.setFont(font)
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
