"""Edits and queries of the objects panel, built on ``engine.scene.edits``."""

from collections.abc import Callable, Iterable, Sequence

from engine.scene.edits import (
    add_track,
    choose_take,
    delete_take,
    move_object,
    mute_track,
    place_take,
    reject_take,
    remove_object,
    solo_track,
    swap_take,
    track_for_object,
    track_of_object,
)
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Track


def takes_with(scene: Scene, number: int, *, deleted: bool = False) -> tuple[TakeRecord, ...]:
    """Return an object's takes, including those shared with other objects: newest first, rejected ones last.

    Args:
        scene: the scene.
        number: number of the object.
        deleted: whether to return those in the bin rather than the others.
    """
    found = [take for take in reversed(scene.takes) if number in take.objects and take.deleted == deleted]
    return tuple(sorted(found, key=lambda take: take.rejected))


def orphans(scene: Scene, *, deleted: bool = False) -> tuple[TakeRecord, ...]:
    """Return the takes of which no object is in the scene, in the order of ``takes_with``."""
    there = {thing.index for thing in scene.objects}
    found = [
        take for take in reversed(scene.takes) if take.deleted == deleted and not there & {*take.objects}
    ]
    return tuple(sorted(found, key=lambda take: take.rejected))


def object_track(scene: Scene, number: int) -> Track | None:
    """Return the track of an object, or None."""
    found = track_of_object(scene, number)
    return None if found is None else scene.track(found)


def use_take(scene: Scene, number: int, digest: str) -> Scene:
    """Use a take for an object: choose it, and replace the previously chosen take in its clips.

    If the object's track is empty, the take is placed at its start. A take of several objects together gets a track
    of its own, and the tracks of its objects are muted, so that nothing sounds twice; using a take of one of them
    again mutes the track of the take together.

    Raises:
        BadInput: there is no such object or take, or the take is of another object.
    """
    take = scene.take(digest)
    if take is not None and number in take.objects and len(take.objects) > 1:
        return _use_together(scene, take)
    before = scene.chosen_of(number)
    scene = track_for_object(choose_take(scene, number, digest), number)
    track = object_track(scene, number)
    assert track is not None
    if not track.clips:
        scene = place_take(scene, track.id, digest, 0)
    for clip in track.clips:
        if before is not None and clip.take == before.digest != digest:
            scene = swap_take(scene, clip.id, digest)
    return _end_together(scene, number)


def place_at(scene: Scene, number: int, digest: str, at: int) -> Scene:
    """Place a take at a time on its object's track; one of several objects, or of none, on the track of such takes.

    Args:
        scene: the scene.
        number: number of the object in whose list the take is.
        digest: the take.
        at: sample of the timeline.

    Raises:
        BadInput: there is no such take.
    """
    take = scene.take(digest)
    if take is not None and (len(take.objects) != 1 or scene.object(number) is None):
        scene, track = _with_track_together(scene, take)
        return place_take(scene, track.id, digest, at)
    scene = track_for_object(scene, number)
    found = track_of_object(scene, number)
    assert found is not None
    return place_take(scene, found, digest, at)


def in_use(scene: Scene, number: int, take: TakeRecord) -> bool:
    """Return whether a take is used for an object; one of several objects together is while its track sounds."""
    chosen = scene.chosen_of(number)
    if chosen is not None and chosen.digest == take.digest:
        return True
    playing = _tracks_together(scene, take.objects) if len(take.objects) > 1 else ()
    return any(not track.muted and _holds(track, take.digest) for track in playing)


def together_of(scene: Scene, number: int) -> Track | None:
    """Return the track on which takes of this object and others together sound now, or None."""
    groups = {take.objects for take in scene.takes if number in take.objects and len(take.objects) > 1}
    tracks = (track for group in sorted(groups) for track in _tracks_together(scene, group))
    return next((track for track in tracks if not track.muted), None)


def _use_together(scene: Scene, take: TakeRecord) -> Scene:
    scene = delete_take(reject_take(scene, take.digest, rejected=False), take.digest, deleted=False)
    scene, track = _with_track_together(scene, take)
    mates = {other.digest for other in scene.takes if other.objects == take.objects}
    for clip in track.clips:
        if clip.take in mates:
            scene = swap_take(scene, clip.id, take.digest)
    if not track.clips:
        scene = place_take(scene, track.id, take.digest, 0)
    for other in scene.timeline.tracks:
        if other.object in take.objects:
            scene = mute_track(scene, other.id)
    return mute_track(scene, track.id, muted=False)


