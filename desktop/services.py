"""What every part of the window gets, and what the window asks of its panels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.actions import Actions
from desktop.document import Document
from desktop.messages import Messages
from desktop.session import Session
from desktop.settings.store import JsonFile, Settings
from desktop.workers.background import Background

if TYPE_CHECKING:
    from desktop.export.exports import Exports


class Running(QObject):
    """What runs, in words, by who runs it; the status line shows it.

    Signals:
        changed(): something else runs, or nothing. facts_changed(): the device, the model or the sound is another.
    """

    changed = Signal()
    facts_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: dict[str, tuple[str, float | None]] = {}
        self._facts: dict[str, str] = {}

    def tell(self, who: str, words: str, seconds_to_go: float | None = None) -> None:
        """``who`` runs what ``words`` say; no words when it is done."""
        before = self._work.get(who)
        if words:
            self._work[who] = (words, seconds_to_go)
        else:
            self._work.pop(who, None)
        if self._work.get(who) != before:
            self.changed.emit()

    def state(self, what: str, words: str) -> None:
        """A fact that stays: ``device``, ``model``, or why there is no ``sound``."""
        if self._facts.get(what, "") != words:
            self._facts[what] = words
            self.facts_changed.emit()

    @property
    def work(self) -> str:
        """All that runs, with the time to go where it is known."""
        return "   ·   ".join(
            words if seconds is None else f"{words}, {spoken_time(seconds)} to go"
            for words, seconds in self._work.values()
        )

    def fact(self, what: str) -> str:
        return self._facts.get(what, "")


def spoken_time(seconds: float) -> str:
    """A length of time as people say it: "8 s", "2 min 5 s"."""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


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
