"""Paints what stands on the still: objects, proposal, hover, hints, brush and names, from one frozen layout."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from desktop.canvas.badges import paint_candidates
from desktop.canvas.labels import LabelSpec, Rect, place_labels
from desktop.canvas.outline_style import (
    DROP_COLOUR,
    HOVER_STYLE,
    PROPOSAL_COLOUR,
    PROPOSAL_STYLE,
    BrushMark,
    CanvasState,
    ShownObject,
)
from desktop.canvas.overlays import Overlays, to_view, view_box
from desktop.canvas.viewport import Viewport
from engine.scene.hints import Click

NAME_WIDTH = 180.0
PLATE = QColor(15, 17, 20, 225)
ON_COLOUR = QColor(12, 14, 18)
DIM = QColor(6, 8, 10, 105)
PAD_X, PAD_Y = 8.0, 3.0


def paint_overlays(
    painter: QPainter, exposed: QRectF, layout: CanvasState, overlays: Overlays, font: QFont
) -> None:
    """Everything on the still, from the lowest up."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    viewport, ratio = layout.viewport, layout.ratio
    for thing in _selected_last(layout.objects):
        if thing.outline is not None:
            overlays.paint(painter, exposed, thing.outline, thing.finish, viewport, ratio)
    if layout.proposal is not None:
        _dim_around(painter, layout, overlays)
        overlays.paint(painter, exposed, layout.proposal, PROPOSAL_STYLE, viewport, ratio)
    elif layout.hover is not None:
        overlays.paint(painter, exposed, layout.hover, HOVER_STYLE, viewport, ratio)
    if layout.brush is not None:
        _paint_stroke(painter, layout.brush, viewport)
    if layout.picker.open:
        paint_candidates(painter, exposed, layout, overlays, font)
    _paint_names(painter, layout, font)
    _paint_hints(painter, layout)
    if layout.cursor is not None and layout.brush is not None:
        _ring(painter, QPointF(*layout.cursor), layout.brush.diameter * viewport.zoom / 2, layout.brush)


def _selected_last(objects: tuple[ShownObject, ...]) -> list[ShownObject]:
    return sorted(objects, key=lambda thing: (thing.selected, thing.pointed))


def _dim_around(painter: QPainter, layout: CanvasState, overlays: Overlays) -> None:
    """The rest of the still steps back while an object is being chosen."""
    assert layout.proposal is not None
    still = QPainterPath()
    still.addRect(QRectF(*layout.viewport.box).intersected(QRectF(0, 0, *layout.viewport.view)))
    inside = to_view(layout.viewport).map(overlays.path(layout.proposal))
    still.setFillRule(Qt.FillRule.OddEvenFill)
    still.addPath(inside)
    painter.fillPath(still, DIM)


def _paint_stroke(painter: QPainter, brush: BrushMark, viewport: Viewport) -> None:
    if not brush.points:
        return
    path = QPainterPath(QPointF(*viewport.to_view(brush.points[0])))
    for point in brush.points[1:]:
        path.lineTo(QPointF(*viewport.to_view(point)))
    if len(brush.points) == 1:
        path.lineTo(path.currentPosition() + QPointF(0.01, 0))
    colour = QColor(*(brush.colour if brush.adds else DROP_COLOUR))
    colour.setAlphaF(0.5)
    pen = QPen(colour, brush.diameter * viewport.zoom)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)


def _ring(painter: QPainter, centre: QPointF, radius: float, brush: BrushMark) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 150), 3))
    painter.drawEllipse(centre, radius, radius)
    painter.setPen(QPen(QColor(*(brush.colour if brush.adds else DROP_COLOUR)), 1.5))
    painter.drawEllipse(centre, radius, radius)
    if not brush.adds:
        painter.drawLine(centre - QPointF(4, 0), centre + QPointF(4, 0))


def _paint_hints(painter: QPainter, layout: CanvasState) -> None:
    box = layout.hints.box
    corners = layout.box
    if corners is None and box is not None:
        corners = layout.viewport.to_view((box.x0, box.y0)), layout.viewport.to_view((box.x1, box.y1))
    if corners is not None:
        _paint_box(painter, QRectF(QPointF(*corners[0]), QPointF(*corners[1])).normalized())
    for click in layout.hints.clicks:
        _paint_click(painter, click, layout.viewport)


def _paint_box(painter: QPainter, rect: QRectF) -> None:
    painter.setBrush(QColor(*PROPOSAL_COLOUR, 22))
    painter.setPen(QPen(QColor(0, 0, 0, 130), 3))
    painter.drawRect(rect)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(QColor(*PROPOSAL_COLOUR), 1.5)
    pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.drawRect(rect)


def _paint_click(painter: QPainter, click: Click, viewport: Viewport) -> None:
    """A dot with a plus or a minus, so that keeping and dropping differ in more than colour."""
    at = QPointF(*viewport.to_view((click.x, click.y)))
    painter.setPen(QPen(QColor(255, 255, 255), 1.5))
    painter.setBrush(QColor(*(PROPOSAL_COLOUR if click.keep else DROP_COLOUR)))
    painter.drawEllipse(at, 7, 7)
    pen = QPen(QColor(10, 14, 18), 1.8)
    painter.setPen(pen)
    painter.drawLine(at - QPointF(3.2, 0), at + QPointF(3.2, 0))
    if click.keep:
        painter.drawLine(at - QPointF(0, 3.2), at + QPointF(0, 3.2))


def _paint_names(painter: QPainter, layout: CanvasState, font: QFont) -> None:
    named = [thing for thing in reversed(_selected_last(layout.objects)) if thing.outline is not None]
    metrics = QFontMetricsF(font)
    texts = [metrics.elidedText(thing.name, Qt.TextElideMode.ElideRight, NAME_WIDTH) for thing in named]
    painter.setFont(font)
    for thing, text, spot in zip(named, texts, name_places(named, texts, layout, metrics), strict=True):
        if spot is not None:
            _paint_name(painter, thing, text, QRectF(spot.x, spot.y, spot.width, spot.height))


def name_places(
    named: list[ShownObject], texts: list[str], layout: CanvasState, metrics: QFontMetricsF
) -> tuple[Rect | None, ...]:
    """Where the names stand, in the view."""
    wanted = []
    for thing, text in zip(named, texts, strict=True):
        assert thing.outline is not None
        box = view_box(thing.outline, layout.viewport)
        width = metrics.horizontalAdvance(text) + 2 * PAD_X
        height = metrics.height() + 2 * PAD_Y
        wanted.append(LabelSpec(Rect(box.x(), box.y(), box.width(), box.height()), width, height))
    taken = [Rect(*rect) for rect in layout.keep_clear]
    return place_labels(wanted, Rect(0, 0, *layout.viewport.view), taken)


def _paint_name(painter: QPainter, thing: ShownObject, text: str, plate: QRectF) -> None:
    colour = QColor(*thing.colour)
    painter.setPen(Qt.PenStyle.NoPen if thing.selected else QPen(QColor(*thing.colour, 150), 1))
    painter.setBrush(colour if thing.selected else PLATE)
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(ON_COLOUR if thing.selected else colour)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
