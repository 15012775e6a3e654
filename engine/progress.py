"""How long work tells how far it is, and learns that it was cancelled."""

from collections.abc import Callable

from engine.errors import Cancelled

Report = Callable[[float, str], None]
Note = Callable[[str], None]


class Progress:
    """A handle on a stretch of work, from 0 to 1.

    Args:
        report: called with (fraction of the whole, words for what runs); None reports nothing.
        is_cancelled: asked at every report; None never cancels.
        note: called with what the person should know once the work is done; None notes nothing.
        start, end: the share of the whole that this stretch is.
    """

    def __init__(
        self,
        report: Report | None = None,
        is_cancelled: Callable[[], bool] | None = None,
        note: Note | None = None,
        *,
        start: float = 0.0,
        end: float = 1.0,
    ) -> None:
        self._report = report
        self._is_cancelled = is_cancelled
        self._note = note
        self._start = start
        self._end = end

    def report(self, fraction: float, text: str = "") -> None:
        """Tell that ``fraction`` (0 to 1) of this stretch is done.

        Raises:
            Cancelled: the work was cancelled.
        """
        self.raise_if_cancelled()
        if self._report is not None:
            share = min(max(fraction, 0.0), 1.0)
            self._report(self._start + (self._end - self._start) * share, text)

    def note(self, sentence: str) -> None:
        """Tell the person something that did not go as usual but needs no answer: one sentence."""
        if self._note is not None:
            self._note(sentence)

    def part(self, start: float, end: float) -> "Progress":
        """The sub-range from ``start`` to ``end`` (0 to 1) of this stretch, as a handle of its own."""
        width = self._end - self._start
        return Progress(
            self._report,
            self._is_cancelled,
            self._note,
            start=self._start + width * start,
            end=self._start + width * end,
        )

    def raise_if_cancelled(self) -> None:
        """Stop the work if it was cancelled.

        Raises:
            Cancelled: the work was cancelled.
        """
        if self._is_cancelled is not None and self._is_cancelled():
            raise Cancelled


def no_progress() -> Progress:
    """A handle that reports nowhere and is never cancelled, for headless use and tests."""
    return Progress()
