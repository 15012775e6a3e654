"""How the canvas looks: one frozen value for the style, one for what is on it, built for each paint."""

from dataclasses import dataclass, field

from PySide6.QtGui import QColor

from desktop.canvas.candidate_picker import CandidatePicker
from desktop.canvas.viewport import Viewport
from desktop.vision.geometry import Point
from desktop.vision.outline import Outline
from engine.scene.colours import Colour
from engine.scene.hints import Hints


@dataclass(frozen=True)
class OutlineStyle:
    """How one outline is drawn: its colour, how much of it covers the still, how wide the line is."""

    colour: Colour
    fill: float
    line: float

    def tint(self) -> QColor:
        return QColor(*self.colour, round(self.fill * 255))

    def stroke(self) -> QColor:
        return QColor(*self.colour)


HOVER_COLOUR: Colour = (235, 240, 246)
PROPOSAL_COLOUR: Colour = (91, 168, 229)
DROP_COLOUR: Colour = (238, 106, 115)
HOVER_STYLE = OutlineStyle(HOVER_COLOUR, 0.20, 1.5)
PROPOSAL_STYLE = OutlineStyle(PROPOSAL_COLOUR, 0.34, 2.0)


def object_style(colour: Colour, *, selected: bool, pointed: bool) -> OutlineStyle:
    """Of an object: stronger while it is selected or under the pointer."""
    return OutlineStyle(colour, 0.30 if selected else 0.26 if pointed else 0.16, 2.5 if selected else 1.5)


@dataclass(frozen=True)
class ShownObject:
    """An object as it is drawn. ``outline`` is None until it is traced."""

    index: int
    name: str
    colour: Colour
    outline: Outline | None
    selected: bool
    pointed: bool

    @property
    def finish(self) -> OutlineStyle:
        return object_style(self.colour, selected=self.selected, pointed=self.pointed)


@dataclass(frozen=True)
class BrushMark:
    """A stroke being drawn, in still pixels, or only the brush's circle when it has no points."""

    points: tuple[Point, ...]
    diameter: float
    colour: Colour
    adds: bool


@dataclass(frozen=True)
class CanvasState:
    """All that stands on the still.

    Attributes:
        viewport: where the still is. ratio: device pixels per view pixel.
        objects: as drawn, lowest first.
        finding: what was found and can be chosen.
        hover: what a click would take. proposal: what the hints mean.
        hints: given so far. box: being drawn, two corners in the view.
        brush: the stroke being drawn. cursor: where the brush is, in the view.
        keep_clear: view rectangles (x, y, width, height) that no name may cover.
    """

    viewport: Viewport
    ratio: float
    objects: tuple[ShownObject, ...] = ()
    picker: CandidatePicker = field(default_factory=CandidatePicker)
    hover: Outline | None = None
    proposal: Outline | None = None
    hints: Hints = field(default_factory=Hints)
    box: tuple[Point, Point] | None = None
    brush: BrushMark | None = None
    cursor: Point | None = None
    keep_clear: tuple[tuple[float, float, float, float], ...] = ()
