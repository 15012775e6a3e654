"""A progress bar on the terminal: current step, fraction done, and time left."""

import math
import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

from engine.cli.streams import can_show
from engine.jobs.time_left import TimeLeftEstimator
from engine.progress import Progress

REDRAW_SECONDS = 0.05
MARKS, PLAIN_MARKS = ("━", "╌"), ("#", "-")
"""Of a bar where it is done and where it is not; plain ones for terminals of other encodings."""


class Bar:
    """Draws progress on one terminal line, repeatedly.

    The time left is measured from the latest reports of the current stage, so that a slow start (loading a
    model) does not distort the estimate for the following steps.

    Args:
        stream: where to draw; None draws nowhere.
        clock: monotonic time in seconds.
    """

    def __init__(self, stream: TextIO | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._text, self._stage = "", ""
        self._fraction: float | None = None
        self._left: float | None = None
        self._estimator = TimeLeftEstimator()
        self._drawn = -math.inf
        self._marks = MARKS if stream is None or can_show(stream, "".join(MARKS)) else PLAIN_MARKS

    def progress(self, is_cancelled: Callable[[], bool]) -> Progress:
        """Return the progress handle for the work that this bar shows."""
        return Progress(self.show, is_cancelled, self.note)

    def note(self, sentence: str) -> None:
        """Write a sentence on a line of its own, whether or not anything is drawn."""
        self.clear()
        print(sentence, file=sys.stderr, flush=True)

    def show(self, fraction: float, text: str) -> None:
        """Record a report and redraw, at most 20 times per second."""
        now = self._clock()
        self._text = text or self._text
        stage = re.sub(r"\d+", "#", self._text)
        if stage != self._stage:
            self._stage = stage
            self._estimator = TimeLeftEstimator()
            self._drawn = -math.inf
        self._fraction, self._left = fraction, self._estimator.at(now, fraction)
        if self._stream is not None and now - self._drawn >= REDRAW_SECONDS:
            self._drawn = now
            self._stream.write(f"\r{self.line(shutil.get_terminal_size().columns)}\x1b[K")
            self._stream.flush()

    def seconds_to_go(self) -> float | None:
        """Return the estimated seconds left, or None without an estimate."""
        return self._left

    def line(self, columns: int) -> str:
        """Return the line to draw, cut to the terminal's width."""
        fraction = self._fraction or 0.0
        filled = int(24 * fraction)
        left = self.seconds_to_go()
        time_words = "" if left is None else f"  {spoken(left)} to go"
        full, empty = self._marks
        bar = full * filled + empty * (24 - filled)
        words = self._text[:1].upper() + self._text[1:]
        return f"{words:<22.22} {bar} {fraction:4.0%}{time_words}"[: max(columns - 1, 10)]

    def clear(self) -> None:
        """Erase the line."""
        if self._stream is not None and self._fraction is not None:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def spoken(seconds: float) -> str:
    """Format a duration in words, with suitable precision."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


def terminal_bar(*, quiet: bool) -> Bar:
    """Return a bar on stderr if that is a terminal that can redraw a line, else one that draws nowhere."""
    fits = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not quiet
    return Bar(sys.stderr if fits else None)
