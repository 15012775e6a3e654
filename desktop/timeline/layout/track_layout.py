"""Positions of tracks and clips in the view, and an index of clips by time. No widgets."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from desktop.timeline.layout.time_scale import TimeScale
from engine.scene.automatic_fades import NO_FADES, FadeRule, faded_clips
from engine.scene.timeline import FADE_SHAPES, Clip, Timeline, Track

Rect = tuple[float, float, float, float]
"""x, y, width, height in view pixels."""

RULER_HEIGHT = 40
TRACK_HEIGHT = 62
TRACK_GAP = 1
LEADS = 0.1
"""Distance from the left edge, as a share of the width, at which a revealed clip is placed."""


@dataclass(frozen=True)
class TrackLayout:
    """The visible part of the timeline.

    Attributes:
        scale: the time scale.
        width: of the view, in pixels.
        height: of the view, in pixels.
        scroll: pixels of tracks above the upper edge.
        lane: common height of the tracks.
        own: pairs of row and height of tracks with an individual height, from the top.
    """

    scale: TimeScale = field(default_factory=TimeScale)
    width: int = 800
    height: int = 300
    scroll: int = 0
    lane: int = TRACK_HEIGHT
    own: tuple[tuple[int, int], ...] = ()

    def height_of(self, row: int) -> int:
        return dict(self.own).get(row, self.lane)

    def depth_at(self, row: int) -> int:
        """Return the pixels from the top of the first track to the top of a row."""
        return row * self.lane + sum(high - self.lane for above, high in self.own if above < row)

    def top_of(self, row: int) -> int:
        return RULER_HEIGHT + self.depth_at(row) - self.scroll

    def row_at(self, y: float) -> int:
        """Return the row at a height; negative on the ruler, past the last track below all tracks."""
        return self.row_in(self.depth_of(y)) if y >= RULER_HEIGHT else -1

    def row_in(self, depth: float) -> int:
        """Return the row ``depth`` pixels below the top of the first track."""
        first = 0
        for row, high in self.own:
            above = (row - first) * self.lane
            if depth < above:
                break
            if depth < above + high:
                return row
            depth, first = depth - above - high, row + 1
        return first + int(depth // self.lane)

    def depth_of(self, y: float) -> float:
        """Return the pixels from the top of the first track to a height of the view, independent of scrolling."""
        return y - RULER_HEIGHT + self.scroll

    def y_of(self, depth: float) -> float:
        return depth + RULER_HEIGHT - self.scroll

    def rows(self, count: int) -> range:
        """Return the visible rows of ``count`` tracks."""
        last = self.row_in(max(0, self.scroll + self.height - RULER_HEIGHT))
        return range(max(0, self.row_in(self.scroll)), min(count, last + 1))

    def rect_of(self, clip: Clip, row: int) -> Rect:
        x, right = self.scale.x_of(clip.start), self.scale.x_of(clip.end)
        return x, self.top_of(row) + TRACK_GAP, max(right - x, 1.0), self.height_of(row) - 2 * TRACK_GAP - 1

    def shows(self, clip: Clip, row: int) -> bool:
        """Return whether a part of a clip is in view."""
        left, top, width, height = self.rect_of(clip, row)
        return left < self.width and left + width > 0 and top < self.height and top + height > RULER_HEIGHT

    def revealing(self, clip: Clip, row: int) -> "TrackLayout":
        """Return the layout scrolled so that a clip is visible: all of it if there is room, else its start."""
        left, top, width, _ = self.rect_of(clip, row)
        scale, low = self.scale, self.height - self.height_of(row)
        if left < 0 or (left + width > self.width and left > self.width * LEADS):
            scale = scale.at(clip.start - scale.length_of(self.width * LEADS))
        down = min(top - RULER_HEIGHT, 0) or max(top - low, 0)
        return replace(self, scale=scale, scroll=round(self.scroll + down))

    def lowest_scroll(self, count: int) -> int:
        """Return the largest scroll offset of ``count`` tracks, with room for one more below."""
        return max(0, self.depth_at(count) + self.lane - (self.height - RULER_HEIGHT))


class ClipIndex:
    """A track's clips as arrays, in order; ``take`` is an index into ``digests``, the keys of what they play.

    Attributes:
        clips: the clips with the fades that sound, automatic ones among them.
    """

    def __init__(self, track: Track, rule: FadeRule = NO_FADES) -> None:
        clips = faded_clips(track.clips, rule)
        self.track = track
        self.rule = rule
        self.clips = clips
        places: dict[str, int] = {}
        self.take = np.array([places.setdefault(clip.sound, len(places)) for clip in clips], np.int64)
        self.digests = tuple(places)
        self.start = _doubles([clip.start for clip in clips])
        self.end = _doubles([clip.end for clip in clips])
        self.offset = _doubles([clip.offset for clip in clips])
        self.level = 10.0 ** (_doubles([clip.gain_db for clip in clips]) / 20.0)
        self.rise = _doubles([clip.fade_in.samples for clip in clips])
        self.fall = _doubles([clip.fade_out.samples for clip in clips])
        self.rise_shape = np.array([FADE_SHAPES.index(clip.fade_in.shape) for clip in clips], np.int64)
        self.fall_shape = np.array([FADE_SHAPES.index(clip.fade_out.shape) for clip in clips], np.int64)
        self.muted = np.array([clip.muted for clip in clips], np.bool_)
        self._latest = np.maximum.accumulate(self.end) if clips else self.end

    def between(self, start: float, stop: float) -> NDArray[np.int64]:
        """Return the indices of the clips that overlap a stretch, in order."""
        low = int(np.searchsorted(self._latest, start, "right"))
        high = int(np.searchsorted(self.start, stop, "left"))
        return low + np.flatnonzero(self.end[low:high] > start).astype(np.int64)


class ClipIndexCache:
    """Cached indices of all tracks; rebuilt only for tracks that have changed.

    Attributes:
        rule: the automatic fades of the timeline.
    """

    def __init__(self) -> None:
        self._made: dict[int, ClipIndex] = {}
        self.rule = FadeRule()

    def get(self, track: Track) -> ClipIndex:
        found = self._made.get(track.id)
        if found is None or found.track is not track or found.rule != self.rule:
            found = self._made[track.id] = ClipIndex(track, self.rule)
        return found

    def clip(self, track: Track, number: int) -> Clip:
        """Return a clip of a track with the fades that sound."""
        return next(clip for clip in self.get(track).clips if clip.id == number)

    def keep(self, timeline: Timeline) -> None:
        """Take over the automatic fades of the timeline, and drop tracks that no longer exist."""
        self.rule = FadeRule.of(timeline)
        there = {track.id for track in timeline.tracks}
        self._made = {number: made for number, made in self._made.items() if number in there}


def _doubles(values: list[int] | list[float]) -> NDArray[np.float64]:
    return np.array(values, np.float64)
