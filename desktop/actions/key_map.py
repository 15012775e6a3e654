"""Which keys each command has: the default ones, or those that a person chose. No widgets."""

from collections.abc import Mapping
from typing import Any

from desktop.actions.command_spec import Command


class KeyMap:
    """The keys of commands: the default ones, but for those that a person changed.

    Args:
        commands: of the whole window, or of one part of it.
        changed: from the id of a command to its keys; none at all for a command without a key.
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
        """The same commands with their default keys."""
        return KeyMap(self.commands)

    @property
    def changed(self) -> dict[str, tuple[str, ...]]:
        """Only what differs from the usual, as it is saved."""
        return dict(self._changed)

    def keys(self, id_: str) -> tuple[str, ...]:
        """The keys of a command; none for one of another part of the window than this map is of."""
        command = self._commands.get(id_)
        return () if command is None else self._changed.get(id_, command.keys)

    def action_of(self, key: str, scope: str = "") -> str | None:
        """What a key does while this part of the window has the keyboard: the part's own first, then the window's."""
        own = self.action_in(key, scope) if scope else None
        return own or self.action_in(key, "")

    def action_in(self, key: str, scope: str) -> str | None:
        """The action of just this scope that has a key."""
        wanted = same_key(key)
        there = (id_ for id_, spec in self._commands.items() if spec.scope == scope)
        return next((id_ for id_ in there if wanted in map(same_key, self.keys(id_))), None)

    def with_keys(self, id_: str, keys: tuple[str, ...]) -> "KeyMap":
        """Gives an action these keys, and takes them from whichever action of its scope had them."""
        wanted = {same_key(key) for key in keys}
        changed = {**self._changed, id_: keys}
        for other, spec in self._commands.items():
            if other != id_ and spec.scope == self._commands[id_].scope:
                kept = tuple(key for key in self.keys(other) if same_key(key) not in wanted)
                if kept != self.keys(other):
                    changed[other] = kept
        return KeyMap(self.commands, changed)


def same_key(key: str) -> str:
    """One spelling for each key, whatever the order of its modifiers and whether it is of the number pad."""
    *modifiers, last = key.replace("++", "+Plus").replace("Backtab", "Shift+Tab").split("+")
    held = {modifier.strip().lower() for modifier in modifiers} - {"num", ""}
    return "+".join([*sorted(held), last.strip().lower() or "plus"])
