"""The commands of the objects panel."""

from typing import Protocol

from desktop.actions.command_spec import Command, Route


class PanelTarget(Protocol):
    """What the commands need of the panel."""

    @property
    def selected(self) -> bool: ...
    def generate(self, together: bool = False) -> None: ...
    def regenerate(self) -> None: ...
    def rename(self) -> None: ...
    def remove(self) -> None: ...
    def select_all(self) -> None: ...
    def solo(self) -> None: ...
    def mute(self) -> None: ...


class QueueTarget(Protocol):
    """What the commands need of the queue."""

    def cancel_all(self) -> None: ...


class ObjectsTarget(Protocol):
    """What the commands need of the objects' part of the window."""

    @property
    def panel(self) -> PanelTarget: ...
    @property
    def queue(self) -> QueueTarget: ...
    @property
    def has_objects(self) -> bool: ...
    @property
    def has_selection(self) -> bool: ...
    @property
    def can_sound_together(self) -> bool: ...
    @property
    def is_generating(self) -> bool: ...


OBJECTS_COMMANDS: tuple[Command[ObjectsTarget], ...] = (
    Command(
        "generate",
        "&Generate each",
        "&Objects",
        keys=("Ctrl+G",),
        tip="A take of each selected object",
        icon="generate",
        run=lambda part: part.panel.generate(together=False),
        enabled=lambda part: part.has_objects,
    ),
    Command(
        "together",
        "Generate &together",
        "&Objects",
        keys=("Ctrl+Shift+G",),
        tip="One take of all selected objects together",
        icon="together",
        run=lambda part: part.panel.generate(together=True),
        enabled=lambda part: part.can_sound_together,
    ),
    Command(
        "regenerate",
        "&Regenerate",
        "&Objects",
        keys=("R",),
        tip="A new take, by another seed",
        icon="refresh",
        run=lambda part: part.panel.regenerate(),
        enabled=lambda part: part.has_objects,
    ),
    Command(
        "cancel",
        "&Cancel generating",
        "&Objects",
        keys=("Ctrl+.",),
        tip="Stop all that runs or waits",
        icon="close",
        run=lambda part: part.queue.cancel_all(),
        enabled=lambda part: part.is_generating,
    ),
    Command(
        "rename",
        "Re&name",
        "&Objects",
        keys=("F2",),
        tip="Give the selected object another name",
        group=1,
        run=lambda part: part.panel.rename(),
        enabled=lambda part: part.has_objects,
    ),
)

OBJECTS_ROUTES: tuple[Route[ObjectsTarget], ...] = (
    Route("delete", lambda part: part.panel.remove()),
    Route("select_all", lambda part: part.panel.select_all(), lambda part: part.has_objects),
    Route("solo", lambda part: part.panel.solo(), lambda part: part.panel.selected),
    Route("mute", lambda part: part.panel.mute(), lambda part: part.panel.selected),
)
