"""What is running, with time estimates, for the status bar."""

from PySide6.QtCore import QObject, Signal


class Activity(QObject):
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

    def set_task(self, who: str, words: str, seconds_to_go: float | None = None) -> None:
        """``who`` runs what ``words`` say; no words when it is done."""
        before = self._work.get(who)
        if words:
            self._work[who] = (words, seconds_to_go)
        else:
            self._work.pop(who, None)
        if self._work.get(who) != before:
            self.changed.emit()

    def set_fact(self, what: str, words: str) -> None:
        """A fact that stays: ``device``, ``model``, or why there is no ``sound``."""
        if self._facts.get(what, "") != words:
            self._facts[what] = words
            self.facts_changed.emit()

    @property
    def work(self) -> str:
        """All that runs, with the time to go where it is known."""
        return "   ·   ".join(
            words if seconds is None else f"{words}, {duration_text(seconds)} to go"
            for words, seconds in self._work.values()
        )

    def fact(self, what: str) -> str:
        return self._facts.get(what, "")


def duration_text(seconds: float) -> str:
    """A length of time as people say it: "8 s", "2 min 5 s"."""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
