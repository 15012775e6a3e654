"""The canvas: what pointer, keys and buttons do to the still and the objects on it."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.canvas.brush import apply_stroke, step_diameter
from desktop.canvas.candidate_picker import CandidatePicker
from desktop.canvas.canvas_commands import CanvasCommand
from desktop.canvas.canvas_view import CanvasView
from desktop.canvas.object_draft import ObjectDraft, object_at
from desktop.canvas.outline_style import PROPOSAL_COLOUR, BrushMark
from desktop.canvas.pointer_actions import (
    BoxAction,
    BoxPreview,
    ClickAction,
    Modifiers,
    PanAction,
    StrokeAction,
    Tool,
)
from desktop.vision.geometry import Point
from engine.scene.colours import Colour
from engine.scene.hints import Hints
from engine.scene.masks import Mask

NO_OBJECT = -1
ZOOM_STEP = 1.25


class Canvas(CanvasView):
    """Gets values and gives signals; knows neither document nor engine. Call ``release`` before it goes.

    Signals:
        hovered(x, y): still pixels where a click would begin an object; -1, -1 where it would not.
        hints_changed(Hints): what should be proposed for; never without something to keep.
        accepted(mask): the proposed, or freely painted, object is wanted.
        things_accepted(tuple): masks of what was found and chosen are wanted.
        cleared(): hints and proposal were given up.
        object_picked(index, extend): an object was clicked; index -1 for none.
        mask_edited(index, mask): one brush stroke on an object.
        find_requested(): objects of the whole still are wanted.
        advised(str): why what was tried does nothing.
        tool_changed(Tool), zoom_changed(float), failed(Message).
        tapped(): Space was tapped and nothing was panned; it plays.
    """

    hovered = Signal(float, float)
    hints_changed = Signal(object)
    accepted = Signal(object)
    candidates_accepted = Signal(object)
    cleared = Signal()
    object_clicked = Signal(int, bool)
    mask_edited = Signal(int, object)
    find_requested = Signal()
    hint_shown = Signal(str)
    tool_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found_at: Point | None = None
        self.tools.tool_chosen.connect(self.set_tool)
        self.tools.command.connect(self.execute)
        self.tools.diameter_chosen.connect(self.set_diameter)
        self.proposal_bar.command.connect(self.execute)
        self.candidate_bar.command.connect(self.execute)
        self.candidate_bar.all_toggled.connect(lambda: self._pick_from(self._picker.toggled_all()))

    # What is done

    def set_tool(self, tool: Tool) -> None:
        if tool is not self.tool:
            self.tool = tool
            self._leave_picker()
            self.tool_changed.emit(tool)
        self.tools.show_tool(tool)
        self._show_bars()
        self.point_again()

    def set_diameter(self, diameter: float) -> None:
        self._diameter = float(diameter)
        self.tools.show_diameter(self._diameter)
        self.update()

    def execute(self, command: CanvasCommand) -> None:
        """Does what a key or a button says."""
        match command:
            case CanvasCommand.ACCEPT:
                self._accept()
            case CanvasCommand.CLEAR:
                self.clear_hints()
            case CanvasCommand.NEXT:
                self._cycle(1)
            case CanvasCommand.PREVIOUS:
                self._cycle(-1)
            case CanvasCommand.BACK:
                self._change_hints(self._draft.without_last_hint())
            case CanvasCommand.FIND:
                self.find_requested.emit()
            case CanvasCommand.HINT | CanvasCommand.BRUSH | CanvasCommand.ERASE:
                self.set_tool(Tool[command.name])
            case CanvasCommand.SMALLER | CanvasCommand.LARGER:
                self.set_diameter(step_diameter(self._diameter, 1 if command is CanvasCommand.LARGER else -1))
            case _:
                self._zoom(command)

    def clear_hints(self) -> None:
        """Gives up the hints and the proposal."""
        was = self._draft.open or self.pointer.cancel()
        self._leave_picker()
        self._reset()
        self._show_bars()
        self.update()
        if was:
            self.cleared.emit()
        self.point_again()

    def can_execute(self) -> tuple[bool, bool]:
        found = self._picker.open
        return found or bool(self._draft.masks), found or self._draft.open

    def on_space_tap(self) -> None:
        """Space chooses what the keys have come to; with nothing found it plays."""
        if self._picker.hovered_index is not None:
            self._pick_from(self._picker.toggled(self._picker.hovered_index))
        else:
            self.space_tapped.emit()

    def _accept(self) -> None:
        if self._picker.open:
            self._accept_candidates()
            return
        mask = self._draft.mask
        if mask is None:
            return
        self._reset()
        self._show_bars()
        self.update()
        self.accepted.emit(mask)

    def _accept_candidates(self) -> None:
        wanted = self._picker.selected_masks
        if wanted:
            self._leave_picker()
            self.candidates_accepted.emit(wanted)
        else:
            self.hint_shown.emit("Nothing is chosen yet: click what should be heard.")

    def _leave_picker(self) -> None:
        if self._picker.open:
            self._pick_from(CandidatePicker())

    def _cycle(self, steps: int) -> None:
        if self._picker.open:
            self._pick_from(self._picker.cycled(steps))
            return
        self._draft = self._draft.cycled(steps)
        self._show_bars()
        self.update()

    def _zoom(self, command: CanvasCommand) -> None:
        middle = self._viewport.view[0] / 2, self._viewport.view[1] / 2
        match command:
            case CanvasCommand.FIT:
                self._move_to(self._viewport.fit())
            case CanvasCommand.ACTUAL:
                self._move_to(self._viewport.at_zoom(1 / self.devicePixelRatioF()))
            case CanvasCommand.CLOSER:
                self._move_to(self._viewport.zoomed(ZOOM_STEP, middle))
            case CanvasCommand.FARTHER:
                self._move_to(self._viewport.zoomed(1 / ZOOM_STEP, middle))

    # The pointer

    def on_click(self, action: ClickAction) -> None:
        held, keep = action.held, not action.held.alt
        x, y = self._viewport.to_still(action.at)
        if self._toggles_candidate(action):
            return
        if not self._viewport.contains(action.at):
            if not self._draft.open:
                self.object_clicked.emit(NO_OBJECT, False)
            return
        if self._draft.open:
            self._change_hints(self._draft.with_click(x, y, keep=keep))
            return
        thing = None if held.shift else object_at(self._objects, x, y)
        if not keep:
            self.hint_shown.emit("Alt-click drops from a proposal: click the object itself first.")
        elif thing is not None:
            self.object_clicked.emit(thing.index, held.control)
        else:
            self._change_hints(self._draft.with_click(x, y, keep=True))

    def _toggles_candidate(self, action: ClickAction) -> bool:
        """A click on something found chooses it or no longer; one elsewhere leaves all that was found."""
        inside = self._viewport.contains(action.at)
        place = self._picker.at(*self._viewport.to_still(action.at)) if inside else None
        if place is None:
            if self._picker.selected:
                self.hint_shown.emit("What was found and chosen was left; find it again to choose anew.")
            self._leave_picker()
            return False
        self._pick_from(self._picker.toggled(place).with_hovered(place))
        return True

    def on_box(self, action: BoxPreview | BoxAction) -> None:
        self._leave_picker()
        corners = self._viewport.clamped(action.start), self._viewport.clamped(action.end)
        self._box = None
        if isinstance(action, BoxPreview):
            self._box = self._viewport.to_view(corners[0]), self._viewport.to_view(corners[1])
            self.update()
        else:
            self._change_hints(self._draft.with_box(*corners))

    def on_pan(self, action: PanAction) -> None:
        self._move_to(self._viewport.moved(action.dx, action.dy))

    def on_zoom(self, factor: float, at: Point) -> None:
        self._move_to(self._viewport.zoomed(factor, at))

    def on_stroke(self, action: StrokeAction) -> None:
        target = self._brush_target(adds=action.adds)
        if target is None:
            if action.ended:
                self.hint_shown.emit("Select one object to brush its mask.")
            return
        index, mask, colour = target
        points = tuple(self._viewport.to_still(point) for point in action.points)
        mark = BrushMark(points, self._diameter / self._viewport.zoom, colour, action.adds)
        self._stroke = mark
        self.update()
        if action.ended:
            self._end_stroke(index, mask, mark)

    def on_point(self, at: Point | None, held: Modifiers) -> None:
        """The pointer rests here, or (None) nowhere on the canvas."""
        taken = at is None or self._picture is None or not self._viewport.contains(at)
        quiet = taken or self._draft.open or self.tool is not Tool.HINT or self.pointer.busy or held.space
        thing, place = None, None
        if self._picker.open:
            self._hover_candidate(None if taken else at)
            return
        if not quiet and at is not None:
            place = self._viewport.to_still(at)
            thing = None if held.shift else object_at(self._objects, *place)
        pointed = None if thing is None else thing.index
        if pointed != self._pointed:
            self._pointed = pointed
            self.update()
        self._hover_to(place if thing is None else None)
        self.show_pointer(over_object=thing is not None, on_still=not taken)
        if self.tool is not Tool.HINT:
            self.update()

    def _hover_candidate(self, at: Point | None) -> None:
        """Lights what is under the pointer; a pointer that rests leaves lit what the keys have come to."""
        self._hover_to(None)
        place = None if at is None else self._picker.at(*self._viewport.to_still(at))
        if at != self._found_at:
            self._found_at = at
            if place != self._picker.hovered_index:
                self._pick_from(self._picker.with_hovered(place))
        self.show_pointer(over_object=place is not None, on_still=at is not None)

    def _hover_to(self, place: Point | None) -> None:
        if place == self._hover_at:
            return
        self._hover_at = place
        if place is None:
            self.show_hover(None)
        self.hovered.emit(*(place or (-1.0, -1.0)))

    def _change_hints(self, draft: ObjectDraft) -> None:
        """Takes these hints, and asks for what they mean."""
        changed = draft.hints != self._draft.hints
        closed = self._draft.open and not draft.open
        self._draft = draft
        self._hover_to(None)
        self._show_bars()
        self.update()
        if closed:
            self.cleared.emit()
        elif changed and draft.hints != Hints():
            self.hints_changed.emit(draft.hints)

    def _brush_target(self, *, adds: bool) -> tuple[int | None, Mask, Colour] | None:
        """What a stroke is on: the proposal, the one selected object, or a new one; None where it is on nothing."""
        if self._picture is None:
            return None
        if self._draft.mask is not None:
            return None, self._draft.mask, PROPOSAL_COLOUR
        selected = [thing for thing in self._objects if thing.index in self._selection]
        if len(selected) == 1:
            return selected[0].index, selected[0].mask, selected[0].colour
        if selected or not adds:
            return None
        still = self._picture.still
        return None, np.zeros((still.height, still.width), np.bool_), PROPOSAL_COLOUR

    def _end_stroke(self, index: int | None, mask: Mask, mark: BrushMark) -> None:
        """One stroke is one edit. It stays to be seen until the mask's new outline is there."""
        changed = apply_stroke(mask, mark.points, mark.diameter, adds=mark.adds)
        if np.array_equal(changed, mask) or (index is not None and not changed.any()):
            self._stroke = None
            self.update()
        elif index is not None:
            self.mask_edited.emit(index, changed)
        elif self._draft.mask is None:
            self.accepted.emit(changed)
        else:
            self._draft = self._draft.with_mask(changed)
            self._trace_proposal(only=self._draft.index)
