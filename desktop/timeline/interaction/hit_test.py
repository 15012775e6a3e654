"""Finds what is under the pointer. No widgets."""

from dataclasses import dataclass
from enum import Enum

from desktop.timeline.layout.track_layout import RULER_HEIGHT, ClipIndexCache, Rect, TrackLayout
from engine.scene.edits.clip_markers import place_of_marker
from engine.scene.scene import Scene
from engine.scene.timeline import Clip, ClipMarker, Marker

EDGE = 6.0
HANDLE = 9.0
LINE = 3.0
TITLE = 15.0
WIDE_ENOUGH = 28.0
TALL_ENOUGH = 40.0
STRIP = 16.0
"""Height in pixels of the upper part of the ruler, which has markers and loop."""
LEAST_DB, MOST_DB = -36.0, 12.0
"""Range of the gain line over the height of a clip."""


class HitPart(Enum):
    """The kind of thing that was hit."""

    NOTHING = "nothing"
    RULER = "ruler"
    PLAYHEAD = "playhead"
    LOOP_START = "loop start"
    LOOP_END = "loop end"
    MARKER = "marker"
    BODY = "body"
    START = "start"
    END = "end"
    FADE_IN = "fade in"
    FADE_OUT = "fade out"
    GAIN = "gain"
    CLIP_MARKER = "clip marker"


@dataclass(frozen=True)
class Hit:
    """What was hit, with its row and the id of the clip or marker; ``at`` is where in its take a clip is marked."""

    part: HitPart
    row: int = -1
    clip: int | None = None
    marker: int | None = None
    at: int | None = None


NOWHERE = Hit(HitPart.NOTHING)


@dataclass(frozen=True)
class PlayheadAndLoop:
    """The playhead and the loop, in samples."""

    playhead: int = 0
    loop: tuple[int, int] | None = None


def hit(
    geometry: TrackLayout,
    scene: Scene,
    clip_indices: ClipIndexCache,
    overlay: PlayheadAndLoop,
    x: float,
    y: float,
) -> Hit:
    """Return what a press at (x, y) would take hold of."""
    if y < RULER_HEIGHT:
        return _ruler_hit(geometry, scene, overlay, x, y)
    row = geometry.row_at(y)
    tracks = scene.timeline.tracks
    if row >= len(tracks):
        return NOWHERE
    lane = clip_indices.get(tracks[row])
    reach = geometry.scale.length_of(EDGE / 2)
    at = geometry.scale.sample_at(x)
    # The clip drawn last is on top; edges extend beyond their clip only where there is no other clip.
    near = [lane.clips[place] for place in lane.between(at - reach, at + reach).tolist()]
    for clip in sorted(
        near, key=lambda clip: (clip.start <= at < clip.end, clip.start, clip.id), reverse=True
    ):
        marker = clip_marker_at(clip, geometry, row, x, y)
        if marker is not None:
            return Hit(HitPart.CLIP_MARKER, row, clip.id, at=marker.at)
        return Hit(part_of(clip, geometry.rect_of(clip, row), x, y), row, clip.id)
    return Hit(HitPart.NOTHING, row)


def clip_marker_at(clip: Clip, geometry: TrackLayout, row: int, x: float, y: float) -> ClipMarker | None:
    """Return the marker of a clip whose flag, below the title, is at a point, or None."""
    top = geometry.rect_of(clip, row)[1] + TITLE
    if not clip.markers or not top - 2 <= y <= top + HANDLE:
        return None
    for marker in clip.markers:
        place = place_of_marker(clip, marker)
        if place is not None and -2 <= x - geometry.scale.x_of(place) <= HANDLE:
            return marker
    return None


def part_of(clip: Clip, rect: Rect, x: float, y: float) -> HitPart:
    """Return which part of a clip drawn at ``rect`` is hit."""
    left, top, width, height = rect
    if width >= WIDE_ENOUGH and height >= TALL_ENOUGH:
        rise, fall = handles(clip, rect)
        if y < top + HANDLE + 3 and abs(x - rise) <= HANDLE / 2 + 1:
            return HitPart.FADE_IN
        if y < top + HANDLE + 3 and abs(x - fall) <= HANDLE / 2 + 1:
            return HitPart.FADE_OUT
    edge = min(EDGE, width / 4)
    if x < left + edge:
        return HitPart.START
    if x >= left + width - edge:
        return HitPart.END
    if width >= WIDE_ENOUGH and height >= TALL_ENOUGH and abs(y - gain_y(clip.gain_db, rect)) <= LINE:
        return HitPart.GAIN
    return HitPart.BODY


def handles(clip: Clip, rect: Rect) -> tuple[float, float]:
    """Return x of the two fade handles, kept off the edges so that a clip without fades can be trimmed."""
    left, _, width, _ = rect
    rise = left + width * clip.fade_in.samples / clip.length
    fall = left + width * (1 - clip.fade_out.samples / clip.length)
    inset = EDGE + HANDLE / 2 + 1
    return max(rise, left + inset), min(fall, left + width - inset)


def gain_y(gain_db: float, rect: Rect) -> float:
    """Return y of a clip's gain line; gains outside the range are at the ends."""
    _, top, _, height = rect
    share = (MOST_DB - min(max(gain_db, LEAST_DB), MOST_DB)) / (MOST_DB - LEAST_DB)
    return top + TITLE + share * (height - TITLE - 2)


def decibels_in(pixels: float, lane: float) -> float:
    """Return the gain reduction in dB of moving the gain line down by pixels."""
    return pixels * (MOST_DB - LEAST_DB) / (lane - TITLE - 2)


def _ruler_hit(geometry: TrackLayout, scene: Scene, overlay: PlayheadAndLoop, x: float, y: float) -> Hit:
    scale = geometry.scale
    if y >= STRIP and abs(x - scale.x_of(overlay.playhead)) <= EDGE:
        return Hit(HitPart.PLAYHEAD)
    if y < STRIP:
        marker = marker_at(scene.timeline.markers, x, geometry)
        if marker is not None:
            return Hit(HitPart.MARKER, marker=marker.id)
    if overlay.loop is not None and y < STRIP:
        for part, at in zip((HitPart.LOOP_START, HitPart.LOOP_END), overlay.loop, strict=True):
            if abs(x - scale.x_of(at)) <= EDGE:
                return Hit(part)
    return Hit(HitPart.RULER)


def marker_at(markers: tuple[Marker, ...], x: float, geometry: TrackLayout) -> Marker | None:
    """Return the marker whose flag is at ``x``, the nearest of several, or None."""
    near = [(abs(geometry.scale.x_of(mark.at) + 3 - x), mark) for mark in markers]
    distance, mark = min(near, key=lambda pair: pair[0], default=(EDGE + 1, None))
    return mark if distance <= EDGE + 1 else None
