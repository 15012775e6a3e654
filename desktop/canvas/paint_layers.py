"""The layers painted on the still, in order: objects, proposal or hover, stroke, candidates, names, hints, brush."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from desktop.canvas.badges import paint_candidates
from desktop.canvas.canvas_layout import BrushMark, CanvasLayout, ShownObject
from desktop.canvas.labels import LabelSpec, Rect, place_labels
from desktop.canvas.outline_style import (
    DROP_COLOUR,
    HOVER_STYLE,
    PROPOSAL_COLOUR,
    PROPOSAL_STYLE,
    OutlineStyle,
)
from desktop.canvas.overlays import Overlays, to_view, view_box
from desktop.canvas.viewport import Viewport
from desktop.vision.outline import Outline
from engine.scene.hints import Click

NAME_WIDTH = 180.0
PLATE = QColor(15, 17, 20, 225)
ON_COLOUR = QColor(12, 14, 18)
DIM = QColor(6, 8, 10, 105)
PAD_X, PAD_Y = 8.0, 3.0


@dataclass(frozen=True)
class PaintContext:
    """What a layer is painted with.

    Attributes:
        painter: the canvas's painter, clipped to ``exposed``.
        exposed: the part of the view to paint.
        layout: what is on the canvas.
        overlays: cached pixmaps of outlines.
        font: font of names and badges.
    """

    painter: QPainter
    exposed: QRectF
    layout: CanvasLayout
    overlays: Overlays
    font: QFont

    def outline(self, outline: Outline, style: OutlineStyle) -> None:
        layout = self.layout
        self.overlays.paint(self.painter, self.exposed, outline, style, layout.viewport, layout.ratio)


Layer = Callable[[PaintContext], None]


def paint_layers(context: PaintContext) -> None:
    """Paint all layers, the lowest first."""
    context.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for layer in LAYERS:
        layer(context)


def _objects_layer(context: PaintContext) -> None:
    for thing in _selected_last(context.layout.objects):
        if thing.outline is not None:
            context.outline(thing.outline, thing.style)


def _proposal_layer(context: PaintContext) -> None:
    """Paint the proposal, or else the hover mask."""
    layout = context.layout
    if layout.proposal is not None:
        _dim_around(context.painter, layout, context.overlays)
        context.outline(layout.proposal, PROPOSAL_STYLE)
    elif layout.hover is not None:
        context.outline(layout.hover, HOVER_STYLE)


def _stroke_layer(context: PaintContext) -> None:
    if context.layout.brush is not None:
        _paint_stroke(context.painter, context.layout.brush, context.layout.viewport)


def _candidates_layer(context: PaintContext) -> None:
    if context.layout.picker.open:
        paint_candidates(context.painter, context.exposed, context.layout, context.overlays, context.font)


def _names_layer(context: PaintContext) -> None:
    _paint_names(context.painter, context.layout, context.font)


def _hints_layer(context: PaintContext) -> None:
    _paint_hints(context.painter, context.layout)


def _brush_layer(context: PaintContext) -> None:
    layout = context.layout
    if layout.cursor is not None and layout.brush is not None:
        radius = layout.brush.diameter * layout.viewport.zoom / 2
        _ring(context.painter, QPointF(*layout.cursor), radius, layout.brush)


LAYERS: tuple[Layer, ...] = (
    _objects_layer,
    _proposal_layer,
    _stroke_layer,
    _candidates_layer,
    _names_layer,
    _hints_layer,
    _brush_layer,
)


def _selected_last(objects: tuple[ShownObject, ...]) -> list[ShownObject]:
    return sorted(objects, key=lambda thing: (thing.selected, thing.pointed))


def _dim_around(painter: QPainter, layout: CanvasLayout, overlays: Overlays) -> None:
    """Dim the still outside the object being chosen."""
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


def _paint_hints(painter: QPainter, layout: CanvasLayout) -> None:
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
    """Paint a dot with a plus or a minus, so that keep and drop differ in more than colour."""
    at = QPointF(*viewport.to_view((click.x, click.y)))
    painter.setPen(QPen(QColor(255, 255, 255), 1.5))
    painter.setBrush(QColor(*(PROPOSAL_COLOUR if click.keep else DROP_COLOUR)))
    painter.drawEllipse(at, 7, 7)
    pen = QPen(QColor(10, 14, 18), 1.8)
    painter.setPen(pen)
    painter.drawLine(at - QPointF(3.2, 0), at + QPointF(3.2, 0))
    if click.keep:
        painter.drawLine(at - QPointF(0, 3.2), at + QPointF(0, 3.2))


def _paint_names(painter: QPainter, layout: CanvasLayout, font: QFont) -> None:
    named = [thing for thing in reversed(_selected_last(layout.objects)) if thing.outline is not None]
    metrics = QFontMetricsF(font)
    texts = [metrics.elidedText(thing.name, Qt.TextElideMode.ElideRight, NAME_WIDTH) for thing in named]
    painter.setFont(font)
    for thing, text, spot in zip(named, texts, name_places(named, texts, layout, metrics), strict=True):
        if spot is not None:
            _paint_name(painter, thing, text, QRectF(spot.x, spot.y, spot.width, spot.height))


def name_places(
    named: list[ShownObject], texts: list[str], layout: CanvasLayout, metrics: QFontMetricsF
) -> tuple[Rect | None, ...]:
    """Return the rectangles of the names in the view."""
    wanted = []
    for thing, text in zip(named, texts, strict=True):
        assert thing.outline is not None
        box = view_box(thing.outline, layout.viewport)
        width = metrics.horizontalAdvance(text) + 2 * PAD_X
        height = metrics.height() + 2 * PAD_Y
        pole = layout.viewport.to_view(thing.outline.pole)
        wanted.append(LabelSpec(Rect(box.x(), box.y(), box.width(), box.height()), width, height, pole))
    taken = [Rect(*rect) for rect in layout.keep_clear]
    return place_labels(wanted, Rect(0, 0, *layout.viewport.view), taken)


def _paint_name(painter: QPainter, thing: ShownObject, text: str, plate: QRectF) -> None:
    colour = QColor(*thing.colour)
    painter.setPen(Qt.PenStyle.NoPen if thing.selected else QPen(QColor(*thing.colour, 150), 1))
    painter.setBrush(colour if thing.selected else PLATE)
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(ON_COLOUR if thing.selected else colour)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
