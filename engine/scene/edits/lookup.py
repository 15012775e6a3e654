"""Helpers shared by the edits: look up by number, put back changed values, reject invalid ones."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Clip, Marker, Track
from engine.scene.validity import clip_problems, length_played, setting_problems

Item = TypeVar("Item")


def raise_first_problem(problems: Iterable[str]) -> None:
    """Raise ``BadInput`` with the first problem's sentence, if there is any.

    Raises:
        BadInput: there is at least one problem.
    """
    for problem in problems:
        raise BadInput(problem)


def find_object(scene: Scene, index: int) -> SoundingObject:
    """Return the object with this number.

    Raises:
        BadInput: there is no such object.
    """
    thing = scene.object(index)
    if thing is None:
        raise BadInput(f"There is no object {limits.format_value(index)}.")
    return thing


def find_take(scene: Scene, digest: str) -> TakeRecord:
    """Return the take with this digest.

    Raises:
        BadInput: there is no such take.
    """
    take = scene.take(digest)
    if take is None:
        raise BadInput(f"There is no take {limits.format_value(digest)}.")
    return take


def find_track(scene: Scene, track_id: int) -> Track:
    """Return the track with this number.

    Raises:
        BadInput: there is no such track.
    """
    track = scene.track(track_id)
    if track is None:
        raise BadInput(f"There is no track {limits.format_value(track_id)}.")
    return track


def find_clip(scene: Scene, clip_id: int) -> tuple[Track, Clip]:
    """Return the clip with this number and the track it is on.

    Raises:
        BadInput: there is no such clip.
    """
    found = scene.clip(clip_id)
    if found is None:
        raise BadInput(f"There is no clip {limits.format_value(clip_id)}.")
    return found


def find_marker(scene: Scene, marker_id: int) -> Marker:
    """Return the marker with this number.

    Raises:
        BadInput: there is no such marker.
    """
    found = next((marker for marker in scene.timeline.markers if marker.id == marker_id), None)
    if found is None:
        raise BadInput(f"There is no marker {limits.format_value(marker_id)}.")
    return found


def take_next_id(scene: Scene) -> Scene:
    """Reserve ``scene.next_id``: return the scene with the counter advanced by one.

    Raises:
        BadInput: all numbers are used up.
    """
    if scene.next_id >= limits.MOST_NUMBER:
        raise BadInput("This project has used up its numbers: begin a new one.")
    return replace(scene, next_id=scene.next_id + 1)


def with_timeline(scene: Scene, **changes: Any) -> Scene:
    """Return the scene with changed fields of its timeline.

    Raises:
        BadInput: a value is out of range.
    """
    timeline = replace(scene.timeline, **changes)
    raise_first_problem(setting_problems(timeline))
    return replace(scene, timeline=timeline)


def put_clips(scene: Scene, track_id: int, *clips: Clip, without: int | None = None) -> Scene:
    """Put clips on a track, replacing clips with the same numbers on any track.

    Args:
        scene: the scene to edit.
        track_id: number of the track.
        clips: new or changed clips.
        without: number of a clip to remove.

    Raises:
        BadInput: a clip is invalid.
    """
    for clip in clips:
        played = length_played(clip, scene.take(clip.take), scene.timeline.rate)
        raise_first_problem(clip_problems(clip, played))
    gone = {clip.id for clip in clips} | {without}
    tracks = (_put(track, clips if track.id == track_id else (), gone) for track in scene.timeline.tracks)
    return with_timeline(scene, tracks=tuple(tracks))


def sorted_by_start(clips: Iterable[Clip]) -> tuple[Clip, ...]:
    """Return the clips in the order a track keeps them: by start, then by number."""
    return tuple(sorted(clips, key=lambda clip: (clip.start, clip.id)))


def with_fitting_fades(clip: Clip) -> Clip:
    """Shorten the fades of a clip, in proportion, so that together they fit its length."""
    into, out = clip.fade_in.samples, clip.fade_out.samples
    if into + out <= clip.length:
        return clip
    into = clip.length * into // (into + out)
    out = clip.length - into
    return replace(
        clip, fade_in=replace(clip.fade_in, samples=into), fade_out=replace(clip.fade_out, samples=out)
    )


def reordered(things: tuple[Item, ...], thing: Item, place: int) -> tuple[Item, ...]:
    """Return the items with one of them moved to position ``place``, from 0.

    Raises:
        BadInput: there is no such position.
    """
    if not limits.whole(place, 0, len(things) - 1):
        raise BadInput(
            f"There is no place {limits.format_value(place)}: places are from 0 to {len(things) - 1}."
        )
    others = [other for other in things if other is not thing]
    return (*others[:place], thing, *others[place:])


def _put(track: Track, clips: tuple[Clip, ...], gone: set[int | None]) -> Track:
    kept = tuple(clip for clip in track.clips if clip.id not in gone)
    if not clips and len(kept) == len(track.clips):
        return track
    return replace(track, clips=sorted_by_start((*kept, *clips)))
