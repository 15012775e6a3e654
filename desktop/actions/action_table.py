"""Every action of the window, in one table: what it is called, where it stands, which keys it has. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ActionSpec:
    """One thing the window can do.

    Attributes:
        id: its name in code and in the settings.
        text: as the menu shows it, with ``&`` before its letter; ends in an ellipsis when it asks for more first.
        menu: the menu it stands in, in the order of ``MENUS``.
        keys: its usual keys, as ``QKeySequence`` reads them; the first is shown.
        tip: one sentence for the tooltip and the status line.
        icon: the name of its icon, if it has one.
        group: actions of a menu are divided by a line where this changes.
        checkable: whether it is switched on and off.
        scope: the part of the window, "canvas" or "timeline", in which alone its keys act, while that has the
            keyboard; there they come before the window's. "" is the whole window.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    icon: str = ""
    group: int = 0
    checkable: bool = False
    scope: str = ""

    @property
    def plain(self) -> str:
        """What it is called, for messages, tables and accessible names."""
        return self.text.replace("&", "").removesuffix("...").removesuffix("…")


MENUS = ("&File", "&Edit", "&Still", "&Objects", "&Timeline", "&Play", "&View", "&Help")

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open", "&Open…", "&File", ("Ctrl+O",), "Open a still or a project", "open", 0),
    ActionSpec("open_project", "Open &project…", "&File", ("Ctrl+Shift+O",), "Open a project folder", "", 0),
    ActionSpec("save", "&Save", "&File", ("Ctrl+S",), "Save the project", "save", 1),
    ActionSpec("save_as", "Save &as…", "&File", ("Ctrl+Shift+S",), "Save into another folder", "", 1),
    ActionSpec("export", "&Export…", "&File", ("Ctrl+E",), "Write stems, mix and sessions", "export", 2),
    ActionSpec("reveal", "Sho&w project folder", "&File", (), "Show the folder in the file manager", "", 2),
    ActionSpec(
        "preferences", "Pre&ferences…", "&File", ("Ctrl+,",), "Change how things are done", "settings", 3
    ),
    ActionSpec("close", "&Close", "&File", ("Ctrl+W",), "Close the scene and go back to the start", "", 4),
    ActionSpec("quit", "&Quit", "&File", ("Ctrl+Q",), "Leave Foleyscape", "", 4),
    ActionSpec("undo", "&Undo", "&Edit", ("Ctrl+Z",), "Take back the last step", "undo", 0),
    ActionSpec("redo", "&Redo", "&Edit", ("Ctrl+Y", "Ctrl+Shift+Z"), "Do again what was undone", "redo", 0),
    ActionSpec("cut", "Cu&t", "&Edit", ("Ctrl+X",), "Cut the selected clips", "", 1),
    ActionSpec("copy", "&Copy", "&Edit", ("Ctrl+C",), "Copy the selected clips", "copy", 1),
    ActionSpec("paste", "&Paste", "&Edit", ("Ctrl+V",), "Paste clips, or a picture as the still", "paste", 1),
    ActionSpec(
        "duplicate", "&Duplicate", "&Edit", ("Ctrl+D",), "Place copies after the selected clips", "", 1
    ),
    ActionSpec(
        "delete", "D&elete", "&Edit", ("Del", "Backspace"), "Remove the selected clips or objects", "trash", 1
    ),
    ActionSpec("select_all", "Select &all", "&Edit", ("Ctrl+A",), "Select every object", "", 2),
    ActionSpec("find", "&Find objects", "&Still", ("F",), "Propose masks for the whole still", "find", 0),
    ActionSpec(
        "accept", "&Accept mask", "&Still", ("Return", "Enter"), "Make the proposal an object", "check", 1
    ),
    ActionSpec("next_mask", "&Next proposal", "&Still", ("P",), "Show the next of the proposed masks", "", 1),
    ActionSpec(
        "next_here",
        "Ne&xt proposal, on the still",
        "&Still",
        ("Tab",),
        "Show the next of the proposed masks",
        "",
        1,
        scope="canvas",
    ),
    ActionSpec(
        "previous_here",
        "P&revious proposal",
        "&Still",
        ("Shift+Tab",),
        "Show the one before of the proposed masks",
        "",
        1,
        scope="canvas",
    ),
    ActionSpec(
        "hint_back",
        "Ta&ke back hint",
        "&Still",
        ("Backspace",),
        "Take back the last click or box",
        "",
        1,
        scope="canvas",
    ),
    ActionSpec("clear", "&Clear hints", "&Still", ("Esc",), "Forget the clicks and the box", "", 1),
    ActionSpec(
        "point", "&Point", "&Still", ("V",), "Click what should be heard", "cursor", 2, checkable=True
    ),
    ActionSpec("brush", "&Brush", "&Still", ("B",), "Paint onto the mask", "brush", 2, checkable=True),
    ActionSpec("erase", "&Eraser", "&Still", ("E",), "Rub out of the mask", "eraser", 2, checkable=True),
    ActionSpec("smaller", "S&maller brush", "&Still", ("[",), "Make the brush smaller", "", 3),
    ActionSpec("larger", "&Larger brush", "&Still", ("]",), "Make the brush larger", "", 3),
    ActionSpec(
        "generate", "&Generate each", "&Objects", ("Ctrl+G",), "A take of each selected object", "generate"
    ),
    ActionSpec(
        "together", "Generate &together", "&Objects", ("Ctrl+Shift+G",), "One take of them all", "together"
    ),
    ActionSpec("regenerate", "&Regenerate", "&Objects", ("R",), "A new take, by another seed", "refresh"),
    ActionSpec(
        "cancel", "&Cancel generating", "&Objects", ("Ctrl+.",), "Stop all that runs or waits", "close"
    ),
    ActionSpec("solo", "&Solo", "&Objects", ("S",), "Hear only the selected objects", "headphones", 1),
    ActionSpec("mute", "&Mute", "&Objects", ("M",), "Silence the selected objects", "mute", 1),
    ActionSpec("rename", "Re&name", "&Objects", ("F2",), "Give the selected object another name", "", 1),
    ActionSpec("split", "&Split at playhead", "&Timeline", ("Ctrl+B",), "Cut clips in two here", "split", 0),
    ActionSpec("nudge_left", "Nudge &left", "&Timeline", ("Alt+Left",), "Move clips one frame back", "", 0),
    ActionSpec("nudge_right", "Nudge &right", "&Timeline", ("Alt+Right",), "Move clips one frame on", "", 0),
    ActionSpec(
        "nudge_far_left", "Nudge far left", "&Timeline", ("Alt+Shift+Left",), "Move clips ten frames back"
    ),
    ActionSpec(
        "nudge_far_right", "Nudge far right", "&Timeline", ("Alt+Shift+Right",), "Move clips ten frames on"
    ),
    ActionSpec("row_up", "Move to track above", "&Timeline", ("Alt+Shift+Up",), "Move clips one track up"),
    ActionSpec(
        "row_down", "Move to track below", "&Timeline", ("Alt+Shift+Down",), "Move clips one track down"
    ),
    ActionSpec(
        "trim_start",
        "Trim &begin",
        "&Timeline",
        ("Alt+[",),
        "The selected clips begin at the playhead",
        "",
        1,
    ),
    ActionSpec(
        "trim_end", "Trim &end", "&Timeline", ("Alt+]",), "The selected clips end at the playhead", "", 1
    ),
    ActionSpec(
        "fade_in",
        "&Fade in to playhead",
        "&Timeline",
        ("Ctrl+[",),
        "The selected clips have come in at the playhead",
        "",
        1,
    ),
    ActionSpec(
        "fade_out",
        "Fade out from playhead",
        "&Timeline",
        ("Ctrl+]",),
        "The selected clips begin to go out at the playhead",
        "",
        1,
    ),
    ActionSpec("louder", "Lo&uder", "&Timeline", ("Alt+Up",), "The selected clips 1 dB louder", "", 1),
    ActionSpec("softer", "Softer", "&Timeline", ("Alt+Down",), "The selected clips 1 dB softer", "", 1),
    ActionSpec("marker", "Add &marker", "&Timeline", ("Shift+M",), "Name this place", "marker", 2),
    ActionSpec("hit", "Add &hit-point", "&Timeline", ("H",), "Mark where something strikes", "", 2),
    ActionSpec("snap", "S&nap", "&Timeline", ("N",), "Snap to frames and edges", "magnet", 3, checkable=True),
    ActionSpec(
        "spectrogram", "S&pectrograms", "&Timeline", ("G",), "Show what sounds when", "spectrogram", 3, True
    ),
    ActionSpec(
        "zoom_in", "&Zoom in", "&Timeline", ("Ctrl+=", "Ctrl++"), "Show less time, larger", "zoom_in", 4
    ),
    ActionSpec("zoom_out", "Zoom &out", "&Timeline", ("Ctrl+-",), "Show more time", "zoom_out", 4),
    ActionSpec("zoom_all", "Zoom to &all", "&Timeline", ("Ctrl+0",), "Show the whole timeline", "fit", 4),
    ActionSpec("taller", "&Taller tracks", "&Timeline", ("Ctrl+Down",), "Make every track higher", "", 4),
    ActionSpec("shorter", "Shorter trac&ks", "&Timeline", ("Ctrl+Up",), "Make every track lower", "", 4),
    ActionSpec(
        "walk_on",
        "Clip after",
        "&Timeline",
        ("Ctrl+Right",),
        "Go to the next clip of the track",
        scope="timeline",
    ),
    ActionSpec(
        "walk_back", "Clip before", "&Timeline", ("Ctrl+Left",), "Go to the clip before", scope="timeline"
    ),
    ActionSpec("walk_up", "Track above", "&Timeline", ("Up",), "Go to a clip above", scope="timeline"),
    ActionSpec("walk_down", "Track below", "&Timeline", ("Down",), "Go to a clip below", scope="timeline"),
    ActionSpec(
        "pick", "Select clip", "&Timeline", ("Return", "Enter"), "Select the clip gone to", scope="timeline"
    ),
    ActionSpec(
        "pick_more",
        "Select clip too",
        "&Timeline",
        ("Shift+Return", "Shift+Enter", "Ctrl+Space"),
        "Add the clip gone to to the selected, or take it from them",
        scope="timeline",
    ),
    ActionSpec(
        "let_go",
        "Select nothing",
        "&Timeline",
        ("Esc",),
        "Take a drag back, or select nothing",
        scope="timeline",
    ),
    ActionSpec("play", "&Play or stop", "&Play", ("Space",), "Play from the playhead, or stop", "play", 0),
    ActionSpec(
        "shuttle_back", "Shuttle &back", "&Play", ("J",), "Play backwards, again for faster", "rewind", 0
    ),
    ActionSpec("shuttle_stop", "Shuttle &stop", "&Play", ("K",), "Stop where it is", "stop", 0),
    ActionSpec("shuttle_on", "Shuttle &on", "&Play", ("L",), "Play, again for faster", "forward", 0),
    ActionSpec("mark_in", "Mark &in", "&Play", ("I",), "The loop begins here", "", 1),
    ActionSpec("mark_out", "Mark o&ut", "&Play", ("O",), "The loop ends here", "", 1),
    ActionSpec(
        "loop", "&Loop", "&Play", ("Ctrl+L",), "Play the loop over and over", "loop", 1, checkable=True
    ),
    ActionSpec("frame_back", "Frame ba&ck", "&Play", ("Left",), "One frame back", "", 2),
    ActionSpec("frame_on", "Frame o&n", "&Play", ("Right",), "One frame on", "", 2),
    ActionSpec("second_back", "Second bac&k", "&Play", ("Shift+Left",), "One second back", "", 2),
    ActionSpec("second_on", "S&econd on", "&Play", ("Shift+Right",), "One second on", "", 2),
    ActionSpec("to_start", "To s&tart", "&Play", ("Home",), "Go to the beginning", "to_start", 3),
    ActionSpec("to_end", "To en&d", "&Play", ("End",), "Go to the end of the last clip", "to_end", 3),
    ActionSpec("compare", "Compare &A and B", "&Play", ("A",), "Switch takes at matched loudness", "", 4),
    ActionSpec("fit", "&Fit still", "&View", ("Shift+F", "0"), "Show the whole still", "fit", 0),
    ActionSpec(
        "actual",
        "&Actual pixels",
        "&View",
        ("Ctrl+1", "1"),
        "One pixel of the still on one of the screen",
        "actual",
    ),
    ActionSpec(
        "closer", "Still &larger", "&View", ("+", "="), "Zoom into the still", "zoom_in", scope="canvas"
    ),
    ActionSpec(
        "farther", "Still &smaller", "&View", ("-",), "Zoom out of the still", "zoom_out", scope="canvas"
    ),
    ActionSpec(
        "show_objects", "&Objects", "&View", ("F7",), "Show or hide the objects", "", 1, checkable=True
    ),
    ActionSpec(
        "show_timeline", "&Timeline", "&View", ("F8",), "Show or hide the timeline", "", 1, checkable=True
    ),
    ActionSpec(
        "full_screen", "F&ull screen", "&View", ("F11",), "Use the whole screen", "", 2, checkable=True
    ),
    ActionSpec("keys", "&Keys…", "&Help", ("F1",), "Which key does what, and change it", "", 0),
    ActionSpec("about", "&About Foleyscape…", "&Help", (), "Version, model and licences", "info", 1),
)


