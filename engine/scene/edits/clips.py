"""Edits of whole clips: placing, moving, levels, mutes. Nothing ripples: no edit moves a clip it does not name."""

from dataclasses import replace

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.edits.common import (
    find_clip,
    find_take,
    find_track,
    put_clips,
    take_next_id,
    with_fitting_fades,
)
from engine.scene.scene import Scene
from engine.scene.timecode import frame_of, sample_of
from engine.scene.timeline import MOST_SAMPLES, Clip


def place_take(
    scene: Scene, track_id: int, digest: str, at: int, *, offset: int = 0, length: int | None = None
) -> Scene:
    """The scene with a clip of a take on a track; its number is the old ``scene.next_id``.

    Args:
        scene: to be changed.
        track_id: which track.
        digest: which take.
        at: the sample of the timeline at which it begins.
        offset: samples of the take, at the timeline's rate, that are left out before it.
        length: in samples; None is all that is left of the take.

    Raises:
        BadInput: there is no such track or take, or the clip reaches past the take or the timeline.
    """
    find_track(scene, track_id)
    whole = find_take(scene, digest).length_at(scene.timeline.rate)
    clip = Clip(scene.next_id, digest, at, offset, whole - offset if length is None else length)
    return put_clips(take_next_id(scene), track_id, clip)


def move_clip(scene: Scene, clip_id: int, at: int, track_id: int | None = None) -> Scene:
    """The scene with a clip beginning at another sample, and on another track if one is named.

    Raises:
        BadInput: there is no such clip or track, or the clip would not be wholly on the timeline.
    """
    track, clip = find_clip(scene, clip_id)
    target = track if track_id is None else find_track(scene, track_id)
    return put_clips(scene, target.id, replace(clip, start=at))


def nudge_clip(scene: Scene, clip_id: int, frames: int) -> Scene:
    """The scene with a clip moved by so many frames of picture, later or (below 0) earlier.

    A clip on the start of a frame lands on the start of a frame, also where frames are no whole number of
    samples long; one between frames keeps its distance from the frame before it.

    Raises:
        BadInput: there is no such clip, or it would not be wholly on the timeline.
    """
    track, clip = find_clip(scene, clip_id)
    if not limits.whole(frames, -MOST_SAMPLES, MOST_SAMPLES):
        raise BadInput(f"A clip is nudged by whole frames, not by {limits.format_value(frames)}.")
    rate, sample_rate = scene.timeline.frame_rate, scene.timeline.rate
    frame = frame_of(clip.start, rate, sample_rate)
    start, following = (sample_of(frame + frames + more, rate, sample_rate) for more in (0, 1))
    start += min(clip.start - sample_of(frame, rate, sample_rate), following - start - 1)
    return put_clips(scene, track.id, replace(clip, start=start))


def swap_take(scene: Scene, clip_id: int, digest: str) -> Scene:
    """The scene with another take in a clip, at the same place: to hear which serves better.

    Where the other take is shorter, the clip begins earlier in it, and only then is it shortened.

    Raises:
        BadInput: there is no such clip or take.
    """
    track, clip = find_clip(scene, clip_id)
    whole = find_take(scene, digest).length_at(scene.timeline.rate)
    length = min(clip.length, whole)
    swapped = replace(clip, take=digest, length=length, offset=min(clip.offset, whole - length))
    return put_clips(scene, track.id, with_fitting_fades(swapped))


def duplicate_clip(scene: Scene, clip_id: int, at: int | None = None) -> Scene:
    """The scene with a copy of a clip on its track; the copy's number is the old ``scene.next_id``.

    Args:
        scene: to be changed.
        clip_id: which clip.
        at: where the copy begins; None is right behind the clip.

    Raises:
        BadInput: there is no such clip, or the copy would not be wholly on the timeline.
    """
    track, clip = find_clip(scene, clip_id)
    copy = replace(clip, id=scene.next_id, start=clip.end if at is None else at)
    return put_clips(take_next_id(scene), track.id, copy)


def remove_clip(scene: Scene, clip_id: int) -> Scene:
    """The scene without a clip; its take stays.

    Raises:
        BadInput: there is no such clip.
    """
    track, _ = find_clip(scene, clip_id)
    return put_clips(scene, track.id, without=clip_id)


def set_clip_gain(scene: Scene, clip_id: int, gain_db: float) -> Scene:
    """The scene with a clip at another gain, -96 to 24 dB.

    Raises:
        BadInput: there is no such clip, or the gain is out of range.
    """
    track, clip = find_clip(scene, clip_id)
    return put_clips(scene, track.id, replace(clip, gain_db=gain_db))


def set_clip_pan(scene: Scene, clip_id: int, pan: float) -> Scene:
    """The scene with a clip elsewhere between left (-1) and right (1).

    Raises:
        BadInput: there is no such clip, or the pan is out of range.
    """
    track, clip = find_clip(scene, clip_id)
    return put_clips(scene, track.id, replace(clip, pan=pan))


def mute_clip(scene: Scene, clip_id: int, *, muted: bool = True) -> Scene:
    """The scene with a clip silent, or heard again.

    Raises:
        BadInput: there is no such clip.
    """
    track, clip = find_clip(scene, clip_id)
    return put_clips(scene, track.id, replace(clip, muted=muted))
