"""How long work will still take, from how fast its last steps were. No clock of its own."""

from collections import deque
from statistics import median

REMEMBERED = 8
LEAST_STRETCH = 1e-6


class TimeLeftEstimator:
    """Seconds to go, from the reports of one stretch of work.

    The middle of the last few speeds is taken, so that loading a model, which takes long and does little, is
    forgotten after a few steps. Before two steps were measured nothing is said.
    """

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None
        self._speeds: deque[float] = deque(maxlen=REMEMBERED)

    def at(self, now: float, fraction: float) -> float | None:
        """Notes that ``fraction`` (0 to 1) is done at ``now`` seconds; the seconds to go, or None."""
        if self._last is not None:
            took, did = now - self._last[0], fraction - self._last[1]
            if did > LEAST_STRETCH:
                self._speeds.append(took / did)
        self._last = (now, fraction)
        if len(self._speeds) < 3:
            return None
        return max(0.0, median(self._speeds) * (1.0 - fraction))


def time_left_text(seconds: float | None) -> str:
    """Seconds to go, for the screen: "8 s", "1:20"; nothing where it is not known."""
    if seconds is None:
        return ""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02d}"
