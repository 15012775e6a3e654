"""Paints the found candidates: outlines with a badge that has a number or a tick."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from desktop.canvas.canvas_layout import CanvasLayout
from desktop.canvas.outline_style import HOVER_COLOUR, PROPOSAL_COLOUR, OutlineStyle
from desktop.canvas.overlays import Overlays
from engine.scene.colours import Colour

RADIUS = 11.0
NAME_WIDTH = 140.0
PLATE = QColor(15, 17, 20, 225)
ON_COLOUR = QColor(12, 14, 18)
TICK = ((-4.5, 0.2), (-1.4, 3.4), (4.6, -3.4))

CANDIDATE_COLOUR: Colour = (200, 206, 214)


def candidate_style(*, selected: bool, hovered: bool) -> OutlineStyle:
    """Return a candidate's outline style: faint until it is selected, stronger under the pointer."""
    if selected:
        return OutlineStyle(PROPOSAL_COLOUR, 0.42 if hovered else 0.32, 3.0 if hovered else 2.0)
    return OutlineStyle(HOVER_COLOUR, 0.22, 2.5) if hovered else OutlineStyle(CANDIDATE_COLOUR, 0.04, 1.25)


def paint_candidates(
    painter: QPainter, exposed: QRectF, layout: CanvasLayout, overlays: Overlays, font: QFont
) -> None:
    """Paint large candidates first, so that small ones are on top, and the hovered one last."""
    picker = layout.picker
    order = sorted(range(len(picker.candidates)), key=lambda place: -picker.candidates[place].area)
    for place in sorted(order, key=lambda place: place == picker.hovered_index):
        style = candidate_style(selected=place in picker.selected, hovered=place == picker.hovered_index)
        overlays.paint(
            painter, exposed, picker.candidates[place].outline, style, layout.viewport, layout.ratio
        )
    for place, thing in enumerate(picker.candidates):
        centre = QPointF(*layout.viewport.to_view(thing.anchor))
        _paint_badge(
            painter,
            centre,
            place + 1,
            font,
            selected=place in picker.selected,
            hovered=place == picker.hovered_index,
        )
        if thing.name is not None:
            _paint_name(painter, centre, thing.name, font)


def _paint_name(painter: QPainter, badge: QPointF, name: str, font: QFont) -> None:
    """Paint a candidate's name to the right of its badge."""
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, NAME_WIDTH)
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 4
    plate = QRectF(badge.x() + RADIUS + 4, badge.y() - height / 2, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PLATE)
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(QColor(*HOVER_COLOUR))
    painter.setFont(font)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _paint_badge(
    painter: QPainter, centre: QPointF, number: int, font: QFont, *, selected: bool, hovered: bool
) -> None:
    """Paint a badge; selected ones have a tick, so that they differ in more than colour."""
    radius = RADIUS + 1.5 * hovered
    painter.setPen(
        QPen(
            QColor(*(HOVER_COLOUR if hovered or not selected else PROPOSAL_COLOUR)),
            2.0 if hovered else 1.2,
        )
    )
    painter.setBrush(QColor(*PROPOSAL_COLOUR) if selected else PLATE)
    painter.drawEllipse(centre, radius, radius)
    if selected:
        pen = QPen(ON_COLOUR, 2.2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([centre + QPointF(x, y) for x, y in TICK]))
    else:
        painter.setFont(font)
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
