"""The commands of the canvas and the keys that run them. No widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from desktop.actions.command_spec import Command
from desktop.actions.key_map import KeyMap
from desktop.canvas.pointer_actions import Tool

SCOPE = "canvas"


class CanvasCommand(Enum):
    """What the canvas can execute."""

    ACCEPT = "Add the proposed object"
    CLEAR = "Clear hints and proposal"
    NEXT = "Next proposal"
    PREVIOUS = "Previous proposal"
    BACK = "Take back the last hint"
    FIND = "Find objects"
    HINT = "Pick and hint"
    BRUSH = "Brush: add to the mask"
    ERASE = "Brush: take from the mask"
    SMALLER = "Smaller brush"
    LARGER = "Larger brush"
    FIT = "Fit the still"
    ACTUAL = "Actual size"
    CLOSER = "Zoom in"
    FARTHER = "Zoom out"


class CanvasTarget(Protocol):
    """What the commands need of the canvas."""

    @property
    def tool(self) -> Tool: ...
    def execute(self, command: CanvasCommand) -> None: ...
    def can_execute(self) -> tuple[bool, bool]: ...


class CanvasPartTarget(Protocol):
    """What the commands need of the canvas's part of the window."""

    @property
    def canvas(self) -> CanvasTarget: ...
    @property
    def has_still(self) -> bool: ...


@dataclass(frozen=True)
class Execute:
    """Runs a command on the canvas of its part.

    Attributes:
        command: the command.
    """

    command: CanvasCommand

    def __call__(self, part: CanvasPartTarget) -> None:
        part.canvas.execute(self.command)


