"""What is on the canvas when it is painted: one frozen value, built from the canvas's state for each paint."""

from dataclasses import dataclass, field

from desktop.canvas.candidate_picker import CandidatePicker
from desktop.canvas.outline_style import OutlineStyle, object_style
from desktop.canvas.viewport import Viewport
from desktop.vision.geometry import Point
from desktop.vision.outline import Outline
from engine.scene.colours import Colour
from engine.scene.hints import Hints


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
    def style(self) -> OutlineStyle:
        return object_style(self.colour, selected=self.selected, pointed=self.pointed)


@dataclass(frozen=True)
class BrushMark:
    """A stroke in still pixels, or only the brush's circle if it has no points."""

    points: tuple[Point, ...]
    diameter: float
    colour: Colour
    adds: bool


@dataclass(frozen=True)
class CanvasLayout:
    """Everything painted on the still, built for one paint.

    Attributes:
        viewport: where the still is.
        ratio: device pixels per view pixel.
        objects: in drawing order, the lowest first.
        picker: candidates on offer.
        hover: outline of what a click would take.
        proposal: outline of the proposed mask.
        hints: the hints given so far.
        box: the box being drawn, two corners in the view.
        brush: the stroke being drawn.
        cursor: the brush's position in the view.
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
