"""Edits of tracks."""

from dataclasses import replace
from typing import Any

from engine.scene import limits
from engine.scene.colours import Colour
from engine.scene.edits.lookup import (
    find_object,
    find_track,
    raise_first_problem,
    reordered,
    take_next_id,
    with_timeline,
)
from engine.scene.scene import Scene
from engine.scene.timeline import Track
from engine.scene.validity import track_problems


def add_track(scene: Scene, name: str, *, index: int | None = None, place: int | None = None) -> Scene:
    """Add an empty track, whose number is the old ``scene.next_id``.

    Args:
        scene: the scene to edit.
        name: the name of the track and its stem.
        index: number of the object it belongs to, if any.
        place: position from 0 at the top; None is the bottom.

    Raises:
        BadInput: the name is invalid, or there is no such object or position.
    """
    track = Track(scene.next_id, limits.normalize_whitespace(name), index)
    raise_first_problem(track_problems(track, _objects(scene)))
    changed = with_timeline(take_next_id(scene), tracks=(*scene.timeline.tracks, track))
    return changed if place is None else move_track(changed, track.id, place)


def track_for_object(scene: Scene, index: int) -> Scene:
    """Add a track for an object, named after it, unless the object has one.

    ``track_of_object`` gives its number.

    Raises:
        BadInput: there is no such object.
    """
    thing = find_object(scene, index)
    if track_of_object(scene, index) is not None:
        return scene
    return add_track(scene, thing.name, index=index)


def track_of_object(scene: Scene, index: int) -> int | None:
    """Return the number of the topmost track of an object, or None."""
    return next((track.id for track in scene.timeline.tracks if track.object == index), None)


def rename_track(scene: Scene, track_id: int, name: str) -> Scene:
    """Rename a track, and with it its stem.

    Raises:
        BadInput: there is no such track, or the name is invalid.
    """
    return _changed(scene, track_id, name=limits.normalize_whitespace(name))


def move_track(scene: Scene, track_id: int, place: int) -> Scene:
    """Move a track to position ``place``, from 0 at the top.

    Raises:
        BadInput: there is no such track, or no such position.
    """
    track = find_track(scene, track_id)
    return with_timeline(scene, tracks=reordered(scene.timeline.tracks, track, place))


def remove_track(scene: Scene, track_id: int) -> Scene:
    """Remove a track and its clips; their takes stay.

    Raises:
        BadInput: there is no such track.
    """
    gone = find_track(scene, track_id)
    return with_timeline(scene, tracks=tuple(track for track in scene.timeline.tracks if track is not gone))


def set_track_gain(scene: Scene, track_id: int, gain_db: float) -> Scene:
    """Set the gain of a track, -96 to 24 dB.

    Raises:
        BadInput: there is no such track, or the gain is out of range.
    """
    return _changed(scene, track_id, gain_db=gain_db)


def set_track_pan(scene: Scene, track_id: int, pan: float) -> Scene:
    """Set the pan of a track, -1 (left) to 1 (right).

    Raises:
        BadInput: there is no such track, or the pan is out of range.
    """
    return _changed(scene, track_id, pan=pan)


def mute_track(scene: Scene, track_id: int, *, muted: bool = True) -> Scene:
    """Mute or unmute a track.

    Raises:
        BadInput: there is no such track.
    """
    return _changed(scene, track_id, muted=muted)


def solo_track(scene: Scene, track_id: int, *, soloed: bool = True) -> Scene:
    """Solo a track, in addition to other soloed ones, or end its solo.

    Raises:
        BadInput: there is no such track.
    """
    return _changed(scene, track_id, soloed=soloed)


def recolour_track(scene: Scene, track_id: int, colour: Colour | None) -> Scene:
    """Set the colour of a track; None takes that of its object again.

    Raises:
        BadInput: there is no such track, or the colour is not three numbers from 0 to 255.
    """
    return _changed(scene, track_id, chosen_colour=colour)


def assign_track(scene: Scene, track_id: int, index: int | None) -> Scene:
    """Assign a track to an object, or to none.

    Raises:
        BadInput: there is no such track or object.
    """
    if index is not None:
        find_object(scene, index)
    return _changed(scene, track_id, object=index)


def _changed(scene: Scene, track_id: int, **changes: Any) -> Scene:
    old = find_track(scene, track_id)
    new = replace(old, **changes)
    raise_first_problem(track_problems(new, _objects(scene)))
    tracks = tuple(new if track is old else track for track in scene.timeline.tracks)
    return with_timeline(scene, tracks=tracks)


def _objects(scene: Scene) -> set[int]:
    return {thing.index for thing in scene.objects}
