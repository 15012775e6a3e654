"""What the edits share: finding things by number, putting changed ones back, refusing what is not sound."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Clip, Marker, Track
from engine.scene.validity import clip_problems, setting_problems

Item = TypeVar("Item")


def raise_first_problem(problems: Iterable[str]) -> None:
    """Raises:
    BadInput: there is a problem; its sentence is the first one's.
    """
    for problem in problems:
        raise BadInput(problem)


def find_object(scene: Scene, index: int) -> SoundingObject:
    """Raises:
    BadInput: there is none of this number.
    """
    thing = scene.object(index)
    if thing is None:
        raise BadInput(f"There is no object {limits.format_value(index)}.")
    return thing


def find_take(scene: Scene, digest: str) -> TakeRecord:
    """Raises:
    BadInput: there is none of this digest.
    """
    take = scene.take(digest)
    if take is None:
        raise BadInput(f"There is no take {limits.format_value(digest)}.")
    return take


def find_track(scene: Scene, track_id: int) -> Track:
    """Raises:
    BadInput: there is none of this number.
    """
    track = scene.track(track_id)
    if track is None:
        raise BadInput(f"There is no track {limits.format_value(track_id)}.")
    return track


def find_clip(scene: Scene, clip_id: int) -> tuple[Track, Clip]:
    """The clip and the track it is on.

    Raises:
        BadInput: there is none of this number.
    """
    found = scene.clip(clip_id)
    if found is None:
        raise BadInput(f"There is no clip {limits.format_value(clip_id)}.")
    return found


def find_marker(scene: Scene, marker_id: int) -> Marker:
    """Raises:
    BadInput: there is none of this number.
    """
    found = next((marker for marker in scene.timeline.markers if marker.id == marker_id), None)
    if found is None:
        raise BadInput(f"There is no marker {limits.format_value(marker_id)}.")
    return found


def take_next_id(scene: Scene) -> Scene:
    """The scene with its next number for tracks, clips and markers taken; it will not be given again.

    Raises:
        BadInput: there are no more.
    """
    if scene.next_id >= limits.MOST_NUMBER:
        raise BadInput("This project has used up its numbers: begin a new one.")
    return replace(scene, next_id=scene.next_id + 1)


def with_timeline(scene: Scene, **changes: Any) -> Scene:
    """The scene with other values on its timeline.

    Raises:
        BadInput: a setting of the timeline cannot have that value.
    """
    timeline = replace(scene.timeline, **changes)
    raise_first_problem(setting_problems(timeline))
    return replace(scene, timeline=timeline)


def put_clips(scene: Scene, track_id: int, *clips: Clip, without: int | None = None) -> Scene:
    """The scene with these clips on this track, in place of those of their numbers wherever they were.

    Args:
        scene: to be changed.
        track_id: a track of it.
        clips: new ones, or changed ones.
        without: the number of a clip that goes.

    Raises:
        BadInput: a clip is not sound.
    """
    for clip in clips:
        take = scene.take(clip.take)
        raise_first_problem(clip_problems(clip, take.length_at(scene.timeline.rate) if take else None))
    gone = {clip.id for clip in clips} | {without}
    tracks = (_put(track, clips if track.id == track_id else (), gone) for track in scene.timeline.tracks)
    return with_timeline(scene, tracks=tuple(tracks))


def sorted_by_start(clips: Iterable[Clip]) -> tuple[Clip, ...]:
    """Clips in the order in which a track keeps them."""
    return tuple(sorted(clips, key=lambda clip: (clip.start, clip.id)))


def with_fitting_fades(clip: Clip) -> Clip:
    """The clip with its fades shortened, in proportion, to what its length leaves room for."""
    into, out = clip.fade_in.samples, clip.fade_out.samples
    if into + out <= clip.length:
        return clip
    into = clip.length * into // (into + out)
    out = clip.length - into
    return replace(
        clip, fade_in=replace(clip.fade_in, samples=into), fade_out=replace(clip.fade_out, samples=out)
    )


def reordered(things: tuple[Item, ...], thing: Item, place: int) -> tuple[Item, ...]:
    """The things with one of them moved to a place, from 0.

    Raises:
        BadInput: there is no such place.
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
