"""Maps of keys for tests: of every command of the window."""

from collections.abc import Mapping

from desktop.actions.key_map import KeyMap
from desktop.main_window.all_commands import ALL_COMMANDS


def key_map(changed: Mapping[str, tuple[str, ...]] | None = None) -> KeyMap:
    return KeyMap(ALL_COMMANDS, changed)
