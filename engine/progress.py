"""Progress reports and cancellation of long work."""

from collections.abc import Callable

from engine.errors import Cancelled

Report = Callable[[float, str], None]
IsCancelled = Callable[[], bool]
Note = Callable[[str], None]


class Progress:
    """A handle on a part of the work, from 0 to 1.

    Args:
        report: called with (fraction of the whole, text of the current step); None reports nothing.
        is_cancelled: checked at every report; None never cancels.
        note: called with what the user should know once the work is done; None notes nothing.
        start: fraction of the whole at which this part begins.
        end: fraction of the whole at which this part ends.
    """

    def __init__(
        self,
        report: Report | None = None,
        is_cancelled: IsCancelled | None = None,
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
        """Report that ``fraction`` (0 to 1) of this part is done.

        Raises:
            Cancelled: the work was cancelled.
        """
        self.raise_if_cancelled()
        if self._report is not None:
            share = min(max(fraction, 0.0), 1.0)
            self._report(self._start + (self._end - self._start) * share, text)

    def note(self, sentence: str) -> None:
        """Tell the user, in one sentence, about something unusual that needs no answer."""
        if self._note is not None:
            self._note(sentence)

    def part(self, start: float, end: float) -> "Progress":
        """Return a handle on the sub-range ``start`` to ``end`` (0 to 1) of this part."""
        width = self._end - self._start
        return Progress(
            self._report,
            self._is_cancelled,
            self._note,
            start=self._start + width * start,
            end=self._start + width * end,
        )

    def raise_if_cancelled(self) -> None:
        """Raise ``Cancelled`` if the work was cancelled.

        Raises:
            Cancelled: the work was cancelled.
        """
        if self._is_cancelled is not None and self._is_cancelled():
            raise Cancelled


def no_progress() -> Progress:
    """Return a handle that reports nothing and is never cancelled."""
    return Progress()
