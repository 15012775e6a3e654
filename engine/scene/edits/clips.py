"""Edits of whole clips: place, move, level, mute. Only ``ripple_delete`` moves clips that it does not name."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.edits.clip_markers import moved_markers
from engine.scene.edits.lookup import (
    find_clip,
    find_take,
    find_track,
    put_clips,
    sorted_by_start,
    take_next_id,
    with_fitting_fades,
    with_timeline,
)
from engine.scene.scene import Scene
from engine.scene.timecode import frame_of, sample_of
from engine.scene.timeline import MOST_SAMPLES, Clip


def place_take(
    scene: Scene, track_id: int, digest: str, at: int, *, offset: int = 0, length: int | None = None
) -> Scene:
    """Place a take on a track as a new clip, whose number is the old ``scene.next_id``.

    Args:
        scene: the scene to edit.
        track_id: number of the track.
        digest: digest of the take.
        at: start of the clip, in samples of the timeline.
        offset: samples skipped at the start of the take, at the timeline's rate.
        length: samples to play; None plays the take to its end.

    Raises:
        BadInput: there is no such track or take, or the clip extends beyond the take or the timeline.
    """
    find_track(scene, track_id)
    whole = find_take(scene, digest).length_at(scene.timeline.rate)
    clip = Clip(scene.next_id, digest, at, offset, whole - offset if length is None else length)
    return put_clips(take_next_id(scene), track_id, clip)


def move_clip(scene: Scene, clip_id: int, at: int, track_id: int | None = None) -> Scene:
    """Move a clip to start at sample ``at``, and to track ``track_id`` if given.

    Raises:
        BadInput: there is no such clip or track, or the clip would extend beyond the timeline.
    """
    track, clip = find_clip(scene, clip_id)
    target = track if track_id is None else find_track(scene, track_id)
    return put_clips(scene, target.id, replace(clip, start=at))


def nudge_clip(scene: Scene, clip_id: int, frames: int) -> Scene:
    """Move a clip by ``frames`` picture frames, later if positive, earlier if negative.

    A clip that starts on a frame boundary lands on a frame boundary, even where a frame is not a whole number
    of samples; any other clip keeps its distance from the preceding boundary.

    Raises:
        BadInput: there is no such clip, or it would extend beyond the timeline.
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
    """Replace the take of a clip without moving the clip, to compare takes.

    If the new take is shorter, the clip starts earlier in it; the clip is shortened only if that is not
    enough.

    Raises:
        BadInput: there is no such clip or take.
    """
    track, clip = find_clip(scene, clip_id)
    whole = find_take(scene, digest).length_at(scene.timeline.rate, clip.speed)
    length = min(clip.length, whole)
    offset = min(clip.offset, whole - length)
    swapped = replace(
        clip, take=digest, length=length, offset=offset, markers=moved_markers(clip, offset - clip.offset)
    )
    return put_clips(scene, track.id, with_fitting_fades(swapped))


def duplicate_clip(scene: Scene, clip_id: int, at: int | None = None) -> Scene:
    """Copy a clip onto the same track; the copy's number is the old ``scene.next_id``, and it is in no group.

    Args:
        scene: the scene to edit.
        clip_id: number of the clip.
        at: start of the copy in samples; None places it directly after the clip.

    Raises:
        BadInput: there is no such clip, or the copy would extend beyond the timeline.
    """
    track, clip = find_clip(scene, clip_id)
    copy = replace(clip, id=scene.next_id, start=clip.end if at is None else at, group=None)
    return put_clips(take_next_id(scene), track.id, copy)


def remove_clip(scene: Scene, clip_id: int) -> Scene:
    """Remove a clip; its take stays in the scene.

    Raises:
        BadInput: there is no such clip.
    """
    track, _ = find_clip(scene, clip_id)
    return put_clips(scene, track.id, without=clip_id)


def set_clip_gain(scene: Scene, clip_id: int, gain_db: float) -> Scene:
    """Set the gain of a clip, -96 to 24 dB.

    Raises:
        BadInput: there is no such clip, or the gain is out of range.
    """
    track, clip = find_clip(scene, clip_id)
    return put_clips(scene, track.id, replace(clip, gain_db=gain_db))


