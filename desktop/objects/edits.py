"""Edits that the panel makes of several of the scene's own, and what it reads from a scene."""

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
    """The takes of an object, those together with others too; the newest first, rejected ones last."""
    found = [take for take in reversed(scene.takes) if number in take.objects]
    return tuple(sorted(found, key=lambda take: take.rejected))


def object_track(scene: Scene, number: int) -> Track | None:
    """The track on which an object sounds, if it has one."""
    found = track_of_object(scene, number)
    return None if found is None else scene.track(found)


def use_take(scene: Scene, number: int, digest: str) -> Scene:
    """The scene with a take in use for an object: chosen, and in the clips that had the one chosen before.

    Where its track is empty, it is placed at the beginning.

    Raises:
        BadInput: there is no such object or take, or the take is not of that object.
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
    """The scene with the tracks of these objects soloed, or no longer; tracks are made where there are none."""
    return _of_tracks(scene, numbers, lambda it, track: solo_track(it, track, soloed=soloed))


def mute_objects(scene: Scene, numbers: Iterable[int], muted: bool) -> Scene:
    """The scene with the tracks of these objects muted, or no longer; tracks are made where there are none."""
    return _of_tracks(scene, numbers, lambda it, track: mute_track(it, track, muted=muted))


def remove_objects(scene: Scene, numbers: Iterable[int]) -> Scene:
    """The scene without these objects and their tracks."""
    for number in numbers:
        scene = remove_object(scene, number, tracks=True)
    return scene


def shift_object(scene: Scene, number: int, places: int) -> Scene:
    """The scene with an object this many places further down the list; it stops at the ends."""
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
    """The selection after a click on an object; the one that counts stands last.

    Args:
        selection: before. order: all objects, from the top.
        number: the one that was clicked.
        toggle: whether it joins or leaves the others. span: whether all from the last one to it are selected.
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
    """Where a card that is dragged from ``place`` comes to stand when it is let go at ``y``.

    Args:
        middles: of all cards from the top, its own too.
    """
    return sum(1 for other, middle in enumerate(middles) if other != place and middle < y)
