"""Page-wise following of the playhead while playing, until the user scrolls away. No widgets."""

from dataclasses import dataclass, replace

from desktop.timeline.layout.time_scale import TimeScale

LEAD = 0.1
"""Distance of the playhead from the edge of a new page, as a share of the width."""


@dataclass(frozen=True)
class PageFollow:
    """Whether the page follows the playhead.

    Attributes:
        speed: playback speed; 0 while stopped, negative backwards.
        suspended: whether the user has scrolled since playback started.
    """

    speed: float = 0.0
    suspended: bool = False

    def playing(self, speed: float) -> "PageFollow":
        """Return the state at another speed. Following resumes when playback starts."""
        return PageFollow(speed, self.suspended and self.speed != 0.0 and speed != 0.0)

    def scrolled(self) -> "PageFollow":
        """Return the state after the user has scrolled."""
        return replace(self, suspended=self.speed != 0.0)

    def page(self, scale: TimeScale, width: float, sample: float) -> TimeScale:
        """Return the time scale to show with the playhead there: unchanged while it is visible, else the next page."""
        if self.suspended or 0 <= scale.x_of(sample) < width:
            return scale
        share = 1.0 - LEAD if self.speed < 0 else LEAD
        return scale.at(sample - scale.length_of(width * share))
