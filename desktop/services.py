"""What every part of the window gets, and what the window asks of its panels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

from desktop.actions.actions import Actions
from desktop.document.activity import Running
from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.document.project_session import Session
from desktop.settings.store import JsonFile, Settings
from desktop.threads.background import Background

if TYPE_CHECKING:
    from desktop.export.part import Exports


@dataclass(frozen=True)
class Services:
    """Made once, in ``app``, and handed to whoever needs them."""

    document: Document
    messages: Messages
    settings: Settings
    state: JsonFile
    background: Background
    session: Session
    running: Running


class Panel(Protocol):
    """A part of the window, whoever made it."""

    @property
    def widget(self) -> QWidget:
        """What is shown."""

    def bind(self, actions: Actions) -> None:
        """Says what it does for which action."""

    def close(self) -> None:
        """Ends its threads and timers; the window is about to go."""


PanelFactory = Callable[[Services, QWidget], Panel]


Join = Callable[[Mapping[str, Panel], Actions, Callable[[], None], "Exports"], None]
"""Joins the panels, by name, to each other; also given the actions, what pasting does in the window, and exports."""


@dataclass(frozen=True)
class Panels:
    """Who makes what stands where, and who joins them; None leaves it out."""

    canvas: PanelFactory
    objects: PanelFactory | None = None
    timeline: PanelFactory | None = None
    join: Join | None = None
