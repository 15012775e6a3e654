"""Which key does what while the timeline has the focus: the window's own table, for what concerns the timeline."""

from collections.abc import Mapping

from desktop.keys import KeyMap, same_key

NUDGES: Mapping[str, tuple[str, int]] = {
    "Left": ("nudge", -1),
    "Right": ("nudge", 1),
    "Shift+Left": ("nudge", -10),
    "Shift+Right": ("nudge", 10),
}
"""Plain arrows move the selected clips by frames, where the window has no other use for them."""

COMMANDS = (
    "cut",
    "copy",
    "paste",
    "duplicate",
    "delete",
    "select_all",
    "split",
    "nudge_left",
    "nudge_right",
    "marker",
    "hit",
    "snap",
    "spectrogram",
    "zoom_in",
    "zoom_out",
    "zoom_all",
    "mark_in",
    "mark_out",
)
"""Actions of ``desktop.keys`` that the timeline obeys."""


def command_of(key: str, keys: KeyMap) -> str | None:
    """The timeline's command for a key, as ``QKeySequence`` writes it, or None."""
    if same_key(key) == "backspace":
        return "delete"
    found = keys.action_of(key)
    return found if found in COMMANDS else None


def nudge_of(key: str) -> int | None:
    """By how many frames a plain arrow moves what is selected, or None."""
    found = NUDGES.get(key)
    return None if found is None else found[1]