CANVAS_COMMANDS: tuple[Command[CanvasPartTarget], ...] = (
    Command(
        "find",
        "&Find objects",
        "&Still",
        keys=("F",),
        tip="Propose masks for the whole still",
        icon="find",
        run=Execute(CanvasCommand.FIND),
        enabled=lambda part: part.has_still,
    ),
    Command(
        "accept",
        "&Accept mask",
        "&Still",
        keys=("Return", "Enter"),
        tip="Make the proposal an object",
        icon="check",
        group=1,
        run=Execute(CanvasCommand.ACCEPT),
        enabled=lambda part: part.canvas.can_execute()[0],
    ),
    Command(
        "next_mask",
        "&Next proposal",
        "&Still",
        keys=("P",),
        tip="Show the next of the proposed masks",
        group=1,
        run=Execute(CanvasCommand.NEXT),
        enabled=lambda part: part.canvas.can_execute()[0],
    ),
    Command(
        "next_here",
        "Ne&xt proposal, on the still",
        "&Still",
        keys=("Tab",),
        tip="Show the next of the proposed masks",
        group=1,
        scope=SCOPE,
        run=Execute(CanvasCommand.NEXT),
        enabled=lambda part: part.canvas.can_execute()[0],
    ),
    Command(
        "previous_here",
        "P&revious proposal",
        "&Still",
        keys=("Shift+Tab",),
        tip="Show the one before of the proposed masks",
        group=1,
        scope=SCOPE,
        run=Execute(CanvasCommand.PREVIOUS),
        enabled=lambda part: part.canvas.can_execute()[0],
    ),
    Command(
        "hint_back",
        "Ta&ke back hint",
        "&Still",
        keys=("Backspace",),
        tip="Take back the last click or box",
        group=1,
        scope=SCOPE,
        run=Execute(CanvasCommand.BACK),
        enabled=lambda part: part.canvas.can_execute()[1],
    ),
    Command(
        "clear",
        "&Clear hints",
        "&Still",
        keys=("Esc",),
        tip="Forget the clicks and the box",
        group=1,
        run=Execute(CanvasCommand.CLEAR),
        enabled=lambda part: part.canvas.can_execute()[1],
    ),
    Command(
        "point",
        "&Point",
        "&Still",
        keys=("V",),
        tip="Click what should be heard",
        icon="cursor",
        group=2,
        run=Execute(CanvasCommand.HINT),
        enabled=lambda part: part.has_still,
        checked=lambda part: part.canvas.tool is Tool.HINT,
    ),
    Command(
        "brush",
        "&Brush",
        "&Still",
        keys=("B",),
        tip="Paint onto the mask",
        icon="brush",
        group=2,
        run=Execute(CanvasCommand.BRUSH),
        enabled=lambda part: part.has_still,
        checked=lambda part: part.canvas.tool is Tool.BRUSH,
    ),
    Command(
        "erase",
        "&Eraser",
        "&Still",
        keys=("E",),
        tip="Rub out of the mask",
        icon="eraser",
        group=2,
        run=Execute(CanvasCommand.ERASE),
        enabled=lambda part: part.has_still,
        checked=lambda part: part.canvas.tool is Tool.ERASE,
    ),
    Command(
        "smaller",
        "S&maller brush",
        "&Still",
        keys=("[",),
        tip="Make the brush smaller",
        group=3,
        run=Execute(CanvasCommand.SMALLER),
        enabled=lambda part: part.has_still,
    ),
    Command(
        "larger",
        "&Larger brush",
        "&Still",
        keys=("]",),
        tip="Make the brush larger",
        group=3,
        run=Execute(CanvasCommand.LARGER),
        enabled=lambda part: part.has_still,
    ),
    Command(
        "fit",
        "&Fit still",
        "&View",
        keys=("Shift+F", "0"),
        tip="Show the whole still",
        icon="fit",
        run=Execute(CanvasCommand.FIT),
        enabled=lambda part: part.has_still,
    ),
    Command(
        "actual",
        "&Actual pixels",
        "&View",
        keys=("Ctrl+1", "1"),
        tip="One pixel of the still on one of the screen",
        icon="actual",
        run=Execute(CanvasCommand.ACTUAL),
        enabled=lambda part: part.has_still,
    ),
    Command(
        "closer",
        "Still &larger",
        "&View",
        keys=("+", "="),
        tip="Zoom into the still",
        icon="zoom_in",
        scope=SCOPE,
        run=Execute(CanvasCommand.CLOSER),
        enabled=lambda part: part.has_still,
    ),
    Command(
        "farther",
        "Still &smaller",
        "&View",
        keys=("-",),
        tip="Zoom out of the still",
        icon="zoom_out",
        scope=SCOPE,
        run=Execute(CanvasCommand.FARTHER),
        enabled=lambda part: part.has_still,
    ),
)

BY_ACTION: Mapping[str, CanvasCommand] = {
    spec.id: spec.run.command for spec in CANVAS_COMMANDS if isinstance(spec.run, Execute)
}
"""Commands by the id in ``CANVAS_COMMANDS``."""

WITH_PROPOSAL = {CanvasCommand.ACCEPT, CanvasCommand.NEXT, CanvasCommand.PREVIOUS}
"""Commands that act only while a proposal is open; otherwise their keys keep their usual meaning."""


def command_for(text: str, keys: KeyMap, *, proposal: bool, hints: bool) -> CanvasCommand | None:
    """Return the command of a key, or None if the canvas does not use the key in this state."""
    command = BY_ACTION.get(keys.action_of(text, SCOPE) or "")
    if command in WITH_PROPOSAL and not proposal:
        return None
    # Removing hints keeps the key even without one: one press too many must not delete an object.
    if command is CanvasCommand.CLEAR and not (hints or proposal):
        return None
    return command


def action_id_of(command: CanvasCommand) -> str:
    """Return the id in ``CANVAS_COMMANDS`` whose key the command's button shows: that of the canvas, if it has one."""
    found = [spec for spec in CANVAS_COMMANDS if BY_ACTION.get(spec.id) is command]
    return next((spec for spec in found if spec.scope == SCOPE), found[0]).id
