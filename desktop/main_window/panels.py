"""What the main window requires of its parts, and the functions that create them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from desktop.actions.actions import Actions
from desktop.export.part import ExportPart
from desktop.services import Services


class Panel(Protocol):
    """A part of the window."""

    @property
    def widget(self) -> QWidget:
        """The widget to show."""

    def bind(self, actions: Actions) -> None:
        """Bind what the part does to the window's actions."""

    def close(self) -> None:
        """Stop the part's threads and timers before the window is destroyed."""


PanelFactory = Callable[[Services, QWidget], Panel]

ConnectParts = Callable[[Mapping[str, Panel], Actions, ExportPart], None]
"""Connects the panels, given by name, to each other.

Also receives the actions and the export part.
"""


@dataclass(frozen=True)
class Panels:
    """Factories of the window's parts, and the function that connects them; None leaves a part out."""

    canvas: PanelFactory
    objects: PanelFactory | None = None
    timeline: PanelFactory | None = None
    join: ConnectParts | None = None
    library: PanelFactory | None = None
