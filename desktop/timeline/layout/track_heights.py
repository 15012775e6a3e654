"""Heights of the tracks: a common height, and individual ones of tracks that were resized. No widgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from desktop.timeline.layout.track_layout import TRACK_HEIGHT, TrackLayout
from engine.scene.timeline import Track

LOWEST, TALLEST = 26, 320
STEP = 1.25
"""Factor of one press of the key."""


@dataclass(frozen=True)
class TrackHeights:
    """Heights in pixels.

    Attributes:
        lane: the common height.
        own: individual heights by the track's id.
    """

    lane: int = TRACK_HEIGHT
    own: Mapping[int, int] = field(default_factory=dict)

    def of(self, track: int) -> int:
        return self.own.get(track, self.lane)

    def every(self, height: float) -> "TrackHeights":
        """Return heights with all tracks alike."""
        return TrackHeights(clamp_height(height))

    def one(self, track: int, height: float) -> "TrackHeights":
        """Return heights with an individual height for one track."""
        return replace(self, own={**self.own, track: clamp_height(height)})

    def usual(self, track: int) -> "TrackHeights":
        """Return heights with one track reset to the common height."""
        return replace(self, own={number: high for number, high in self.own.items() if number != track})

    def scaled(self, steps: int) -> "TrackHeights":
        """Return heights scaled up, or down if negative, by steps."""
        factor = STEP**steps
        own = {number: clamp_height(high * factor) for number, high in self.own.items()}
        return TrackHeights(clamp_height(self.lane * factor), own)

    def shown(self, geometry: TrackLayout, tracks: Sequence[Track]) -> TrackLayout:
        """Return the layout with these heights; the track at its upper edge stays there."""
        rows = tuple(
            (row, self.own[track.id])
            for row, track in enumerate(tracks)
            if self.own.get(track.id, self.lane) != self.lane
        )
        changed = replace(geometry, lane=self.lane, own=rows)
        top = geometry.row_in(geometry.scroll)
        share = (geometry.scroll - geometry.depth_at(top)) / geometry.height_of(top)
        return replace(changed, scroll=round(changed.depth_at(top) + share * changed.height_of(top)))


def clamp_height(height: float) -> int:
    """Round a height and limit it to the allowed range."""
    return min(max(round(height), LOWEST), TALLEST)
