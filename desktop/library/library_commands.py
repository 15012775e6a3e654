"""The commands of the library panel."""

from typing import Protocol

from desktop.actions.command_spec import Command


class LibraryTarget(Protocol):
    """What the commands need of the library's part of the window."""

    @property
    def has_one_object(self) -> bool: ...
    def search(self) -> None: ...
    def search_for_object(self) -> None: ...


LIBRARY_COMMANDS: tuple[Command[LibraryTarget], ...] = (
    Command(
        "library_search",
        "Search &library",
        "&Objects",
        keys=("Ctrl+Alt+F", "Shift+F9"),
        tip="Search your own recordings by words",
        icon="search",
        group=5,
        run=lambda part: part.search(),
    ),
    Command(
        "library_object",
        "Find in li&brary",
        "&Objects",
        keys=("Ctrl+Shift+F",),
        tip="Search your own recordings for sounds of the selected object",
        group=5,
        run=lambda part: part.search_for_object(),
        enabled=lambda part: part.has_one_object,
    ),
)
