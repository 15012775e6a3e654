"""The spans of the mix that an edit of the timeline changes, and which must be rendered again."""

from engine.scene.timeline import Clip, Timeline, Track

Span = tuple[int, int]
"""(first sample, sample after the last)."""


def dirty_spans(before: Timeline, after: Timeline) -> list[Span] | None:
    """Return where the mixes of two timelines of one rate may differ; None is everywhere.

    Names, colours and markers do not change the sound.
    """
    sounded = {track.id: track for track in before.audible()}
    sounds = {track.id: track for track in after.audible()}
    if before.master_gain_db != after.master_gain_db or _reordered(list(sounded), list(sounds)):
        return None
    return [
        span
        for number in sounded.keys() | sounds.keys()
        for span in _spans(sounded.get(number), sounds.get(number))
    ]


def _spans(old: Track | None, new: Track | None) -> list[Span]:
    """Return where one track differs; None is a track that does not sound."""
    if old is new:
        return []
    if old is None or new is None or (old.gain_db, old.pan) != (new.gain_db, new.pan):
        clips = _sounding(old) | _sounding(new)
    else:
        clips = _sounding(old) ^ _sounding(new)
    return [(clip.start, clip.end) for clip in clips]


def _sounding(track: Track | None) -> set[Clip]:
    return set() if track is None else {clip for clip in track.clips if not clip.muted}


def _reordered(before: list[int], after: list[int]) -> bool:
    """Return whether tracks in both are in another order, which changes the last bits of a sum."""
    both = set(before) & set(after)
    return [number for number in before if number in both] != [number for number in after if number in both]
