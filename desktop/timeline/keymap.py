"""Which key does what while the timeline has the focus: the window's own table, for what concerns the timeline."""

from desktop.keys import KeyMap

SCOPE = "timeline"

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
    "nudge_far_left",
    "nudge_far_right",
    "row_up",
    "row_down",
    "trim_start",
    "trim_end",
    "fade_in",
    "fade_out",
    "louder",
    "softer",
    "marker",
    "hit",
    "snap",
    "spectrogram",
    "zoom_in",
    "zoom_out",
    "zoom_all",
    "taller",
    "shorter",
    "mark_in",
    "mark_out",
    "walk_on",
    "walk_back",
    "walk_up",
    "walk_down",
    "pick",
    "pick_more",
    "let_go",
)
"""Actions of ``desktop.keys`` that the timeline obeys."""


def command_of(key: str, keys: KeyMap) -> str | None:
    """The timeline's command for a key, as ``QKeySequence`` writes it, or None."""
    found = keys.action_of(key, SCOPE)
    return found if found in COMMANDS else None