SPECS: Mapping[str, ActionSpec] = {spec.id: spec for spec in ACTIONS}


class KeyMap:
    """Which keys each action has: the usual ones, but for those that a person changed.

    Args:
        changed: from the id of an action to its keys; none at all for an action without a key.
        actions: the table.
    """

    def __init__(
        self, changed: Mapping[str, tuple[str, ...]] | None = None, actions: tuple[ActionSpec, ...] = ACTIONS
    ) -> None:
        self._actions = {action.id: action for action in actions}
        self._changed = {
            id_: tuple(keys)
            for id_, keys in (changed or {}).items()
            if id_ in self._actions and tuple(keys) != self._actions[id_].keys
        }

    @property
    def changed(self) -> dict[str, tuple[str, ...]]:
        """Only what differs from the usual, as it is saved."""
        return dict(self._changed)

    def keys(self, id_: str) -> tuple[str, ...]:
        return self._changed.get(id_, self._actions[id_].keys)

    def action_of(self, key: str, scope: str = "") -> str | None:
        """What a key does while this part of the window has the keyboard: the part's own first, then the window's."""
        own = self.action_in(key, scope) if scope else None
        return own or self.action_in(key, "")

    def action_in(self, key: str, scope: str) -> str | None:
        """The action of just this scope that has a key."""
        wanted = same_key(key)
        there = (id_ for id_, spec in self._actions.items() if spec.scope == scope)
        return next((id_ for id_ in there if wanted in map(same_key, self.keys(id_))), None)

    def with_keys(self, id_: str, keys: tuple[str, ...]) -> "KeyMap":
        """Gives an action these keys, and takes them from whichever action of its scope had them."""
        wanted = {same_key(key) for key in keys}
        changed = {**self._changed, id_: keys}
        for other, spec in self._actions.items():
            if other != id_ and spec.scope == self._actions[id_].scope:
                kept = tuple(key for key in self.keys(other) if same_key(key) not in wanted)
                if kept != self.keys(other):
                    changed[other] = kept
        return KeyMap(changed, tuple(self._actions.values()))


def same_key(key: str) -> str:
    """One spelling for each key, whatever the order of its modifiers and whether it is of the number pad."""
    *modifiers, last = key.replace("++", "+Plus").replace("Backtab", "Shift+Tab").split("+")
    held = {modifier.strip().lower() for modifier in modifiers} - {"num", ""}
    return "+".join([*sorted(held), last.strip().lower() or "plus"])
