"""Edits of several clips at once: pure functions of scenes, built on ``engine.scene.edits``."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from engine.errors import BadInput
from engine.scene.edits import (
    add_clip_marker,
    add_track,
    move_marker,
    nudge_clip,
    place_take,
    remove_clip,
    set_fade_in,
    set_fade_out,
    slip_clip,
    split_clip,
    swap_take,
    track_for_object,
    track_of_object,
    trim_end,
    trim_start,
)
from engine.scene.edits.clips import next_group
from engine.scene.edits.lookup import put_clips, take_next_id
from engine.scene.scene import Scene
from engine.scene.timeline import Clip

Placed = Mapping[int, tuple[Clip, ...]]
"""Clips by the id of their track."""


@dataclass(frozen=True)
class ClipClipboard:
    """Clips to paste, as pairs: rows below the topmost clip's, and the clip with its start relative to the earliest."""

    clips: tuple[tuple[int, Clip], ...]


def clips_by_track(scene: Scene, numbers: Collection[int]) -> dict[int, tuple[Clip, ...]]:
    """Return the clips with these ids that exist, by track from the top."""
    if not numbers:
        return {}
    found = {
        track.id: tuple(clip for clip in track.clips if clip.id in numbers) for track in scene.timeline.tracks
    }
    return {track: clips for track, clips in found.items() if clips}


def replace_clips(scene: Scene, placed: Placed) -> Scene:
    """Replace these clips, wherever they were."""
    for track_id, clips in placed.items():
        scene = put_clips(scene, track_id, *clips)
    return scene


def with_groups(scene: Scene, numbers: Collection[int]) -> frozenset[int]:
    """Return the ids of these clips and of all clips that are in a group with one of them."""
    tracks = scene.timeline.tracks
    groups = {clip.group for track in tracks for clip in track.clips if clip.id in numbers} - {None}
    if not groups:
        return frozenset(numbers)
    return frozenset(numbers) | {clip.id for track in tracks for clip in track.clips if clip.group in groups}


def copies_of(scene: Scene, placed: Placed) -> Placed:
    """Return copies of these clips with new ids, counted from ``scene.next_id`` in this order, and new groups."""
    number, group = scene.next_id, next_group(scene)
    groups: dict[int, int] = {}
    copies: dict[int, tuple[Clip, ...]] = {}
    for track_id, clips in placed.items():
        for clip in clips:
            own = None if clip.group is None else groups.setdefault(clip.group, group + len(groups))
            copies[track_id] = (*copies.get(track_id, ()), replace(clip, id=number, group=own))
            number += 1
    return copies


def put_copies(scene: Scene, copies: Placed) -> Scene:
    """Put copies where they are given, whether or not they are in the scene already, and use up their ids."""
    highest = max((clip.id for clips in copies.values() for clip in clips), default=0)
    while scene.next_id <= highest:
        scene = take_next_id(scene)
    return replace_clips(scene, copies)


def add_clips(scene: Scene, placed: Placed) -> Scene:
    """Add copies of these clips with new ids, counted from ``scene.next_id`` in this order, and new groups."""
    return put_copies(scene, copies_of(scene, placed))


def remove_all(scene: Scene, numbers: Iterable[int]) -> Scene:
    """Remove these clips; their takes stay."""
    for number in numbers:
        if scene.clip(number) is not None:
            scene = remove_clip(scene, number)
    return scene


def duplicate_all(scene: Scene, numbers: Collection[int]) -> Scene:
    """Add copies of these clips after the last of them, keeping their distances."""
    placed = clips_by_track(scene, numbers)
    every = [clip for clips in placed.values() for clip in clips]
    if not every:
        return scene
    by = max(clip.end for clip in every) - min(clip.start for clip in every)
    return add_clips(
        scene, {track: tuple(_later(clip, by) for clip in clips) for track, clips in placed.items()}
    )


def copy_clips(scene: Scene, numbers: Collection[int]) -> ClipClipboard:
    """Copy the clips relative to the first one, for pasting."""
    rows = {track.id: row for row, track in enumerate(scene.timeline.tracks)}
    placed = clips_by_track(scene, numbers)
    first_row = min((rows[track] for track in placed), default=0)
    start = min((clip.start for clips in placed.values() for clip in clips), default=0)
    return ClipClipboard(
        tuple(
            (rows[track] - first_row, _later(clip, -start))
            for track, clips in placed.items()
            for clip in clips
        )
    )


def paste(scene: Scene, copied: ClipClipboard, at: int, row: int) -> Scene:
    """Paste copied clips: the earliest at sample ``at``, the topmost on ``row``.

    Clips that would be below the last track are placed on it.

    Raises:
        BadInput: there is no track, or a take is not in this scene.
    """
    tracks = scene.timeline.tracks
    if not tracks:
        raise BadInput("There is no track to paste onto: add one, or drop a take here.")
    placed: dict[int, tuple[Clip, ...]] = {}
    for down, clip in copied.clips:
        track = tracks[min(max(row, 0) + down, len(tracks) - 1)].id
        placed[track] = (*placed.get(track, ()), _later(clip, at))
    return add_clips(scene, placed)


def split_all(scene: Scene, numbers: Collection[int], at: int) -> Scene:
    """Split those of these clips that contain a sample; with no ids, all clips."""
    inside = [
        clip.id
        for track in scene.timeline.tracks
        for clip in track.clips
        if clip.start < at < clip.end and (not numbers or clip.id in numbers)
    ]
    for number in inside:
        scene = split_clip(scene, number, at)
    return scene


