"""The menu of a take, and the keys of its commands."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from desktop.actions.actions import shown_key, tooltip
from desktop.actions.key_map import KeyMap
from desktop.objects.controls import IconMaker
from desktop.objects.takes_commands import SCOPE, TAKES_COMMANDS
from engine.scene.scene import TakeRecord

ENTRIES = (
    ("take_play", "take_use", "take_place", "take_loop"),
    ("take_star", "take_reject"),
    ("take_again", "take_rename", "take_note", "take_licence"),
    ("take_file", "take_export"),
    ("take_delete",),
)
"""The commands in the menu of a take; a separator is between two groups."""
MARKS = {"take_star": "starred", "take_reject": "rejected"}


class KeyOf:
    """The keys of the takes' commands, which follow the settings.

    Args:
        keys: the window's key map.
    """

    def __init__(self, keys: KeyMap | None = None) -> None:
        self.keys = keys or KeyMap(TAKES_COMMANDS)

    def command_of(self, key: str) -> str | None:
        """Return the command that a key runs while the list has the keyboard, or None."""
        return self.keys.action_in(key, SCOPE)

    def shown(self, command: str) -> str:
        """Return the first key of a command as the platform writes it, or ""."""
        return shown_key(command, self.keys)

    def tip(self, command: str) -> str:
        """Return the tooltip of a command with its key."""
        return tooltip(self.keys.command(command), self.keys)


def take_menu(
    take: TakeRecord,
    used: bool,
    icons: IconMaker,
    keys: KeyOf,
    run: Callable[[str], object],
    parent: QWidget,
) -> QMenu:
    """Return the menu of a take.

    Args:
        take: the take.
        used: whether it is in use.
        icons: creates icons.
        keys: the keys to show.
        run: runs a command by its id.
        parent: the row.
    """
    menu = QMenu(parent)
    for place, group in enumerate(ENTRIES):
        if place:
            menu.addSeparator()
        for command in group:
            spec = keys.keys.command(command)
            text = "Restore from bin" if take.deleted and command == "take_delete" else spec.text
            entry = menu.addAction(f"{text}\t{keys.shown(command)}".rstrip())
            entry.setToolTip(spec.tip)
            entry.triggered.connect(partial(_run, run, command))
            if spec.icon:
                entry.setIcon(icons(spec.icon))
            if command in MARKS:
                entry.setCheckable(True)
                entry.setChecked(getattr(take, MARKS[command]))
            if command == "take_use":
                entry.setEnabled(not used)
            if command == "take_licence":
                entry.setEnabled(take.kind == "recording")
    return menu


def _run(run: Callable[[str], object], command: str, _checked: bool = False) -> None:
    run(command)
