"""What the keys of the window's table mean on the canvas. No widgets."""

from collections.abc import Mapping
from enum import Enum

from desktop.actions.action_table import KeyMap

SCOPE = "canvas"


class Command(Enum):
    """What a key on the canvas does."""

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


COMMANDS: Mapping[str, Command] = {
    "accept": Command.ACCEPT,
    "clear": Command.CLEAR,
    "next_here": Command.NEXT,
    "next_mask": Command.NEXT,
    "previous_here": Command.PREVIOUS,
    "hint_back": Command.BACK,
    "find": Command.FIND,
    "point": Command.HINT,
    "brush": Command.BRUSH,
    "erase": Command.ERASE,
    "smaller": Command.SMALLER,
    "larger": Command.LARGER,
    "fit": Command.FIT,
    "actual": Command.ACTUAL,
    "closer": Command.CLOSER,
    "farther": Command.FARTHER,
}
"""By the action of ``desktop.actions.action_table``. A command's first action is the one whose key its button names."""

WITH_PROPOSAL = {Command.ACCEPT, Command.NEXT, Command.PREVIOUS}
"""Commands that act only while a proposal is open; without one, their keys do what they do everywhere."""


def command_for(text: str, keys: KeyMap, *, proposal: bool, hints: bool) -> Command | None:
    """The command of a key, or None where the key is not the canvas's just now."""
    command = COMMANDS.get(keys.action_of(text, SCOPE) or "")
    if command in WITH_PROPOSAL and not proposal:
        return None
    # Taking back stays the canvas's without a hint: one press too many must not delete an object.
    if command is Command.CLEAR and not (hints or proposal):
        return None
    return command


def action_id_of(command: Command) -> str:
    """The action of ``desktop.actions.action_table`` whose key a command's button names."""
    return next(id_ for id_, found in COMMANDS.items() if found is command)
