"""The timeline's commands, and its part of the shared ones."""

from collections.abc import Callable, Mapping
from functools import partial

from desktop.actions.command_spec import Command, Route
from desktop.actions.key_map import KeyMap
from desktop.actions.shared_commands import SHARED_COMMANDS
from desktop.timeline.clip_commands import CLIP_COMMANDS
from desktop.timeline.timeline_target import SCOPE, TimelineTarget, has_selected
from desktop.timeline.version_commands import VERSION_COMMANDS

FAR_NUDGE_FRAMES = 10
"""Frames of a far nudge."""


TIMELINE_COMMANDS: tuple[Command[TimelineTarget], ...] = (
    Command(
        "split",
        "&Split at playhead",
        "&Timeline",
        keys=("Ctrl+B",),
        tip="Cut clips in two here",
        icon="split",
        run=lambda view: view.commander.split(),
    ),
    Command(
        "nudge_left",
        "Nudge &left",
        "&Timeline",
        keys=("Alt+Left",),
        tip="Move clips one frame back",
        run=lambda view: view.commander.nudge(-1),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "nudge_right",
        "Nudge &right",
        "&Timeline",
        keys=("Alt+Right",),
        tip="Move clips one frame on",
        run=lambda view: view.commander.nudge(1),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "nudge_far_left",
        "Nudge far left",
        "&Timeline",
        keys=("Alt+Shift+Left",),
        tip="Move clips ten frames back",
        run=lambda view: view.commander.nudge(-FAR_NUDGE_FRAMES),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "nudge_far_right",
        "Nudge far right",
        "&Timeline",
        keys=("Alt+Shift+Right",),
        tip="Move clips ten frames on",
        run=lambda view: view.commander.nudge(FAR_NUDGE_FRAMES),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "row_up",
        "Move to track above",
        "&Timeline",
        keys=("Alt+Shift+Up",),
        tip="Move clips one track up",
        run=lambda view: view.commander.change_row(-1),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "row_down",
        "Move to track below",
        "&Timeline",
        keys=("Alt+Shift+Down",),
        tip="Move clips one track down",
        run=lambda view: view.commander.change_row(1),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "trim_start",
        "Trim &begin",
        "&Timeline",
        keys=("Alt+[",),
        tip="The selected clips begin at the playhead",
        group=1,
        run=lambda view: view.commander.trim(end=False),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "trim_end",
        "Trim &end",
        "&Timeline",
        keys=("Alt+]",),
        tip="The selected clips end at the playhead",
        group=1,
        run=lambda view: view.commander.trim(end=True),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "fade_in",
        "&Fade in to playhead",
        "&Timeline",
        keys=("Ctrl+[",),
        tip="The selected clips have come in at the playhead",
        group=1,
        run=lambda view: view.commander.fade(out=False),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "fade_out",
        "Fade out from playhead",
        "&Timeline",
        keys=("Ctrl+]",),
        tip="The selected clips begin to go out at the playhead",
        group=1,
        run=lambda view: view.commander.fade(out=True),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "louder",
        "Lo&uder",
        "&Timeline",
        keys=("Alt+Up",),
        tip="The selected clips 1 dB louder",
        group=1,
        run=lambda view: view.commander.change_gain(1.0),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "softer",
        "Softer",
        "&Timeline",
        keys=("Alt+Down",),
        tip="The selected clips 1 dB softer",
        group=1,
        run=lambda view: view.commander.change_gain(-1.0),
        enabled=lambda view: bool(view.selected),
    ),
    Command(
        "marker",
        "Add &marker",
        "&Timeline",
        keys=("Shift+M",),
        tip="Mark this place and name it",
        icon="marker",
        group=2,
        run=lambda view: view.naming.add_marker(),
    ),
    Command(
        "hit",
        "Add &hit-point",
        "&Timeline",
        keys=("H",),
        tip="Mark where something strikes",
        group=2,
        run=lambda view: view.naming.add_hit(),
    ),
    Command(
        "snap",
        "S&nap",
        "&Timeline",
        keys=("N",),
        tip="Snap to frames and edges",
        icon="magnet",
        group=3,
        run=lambda view: view.set_snap(not view.snap),
        checked=lambda view: view.snap,
    ),
    Command(
        "spectrogram",
        "S&pectrograms",
        "&Timeline",
        keys=("G",),
        tip="Show what sounds when",
        icon="spectrogram",
        group=3,
        run=lambda view: view.set_spectrograms(not view.spectrograms),
        checked=lambda view: view.spectrograms,
    ),
    Command(
        "zoom_in",
        "&Zoom in",
        "&Timeline",
        keys=("Ctrl+=", "Ctrl++"),
        tip="Show less time, larger",
        icon="zoom_in",
        group=4,
        run=lambda view: view.zoom_in(),
    ),
    Command(
        "zoom_out",
        "Zoom &out",
        "&Timeline",
        keys=("Ctrl+-",),
        tip="Show more time",
        icon="zoom_out",
        group=4,
        run=lambda view: view.zoom_out(),
    ),
    Command(
        "zoom_all",
        "Zoom to &all",
        "&Timeline",
        keys=("Ctrl+0",),
        tip="Show the whole timeline",
        icon="fit",
        group=4,
        run=lambda view: view.zoom_all(),
    ),
    Command(
        "taller",
        "&Taller tracks",
        "&Timeline",
        keys=("Ctrl+Down",),
        tip="Make every track higher",
        group=4,
        run=lambda view: view.scale_track_heights(1),
    ),
    Command(
        "shorter",
        "Shorter trac&ks",
        "&Timeline",
        keys=("Ctrl+Up",),
        tip="Make every track lower",
        group=4,
        run=lambda view: view.scale_track_heights(-1),
    ),
    Command(
        "walk_on",
        "Clip after",
        "&Timeline",
        keys=("Ctrl+Right",),
        tip="Go to the next clip of the track",
        scope=SCOPE,
        run=lambda view: view.clip_cursor.step(1),
    ),
    Command(
        "walk_back",
        "Clip before",
        "&Timeline",
        keys=("Ctrl+Left",),
        tip="Go to the clip before",
        scope=SCOPE,
        run=lambda view: view.clip_cursor.step(-1),
    ),
    Command(
        "walk_up",
        "Track above",
        "&Timeline",
        keys=("Up",),
        tip="Go to a clip above",
        scope=SCOPE,
        run=lambda view: view.clip_cursor.change_row(-1),
    ),
    Command(
        "walk_down",
        "Track below",
        "&Timeline",
        keys=("Down",),
        tip="Go to a clip below",
        scope=SCOPE,
        run=lambda view: view.clip_cursor.change_row(1),
    ),
    Command(
        "pick",
        "Select clip",
        "&Timeline",
        keys=("Return", "Enter"),
        tip="Select the clip gone to",
        scope=SCOPE,
        run=lambda view: view.clip_cursor.select(),
    ),
    Command(
        "pick_more",
        "Select clip too",
        "&Timeline",
        keys=("Shift+Return", "Shift+Enter", "Ctrl+Space"),
        tip="Add the clip gone to to the selected, or take it from them",
        scope=SCOPE,
        run=lambda view: view.clip_cursor.extend_selection(),
    ),
    Command(
        "let_go",
        "Select nothing",
        "&Timeline",
        keys=("Esc",),
        tip="Take a drag back, or select nothing",
        scope=SCOPE,
        run=lambda view: view.clip_cursor.clear_selection(),
    ),
    *CLIP_COMMANDS,
    *VERSION_COMMANDS,
)


