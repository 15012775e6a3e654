"""Joins the timeline to the window's actions, and to a player."""

from collections.abc import Callable

from desktop.actions.actions import Actions
from desktop.timeline.view import TimelineView

WITH_CLIPS = (
    *("cut", "copy", "duplicate"),
    *("nudge_left", "nudge_right", "nudge_far_left", "nudge_far_right", "row_up", "row_down"),
    *("trim_start", "trim_end", "fade_in", "fade_out", "louder", "softer"),
)
ALWAYS = ("split", "marker", "hit", "zoom_in", "zoom_out", "zoom_all", "taller", "shorter")


def bind_timeline(view: TimelineView, actions: Actions) -> None:
    """Says what the timeline does for the actions that are its own alone.

    ``delete``, ``paste`` and ``select_all`` are shared with other parts, ``mark_in`` and ``mark_out`` with the player:
    whoever joins those calls ``view.obey`` where the timeline is meant.
    """
    for id_ in ALWAYS:
        actions.bind(id_, _executor(view, id_))
    for id_ in WITH_CLIPS:
        actions.bind(id_, _executor(view, id_), lambda: bool(view.selected))
    actions.bind("snap", _executor(view, "snap"), checked=lambda: view.snap)
    actions.bind("spectrogram", _executor(view, "spectrogram"), checked=lambda: view.spectrograms)
    for signal in (view.clips_selected, view.snap_changed, view.spectrograms_changed):
        signal.connect(lambda _: actions.refresh())


def _executor(view: TimelineView, command: str) -> Callable[[], None]:
    return lambda: view.execute(command)
