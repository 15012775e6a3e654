"""Which keys the canvas answers to while it has the focus. A table; no widgets."""

from collections.abc import Mapping
from enum import Enum


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


KEYS: Mapping[str, Command] = {
    "Return": Command.ACCEPT,
    "Enter": Command.ACCEPT,
    "Esc": Command.CLEAR,
    "Tab": Command.NEXT,
    "Shift+Tab": Command.PREVIOUS,
    "Backtab": Command.PREVIOUS,
    "Shift+Backtab": Command.PREVIOUS,
    "Backspace": Command.BACK,
    "F": Command.FIND,
    "V": Command.HINT,
    "B": Command.BRUSH,
    "E": Command.ERASE,
    "[": Command.SMALLER,
    "]": Command.LARGER,
    "0": Command.FIT,
    "1": Command.ACTUAL,
    "+": Command.CLOSER,
    "=": Command.CLOSER,
    "-": Command.FARTHER,
}
"""By ``QKeySequence``'s portable text."""

WITH_PROPOSAL = {Command.ACCEPT, Command.NEXT, Command.PREVIOUS}
"""Commands that act only while a proposal is open; without one, their keys do what they do everywhere."""
WITH_HINTS = {Command.CLEAR, Command.BACK}
"""Commands that act only while there is a hint or a proposal."""


def command_for(
    text: str, *, proposal: bool, hints: bool, keys: Mapping[str, Command] = KEYS
) -> Command | None:
    """The command of a key, or None where the key is not the canvas's just now."""
    command = keys.get(text)
    if command in WITH_PROPOSAL and not proposal:
        return None
    if command in WITH_HINTS and not (hints or proposal):
        return None
    return command


def key_of(command: Command, keys: Mapping[str, Command] = KEYS) -> str:
    """The first key of a command, for tooltips; "" without one."""
    return next((key for key, found in keys.items() if found is command), "")
