"""The stretches of the mix that an edit of the timeline changes, which must be rendered again."""

from engine.scene.timeline import Clip, Timeline, Track

Span = tuple[int, int]
"""From a sample to before another."""


def dirty_spans(before: Timeline, after: Timeline) -> list[Span] | None:
    """Where the mixes of two timelines of one rate may differ; None is everywhere.

    Names, colours and markers change nothing that sounds.
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
    """Where one track differs; None is a track that does not sound."""
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
    """Whether tracks in both stand in another order, in which a sum has other last bits."""
    both = set(before) & set(after)
    return [number for number in before if number in both] != [number for number in after if number in both]