def set_clip_pan(scene: Scene, clip_id: int, pan: float) -> Scene:
    """Set the pan of a clip, -1 (left) to 1 (right).

    Raises:
        BadInput: there is no such clip, or the pan is out of range.
    """
    track, clip = find_clip(scene, clip_id)
    return put_clips(scene, track.id, replace(clip, pan=pan))


def mute_clip(scene: Scene, clip_id: int, *, muted: bool = True) -> Scene:
    """Mute or unmute a clip.

    Raises:
        BadInput: there is no such clip.
    """
    track, clip = find_clip(scene, clip_id)
    return put_clips(scene, track.id, replace(clip, muted=muted))


def rename_clip(scene: Scene, clip_id: int, name: str) -> Scene:
    """Rename a clip; an empty name shows the name of its take again.

    Raises:
        BadInput: there is no such clip, or the name is invalid.
    """
    track, clip = find_clip(scene, clip_id)
    return put_clips(scene, track.id, replace(clip, name=limits.normalize_whitespace(name) or None))


def set_clip_auto_fades(scene: Scene, clip_id: int, *, on: bool = True) -> Scene:
    """Set whether the timeline's automatic fades apply to a clip.

    Raises:
        BadInput: there is no such clip.
    """
    track, clip = find_clip(scene, clip_id)
    return put_clips(scene, track.id, replace(clip, auto_fades=on))


def group_clips(scene: Scene, clip_ids: Collection[int]) -> Scene:
    """Group clips, so that they are selected and moved together; groups they were in are left.

    Raises:
        BadInput: there is no such clip, or fewer than two are named.
    """
    if len(set(clip_ids)) < 2:
        raise BadInput("A group needs two clips or more: select them first.")
    return _with_group(scene, clip_ids, next_group(scene))


def ungroup_clips(scene: Scene, clip_ids: Collection[int]) -> Scene:
    """Take clips out of their groups.

    Raises:
        BadInput: there is no such clip.
    """
    return _with_group(scene, clip_ids, None)


def next_group(scene: Scene) -> int:
    """Return the number of the next group: one more than the highest, from 1."""
    clips = (clip for track in scene.timeline.tracks for clip in track.clips)
    return 1 + max((clip.group or 0 for clip in clips), default=0)


def ripple_delete(scene: Scene, clip_ids: Collection[int]) -> Scene:
    """Remove clips, and move what comes after them on the same track earlier to close each gap.

    A gap is closed by as much as no remaining clip sounds in it; clips of other tracks and markers stay.

    Raises:
        BadInput: there is no such clip.
    """
    gone = {find_clip(scene, clip_id)[1].id for clip_id in clip_ids}
    tracks = []
    for track in scene.timeline.tracks:
        removed = [(clip.start, clip.end) for clip in track.clips if clip.id in gone]
        kept = [clip for clip in track.clips if clip.id not in gone]
        gaps = _without(removed, [(clip.start, clip.end) for clip in kept])
        moved = (replace(clip, start=clip.start - _length_before(gaps, clip.start)) for clip in kept)
        tracks.append(replace(track, clips=sorted_by_start(moved)) if removed else track)
    return with_timeline(scene, tracks=tuple(tracks))


def _with_group(scene: Scene, clip_ids: Collection[int], group: int | None) -> Scene:
    for clip_id in clip_ids:
        track, clip = find_clip(scene, clip_id)
        scene = put_clips(scene, track.id, replace(clip, group=group))
    return scene


def _without(spans: Iterable[tuple[int, int]], others: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the parts of spans that no other covers, ascending and apart from each other."""
    left: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        at = max(start, left[-1][1]) if left else start
        for low, high in sorted(other for other in others if other[0] < stop and other[1] > at):
            if low > at:
                left.append((at, low))
            at = max(at, high)
        if at < stop:
            left.append((at, stop))
    return left


def _length_before(gaps: Sequence[tuple[int, int]], at: int) -> int:
    return sum(min(stop, at) - start for start, stop in gaps if start < at)