def _end_together(scene: Scene, number: int) -> Scene:
    """Mute what sounds of this object and others together, and let the tracks of all of them sound again."""
    track = together_of(scene, number)
    if track is None:
        return scene
    takes = {take.digest: take for take in scene.takes}
    objects = {index for clip in track.clips for index in takes[clip.take].objects}
    for other in scene.timeline.tracks:
        if other.object in objects:
            scene = mute_track(scene, other.id, muted=False)
    return mute_track(scene, track.id)


def _with_track_together(scene: Scene, take: TakeRecord) -> tuple[Scene, Track]:
    """Return the scene with a track for takes of several objects together, and that track."""
    found = next(iter(_tracks_together(scene, take.objects)), None)
    named = (track for track in scene.timeline.tracks if track.object is None and track.name == take.name)
    found = found or next(named, None)
    if found is None:
        number = scene.next_id
        scene = add_track(scene, take.name)
        found = scene.track(number)
    assert found is not None
    return scene, found


def _tracks_together(scene: Scene, objects: tuple[int, ...]) -> tuple[Track, ...]:
    """Return the tracks that have clips of takes of exactly these objects together, and belong to no object."""
    mates = {take.digest for take in scene.takes if take.objects == objects}
    tracks = (track for track in scene.timeline.tracks if track.object is None)
    return tuple(track for track in tracks if any(clip.take in mates for clip in track.clips))


def _holds(track: Track, digest: str) -> bool:
    return any(clip.take == digest for clip in track.clips)


def solo_objects(scene: Scene, numbers: Iterable[int], soloed: bool) -> Scene:
    """Solo or unsolo the tracks of these objects; missing tracks are created."""
    return _of_tracks(scene, numbers, lambda it, track: solo_track(it, track, soloed=soloed))


def mute_objects(scene: Scene, numbers: Iterable[int], muted: bool) -> Scene:
    """Mute or unmute the tracks of these objects; missing tracks are created."""
    return _of_tracks(scene, numbers, lambda it, track: mute_track(it, track, muted=muted))


def remove_objects(scene: Scene, numbers: Iterable[int]) -> Scene:
    """Remove these objects and their tracks."""
    for number in numbers:
        scene = remove_object(scene, number, tracks=True)
    return scene


def shift_object(scene: Scene, number: int, places: int) -> Scene:
    """Move an object down the list by places; it stops at the ends."""
    order = [thing.index for thing in scene.objects]
    place = min(max(order.index(number) + places, 0), len(order) - 1)
    return move_object(scene, number, place)


def _of_tracks(scene: Scene, numbers: Iterable[int], change: Callable[[Scene, int], Scene]) -> Scene:
    for number in numbers:
        scene = track_for_object(scene, number)
        track = track_of_object(scene, number)
        assert track is not None
        scene = change(scene, track)
    return scene


def clicked(
    selection: Sequence[int], order: Sequence[int], number: int, *, toggle: bool, span: bool
) -> tuple[int, ...]:
    """Return the selection after a click on an object; the last element is the current object.

    Args:
        selection: the selection before.
        order: all objects, from the top.
        number: the clicked object.
        toggle: whether to toggle only this object.
        span: whether to select everything from the current object to this one.
    """
    if span and selection and selection[-1] in order:
        a, b = order.index(selection[-1]), order.index(number)
        between = order[min(a, b) : max(a, b) + 1]
        return (*(other for other in between if other != number), number)
    if toggle:
        others = tuple(other for other in selection if other != number)
        return others if number in selection else (*others, number)
    return (number,)


def drop_place(y: float, middles: Sequence[float], place: int) -> int:
    """Return the place at which a card dragged from ``place`` is inserted when dropped at ``y``.

    Args:
        y: in the list's coordinates.
        middles: vertical centres of all cards from the top, including its own.
        place: the card's place before the drag.
    """
    return sum(1 for other, middle in enumerate(middles) if other != place and middle < y)
