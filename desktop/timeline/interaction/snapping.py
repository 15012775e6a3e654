"""Snapping of times to edges, markers and the playhead nearby, else to the nearest frame."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.scene.timecode import FrameRate, nearest_frame, sample_of
from engine.scene.timeline import Timeline

REACH = 8.0
"""Snapping distance in pixels."""


@dataclass(frozen=True)
class SnapResult:
    """A snapped time, and whether it snapped to an edge, which is marked by a line, or to a frame."""

    at: int
    edge: bool = False


@dataclass(frozen=True)
class Snapper:
    """Snapping targets as they were at the press.

    Attributes:
        edges: samples, ascending.
        frame_rate: the timeline's frame rate.
        rate: the timeline's sample rate.
    """

    edges: NDArray[np.int64]
    frame_rate: FrameRate
    rate: int

    def snapped(self, sample: float, reach: float) -> SnapResult:
        """Return the snapped time of one point."""
        near = self._edge(sample, reach)
        return SnapResult(self._frame(sample)) if near is None else SnapResult(near, edge=True)

    def moved(self, points: Sequence[int], by: float, reach: float) -> tuple[int, int | None]:
        """Return by how much to move something one of whose points may snap, and the edge it snapped to, or None.

        Without an edge nearby, its first point snaps to a frame.
        """
        found = [
            (near, near - point) for point in points if (near := self._edge(point + by, reach)) is not None
        ]
        if found:
            edge, moved = min(found, key=lambda pair: abs(pair[1] - by))
            return moved, edge
        return self._frame(points[0] + by) - points[0], None

    def _edge(self, sample: float, reach: float) -> int | None:
        place = int(np.searchsorted(self.edges, sample))
        near = self.edges[max(0, place - 1) : place + 1]
        if not len(near):
            return None
        best = int(near[np.argmin(np.abs(near - sample))])
        return best if abs(best - sample) <= reach else None

    def _frame(self, sample: float) -> int:
        frame = nearest_frame(max(0, round(sample)), self.frame_rate, self.rate)
        return sample_of(frame, self.frame_rate, self.rate)


def snapper(
    timeline: Timeline, besides: Collection[int] = (), extra: Sequence[int] = (), marker: int | None = None
) -> Snapper:
    """Create a snapper for all edges and markers, except those being moved, plus ``extra`` (playhead, loop)."""
    edges = [0, *extra]
    for track in timeline.tracks:
        for clip in track.clips:
            if clip.id not in besides:
                edges += (clip.start, clip.end)
    edges += (mark.at for mark in timeline.markers if mark.id != marker)
    return Snapper(np.unique(np.array(edges, np.int64)), timeline.frame_rate, timeline.rate)
