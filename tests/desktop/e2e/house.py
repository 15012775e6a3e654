"""The real window with its real parts, and a person with a mouse and a keyboard before it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.actions.shortcut_guard import FocusGuard
from desktop.app import create_services
from desktop.canvas.part import CanvasPart
from desktop.document.messages import Message
from desktop.generation.worker import GenerationBackend
from desktop.library.part import LibraryPart
from desktop.main_window.all_commands import ALL_COMMANDS
from desktop.main_window.main_window import MainWindow
from desktop.main_window.panels import Panels
from desktop.main_window.workbench import connect_parts
from desktop.objects.part import ObjectsPart
from desktop.playback.output_thread import OpenDevice
from desktop.settings.model_choice import ModelChoice
from desktop.settings.store import SettingsStore, settings_file
from desktop.timeline.part import TimelinePart
from engine.scene.scene import Scene
from tests.desktop.fakes import FakeDialogs
from tests.desktop.objects.toy import FakeGenerationBackend, toy_project
from tests.desktop.playback.fakes import Shelf

NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
PATIENCE = 120_000


class House:
    """Args:
    make: makes the studio; None is the real one.
    device: opens the output; None is a device that is pulled by hand.
    """

    def __init__(
        self,
        qtbot: QtBot,
        make: Callable[[ModelChoice], GenerationBackend] | None = None,
        device: OpenDevice | None = None,
    ) -> None:
        self.qtbot = qtbot
        self.person, self.shelf = FakeDialogs(), Shelf()
        self.services = create_services(SettingsStore(settings_file(), ALL_COMMANDS))
        self.said: list[Message] = []
        self.services.messages.shown.connect(self.said.append)
        objects = partial(ObjectsPart, make=make)
        timeline = partial(TimelinePart, device=device or self.shelf)
        panels = Panels(CanvasPart, objects, timeline, connect_parts, LibraryPart)
        self.window = MainWindow(self.services, panels, ask=self.person)
        self.guard = FocusGuard(cast(QApplication, QApplication.instance()))
        qtbot.addWidget(self.window, before_close_func=lambda window: cast(MainWindow, window).abandon())
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()

    @property
    def scene(self) -> Scene:
        return self.services.document.scene

    @property
    def canvas(self) -> CanvasPart:
        return cast(CanvasPart, self.window.panels["canvas"])

    @property
    def objects(self) -> ObjectsPart:
        return cast(ObjectsPart, self.window.panels["objects"])

    @property
    def timeline(self) -> TimelinePart:
        return cast(TimelinePart, self.window.panels["timeline"])

    def until(self, settled: Callable[[], bool], timeout: int = PATIENCE) -> None:
        self.qtbot.waitUntil(settled, timeout=timeout)

    def at_rest(self) -> bool:
        return not self.services.background.busy and not self.services.activity.work

    def open(self, path: Path) -> None:
        self.window.open_path(path)
        self.until(lambda: self.services.document.still is not None and self.canvas.vision.ready)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Presses a key where the keyboard is."""
        where = QApplication.focusWidget() or self.window
        self.qtbot.keyClick(where, key, modifiers)

    def place(self, x: float, y: float) -> QPoint:
        """Where on the canvas this part of the still is, each from 0 to 1."""
        still = self.services.document.still
        assert still is not None
        view = self.canvas.canvas.viewport.to_view((x * still.width, y * still.height))
        return QPoint(round(view[0]), round(view[1]))

    def click(self, x: float, y: float) -> None:
        self.qtbot.mouseClick(self.canvas.canvas, LEFT, NONE, self.place(x, y))

    def box(self, left: float, top: float, right: float, bottom: float) -> None:
        drag(self.canvas.canvas, self.place(left, top), self.place(right, bottom))

    def clips(self, number: int) -> int:
        """How many clips lie on the track of an object."""
        return sum(len(track.clips) for track in self.scene.timeline.tracks if track.object == number)


def drag(widget: QWidget, begin: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """With the left button, over a few places."""
    QTest.mousePress(widget, LEFT, modifiers, begin)
    for part in (0.3, 0.6, 1.0):
        at = begin + QPoint(round((end.x() - begin.x()) * part), round((end.y() - begin.y()) * part))
        QTest.mouseMove(widget, at)
    QTest.mouseRelease(widget, LEFT, modifiers, end)


def toy_house(
    qtbot: QtBot, folder: Path, maker: FakeGenerationBackend, device: OpenDevice | None = None
) -> House:
    """A window in which the toy project of ``folder`` is open."""
    made = House(qtbot, lambda _: maker, device)
    toy_project(folder)[0].close()
    made.window.open_path(folder / "Street.foley")
    made.until(lambda: made.services.document.still is not None and maker.warmed == 1)
    return made
