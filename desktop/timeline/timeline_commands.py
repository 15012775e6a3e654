"""What the timeline does for each of its commands, by the names of ``desktop.timeline.timeline_commands.COMMANDS``."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from desktop.actions.action_table import KeyMap
from desktop.timeline.commander import Commander
from desktop.timeline.keyboard_cursor import KeyboardCursor

if TYPE_CHECKING:
    from desktop.timeline.view import TimelineView

FAR_NUDGE_FRAMES = 10
"""Frames of a far nudge."""


def timeline_commands(
    view: "TimelineView", commander: Commander, walker: KeyboardCursor
) -> Mapping[str, Callable[[], None]]:
    """By the id of the action."""
    return {
        "cut": commander.cut,
        "copy": commander.copy,
        "paste": commander.paste,
        "duplicate": commander.duplicate,
        "delete": commander.delete,
        "select_all": commander.select_all,
        "split": commander.split,
        "nudge_left": lambda: commander.nudge(-1),
        "nudge_right": lambda: commander.nudge(1),
        "nudge_far_left": lambda: commander.nudge(-FAR_NUDGE_FRAMES),
        "nudge_far_right": lambda: commander.nudge(FAR_NUDGE_FRAMES),
        "row_up": lambda: commander.change_row(-1),
        "row_down": lambda: commander.change_row(1),
        "trim_start": lambda: commander.trim(end=False),
        "trim_end": lambda: commander.trim(end=True),
        "fade_in": lambda: commander.fade(out=False),
        "fade_out": lambda: commander.fade(out=True),
        "louder": lambda: commander.change_gain(1.0),
        "softer": lambda: commander.change_gain(-1.0),
        "marker": lambda: commander.mark(hit=False),
        "hit": lambda: commander.mark(hit=True),
        "snap": lambda: view.set_snap(not view.snap),
        "spectrogram": lambda: view.set_spectrograms(not view.spectrograms),
        "zoom_in": view.zoom_in,
        "zoom_out": view.zoom_out,
        "zoom_all": view.zoom_all,
        "taller": lambda: view.scale_track_heights(1),
        "shorter": lambda: view.scale_track_heights(-1),
        "mark_in": view.mark_in,
        "mark_out": view.mark_out,
        "walk_on": lambda: walker.step(1),
        "walk_back": lambda: walker.step(-1),
        "walk_up": lambda: walker.change_row(-1),
        "walk_down": lambda: walker.change_row(1),
        "pick": walker.select,
        "pick_more": walker.extend_selection,
        "let_go": walker.clear_selection,
    }


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
"""Actions of ``desktop.actions.action_table`` that the timeline obeys."""


def command_of(key: str, keys: KeyMap) -> str | None:
    """The timeline's command for a key, as ``QKeySequence`` writes it, or None."""
    found = keys.action_of(key, SCOPE)
    return found if found in COMMANDS else None
