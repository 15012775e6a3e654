"""What is running, with time estimates, for the status bar."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Activity(QObject):
    """Running tasks and facts of the session (device, model, sound), shown in the status bar.

    Signals:
        changed(): a task started, progressed or ended.
        facts_changed(): the device, the model or the sound output has changed.
    """

    changed = Signal()
    facts_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: dict[str, tuple[str, float | None, bool]] = {}
        self._facts: dict[str, str] = {}

    def set_task(
        self, who: str, words: str, seconds_to_go: float | None = None, *, shown: bool = True
    ) -> None:
        """Set the text of the task that ``who`` runs; an empty text removes it.

        Args:
            who: the part of the window that runs it.
            words: what it does.
            seconds_to_go: the remaining time, if there is an estimate.
            shown: whether the status bar shows it; a task that another part shows already is not told twice.
        """
        before = self._work.get(who)
        if words:
            self._work[who] = (words, seconds_to_go, shown)
        else:
            self._work.pop(who, None)
        if self._work.get(who) != before:
            self.changed.emit()

    def set_fact(self, what: str, words: str) -> None:
        """Set a lasting fact: the ``device``, the ``model``, or why there is no ``sound``."""
        if self._facts.get(what, "") != words:
            self._facts[what] = words
            self.facts_changed.emit()

    @property
    def work(self) -> str:
        """All running tasks as one text, with the remaining time of those that have an estimate."""
        return self._text(self._work.values())

    @property
    def shown(self) -> str:
        """The running tasks that the status bar shows, as one text."""
        return self._text(entry for entry in self._work.values() if entry[2])

    def _text(self, tasks: Iterable[tuple[str, float | None, bool]]) -> str:
        return "   ·   ".join(
            words if seconds is None else f"{words}, {duration_text(seconds)} to go"
            for words, seconds, _ in tasks
        )

    def fact(self, what: str) -> str:
        return self._facts.get(what, "")


def duration_text(seconds: float) -> str:
    """Return a duration as text: "8 s", "2 min 5 s"."""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def time_left_text(seconds: float | None) -> str:
    """Return remaining seconds as text: "8 s", "1:20"; empty for None."""
    if seconds is None:
        return ""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02d}"
