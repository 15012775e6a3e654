"""Edits of the markers of clips, which are named positions in a take and move with their clip."""

from collections.abc import Mapping
from dataclasses import replace

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.edits.lookup import find_clip, put_clips
from engine.scene.limits import format_value
from engine.scene.scene import Scene
from engine.scene.timeline import Clip, ClipMarker


def add_clip_marker(scene: Scene, clip_id: int, at: int, name: str = "Marker") -> Scene:
    """Mark a sample of the timeline in a clip; a marker that is there already is renamed.

    Raises:
        BadInput: there is no such clip, the sample is outside it, or the name is invalid.
    """
    track, clip = find_clip(scene, clip_id)
    if not clip.start <= at < clip.end:
        raise BadInput(
            f"Sample {format_value(at)} is outside clip {clip.id}: put the playhead inside it first."
        )
    marks = {marker.at: marker.name for marker in clip.markers}
    marks[clip.offset + at - clip.start] = limits.normalize_whitespace(name)
    return put_clips(scene, track.id, replace(clip, markers=clip_markers(marks)))


def rename_clip_marker(scene: Scene, clip_id: int, at: int, name: str) -> Scene:
    """Rename the marker at a sample of a clip's take.

    Raises:
        BadInput: there is no such clip or marker, or the name is invalid.
    """
    track, clip = find_clip(scene, clip_id)
    marks = {**_found(clip, at), at: limits.normalize_whitespace(name)}
    return put_clips(scene, track.id, replace(clip, markers=clip_markers(marks)))


def remove_clip_marker(scene: Scene, clip_id: int, at: int) -> Scene:
    """Remove the marker at a sample of a clip's take.

    Raises:
        BadInput: there is no such clip or marker.
    """
    track, clip = find_clip(scene, clip_id)
    marks = {place: name for place, name in _found(clip, at).items() if place != at}
    return put_clips(scene, track.id, replace(clip, markers=clip_markers(marks)))


def clip_markers(marks: Mapping[int, str]) -> tuple[ClipMarker, ...]:
    """Return markers in the order of their positions."""
    return tuple(ClipMarker(at, marks[at]) for at in sorted(marks))


def moved_markers(clip: Clip, by: int) -> tuple[ClipMarker, ...]:
    """Return the markers of a clip at later positions of its take, or earlier ones if negative, but not before 0."""
    return clip_markers({max(0, marker.at + by): marker.name for marker in clip.markers})


def place_of_marker(clip: Clip, marker: ClipMarker) -> int | None:
    """Return the sample of the timeline at which a marker of a clip is, or None where it is trimmed away."""
    at = clip.start + marker.at - clip.offset
    return at if clip.start <= at < clip.end else None


def _found(clip: Clip, at: int) -> dict[int, str]:
    marks = {marker.at: marker.name for marker in clip.markers}
    if at not in marks:
        raise BadInput(f"Clip {clip.id} has no marker at sample {format_value(at)} of its take.")
    return marks
