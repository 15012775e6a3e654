"""Estimate how long work will still take from how fast its last steps were. Has no clock of its own."""

from collections import deque
from statistics import median

REMEMBERED = 8
"""Speeds that the median is taken of."""
LEAST_SPEEDS = 3
"""Fewer measured speeds give no estimate."""
LEAST_STRETCH = 1e-6
"""A smaller advance is not counted as a step."""


class TimeLeftEstimator:
    """Estimates seconds to go from the reports of one stretch of work.

    It takes the median of the last few speeds: loading a model is slow and advances little, and is forgotten
    after a few steps.
    """

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None
        self._speeds: deque[float] = deque(maxlen=REMEMBERED)

    def at(self, now: float, fraction: float) -> float | None:
        """Note a report and estimate the time to go.

        Args:
            now: seconds of a clock that never goes back.
            fraction: how much of the whole is done, 0 to 1.

        Returns:
            Seconds to go, at least 0; None while too few steps were measured.
        """
        if self._last is not None:
            took, did = now - self._last[0], fraction - self._last[1]
            if did > LEAST_STRETCH:
                self._speeds.append(took / did)
        self._last = (now, fraction)
        if len(self._speeds) < LEAST_SPEEDS:
            return None
        return max(0.0, median(self._speeds) * (1.0 - fraction))
