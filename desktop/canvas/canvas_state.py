"""The canvas's whole state between two events, as one frozen value. No widgets."""

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
    """What a stroke edits: the object with this index, or the proposal or a new object if ``index`` is None."""

    index: int | None
    mask: Mask
    colour: Colour


@dataclass(frozen=True, eq=False)
class CanvasState:
    """The state of the canvas.

    Attributes:
        size: the still's (height, width) in pixels; None without a still.
        viewport: where the still is in the view.
        objects: objects of the scene.
        selection: indices of the selected objects.
        draft: hints and the masks proposed for them.
        picker: candidates on offer.
        hover: outline of what a click would take.
        hover_at: still pixel that ``hover`` was requested for.
        hovered_object: index of the object under the pointer.
        box: a box being drawn, two corners in the view.
        stroke: a brush stroke being drawn, or waiting for its outline.
        tool: what the left button does.
        diameter: brush diameter in view pixels.
        pointer: pointer position in the view; None outside.
        held: modifier keys.
        focus_by_key: whether the focus came by Tab, so that it is drawn.
        busy: what the canvas waits for, as text.
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
        """Whether a click would start an object, so that its mask is shown."""
        return self.hover_at is not None and not self.draft.open and not self.picker.open

    @property
    def brush_at(self) -> Point | None:
        """Position of the brush's circle in the view, or None."""
        return self.pointer if self.tool is not Tool.HINT else None

    def cleared(self) -> "CanvasState":
        """Return the state without hints, proposal, candidates and anything being drawn."""
        return replace(self, draft=ObjectDraft(), picker=CandidatePicker(), hover=None, box=None, stroke=None)

    def with_still(self, size: tuple[int, int] | None, view: tuple[float, float]) -> "CanvasState":
        """Return the state with another still, fitted; hints, proposal and objects are removed."""
        cleared = replace(self.cleared(), size=size, objects=(), selection=())
        if size is None:
            return cleared
        return replace(cleared, viewport=Viewport.fitting((float(size[1]), float(size[0])), view))

    def object_under(self, place: Point) -> SoundingObject | None:
        """Return the object under a still pixel, or None; with Shift, objects are ignored."""
        return None if self.held.shift else object_at(self.objects, *place)

    def brush_mark(self) -> BrushMark | None:
        """Return the stroke being drawn or the brush's circle; None without a brush."""
        if self.stroke is not None or self.tool is Tool.HINT:
            return self.stroke
        adds = (self.tool is Tool.BRUSH) != self.held.alt
        return BrushMark((), self.diameter / self.viewport.zoom, PROPOSAL_COLOUR, adds)

    def brush_target(self, *, adds: bool) -> BrushTarget | None:
        """Return what a stroke would edit: proposal, the one selected object or a new object; None if nothing."""
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
