"""A window with nothing in it but the objects, over a toy project."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from desktop.actions.actions import Actions
from desktop.document.activity import Activity
from desktop.document.document import Document
from desktop.document.messages import Message, Messages
from desktop.document.project_session import ProjectSession
from desktop.generation.worker import GenerationBackend
from desktop.main_window.all_commands import ALL_COMMANDS
from desktop.objects.part import ObjectsPart
from desktop.services import Services
from desktop.settings.model_choice import ModelChoice
from desktop.settings.store import JsonFile, SettingsStore
from desktop.threads.background import Background
from engine.project.folder import Project
from tests.desktop.key_maps import key_map
from tests.desktop.objects.toy import toy_project


class House:
    """A window with nothing in it but the objects."""

    def __init__(
        self, folder: Path, qtbot: QtBot, make: Callable[[ModelChoice], GenerationBackend] | None
    ) -> None:
        self.window = QMainWindow()
        qtbot.addWidget(self.window, before_close_func=lambda _: self.close())
        self.settings = SettingsStore(JsonFile(folder / "settings.json"), ALL_COMMANDS)
        self.settings.set(replace(self.settings.preferences, variations=2, final_steps=9, device="cpu"))
        messages = Messages()
        self.said: list[Message] = []
        messages.shown.connect(self.said.append)
        self.document, self.background = Document(messages), Background()
        session = ProjectSession(self.document, self.background, messages, folder / "unsaved")
        self.services = Services(
            self.document,
            messages,
            self.settings,
            JsonFile(folder / "s"),
            self.background,
            session,
            Activity(),
        )
        self.part = ObjectsPart(self.services, self.window, make)
        self.actions = Actions(self.window, key_map())
        self.part.bind(self.actions)
        self.document.selection_changed.connect(self.actions.refresh)
        self.document.scene_changed.connect(self.actions.refresh)
        self.project: Project
        self.project, scene, still = toy_project(folder)
        self.document.replace(scene, still, self.project)
        self.window.setCentralWidget(self.part.widget)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.part.panel.card(0).setFocus()

    def close(self) -> None:
        self.part.close()
        self.project.close()
        self.document.mark_saved(self.document.scene)
        self.background.close()
