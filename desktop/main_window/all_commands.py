"""All commands of the window in the order of its menus, and the table of keys made from them."""

from typing import Any

from desktop.actions.command_spec import MENUS, Command
from desktop.actions.shared_commands import SHARED_COMMANDS
from desktop.canvas.canvas_commands import CANVAS_COMMANDS
from desktop.export.export_commands import EXPORT_COMMANDS
from desktop.library.library_commands import LIBRARY_COMMANDS
from desktop.main_window.window_commands import WINDOW_COMMANDS
from desktop.objects.objects_commands import OBJECTS_COMMANDS
from desktop.objects.takes_commands import TAKES_COMMANDS
from desktop.playback.transport_commands import TRANSPORT_COMMANDS
from desktop.timeline.recordings.recordings_commands import RECORDINGS_COMMANDS
from desktop.timeline.timeline_commands import TIMELINE_COMMANDS

_TABLES: tuple[tuple[Command[Any], ...], ...] = (
    WINDOW_COMMANDS,
    RECORDINGS_COMMANDS,
    EXPORT_COMMANDS,
    SHARED_COMMANDS,
    CANVAS_COMMANDS,
    OBJECTS_COMMANDS,
    TAKES_COMMANDS,
    LIBRARY_COMMANDS,
    TIMELINE_COMMANDS,
    TRANSPORT_COMMANDS,
)

ALL_COMMANDS: tuple[Command[Any], ...] = tuple(
    sorted(
        (command for table in _TABLES for command in table),
        key=lambda command: (MENUS.index(command.menu), command.group),
    )
)


def key_rows() -> list[tuple[str, str, str]]:
    """Return the menu, the name and the default keys of every command that has a key, in the order of the menus."""
    return [
        (command.menu.replace("&", ""), command.plain, ", ".join(command.keys))
        for command in ALL_COMMANDS
        if command.keys
    ]


def key_table_markdown() -> str:
    """Return the table of keys as the README has it: one row for each menu."""
    rows: dict[str, list[str]] = {}
    for menu, name, keys in key_rows():
        rows.setdefault(menu, []).append(f"{name} `{keys.replace(', ', '` `')}`")
    lines = [f"| {menu} | {' · '.join(entries)} |" for menu, entries in rows.items()]
    return "\n".join(["| menu | keys |", "|---|---|", *lines])


def key_table_text() -> str:
    """Return the table of keys as ``foleyscape app --help`` prints it."""
    rows = key_rows()
    width = max(len(name) for _, name, _ in rows)
    lines, before = [], ""
    for menu, name, keys in rows:
        if menu != before:
            lines.append(f"{menu}:")
        lines.append(f"  {name:<{width}}  {keys}")
        before = menu
    return "\n".join(lines)
