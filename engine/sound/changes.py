"""What sounds different after an edit of the timeline: the stretches that must be rendered again."""

from engine.scene.timeline import Clip, Timeline, Track

Spans = list[tuple[int, int]] | None
"""Stretches of samples (start, stop); None is all of time."""


def changed_spans(before: Timeline, after: Timeline) -> dict[int | None, Spans]:
    """Where each stem, by track number, and the mix, under None, differ; what does not differ is left out.

    Both timelines are at one rate. Names, colours and markers change nothing that sounds.
    """
    tracks = {track.id: track for track in before.tracks}, {track.id: track for track in after.tracks}
    audible = [track.id for track in before.audible()], [track.id for track in after.audible()]
    if before.master_gain_db != after.master_gain_db:
        return dict.fromkeys([None, *tracks[0], *tracks[1]], None)
    changed: dict[int | None, Spans] = {}
    mix: list[tuple[int, int]] = []
    for number in tracks[0].keys() | tracks[1].keys():
        old, new = tracks[0].get(number), tracks[1].get(number)
        spans = _spans(old, new)
        if spans:
            changed[number] = spans
        sounded, sounds = number in audible[0], number in audible[1]
        if sounded and sounds:
            mix += spans
        elif sounded or sounds:
            mix += _all_of(old if sounded else new)
    if mix or _reordered(*audible):
        changed[None] = None if _reordered(*audible) else mix
    return changed


def _spans(old: Track | None, new: Track | None) -> list[tuple[int, int]]:
    """Where one track differs."""
    if old is new:
        return []
    if old is None or new is None or (old.gain_db, old.pan) != (new.gain_db, new.pan):
        return _all_of(old) + _all_of(new)
    return [(clip.start, clip.end) for clip in _sounding(old) ^ _sounding(new)]


def _all_of(track: Track | None) -> list[tuple[int, int]]:
    return [] if track is None else [(clip.start, clip.end) for clip in track.clips if not clip.muted]


def _sounding(track: Track) -> set[Clip]:
    return {clip for clip in track.clips if not clip.muted}


def _reordered(before: list[int], after: list[int]) -> bool:
    """Whether tracks in both stand in another order, in which a sum has other last bits."""
    both = set(before) & set(after)
    return [number for number in before if number in both] != [number for number in after if number in both]
