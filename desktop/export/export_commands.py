"""The export command."""

from typing import Protocol

from desktop.actions.command_spec import Command


class ExportTarget(Protocol):
    """What the command needs of the export part."""

    @property
    def can_export(self) -> bool: ...
    def show(self) -> None: ...


EXPORT_COMMANDS: tuple[Command[ExportTarget], ...] = (
    Command(
        "export",
        "&Export…",
        "&File",
        keys=("Ctrl+E",),
        tip="Write stems, mix and sessions",
        icon="export",
        group=2,
        run=lambda part: part.show(),
        enabled=lambda part: part.can_export,
    ),
)
