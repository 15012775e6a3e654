"""How high each track is: one height for all, and its own for each that was dragged to another. No widgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from desktop.timeline.layout.track_layout import TRACK_HEIGHT, TrackLayout
from engine.scene.timeline import Track

LOWEST, TALLEST = 26, 320
STEP = 1.25
"""Times higher with each press of the key."""


@dataclass(frozen=True)
class TrackHeights:
    """In pixels.

    Attributes:
        lane: of every track that has none of its own. own: by the number of the track.
    """

    lane: int = TRACK_HEIGHT
    own: Mapping[int, int] = field(default_factory=dict)

    def of(self, track: int) -> int:
        return self.own.get(track, self.lane)

    def every(self, height: float) -> "TrackHeights":
        """All tracks of one height."""
        return TrackHeights(clamp_height(height))

    def one(self, track: int, height: float) -> "TrackHeights":
        """One track of another height than the rest."""
        return replace(self, own={**self.own, track: clamp_height(height)})

    def usual(self, track: int) -> "TrackHeights":
        """One track as high as those that have no height of their own."""
        return replace(self, own={number: high for number, high in self.own.items() if number != track})

    def scaled(self, steps: int) -> "TrackHeights":
        """All higher, or below 0 lower, by this many steps."""
        factor = STEP**steps
        own = {number: clamp_height(high * factor) for number, high in self.own.items()}
        return TrackHeights(clamp_height(self.lane * factor), own)

    def shown(self, geometry: TrackLayout, tracks: Sequence[Track]) -> TrackLayout:
        """The view with tracks of these heights; the track at its upper edge stays there."""
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
    """As near to a height as a track can be high."""
    return min(max(round(height), LOWEST), TALLEST)
