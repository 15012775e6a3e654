"""The canvas as a part of the window, with its vision worker and its controller."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.actions.actions import Actions
from desktop.canvas.canvas import Canvas
from desktop.canvas.canvas_commands import COMMANDS, Command
from desktop.canvas.controller import CanvasController, CanvasPreferences
from desktop.canvas.pointer_actions import Tool
from desktop.services import Services
from desktop.settings.table import Preferences
from desktop.vision.studio_backend import StudioVisionBackend
from desktop.vision.worker import VisionWorker
from desktop.vision.worker_protocol import VisionBackend

ALWAYS = ("find", "smaller", "larger", "fit", "actual", "closer", "farther")
"""Commands of the canvas that act whenever there is a still."""


TOOLS = {"point": Tool.HINT, "brush": Tool.BRUSH, "erase": Tool.ERASE}


class CanvasPart:
    """The canvas with its worker and its controller."""

    def __init__(self, services: Services, parent: QWidget) -> None:
        self._document = services.document
        self.canvas = Canvas(parent)
        self.canvas.set_keys(services.settings.keys)
        services.settings.keys_changed.connect(self.canvas.set_keys)
        self.vision = VisionWorker(vision_backend_factory(services), self.canvas)
        self._controller = CanvasController(
            self.canvas,
            self.vision,
            services.document,
            services.messages,
            self.canvas,
            wishes=lambda: canvas_preferences(services.settings.preferences),
        )
        self.vision.busy_changed.connect(lambda words: services.activity.set_task("vision", words))

    @property
    def widget(self) -> QWidget:
        return self.canvas

    def bind(self, actions: Actions) -> None:
        for id_ in ALWAYS:
            actions.bind(id_, self._executor(COMMANDS[id_]), self._has_still)
        for id_, tool in TOOLS.items():
            actions.bind(id_, self._tool_setter(tool), self._has_still, self._is_tool(tool))
        actions.bind("accept", self._executor(Command.ACCEPT), lambda: self.canvas.can_execute()[0])
        actions.bind("next_mask", self._executor(Command.NEXT), lambda: self.canvas.can_execute()[0])
        actions.bind("previous_here", self._executor(Command.PREVIOUS), lambda: self.canvas.can_execute()[0])
        actions.bind("hint_back", self._executor(Command.BACK), lambda: self.canvas.can_execute()[1])
        self.canvas.picker_changed.connect(actions.refresh)
        actions.bind("clear", self._executor(Command.CLEAR), lambda: self.canvas.can_execute()[1])

    def close(self) -> None:
        self._controller.close()

    def _has_still(self) -> bool:
        return self._document.still is not None

    def _executor(self, command: Command) -> Callable[[], None]:
        return lambda: self.canvas.execute(command)

    def _tool_setter(self, tool: Tool) -> Callable[[], None]:
        return lambda: self.canvas.set_tool(tool)

    def _is_tool(self, tool: Tool) -> Callable[[], bool]:
        return lambda: self.canvas.tool is tool


def vision_backend_factory(services: Services) -> Callable[[], VisionBackend]:
    """Makes what looks at stills, in the vision thread: the settings are read here, the models loaded there."""
    preferences = services.settings.preferences
    threads = preferences.threads or None
    return lambda: StudioVisionBackend(preferences.model or None, preferences.device, threads)


def canvas_preferences(preferences: Preferences) -> CanvasPreferences:
    """What of the settings is the canvas's."""
    return CanvasPreferences(preferences.hover, preferences.duration, preferences.negative)
