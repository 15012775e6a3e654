"""Time along the width of a view: the one place that turns samples into pixels and back."""

from dataclasses import dataclass, replace

FINEST = 1.0 / 48.0
"""Samples a pixel when one sample is 48 pixels wide."""
COARSEST = 48_000.0 * 3600 * 24 / 1200
"""Samples a pixel when a day at 48 kHz fits into 1200 pixels."""
LEAD = 12.0
"""Pixels that may be seen before sample 0."""


@dataclass(frozen=True)
class TimeScale:
    """Which sample is where.

    Attributes:
        start: the sample at x = 0; a little below 0 at most.
        per_pixel: samples a pixel, ``FINEST`` to ``COARSEST``.
    """

    start: float = -LEAD * 480.0
    per_pixel: float = 480.0

    def x_of(self, sample: float) -> float:
        return (sample - self.start) / self.per_pixel

    def sample_at(self, x: float) -> float:
        return self.start + x * self.per_pixel

    def length_of(self, pixels: float) -> float:
        """How many samples this many pixels are."""
        return pixels * self.per_pixel

    def at(self, start: float, per_pixel: float | None = None) -> "TimeScale":
        """Another stretch of time, as near to what was asked for as there is."""
        finer = min(max(self.per_pixel if per_pixel is None else per_pixel, FINEST), COARSEST)
        return replace(self, start=max(start, -LEAD * finer), per_pixel=finer)

    def zoomed(self, factor: float, x: float) -> "TimeScale":
        """This many times larger; the sample under ``x`` stays where it is, unless that is before the beginning."""
        finer = self.at(self.start, self.per_pixel / factor).per_pixel
        return self.at(self.sample_at(x) - x * finer, finer)

    def scrolled(self, pixels: float) -> "TimeScale":
        """This many pixels later, or earlier below 0."""
        return self.at(self.start + self.length_of(pixels))

    def showing(self, start: float, stop: float, width: float, margin: float = LEAD) -> "TimeScale":
        """All of a stretch over the width, with a margin on either side."""
        per_pixel = max(stop - start, 1.0) / max(width - 2 * margin, 1.0)
        finer = self.at(start, per_pixel).per_pixel
        return self.at(start - margin * finer, finer)
