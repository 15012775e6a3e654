"""Edits of how a clip plays its take: backwards, faster or slower, higher or lower."""

from dataclasses import replace

from engine.errors import BadInput
from engine.scene.edits.clip_markers import clip_markers
from engine.scene.edits.lookup import find_clip, find_take, put_clips, with_fitting_fades
from engine.scene.limits import format_value, real
from engine.scene.scene import Scene
from engine.scene.take_version import LEAST_SPEED, MOST_PITCH, MOST_SPEED


def reverse_clip(scene: Scene, clip_id: int) -> Scene:
    """Play the stretch of the take that a clip plays in the other direction; twice is as before.

    Raises:
        BadInput: there is no such clip.
    """
    track, clip = find_clip(scene, clip_id)
    whole = find_take(scene, clip.take).length_at(scene.timeline.rate, clip.speed)
    offset = max(0, whole - clip.offset - clip.length)
    marks = {max(0, whole - 1 - marker.at): marker.name for marker in clip.markers}
    turned = replace(clip, reversed=not clip.reversed, offset=offset, markers=clip_markers(marks))
    return put_clips(scene, track.id, turned)


def set_clip_speed(scene: Scene, clip_id: int, speed: float) -> Scene:
    """Set how fast a clip plays its take; it keeps its start, its pitch and the stretch of the take it plays.

    Args:
        scene: the scene to edit.
        clip_id: number of the clip.
        speed: 0.25 to 4; 2 is twice as fast, and half as long.

    Raises:
        BadInput: there is no such clip, the speed is out of range, or the clip would extend beyond the timeline.
    """
    track, clip = find_clip(scene, clip_id)
    if not real(speed, LEAST_SPEED, MOST_SPEED):
        speeds = f"{LEAST_SPEED:g} to {MOST_SPEED:g}"
        raise BadInput(f"A clip plays at a speed of {speeds}, not {format_value(speed)}.")
    whole = find_take(scene, clip.take).length_at(scene.timeline.rate, speed)
    ratio = clip.speed / speed
    offset = min(round(clip.offset * ratio), whole - 1)
    length = min(max(1, round(clip.length * ratio)), whole - offset)
    marks = {round(marker.at * ratio): marker.name for marker in clip.markers}
    changed = replace(clip, speed=float(speed), offset=offset, length=length, markers=clip_markers(marks))
    return put_clips(scene, track.id, with_fitting_fades(changed))


def set_clip_pitch(scene: Scene, clip_id: int, semitones: float) -> Scene:
    """Shift the pitch of a clip by semitones, -24 to 24; its length stays.

    Raises:
        BadInput: there is no such clip, or the pitch is out of range.
    """
    track, clip = find_clip(scene, clip_id)
    if not real(semitones, -MOST_PITCH, MOST_PITCH):
        pitches = f"-{MOST_PITCH:g} to {MOST_PITCH:g}"
        raise BadInput(f"A clip is shifted by {pitches} semitones, not {format_value(semitones)}.")
    return put_clips(scene, track.id, replace(clip, pitch=float(semitones)))
