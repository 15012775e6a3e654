"""Navigation between clips and tracks by keys, and the accessible text of a clip. No widgets."""

from collections.abc import Collection, Sequence

from desktop.timeline.layout.ruler_ticks import timecode
from engine.scene.edits.clip_markers import place_of_marker
from engine.scene.scene import Scene
from engine.scene.timeline import Clip, Timeline, Track


def clip_along(timeline: Timeline, number: int, steps: int) -> int | None:
    """Return the clip ``steps`` positions after ``number`` on its track (clamped), or None if not found."""
    found = _place(timeline, number)
    if found is None:
        return None
    clips = _ordered(timeline.tracks[found[0]])
    place = next(place for place, clip in enumerate(clips) if clip.id == number)
    return clips[min(max(place + steps, 0), len(clips) - 1)].id


def clip_across(timeline: Timeline, number: int, down: int) -> int | None:
    """Return the clip nearest in time on the next track below (1) or above (-1) that has clips, else the same clip."""
    found = _place(timeline, number)
    if found is None:
        return None
    row, clip = found
    beyond = timeline.tracks[row + 1 :] if down > 0 else timeline.tracks[:row][::-1]
    return _first_near(beyond, (clip.start + clip.end) / 2) or number


def entry_clip(timeline: Timeline, row: int, at: float) -> int | None:
    """Return the clip nearest to a time on the first track from this row on that has clips, or None."""
    tracks = timeline.tracks
    return _first_near([*tracks[row:], *tracks[:row][::-1]], at)


def edge_from(timeline: Timeline, at: int, steps: int) -> int | None:
    """Return the edge of a clip ``steps`` after a time (before it if negative), the last there is; None if none is."""
    edges = {0} | {
        edge for track in timeline.tracks for clip in track.clips for edge in (clip.start, clip.end)
    }
    return _from(edges, at, steps)


def marker_from(timeline: Timeline, at: int, steps: int) -> int | None:
    """Return the marker, of the timeline or of a clip, ``steps`` after a time; None if there is none."""
    places = {marker.at for marker in timeline.markers}
    for clip in (clip for track in timeline.tracks for clip in track.clips):
        places |= {place for mark in clip.markers if (place := place_of_marker(clip, mark)) is not None}
    return _from(places, at, steps)


def changed_clips(before: Timeline, after: Timeline) -> frozenset[int]:
    """Return the ids of the clips that were added or changed."""
    known = {clip.id: clip for track in before.tracks for clip in track.clips}
    every = (clip for track in after.tracks for clip in track.clips)
    return frozenset(clip.id for clip in every if known.get(clip.id) != clip)


def row_of(timeline: Timeline, number: int) -> int | None:
    """Return the row of the track that a clip is on, or None if not found."""
    found = _place(timeline, number)
    return None if found is None else found[0]


def accessible_text(scene: Scene, number: int, selected: Collection[int]) -> str:
    """Return a description of a clip for screen readers: name, track, times, and what is set on it."""
    found = scene.clip(number)
    if found is None:
        return ""
    track, clip = found
    take = scene.take(clip.take)
    clips = _ordered(track)
    place = next(place for place, one in enumerate(clips, 1) if one.id == number)
    name = clip.name or ("Missing take" if take is None else f"{take.name} {take.number}")
    times = " to ".join(timecode(at, scene.timeline) for at in (clip.start, clip.end))
    states = [
        word
        for word, on in (
            ("selected", number in selected),
            ("muted", clip.muted),
            ("track muted", track.muted),
        )
        if on
    ]
    return ", ".join([name, f"clip {place} of {len(clips)} on {track.name}", times, *states])


def _from(places: Collection[int], at: int, steps: int) -> int | None:
    beyond = sorted(place for place in places if (place > at if steps > 0 else place < at))
    if not beyond:
        return None
    return beyond[min(steps, len(beyond)) - 1] if steps > 0 else beyond[max(steps, -len(beyond))]


def _place(timeline: Timeline, number: int) -> tuple[int, Clip] | None:
    return next(
        (
            (row, clip)
            for row, track in enumerate(timeline.tracks)
            for clip in track.clips
            if clip.id == number
        ),
        None,
    )


def _ordered(track: Track) -> list[Clip]:
    return sorted(track.clips, key=lambda clip: (clip.start, clip.id))


def _first_near(tracks: Sequence[Track], at: float) -> int | None:
    clips = next((track.clips for track in tracks if track.clips), ())
    return min(clips, key=lambda clip: (_away(clip, at), clip.start)).id if clips else None


def _away(clip: Clip, at: float) -> float:
    return max(clip.start - at, at - clip.end, 0.0)