def nudge_all(scene: Scene, numbers: Collection[int], frames: int) -> Scene:
    """Move these clips by frames; if one would start before 0, none moves."""
    before = scene
    for clips in clips_by_track(scene, numbers).values():
        for clip in clips:
            try:
                scene = nudge_clip(scene, clip.id, frames)
            except BadInput:
                return before
    return scene


def slip_all(scene: Scene, numbers: Collection[int], frames: int) -> Scene:
    """Move the sound inside these clips by frames, as far as their takes go."""
    by = round(frames * scene.timeline.rate / float(scene.timeline.frame_rate.exact))
    for clips in clips_by_track(scene, numbers).values():
        for clip in clips:
            scene = slip_clip(scene, clip.id, by)
    return scene


def step_take(scene: Scene, numbers: Collection[int], steps: int) -> Scene:
    """Play another take of the same objects in each of these clips, ``steps`` on; after the last comes the first.

    Raises:
        BadInput: there is no other take for any of the clips.
    """
    before = scene
    for clips in clips_by_track(scene, numbers).values():
        for clip in clips:
            digests = [take.digest for take in scene.alternatives(clip.take)]
            if len(digests) > 1:
                scene = swap_take(scene, clip.id, digests[(digests.index(clip.take) + steps) % len(digests)])
    if scene is before:
        raise BadInput("There is no other take to switch to: generate more, or take one out of the rejected.")
    return scene


def mark_clips(scene: Scene, numbers: Collection[int], at: int, name: str) -> Scene:
    """Mark a sample of the timeline in those of these clips that contain it.

    Raises:
        BadInput: it is in none of them.
    """
    return _where_it_can(scene, numbers, lambda scene, clip: add_clip_marker(scene, clip.id, at, name))


def clear_range(scene: Scene, start: int, stop: int, *, ripple: bool) -> Scene:
    """Remove what sounds from a sample to before another on every track, cutting clips at both.

    Args:
        scene: the scene to edit.
        start: first sample.
        stop: the sample after the last.
        ripple: whether everything after it, markers too, moves earlier to close the gap.
    """
    scene = split_all(split_all(scene, (), start), (), stop)
    inside = [
        clip.id
        for track in scene.timeline.tracks
        for clip in track.clips
        if start <= clip.start and clip.end <= stop
    ]
    scene = remove_all(scene, inside)
    return _closed(scene, start, stop) if ripple else scene


def _closed(scene: Scene, start: int, stop: int) -> Scene:
    for track in scene.timeline.tracks:
        later = [_later(clip, start - stop) for clip in track.clips if clip.start >= stop]
        scene = put_clips(scene, track.id, *later)
    for marker in scene.timeline.markers:
        if marker.at >= stop:
            scene = move_marker(scene, marker.id, marker.at + start - stop)
    return scene


def trim_all(scene: Scene, numbers: Collection[int], at: int, *, end: bool) -> Scene:
    """Trim the start or end of these clips to a sample, where their takes have audio there.

    Raises:
        BadInput: no clip can be trimmed there.
    """
    trim = trim_end if end else trim_start
    return _where_it_can(scene, numbers, lambda scene, clip: trim(scene, clip.id, at))


def fade_all(scene: Scene, numbers: Collection[int], at: int, *, out: bool) -> Scene:
    """Set the fade-in or fade-out of these clips to end or start at a sample, limited by the other fade.

    Raises:
        BadInput: the sample is in none of the clips.
    """

    def faded(scene: Scene, clip: Clip) -> Scene:
        if not clip.start <= at <= clip.end:
            raise BadInput("Outside the clip.")
        if out:
            return set_fade_out(scene, clip.id, min(clip.end - at, clip.length - clip.fade_in.samples))
        return set_fade_in(scene, clip.id, min(at - clip.start, clip.length - clip.fade_out.samples))

    return _where_it_can(scene, numbers, faded)


def move_rows(scene: Scene, numbers: Collection[int], down: int) -> Scene:
    """Move these clips down by tracks; if one would leave the tracks, none moves."""
    placed, tracks = clips_by_track(scene, numbers), scene.timeline.tracks
    rows = {track.id: row for row, track in enumerate(tracks)}
    if not all(0 <= rows[track] + down < len(tracks) for track in placed):
        return scene
    return replace_clips(scene, {tracks[rows[track] + down].id: clips for track, clips in placed.items()})


def _where_it_can(scene: Scene, numbers: Collection[int], change: Callable[[Scene, Clip], Scene]) -> Scene:
    """Apply a change to each of these clips for which it is possible."""
    changed = 0
    for clip in (clip for clips in clips_by_track(scene, numbers).values() for clip in clips):
        try:
            scene = change(scene, clip)
            changed += 1
        except BadInput:
            continue
    if not changed:
        raise BadInput("The playhead is outside the selected clips: put it inside one first.")
    return scene


def drop_take(scene: Scene, digest: str, at: int, row: int) -> Scene:
    """Place a take on the track of a row; below the last track, on its object's track or a new one.

    Raises:
        BadInput: there is no such take.
    """
    tracks = scene.timeline.tracks
    if 0 <= row < len(tracks):
        return place_take(scene, tracks[row].id, digest, at)
    take = scene.take(digest)
    if take is None:
        raise BadInput("That take is not in this scene.")
    if len(take.objects) == 1 and scene.object(take.objects[0]) is not None:
        scene = track_for_object(scene, take.objects[0])
        own = track_of_object(scene, take.objects[0])
        if own is not None:
            return place_take(scene, own, digest, at)
    number = scene.next_id
    return place_take(add_track(scene, take.name), number, digest, at)


def _later(clip: Clip, by: int) -> Clip:
    return replace(clip, start=clip.start + by)