TIMELINE_ROUTES: tuple[Route[TimelineTarget], ...] = (
    Route("cut", lambda view: view.commander.cut(), has_selected),
    Route("copy", lambda view: view.commander.copy(), has_selected),
    Route("paste", lambda view: view.commander.paste(), lambda view: view.commander.has_copied),
    Route("duplicate", lambda view: view.commander.duplicate(), has_selected),
    Route("delete", lambda view: view.commander.delete(), has_selected),
    Route("select_all", lambda view: view.commander.select_all()),
    Route("solo", lambda view: view.commander.solo_tracks(), has_selected),
    Route("mute", lambda view: view.commander.mute_tracks(), has_selected),
    Route("mark_in", lambda view: view.mark_in()),
    Route("mark_out", lambda view: view.mark_out()),
)

OWN_KEYS = {command.id for command in TIMELINE_COMMANDS} | {
    route.id for route in TIMELINE_ROUTES if route.id not in {"solo", "mute"}
}
"""Commands whose keys the timeline handles itself if no window does."""


def default_keys() -> KeyMap:
    """Return the default keys of the timeline's commands."""
    return KeyMap((*SHARED_COMMANDS, *TIMELINE_COMMANDS))


def runners(view: TimelineTarget) -> Mapping[str, Callable[[], None]]:
    """Return the functions that run the commands on this view, by id."""
    found = {route.id: partial(route.run, view) for route in TIMELINE_ROUTES}
    return found | {c.id: partial(c.run, view) for c in TIMELINE_COMMANDS if c.run is not None}


def command_of(key: str, keys: KeyMap) -> str | None:
    """Return the timeline's command for a key, as ``QKeySequence`` writes it; None if it has none."""
    found = keys.action_of(key, SCOPE)
    return found if found in OWN_KEYS else None
