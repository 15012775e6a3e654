"""Composition root of the desktop application: create the services and the main window, and run the event loop."""

import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktop.actions.shortcut_guard import FocusGuard
from desktop.document.activity import Activity
from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.document.project_session import ProjectSession, SceneDefaults
from desktop.main_window.all_commands import ALL_COMMANDS
from desktop.main_window.main_window import USUAL, MainWindow
from desktop.main_window.panels import Panels
from desktop.main_window.screenshot import Screenshot
from desktop.main_window.welcome.samples import sample_stills
from desktop.services import Services
from desktop.settings.model_choice import (
    ModelChoice,
    device_label,
    model_choice,
    model_label,
    on_model_change,
)
from desktop.settings.store import SettingsStore, settings_file, state_file, unsaved_folder
from desktop.theme.icons import icon_pixmap
from desktop.theme.theme import Theme
from desktop.threads.background import Background
from desktop.threads.gc_timer import GcTimer
from desktop.threads.plain_imports import plain_imports
from desktop.threads.torch_preload import torch_preloaded
from engine.errors import BadInput, Failed
from engine.models.pool import ModelPool

DEBUG_VARIABLE = "FOLEYSCAPE_DEBUG"
NAME = "Foleyscape"
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@dataclass(frozen=True)
class Start:
    """Options the application starts with.

    Attributes:
        path: a still or a project to open; None shows the welcome page.
        screenshot: a PNG file to draw the window into before quitting; None runs interactively.
        size: size of the window for the screenshot, in pixels.
    """

    path: Path | None = None
    screenshot: Path | None = None
    size: tuple[int, int] | None = None


def run(start: Start, panels: Callable[[], Panels] | None = None) -> int:
    """Run the application until the window is closed.

    Returns:
        0, or 1 if the screenshot could not be made.

    Raises:
        Failed: there is no display.
        BadInput: there is nothing at the path.
    """
    check(start)
    settings = SettingsStore(settings_file(), ALL_COMMANDS)
    prepare_platform(start, settings.preferences.scale)
    application = create_application()
    theme = Theme()
    theme.apply(application)
    guard, gc_timer = FocusGuard(application), GcTimer(application)
    try:
        services, parts = create_services(settings), (panels or _default_panels)()
        window = MainWindow(services, parts, samples=sample_stills())
        with plain_imports(), reporting_errors(services.messages, application):
            return _loop(application, window, start)
    finally:
        gc_timer.close()
        guard.deleteLater()
        theme.close()


def check(start: Start) -> None:
    """Check the start options.

    Raises:
        BadInput: there is nothing at the path, or the screenshot is not a PNG file.
    """
    if start.path is not None and not start.path.exists():
        raise BadInput(f"There is no file or folder {start.path}.")
    if start.screenshot is not None and start.screenshot.suffix.lower() != ".png":
        raise BadInput(f"A screenshot is a PNG file: call it {start.screenshot.with_suffix('.png').name}.")
    if start.size is not None and start.screenshot is None:
        raise BadInput("--size goes with --screenshot.")


def prepare_platform(start: Start, scale: int) -> None:
    """Set the environment variables that Qt reads when it starts.

    Raises:
        Failed: there is no display.
    """
    if start.screenshot is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    elif sys.platform.startswith("linux") and not any(os.environ.get(name) for name in DISPLAYS):
        raise Failed(
            "There is no display to open a window on. The other commands work without one: see --help."
        )
    if scale != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{scale / 100:g}")


def create_application() -> QApplication:
    """Return the running application, or create it with name and icon."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = QApplication([NAME])
    application.setApplicationName(NAME)
    application.setDesktopFileName("foleyscape")
    application.setWindowIcon(QIcon(icon_pixmap("generate", "#ffb000", 64)))
    return application


def create_services(settings: SettingsStore) -> Services:
    """Create the services that all parts of the window share."""
    messages = Messages()
    document, background, running = Document(messages), Background(), Activity()

    def begin() -> SceneDefaults:
        chosen = settings.preferences
        return SceneDefaults(
            chosen.sample_rate, chosen.frame_rate, chosen.edge_fade_ms, auto_crossfade=chosen.auto_crossfade
        )

    session = ProjectSession(document, background, messages, unsaved_folder(), begin)
    models = ModelPool()

    def tell_model(choice: ModelChoice) -> None:
        running.set_fact("device", device_label(choice))
        running.set_fact("model", model_label(choice))

    def change_model(choice: ModelChoice) -> None:
        models.unload()
        tell_model(choice)

    tell_model(model_choice(settings.preferences))
    # Before the parts connect: what they load after a change must stay.
    on_model_change(settings, change_model)
    return Services(document, messages, settings, state_file(), background, session, running, models)


@contextlib.contextmanager
def reporting_errors(messages: Messages, application: QApplication) -> Iterator[None]:
    """Show uncaught exceptions of this and all other Python threads as messages, within the block."""
    before, before_threads = sys.excepthook, threading.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if os.environ.get(DEBUG_VARIABLE):
            traceback.print_exception(kind, error, trace)
        if issubclass(kind, KeyboardInterrupt):
            application.quit()
        else:
            messages.fail(error)

    def tell_of_thread(facts: Any) -> None:
        if facts.exc_value is not None:
            tell(facts.exc_type, facts.exc_value, facts.exc_traceback)

    sys.excepthook, threading.excepthook = tell, tell_of_thread
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before, before_threads


def _loop(application: QApplication, window: MainWindow, start: Start) -> int:
    # Python's handlers would not run inside Qt's event loop; unsaved work is offered at the next start.
    with contextlib.suppress(ValueError):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
    if start.screenshot is not None:
        window.resize(QSize(*start.size) if start.size else USUAL)
    window.show()
    shot = Screenshot(window, start.screenshot, start.path) if start.screenshot is not None else None
    with torch_preloaded():
        if shot is not None:
            shot.begin()
        else:
            QTimer.singleShot(0, window, window.services.session.look_for_recoverable)
            if start.path is not None:
                window.open_path(start.path)
        application.exec()
    return shot.code if shot is not None else 0


def _default_panels() -> Panels:
    from desktop.main_window.workbench import default_panels

    return default_panels()
