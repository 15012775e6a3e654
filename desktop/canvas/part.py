"""The canvas as a part of the window, with its vision worker and controller."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.actions.actions import Actions
from desktop.canvas.canvas import Canvas
from desktop.canvas.canvas_commands import CANVAS_COMMANDS
from desktop.canvas.controller import CanvasController, CanvasPreferences
from desktop.services import Services
from desktop.settings.model_choice import model_choice, on_model_change
from desktop.settings.table import Preferences
from desktop.vision.studio_backend import StudioVisionBackend
from desktop.vision.worker import VisionWorker
from desktop.vision.worker_protocol import VisionBackend


class CanvasPart:
    """The canvas, its vision worker and its controller."""

    def __init__(self, services: Services, parent: QWidget) -> None:
        self._document = services.document
        self.canvas = Canvas(parent)
        self.canvas.set_keys(services.settings.keys)
        services.settings.keys_changed.connect(self.canvas.set_keys)
        self.vision = VisionWorker(vision_backend_factory(services), self.canvas)
        on_model_change(services.settings, lambda _: self.vision.renew())
        self.controller = CanvasController(
            self.canvas,
            self.vision,
            services.document,
            services.messages,
            self.canvas,
            preferences=lambda: canvas_preferences(services.settings.preferences),
        )
        self.vision.busy_changed.connect(lambda words: services.activity.set_task("vision", words))

    @property
    def widget(self) -> QWidget:
        return self.canvas

    def bind(self, actions: Actions) -> None:
        actions.register(CANVAS_COMMANDS, self)
        self.canvas.picker_changed.connect(actions.refresh)

    def close(self) -> None:
        self.controller.close()

    @property
    def has_still(self) -> bool:
        return self._document.still is not None


def vision_backend_factory(services: Services) -> Callable[[], VisionBackend]:
    """Return a function that creates the backend of the chosen model. It is called in the vision thread."""

    def make() -> VisionBackend:
        choice = model_choice(services.settings.preferences)
        return StudioVisionBackend(choice.model, choice.device, choice.threads, services.models)

    return make


def canvas_preferences(preferences: Preferences) -> CanvasPreferences:
    """Return the canvas's share of the preferences."""
    return CanvasPreferences(preferences.hover, preferences.duration, preferences.negative)
