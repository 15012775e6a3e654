"""The keys of the commands: the default ones, or those the user chose. No widgets."""

from collections.abc import Mapping
from typing import Any

from desktop.actions.command_spec import Command


class KeyMap:
    """The keys of commands: the defaults, except for those the user changed.

    Args:
        commands: of the whole window, or of one part of it.
        changed: from the id of a command to its keys; empty for a command without a key.
    """

    def __init__(
        self, commands: tuple[Command[Any], ...], changed: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self.commands = commands
        self._commands = {command.id: command for command in commands}
        self._changed = {
            id_: tuple(keys)
            for id_, keys in (changed or {}).items()
            if id_ in self._commands and tuple(keys) != self._commands[id_].keys
        }

    def command(self, id_: str) -> Command[Any]:
        return self._commands[id_]

    def defaults(self) -> "KeyMap":
        """Return a map of the same commands with their default keys."""
        return KeyMap(self.commands)

    @property
    def changed(self) -> dict[str, tuple[str, ...]]:
        """Only the keys that differ from the defaults, as they are saved."""
        return dict(self._changed)

    def keys(self, id_: str) -> tuple[str, ...]:
        """Return the keys of a command; empty if the command is not in this map."""
        command = self._commands.get(id_)
        return () if command is None else self._changed.get(id_, command.keys)

    def action_of(self, key: str, scope: str = "") -> str | None:
        """Return the id of the command that a key runs while ``scope`` has the focus, or None.

        The scope's own commands come first, then the window's.
        """
        own = self.action_in(key, scope) if scope else None
        return own or self.action_in(key, "")

    def action_in(self, key: str, scope: str) -> str | None:
        """Return the id of the command of just this scope that has a key, or None."""
        wanted = same_key(key)
        there = (id_ for id_, spec in self._commands.items() if spec.scope == scope)
        return next((id_ for id_ in there if wanted in map(same_key, self.keys(id_))), None)

    def with_keys(self, id_: str, keys: tuple[str, ...]) -> "KeyMap":
        """Return a map in which a command has these keys; other commands of its scope lose them."""
        wanted = {same_key(key) for key in keys}
        changed = {**self._changed, id_: keys}
        for other, spec in self._commands.items():
            if other != id_ and spec.scope == self._commands[id_].scope:
                kept = tuple(key for key in self.keys(other) if same_key(key) not in wanted)
                if kept != self.keys(other):
                    changed[other] = kept
        return KeyMap(self.commands, changed)


def same_key(key: str) -> str:
    """Return one spelling for a key, whatever the order of its modifiers, and without the keypad modifier."""
    *modifiers, last = key.replace("++", "+Plus").replace("Backtab", "Shift+Tab").split("+")
    held = {modifier.strip().lower() for modifier in modifiers} - {"num", ""}
    return "+".join([*sorted(held), last.strip().lower() or "plus"])
