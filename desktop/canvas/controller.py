"""Connects the canvas, the vision worker and the document."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from desktop.canvas.canvas import Canvas
from desktop.canvas.interaction import NO_OBJECT
from desktop.canvas.pointer_actions import Tool
from desktop.document.document import Document
from desktop.document.messages import Message, Messages
from desktop.vision.worker import VisionWorker
from desktop.vision.worker_protocol import (
    CandidatesFound,
    HoverResult,
    LabelResult,
    ObjectLabel,
    ProposalResult,
)
from engine.generation.requests import SECONDS
from engine.scene.edits import add_object, prompt_object, rename_object, replace_mask, set_level
from engine.scene.hints import Hints
from engine.scene.masks import Mask
from engine.scene.objects import NEGATIVE, is_unnamed, unnamed
from engine.scene.scene import Scene
from engine.vision.still import Still

Change = Callable[[Scene], Scene]
SAME = 0.6
"""A candidate whose intersection over union with an object's mask is at least this is that object."""


@dataclass(frozen=True)
class CanvasPreferences:
    """The user's preferences: whether hovering shows masks, and the defaults of new objects."""

    hover: bool = True
    duration: float = SECONDS
    negative: str = NEGATIVE


class CanvasController(QObject):
    """Shows the document on the canvas, and turns the canvas's signals into vision requests and edits.

    An accepted object is added at once; its label arrives later and is not an undo step of its own.

    Args:
        canvas: the canvas.
        vision: the vision worker.
        document: the document.
        messages: shows errors and advice.
        preferences: called for every request.

    Signals:
        guessed(int, tuple): what an object may be, likeliest first, of which the model is not sure.
    """

    guessed = Signal(int, object)

    def __init__(
        self,
        canvas: Canvas,
        vision: VisionWorker,
        document: Document,
        messages: Messages,
        parent: QObject | None = None,
        *,
        preferences: Callable[[], CanvasPreferences] = CanvasPreferences,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._canvas, self._vision = canvas, vision
        self._document, self._messages = document, messages
        self._unnamed: dict[int, tuple[int, str]] = {}
        self._request_ids = 0
        self._picker = False
        self._join()
        self._take_still()

    def close(self) -> None:
        """End both threads."""
        self._vision.close()
        self._canvas.release()

    def _join(self) -> None:
        canvas, vision, document = self._canvas, self._vision, self._document
        document.still_changed.connect(self._take_still)
        document.scene_changed.connect(self._show)
        document.selection_changed.connect(self._show)
        canvas.hovered.connect(self._hover)
        canvas.hints_changed.connect(self._ask)
        canvas.cleared.connect(vision.withdraw)
        canvas.accepted.connect(self._accept)
        canvas.candidates_accepted.connect(self._accept_candidates)
        canvas.object_clicked.connect(self._select_object)
        canvas.mask_edited.connect(self._repaint)
        canvas.find_requested.connect(self._find)
        canvas.hint_shown.connect(self._messages.tell)
        canvas.failed.connect(self._messages.show)
        vision.hover_mask.connect(self._show_hover)
        vision.proposed.connect(self._show_proposal)
        vision.candidates_found.connect(self._show_found_candidates)
        vision.labelled.connect(self._name)
        vision.label_failed.connect(self._forget)
        vision.failed.connect(self._fail)
        vision.busy_changed.connect(canvas.show_busy)

    # From the document

    @Slot()
    def _take_still(self) -> None:
        self._unnamed.clear()
        self._picker = False
        still = self._document.still
        self._canvas.set_still(still)
        self._vision.prepare(still)
        self._show()
        if still is not None:
            self._guess_again(still)

    def _guess_again(self, still: Still) -> None:
        """Ask what the objects may be that were left unnamed when the scene was saved."""
        for thing in self._document.scene.objects:
            if thing.prompt is None and is_unnamed(thing.name):
                self._ask_label(still, thing.index, "", thing.mask)

    def _ask_label(self, still: Still, number: int, placeholder: str, mask: Mask) -> None:
        self._request_ids += 1
        self._unnamed[self._request_ids] = (number, placeholder)
        self._vision.label(still, mask, self._request_ids)

    @Slot()
    def _show(self) -> None:
        self._canvas.show_objects(self._document.scene.objects, self._document.selection)

    # From the canvas

    @Slot(float, float)
    def _hover(self, x: float, y: float) -> None:
        if self._preferences().hover:
            self._vision.hover(x, y)
        else:
            self._vision.hover(-1.0, -1.0)

    @Slot(object)
    def _ask(self, hints: Hints) -> None:
        """Request masks for the hints. A pending search for candidates is no longer shown."""
        self._picker = False
        self._vision.propose(hints)

    @Slot(object)
    def _accept(self, mask: Mask) -> None:
        number = self._document.scene.next_object
        if self._add("Add object", [mask]):
            self._document.select((number,))

    @Slot(int, bool)
    def _select_object(self, index: int, extend: bool) -> None:
        before = self._document.selection
        if index == NO_OBJECT:
            self._document.select(())
        elif not extend:
            self._document.select((index,))
        elif index in before:
            self._document.select([number for number in before if number != index])
        else:
            self._document.select((*before, index))

    @Slot(int, object)
    def _repaint(self, index: int, mask: Mask) -> None:
        self._document.edit("Brush mask", lambda scene: replace_mask(scene, index, mask))

    @Slot()
    def _find(self) -> None:
        self._canvas.clear_hints()
        self._picker = True
        self._vision.find_objects()

    @Slot(object)
    def _accept_candidates(self, masks: Sequence[Mask]) -> None:
        """Add the candidates in one undo step and select them, so that one key deletes them again."""
        first = self._document.scene.next_object
        if self._add("Add object" if len(masks) == 1 else "Add objects", masks):
            self._document.select(range(first, first + len(masks)))

    # From the worker

    @Slot(object)
    def _show_hover(self, result: HoverResult) -> None:
        self._canvas.show_hover(result.outline)

    @Slot(object)
    def _show_proposal(self, proposal: ProposalResult) -> None:
        """Show the proposal if the hints have not changed since it was requested."""
        if proposal.hints == self._canvas.draft.hints:
            self._canvas.show_proposal(proposal.masks, 0, proposal.outlines)

    @Slot(object)
    def _show_found_candidates(self, found: CandidatesFound) -> None:
        """Offer the candidates that are not objects yet."""
        if not self._picker:
            return
        self._picker = False
        there = [thing.mask for thing in self._document.scene.objects]
        new = [it for it in found.candidates if not any(_overlap(it.mask, old) > SAME for old in there)]
        if new:
            self._canvas.set_tool(Tool.HINT)
            self._canvas.show_candidates(new)
        elif found.candidates:
            self._messages.tell(
                "All that was found is an object already. Click a thing, or drag a box round it."
            )
        else:
            self._messages.tell("Nothing was found in this still. Click a thing, or drag a box round it.")

    @Slot(object)
    def _name(self, result: LabelResult) -> None:
        named = self._unnamed.pop(result.request_id, None)
        if named is None:
            return
        if named[1]:
            self._document.adopt(lambda scene: _named(scene, named, result.label))
        if result.label.guesses:
            self.guessed.emit(named[0], result.label.guesses)

    @Slot(int)
    def _forget(self, request_id: int) -> None:
        self._unnamed.pop(request_id, None)

    @Slot(object)
    def _fail(self, message: Message) -> None:
        """Show an error; drop the hints if their proposal failed."""
        if self._canvas.draft.open and not self._canvas.draft.masks:
            self._canvas.clear_hints()
        self._messages.show(message)

    def _add(self, name: str, masks: Sequence[Mask]) -> bool:
        """Add objects in one edit and request their labels; return whether they were added."""
        still, first = self._document.still, self._document.scene.next_object
        preferences = self._preferences()

        def added(scene: Scene) -> Scene:
            for mask in masks:
                scene = add_object(
                    scene,
                    mask,
                    unnamed(scene.next_object),
                    negative=preferences.negative,
                    duration=preferences.duration,
                )
            return scene

        if still is None or not self._document.edit(name, added):
            return False
        for number, mask in enumerate(masks, first):
            thing = self._document.scene.object(number)
            if thing is not None:
                self._ask_label(still, number, thing.name, mask)
        return True


def _named(scene: Scene, wanted: tuple[int, str], label: ObjectLabel) -> Scene:
    """Apply a label, unless the object is gone, replaced or named by the user. A guess is no name."""
    index, placeholder = wanted
    thing = scene.object(index)
    if thing is None or thing.name != placeholder or thing.prompt is not None:
        return scene
    if label.guesses:
        return scene
    scene = rename_object(scene, index, label.name)
    scene = prompt_object(scene, index, label.prompt)
    return set_level(scene, index, label.level_lufs)


def _overlap(one: Mask, other: Mask) -> float:
    """Return the intersection over union of two masks."""
    if one.shape != other.shape:
        return 0.0
    either = int(np.count_nonzero(one | other))
    return int(np.count_nonzero(one & other)) / max(1, either)
