"""Applies the actions of pointer, keys and buttons to the canvas's state and emits signals. No widgets."""

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.canvas.brush import apply_stroke, step_diameter
from desktop.canvas.candidate_picker import CandidatePicker
from desktop.canvas.canvas_commands import CanvasCommand
from desktop.canvas.canvas_layout import BrushMark
from desktop.canvas.canvas_state import BrushTarget, CanvasState
from desktop.canvas.object_draft import ObjectDraft
from desktop.canvas.pointer_actions import (
    BoxAction,
    BoxPreview,
    ClickAction,
    Modifiers,
    PanAction,
    PointerTracker,
    StrokeAction,
    Tool,
)
from desktop.canvas.viewport import Viewport
from desktop.vision.geometry import Point
from desktop.vision.outline import Outline
from engine.scene.hints import Hints

NO_OBJECT = -1
ZOOM_STEP = 1.25


class CanvasInteraction(QObject):
    """Owns the state; nothing else replaces it.

    Signals, for the canvas itself:
        bars_changed(): the state, including what the bars show, has changed.
        repaint_needed(): what is painted has changed.
        hover_changed(Outline | None, Outline | None): the hover mask, before and now.
        pointer_rested(bool, bool): whether the pointer is over an object, and on the still.
        draft_changed(int | None): the draft's masks need outlines; the one at this index has changed.
    Signals, for the window:
        hovered(x, y): still pixels where a click would start an object; -1, -1 where it would not.
        hints_changed(Hints): masks are wanted for these hints, at least one of which keeps.
        accepted(mask): the proposed or painted mask is to become an object.
        candidates_accepted(tuple): masks of the selected candidates, which are to become objects.
        cleared(): hints and proposal were dropped.
        object_clicked(index, extend): an object was clicked; index -1 for none.
        mask_edited(index, mask): one brush stroke on an object.
        find_requested(): find objects in the whole still.
        hint_shown(str): why an action has no effect.
        picker_changed(): candidates are offered, or no longer.
        tool_changed(Tool): another tool is active.
        zoom_changed(float): the zoom in view pixels per still pixel.
        space_tapped(): Space was tapped without panning.
        menu_requested(int, (int, int)): the menu of the object with this index, or -1 for none, at a screen position.
    """

    bars_changed = Signal()
    repaint_needed = Signal()
    hover_changed = Signal(object, object)
    pointer_rested = Signal(bool, bool)
    draft_changed = Signal(object)
    draft_forgotten = Signal()

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
    zoom_changed = Signal(float)
    picker_changed = Signal()
    space_tapped = Signal()
    menu_requested = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = CanvasState()
        self.tracker = PointerTracker()
        self.device_pixel_ratio = 1.0
        self._picker_pointed_at: Point | None = None

    # Commands and actions

    def set_tool(self, tool: Tool) -> None:
        if tool is not self.state.tool:
            self._put(tool=tool)
            self._leave_picker()
            self.tool_changed.emit(tool)
        self.bars_changed.emit()
        self.point_again()

    def set_diameter(self, diameter: float) -> None:
        self._put(diameter=float(diameter))
        self.bars_changed.emit()

    def execute(self, command: CanvasCommand) -> None:
        """Run a command of a key or a button."""
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
                self._change_hints(self.state.draft.without_last_hint())
            case CanvasCommand.FIND:
                self.find_requested.emit()
            case CanvasCommand.HINT | CanvasCommand.BRUSH | CanvasCommand.ERASE:
                self.set_tool(Tool[command.name])
            case CanvasCommand.SMALLER | CanvasCommand.LARGER:
                steps = 1 if command is CanvasCommand.LARGER else -1
                self.set_diameter(step_diameter(self.state.diameter, steps))
            case _:
                self._zoom(command)

    def can_execute(self) -> tuple[bool, bool]:
        """Return whether there is something to accept, and something to clear."""
        return self.state.can_accept, self.state.can_clear

    def clear_hints(self) -> None:
        """Drop the hints and the proposal."""
        was = self.state.draft.open or self.tracker.cancel()
        self._leave_picker()
        self._clear()
        if was:
            self.cleared.emit()
        self.point_again()

    def toggle_all(self) -> None:
        self.pick(self.state.picker.toggled_all())

    def pick(self, picker: CandidatePicker) -> None:
        """Set the candidates' selection."""
        ended = self.state.picker.open and not picker.open
        self._put(picker=picker)
        self.bars_changed.emit()
        if ended:
            self.picker_changed.emit()

    def move_to(self, viewport: Viewport) -> None:
        """Show another part of the still or another zoom."""
        zoomed = viewport.zoom != self.state.viewport.zoom
        self._put(viewport=viewport)
        self.repaint_needed.emit()
        if zoomed:
            self.bars_changed.emit()
            self.zoom_changed.emit(viewport.zoom)

    def show_hover(self, outline: Outline | None) -> None:
        """Show the mask that a click would take; ignored where a click takes none."""
        before, now = self.state.hover, outline if self.state.shows_hover else None
        self._put(hover=now)
        self.hover_changed.emit(before, now)

    def _accept(self) -> None:
        if self.state.picker.open:
            self._accept_candidates()
            return
        mask = self.state.draft.mask
        if mask is not None:
            self._clear()
            self.accepted.emit(mask)

    def _accept_candidates(self) -> None:
        wanted = self.state.picker.selected_masks
        if wanted:
            self._leave_picker()
            self.candidates_accepted.emit(wanted)
        else:
            self.hint_shown.emit("Nothing is chosen yet: click what should be heard.")

    def _leave_picker(self) -> None:
        if self.state.picker.open:
            self.pick(CandidatePicker())

    def _cycle(self, steps: int) -> None:
        if self.state.picker.open:
            self.pick(self.state.picker.cycled(steps))
        else:
            self._put(draft=self.state.draft.cycled(steps))
            self.bars_changed.emit()

    def _zoom(self, command: CanvasCommand) -> None:
        viewport = self.state.viewport
        middle = viewport.view[0] / 2, viewport.view[1] / 2
        match command:
            case CanvasCommand.FIT:
                self.move_to(viewport.fit())
            case CanvasCommand.ACTUAL:
                self.move_to(viewport.at_zoom(1 / self.device_pixel_ratio))
            case CanvasCommand.CLOSER:
                self.move_to(viewport.zoomed(ZOOM_STEP, middle))
            case CanvasCommand.FARTHER:
                self.move_to(viewport.zoomed(1 / ZOOM_STEP, middle))

    # The pointer

    def on_space_tap(self) -> None:
        """Toggle the hovered candidate; without candidates, emit ``space_tapped``."""
        picker = self.state.picker
        if picker.hovered_index is not None:
            self.pick(picker.toggled(picker.hovered_index))
        else:
            self.space_tapped.emit()

    def on_menu(self, at: Point | None, place: tuple[int, int]) -> None:
        """Ask for the menu of the object at a place of the view, or of the selected one for None."""
        state = self.state
        if at is None:
            index = state.selection[-1] if state.selection else NO_OBJECT
        else:
            thing = state.object_under(state.viewport.to_still(at)) if state.viewport.contains(at) else None
            index = NO_OBJECT if thing is None else thing.index
        self.menu_requested.emit(index, place)

    def on_click(self, action: ClickAction) -> None:
        if self._toggles_candidate(action):
            return
        state = self.state
        place, keep = state.viewport.to_still(action.at), not action.held.alt
        if not state.viewport.contains(action.at):
            if not state.draft.open:
                self.object_clicked.emit(NO_OBJECT, False)
        elif state.draft.open:
            self._change_hints(state.draft.with_click(*place, keep=keep))
        elif not keep:
            self.hint_shown.emit("That drops from a proposal: click the object itself first.")
        elif (thing := replace(state, held=action.held).object_under(place)) is not None:
            self.object_clicked.emit(thing.index, action.held.control)
        else:
            self._change_hints(state.draft.with_click(*place, keep=True))

    def _toggles_candidate(self, action: ClickAction) -> bool:
        """Toggle the candidate under a click, or leave the picker if there is none; return whether one was toggled."""
        viewport, picker = self.state.viewport, self.state.picker
        place = picker.at(*viewport.to_still(action.at)) if viewport.contains(action.at) else None
        if place is None:
            if picker.selected:
                self.hint_shown.emit("What was found and chosen was left; find it again to choose anew.")
            self._leave_picker()
            return False
        self.pick(picker.toggled(place).with_hovered(place))
        return True

    def on_box(self, action: BoxPreview | BoxAction) -> None:
        self._leave_picker()
        viewport = self.state.viewport
        corners = viewport.clamped(action.start), viewport.clamped(action.end)
        if isinstance(action, BoxPreview):
            self._put(box=(viewport.to_view(corners[0]), viewport.to_view(corners[1])))
            self.repaint_needed.emit()
        else:
            self._put(box=None)
            self._change_hints(self.state.draft.with_box(*corners))

    def on_pan(self, action: PanAction) -> None:
        self.move_to(self.state.viewport.moved(action.dx, action.dy))

    def on_zoom(self, factor: float, at: Point) -> None:
        self.move_to(self.state.viewport.zoomed(factor, at))

    def on_focus(self, *, by_key: bool) -> None:
        self._put(focus_by_key=by_key)
        self.repaint_needed.emit()

    def on_stroke(self, action: StrokeAction) -> None:
        target = self.state.brush_target(adds=action.adds)
        if target is None:
            if action.ended:
                self.hint_shown.emit("Select one object to brush its mask.")
            return
        viewport = self.state.viewport
        points = tuple(viewport.to_still(point) for point in action.points)
        mark = BrushMark(points, self.state.diameter / viewport.zoom, target.colour, action.adds)
        self._put(stroke=mark)
        self.repaint_needed.emit()
        if action.ended:
            self._end_stroke(target, mark)

    def on_point(self, at: Point | None, held: Modifiers) -> None:
        """Handle a pointer that rests at a position of the view; None is outside the canvas."""
        self._put(pointer=at, held=held)
        state = self.state
        on_still = at is not None and state.size is not None and state.viewport.contains(at)
        if state.picker.open:
            self._hover_candidate(at if on_still else None)
            return
        quiet = state.draft.open or state.tool is not Tool.HINT or self.tracker.busy or held.space
        place = state.viewport.to_still(at) if at is not None and on_still and not quiet else None
        thing = None if place is None else state.object_under(place)
        index = None if thing is None else thing.index
        if index != state.hovered_object:
            self._put(hovered_object=index)
            self.bars_changed.emit()
        self._hover_to(place if thing is None else None)
        self.pointer_rested.emit(thing is not None, on_still)
        if state.tool is not Tool.HINT:
            self.repaint_needed.emit()

    def point_again(self) -> None:
        """Evaluate the resting pointer again, after what is under it has changed."""
        self.on_point(self.state.pointer, self.state.held)

    def _hover_candidate(self, at: Point | None) -> None:
        """Hover the candidate under the pointer. A resting pointer leaves a candidate reached by keys hovered."""
        self._hover_to(None)
        picker = self.state.picker
        place = None if at is None else picker.at(*self.state.viewport.to_still(at))
        if at != self._picker_pointed_at:
            self._picker_pointed_at = at
            if place != picker.hovered_index:
                self.pick(picker.with_hovered(place))
        self.pointer_rested.emit(place is not None, at is not None)

    def _hover_to(self, place: Point | None) -> None:
        if place == self.state.hover_at:
            return
        self._put(hover_at=place)
        if place is None:
            self.show_hover(None)
        self.hovered.emit(*(place or (-1.0, -1.0)))

    def _change_hints(self, draft: ObjectDraft) -> None:
        """Set the hints and request masks for them."""
        before = self.state.draft
        self._put(draft=draft)
        self._hover_to(None)
        self.bars_changed.emit()
        if before.open and not draft.open:
            self.cleared.emit()
        elif draft.hints not in (before.hints, Hints()):
            self.hints_changed.emit(draft.hints)

    def _end_stroke(self, target: BrushTarget, mark: BrushMark) -> None:
        """Apply a stroke as one edit. It stays visible until the mask's new outline is traced."""
        changed = apply_stroke(target.mask, mark.points, mark.diameter, adds=mark.adds)
        nothing_left = target.index is not None and not changed.any()
        if np.array_equal(changed, target.mask) or nothing_left:
            self._put(stroke=None)
            self.repaint_needed.emit()
        elif target.index is not None:
            self.mask_edited.emit(target.index, changed)
        elif self.state.draft.mask is None:
            self.accepted.emit(changed)
        else:
            self._put(draft=self.state.draft.with_mask(changed))
            self.draft_changed.emit(self.state.draft.index)

    def _clear(self) -> None:
        self.state = self.state.cleared()
        self.draft_forgotten.emit()
        self.bars_changed.emit()

    def _put(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
