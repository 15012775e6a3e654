"""Everything the canvas shows and remembers between two events, as one frozen value. No widgets."""

from dataclasses import dataclass, field, replace

import numpy as np

from desktop.canvas.candidate_picker import CandidatePicker
from desktop.canvas.canvas_layout import BrushMark
from desktop.canvas.object_draft import ObjectDraft, object_at
from desktop.canvas.outline_style import PROPOSAL_COLOUR
from desktop.canvas.pointer_actions import Modifiers, Tool
from desktop.canvas.viewport import Viewport
from desktop.vision.geometry import Point
from desktop.vision.outline import Outline
from engine.scene.colours import Colour
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject


@dataclass(frozen=True)
class BrushTarget:
    """What a stroke changes: an object by its number, or the proposal or a new object if ``index`` is None."""

    index: int | None
    mask: Mask
    colour: Colour


@dataclass(frozen=True, eq=False)
class CanvasState:
    """Attributes:
    size: of the still in pixels, (height, width); None while there is none.
    viewport: where the still is in the view.
    objects, selection: of the scene, and the numbers of the selected.
    draft: hints and the masks they may mean.
    picker: found candidates to choose from.
    hover: what a click would take. hover_at: the still pixels it was asked for.
    hovered_object: the number of the object under the pointer.
    box: a box being drawn, two corners in the view.
    stroke: a brush stroke being drawn, or waiting for its outline.
    tool: what the left button does. diameter: of the brush, in view pixels.
    pointer: where the pointer is in the view; None outside. held: what is held down.
    focus_by_key: the keyboard came here by Tab, so the focus is drawn.
    busy: what the canvas waits for, in words.
    """

    size: tuple[int, int] | None = None
    viewport: Viewport = field(default_factory=lambda: Viewport.fitting((1, 1), (1, 1)))
    objects: tuple[SoundingObject, ...] = ()
    selection: tuple[int, ...] = ()
    draft: ObjectDraft = field(default_factory=ObjectDraft)
    picker: CandidatePicker = field(default_factory=CandidatePicker)
    hover: Outline | None = None
    hover_at: Point | None = None
    hovered_object: int | None = None
    box: tuple[Point, Point] | None = None
    stroke: BrushMark | None = None
    tool: Tool = Tool.HINT
    diameter: float = 36.0
    pointer: Point | None = None
    held: Modifiers = field(default_factory=Modifiers)
    focus_by_key: bool = False
    busy: str = ""

    @property
    def can_accept(self) -> bool:
        return self.picker.open or bool(self.draft.masks)

    @property
    def can_clear(self) -> bool:
        return self.picker.open or self.draft.open

    @property
    def shows_hover(self) -> bool:
        """Whether a click would begin an object, so that its mask is worth showing."""
        return self.hover_at is not None and not self.draft.open and not self.picker.open

    @property
    def brush_at(self) -> Point | None:
        """Where the brush's circle is drawn, in the view."""
        return self.pointer if self.tool is not Tool.HINT else None

    def cleared(self) -> "CanvasState":
        """Without hints, proposal, candidates and what is being drawn."""
        return replace(self, draft=ObjectDraft(), picker=CandidatePicker(), hover=None, box=None, stroke=None)

    def with_still(self, size: tuple[int, int] | None, view: tuple[float, float]) -> "CanvasState":
        """With another still, shown whole; hints, proposal and objects of the one before go."""
        cleared = replace(self.cleared(), size=size, objects=(), selection=())
        if size is None:
            return cleared
        return replace(cleared, viewport=Viewport.fitting((float(size[1]), float(size[0])), view))

    def object_under(self, place: Point) -> SoundingObject | None:
        """The object under a still pixel; Shift looks through objects."""
        return None if self.held.shift else object_at(self.objects, *place)

    def brush_mark(self) -> BrushMark | None:
        """The stroke being drawn, or only the circle of the brush; None without a brush."""
        if self.stroke is not None or self.tool is Tool.HINT:
            return self.stroke
        adds = (self.tool is Tool.BRUSH) != self.held.alt
        return BrushMark((), self.diameter / self.viewport.zoom, PROPOSAL_COLOUR, adds)

    def brush_target(self, *, adds: bool) -> BrushTarget | None:
        """What a stroke is on: the proposal, the one selected object, or a new one; None if it is on nothing."""
        if self.size is None:
            return None
        if self.draft.mask is not None:
            return BrushTarget(None, self.draft.mask, PROPOSAL_COLOUR)
        selected = [thing for thing in self.objects if thing.index in self.selection]
        if len(selected) == 1:
            return BrushTarget(selected[0].index, selected[0].mask, selected[0].colour)
        if selected or not adds:
            return None
        return BrushTarget(None, np.zeros(self.size, np.bool_), PROPOSAL_COLOUR)
