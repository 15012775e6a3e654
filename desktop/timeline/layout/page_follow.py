"""Whether the page turns with the playhead: while playing it does, until a person scrolls away. No widgets."""

from dataclasses import dataclass, replace

from desktop.timeline.layout.time_scale import TimeScale

LEAD = 0.1
"""Share of the width between the edge and where the playhead stands on a new page."""


@dataclass(frozen=True)
class PageFollow:
    """What the page does with the playhead.

    Attributes:
        speed: of playing; 0 while nothing plays, below 0 backwards.
        left: a person has scrolled since playing began, and looks at something else.
    """

    speed: float = 0.0
    suspended: bool = False

    def playing(self, speed: float) -> "PageFollow":
        """It plays at this speed now. A new start follows again."""
        return PageFollow(speed, self.suspended and self.speed != 0.0 and speed != 0.0)

    def scrolled(self) -> "PageFollow":
        """A person has scrolled by hand."""
        return replace(self, suspended=self.speed != 0.0)

    def page(self, scale: TimeScale, width: float, sample: float) -> TimeScale:
        """The stretch to show with the playhead there: as it is while that is in view, else the page turned."""
        if self.suspended or 0 <= scale.x_of(sample) < width:
            return scale
        share = 1.0 - LEAD if self.speed < 0 else LEAD
        return scale.at(sample - scale.length_of(width * share))
