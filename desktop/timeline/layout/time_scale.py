"""The time scale of a view: the only place that converts samples to pixels and back."""

from dataclasses import dataclass, replace

FINEST = 1.0 / 48.0
"""Samples per pixel at the highest zoom: one sample is 48 pixels wide."""
COARSEST = 48_000.0 * 3600 * 24 / 1200
"""Samples per pixel at the lowest zoom: a day at 48 kHz in 1200 pixels."""
LEAD = 12.0
"""Pixels that can be shown before sample 0."""


@dataclass(frozen=True)
class TimeScale:
    """Offset and zoom of the time axis.

    Attributes:
        start: sample at x = 0; may be slightly negative.
        per_pixel: samples per pixel, ``FINEST`` to ``COARSEST``.
    """

    start: float = -LEAD * 480.0
    per_pixel: float = 480.0

    def x_of(self, sample: float) -> float:
        return (sample - self.start) / self.per_pixel

    def sample_at(self, x: float) -> float:
        return self.start + x * self.per_pixel

    def length_of(self, pixels: float) -> float:
        """Return the number of samples in a number of pixels."""
        return pixels * self.per_pixel

    def at(self, start: float, per_pixel: float | None = None) -> "TimeScale":
        """Return the scale with another start or zoom, within the limits."""
        finer = min(max(self.per_pixel if per_pixel is None else per_pixel, FINEST), COARSEST)
        return replace(self, start=max(start, -LEAD * finer), per_pixel=finer)

    def zoomed(self, factor: float, x: float) -> "TimeScale":
        """Return the scale zoomed by a factor; the sample at ``x`` stays fixed if that is possible."""
        finer = self.at(self.start, self.per_pixel / factor).per_pixel
        return self.at(self.sample_at(x) - x * finer, finer)

    def scrolled(self, pixels: float) -> "TimeScale":
        """Return the scale scrolled right by pixels."""
        return self.at(self.start + self.length_of(pixels))

    def showing(self, start: float, stop: float, width: float, margin: float = LEAD) -> "TimeScale":
        """Return the scale that shows a stretch over the width, with a margin in pixels on both sides."""
        per_pixel = max(stop - start, 1.0) / max(width - 2 * margin, 1.0)
        finer = self.at(start, per_pixel).per_pixel
        return self.at(start - margin * finer, finer)
