"""The commands of own recordings."""

from typing import Protocol

from desktop.actions.command_spec import Command


class RecordingsTarget(Protocol):
    """What the commands need of the part."""

    @property
    def has_project(self) -> bool: ...
    def import_sounds(self) -> None: ...


RECORDINGS_COMMANDS: tuple[Command[RecordingsTarget], ...] = (
    Command(
        "import_sound",
        "&Import sound…",
        "&File",
        keys=("Ctrl+I",),
        tip="Make takes of your own recordings",
        icon="open",
        group=1,
        run=lambda part: part.import_sounds(),
        enabled=lambda part: part.has_project,
    ),
)
