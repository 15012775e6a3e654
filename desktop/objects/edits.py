"""Edits and queries of the objects panel, built on ``engine.scene.edits``."""

from collections.abc import Callable, Iterable, Sequence

from engine.scene.edits import (
    choose_take,
    move_object,
    mute_track,
    place_take,
    remove_object,
    solo_track,
    swap_take,
    track_for_object,
    track_of_object,
)
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Track


def takes_with(scene: Scene, number: int) -> tuple[TakeRecord, ...]:
    """Return an object's takes, including those shared with other objects: newest first, rejected ones last."""
    found = [take for take in reversed(scene.takes) if number in take.objects]
    return tuple(sorted(found, key=lambda take: take.rejected))


def object_track(scene: Scene, number: int) -> Track | None:
    """Return the track of an object, or None."""
    found = track_of_object(scene, number)
    return None if found is None else scene.track(found)


def use_take(scene: Scene, number: int, digest: str) -> Scene:
    """Use a take for an object: choose it, and replace the previously chosen take in its clips.

    If the object's track is empty, the take is placed at its start.

    Raises:
        BadInput: there is no such object or take, or the take is of another object.
    """
    before = scene.chosen_of(number)
    scene = track_for_object(choose_take(scene, number, digest), number)
    track = object_track(scene, number)
    assert track is not None
    if not track.clips:
        return place_take(scene, track.id, digest, 0)
    for clip in track.clips:
        if before is not None and clip.take == before.digest != digest:
            scene = swap_take(scene, clip.id, digest)
    return scene


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
