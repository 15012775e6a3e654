"""Stand-ins for what the window gets from outside: panels that count, and a person who answers at once."""

from collections import Counter
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.actions.actions import Actions
from desktop.main_window.dialogs import UnsavedAnswer
from desktop.services import Services


class FakePanel:
    """An empty part of the window that counts what is done to it."""

    def __init__(self, services: Services, parent: QWidget) -> None:
        self.services = services
        self.counts: Counter[str] = Counter()
        self._widget = QWidget(parent)

    @property
    def widget(self) -> QWidget:
        return self._widget

    def bind(self, actions: Actions) -> None:
        self.counts["bound"] += 1

    def close(self) -> None:
        self.counts["closed"] += 1


class FakeDialogs:
    """Answers as told beforehand, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.picture: Path | None = None
        self.folder: Path | None = None
        self.place: Path | None = None
        self.answer: UnsavedAnswer = "cancel"
        self.wants_recovery = True
        self.takes = 0
        self.wants_replacement = True
        self.wants_deletion = True

    def still(self, folder: Path) -> Path | None:
        self.asked.append("still")
        return self.picture

    def project(self, folder: Path) -> Path | None:
        self.asked.append("project")
        return self.folder

    def save_as(self, folder: Path, name: str) -> Path | None:
        self.asked.append(f"save as {name}")
        return self.place

    def unsaved(self, name: str, takes: int) -> UnsavedAnswer:
        self.takes = takes
        self.asked.append(f"unsaved {name}")
        return self.answer

    def replace_scene(self, name: str) -> bool:
        self.asked.append(f"replace {name}")
        return self.wants_replacement

    def recover(self, name: str, when: str) -> bool:
        self.asked.append(f"recover {name}")
        return self.wants_recovery

    def delete(self, name: str, takes: int) -> bool:
        self.asked.append(f"delete {name} with {takes}")
        return self.wants_deletion
