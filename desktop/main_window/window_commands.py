"""The commands of the window itself: files, undo, view, help."""

from collections.abc import Callable
from typing import Protocol

from desktop.actions.command_spec import Command, Route
from desktop.document.document import Document


class WindowTarget(Protocol):
    """What these commands need of the main window."""

    @property
    def document(self) -> Document: ...
    @property
    def has_scene(self) -> bool: ...
    def open_still(self) -> None: ...
    def open_project(self) -> None: ...
    def save(self, on_success: Callable[[], None] | None = None) -> None: ...
    def save_as(self, on_success: Callable[[], None] | None = None) -> None: ...
    def reveal(self) -> None: ...
    def close_scene(self) -> None: ...
    def paste(self) -> None: ...
    def quit(self) -> None: ...
    def show_preferences(self, page: str = "") -> None: ...
    def show_about(self) -> None: ...
    def show_tour(self) -> None: ...
    def copy_diagnostics(self) -> None: ...
    def show_log(self) -> None: ...
    def toggle_panel(self, name: str) -> None: ...
    def can_toggle(self, name: str) -> bool: ...
    def shows_panel(self, name: str) -> bool: ...
    def toggle_full_screen(self) -> None: ...
    def isFullScreen(self) -> bool: ...  # noqa: N802 - Qt's name


WINDOW_COMMANDS: tuple[Command[WindowTarget], ...] = (
    Command(
        "open",
        "&Open…",
        "&File",
        keys=("Ctrl+O",),
        tip="Open a still or a project",
        icon="open",
        run=lambda window: window.open_still(),
    ),
    Command(
        "open_project",
        "Open &project…",
        "&File",
        keys=("Ctrl+Shift+O",),
        tip="Open a project folder",
        run=lambda window: window.open_project(),
    ),
    Command(
        "save",
        "&Save",
        "&File",
        keys=("Ctrl+S",),
        tip="Save the project",
        icon="save",
        group=1,
        run=lambda window: window.save(),
        enabled=lambda window: window.has_scene,
    ),
    Command(
        "save_as",
        "Save &as…",
        "&File",
        keys=("Ctrl+Shift+S",),
        tip="Save into another folder",
        group=1,
        run=lambda window: window.save_as(),
        enabled=lambda window: window.has_scene,
    ),
    Command(
        "reveal",
        "Sho&w project folder",
        "&File",
        tip="Show the folder in the file manager",
        group=2,
        run=lambda window: window.reveal(),
        enabled=lambda window: window.has_scene,
    ),
    Command(
        "preferences",
        "Pre&ferences…",
        "&File",
        keys=("Ctrl+,",),
        tip="Change how things are done",
        icon="settings",
        group=3,
        run=lambda window: window.show_preferences(),
    ),
    Command(
        "close",
        "&Close",
        "&File",
        keys=("Ctrl+W",),
        tip="Close the scene and go back to the start",
        group=4,
        run=lambda window: window.close_scene(),
        enabled=lambda window: window.has_scene,
    ),
    Command(
        "quit",
        "&Quit",
        "&File",
        keys=("Ctrl+Q",),
        tip="Leave Foleyscape",
        group=4,
        run=lambda window: window.quit(),
    ),
    Command(
        "undo",
        "&Undo",
        "&Edit",
        keys=("Ctrl+Z",),
        tip="Take back the last step",
        icon="undo",
        run=lambda window: window.document.undo(),
        enabled=lambda window: bool(window.document.history.past),
    ),
    Command(
        "redo",
        "&Redo",
        "&Edit",
        keys=("Ctrl+Y", "Ctrl+Shift+Z"),
        tip="Do again what was undone",
        icon="redo",
        run=lambda window: window.document.redo(),
        enabled=lambda window: bool(window.document.history.future),
    ),
    Command(
        "show_library",
        "Li&brary",
        "&View",
        keys=("F9",),
        tip="Show or hide your own recordings",
        group=1,
        run=lambda window: window.toggle_panel("library"),
        enabled=lambda window: window.can_toggle("library"),
        checked=lambda window: window.shows_panel("library"),
    ),
    Command(
        "show_objects",
        "&Objects",
        "&View",
        keys=("F7",),
        tip="Show or hide the objects",
        group=1,
        run=lambda window: window.toggle_panel("objects"),
        enabled=lambda window: window.can_toggle("objects"),
        checked=lambda window: window.shows_panel("objects"),
    ),
    Command(
        "show_timeline",
        "&Timeline",
        "&View",
        keys=("F8",),
        tip="Show or hide the timeline",
        group=1,
        run=lambda window: window.toggle_panel("timeline"),
        enabled=lambda window: window.can_toggle("timeline"),
        checked=lambda window: window.shows_panel("timeline"),
    ),
    Command(
        "full_screen",
        "F&ull screen",
        "&View",
        keys=("F11",),
        tip="Use the whole screen",
        group=2,
        run=lambda window: window.toggle_full_screen(),
        checked=lambda window: window.isFullScreen(),
    ),
    Command(
        "keys",
        "&Keys…",
        "&Help",
        keys=("F1",),
        tip="Which key does what, and change it",
        run=lambda window: window.show_preferences("Keys"),
    ),
    Command(
        "tour",
        "&Quick tour…",
        "&Help",
        tip="From a still to stems, on one page",
        icon="info",
        run=lambda window: window.show_tour(),
    ),
    Command(
        "copy_diagnostics",
        "Copy &diagnostics",
        "&Help",
        tip="Copy versions, device, model and the last errors, without personal paths",
        icon="copy",
        group=1,
        run=lambda window: window.copy_diagnostics(),
    ),
    Command(
        "show_log",
        "Show &log file",
        "&Help",
        tip="Show the log in the file manager",
        group=1,
        run=lambda window: window.show_log(),
    ),
    Command(
        "about",
        "&About Foleyscape…",
        "&Help",
        tip="Versions, model, licences and credits",
        icon="info",
        group=2,
        run=lambda window: window.show_about(),
    ),
)

WINDOW_ROUTES: tuple[Route[WindowTarget], ...] = (Route("paste", lambda window: window.paste()),)
