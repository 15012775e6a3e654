"""Edits of takes. An unwanted take is rejected, and stays; a deleted one is in the bin until that is emptied."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.edits.lookup import find_object, find_take, raise_first_problem
from engine.scene.scene import Scene, TakeRecord
from engine.scene.validity import take_problems


def attach_take(scene: Scene, take: TakeRecord) -> Scene:
    """Append a take; a take that is already there, by its digest, stays as it is.

    A take is kept even if its objects were removed while it was being generated.

    Raises:
        BadInput: the record is invalid, or names an object that never existed.
    """
    name = limits.writable(limits.normalize_whitespace(take.name))[: limits.MOST_NAME]
    take = replace(take, name=name or "Take")
    raise_first_problem(take_problems(take, scene.next_object))
    if scene.take(take.digest) is not None:
        return scene
    return replace(scene, takes=(*scene.takes, take))


def receive_take(scene: Scene, take: TakeRecord, *, rejected: bool = False) -> Scene:
    """Append a take, also to a scene in which its objects do not exist yet: their numbers are then reserved.

    So a take stays reachable in every scene of an undo history, and no other object can get its number.

    Args:
        scene: any scene of the history.
        take: the new take; one that is already there, by its digest, stays as it is.
        rejected: whether the take is marked as rejected.

    Raises:
        BadInput: the record is invalid.
    """
    if scene.take(take.digest) is not None:
        return scene
    least = min(1 + max(take.objects, default=-1), limits.MOST_OBJECTS)
    scene = replace(scene, next_object=max(scene.next_object, least))
    return attach_take(scene, replace(take, rejected=take.rejected or rejected))


def receive_takes(scene: Scene, takes: Iterable[TakeRecord], *, rejected: bool = False) -> Scene:
    """Append several takes; see ``receive_take``.

    Raises:
        BadInput: a record is invalid.
    """
    for take in takes:
        scene = receive_take(scene, take, rejected=rejected)
    return scene


def next_take_number(scene: Scene, objects: Sequence[int]) -> int:
    """Return the number of the next take of exactly these objects: one more than the highest so far, from 1."""
    return 1 + max((take.number for take in scene.takes if take.objects == tuple(objects)), default=0)


def star_take(scene: Scene, digest: str, *, starred: bool = True) -> Scene:
    """Star a take, which also removes its rejection, or remove its star.

    Raises:
        BadInput: there is no such take.
    """
    take = find_take(scene, digest)
    return _with(scene, replace(take, starred=starred, rejected=take.rejected and not starred))


def reject_take(scene: Scene, digest: str, *, rejected: bool = True) -> Scene:
    """Reject a take, which also removes its star and its use, or remove its rejection.

    Clips of it stay on the timeline, and sound.

    Raises:
        BadInput: there is no such take.
    """
    take = find_take(scene, digest)
    changed = _with(scene, replace(take, rejected=rejected, starred=take.starred and not rejected))
    return _without_use(changed, digest) if rejected else changed


def rename_take(scene: Scene, digest: str, title: str) -> Scene:
    """Give a take a name of its own; an empty one shows the name of its objects again.

    Raises:
        BadInput: there is no such take, or the name is too long.
    """
    return _with(scene, replace(find_take(scene, digest), title=limits.normalize_whitespace(title)))


def note_take(scene: Scene, digest: str, note: str) -> Scene:
    """Write a note about a take, on one line; an empty one removes it.

    Raises:
        BadInput: there is no such take, or the note is too long.
    """
    return _with(scene, replace(find_take(scene, digest), note=limits.normalize_whitespace(note)))


def delete_take(scene: Scene, digest: str, *, deleted: bool = True) -> Scene:
    """Move a take to the bin, which also removes its use, or take it out of the bin.

    Clips of it stay on the timeline, and sound.

    Raises:
        BadInput: there is no such take.
    """
    changed = _with(scene, replace(find_take(scene, digest), deleted=deleted))
    return _without_use(changed, digest) if deleted else changed


def empty_bin(scene: Scene) -> Scene:
    """Remove the takes in the bin from the scene. Those with clips on the timeline stay in the bin."""
    placed = {clip.take for track in scene.timeline.tracks for clip in track.clips}
    kept = tuple(take for take in scene.takes if not take.deleted or take.digest in placed)
    return scene if len(kept) == len(scene.takes) else replace(scene, takes=kept)


def choose_take(scene: Scene, index: int, digest: str) -> Scene:
    """Use this take for an object, which also removes its rejection and takes it out of the bin. Clips do not change.

    A take of several objects together can be used for any of them.

    Raises:
        BadInput: there is no such object or take, or the take is not of that object.
    """
    index, take = find_object(scene, index).index, find_take(scene, digest)
    if index not in take.objects:
        raise BadInput(f"That is no take of object {index}: choose one of its own.")
    others = (pair for pair in scene.chosen if pair[0] != index)
    changed = _with(scene, replace(take, rejected=False, deleted=False))
    return replace(changed, chosen=tuple(sorted((*others, (index, digest)))))


def unchoose_take(scene: Scene, index: int) -> Scene:
    """Leave an object without a take in use.

    Raises:
        BadInput: there is no such object.
    """
    find_object(scene, index)
    return replace(scene, chosen=tuple(pair for pair in scene.chosen if pair[0] != index))


def set_licence(scene: Scene, digest: str, licence: str) -> Scene:
    """Set under which licence a take may be used, in the user's words; empty if not known.

    Raises:
        BadInput: there is no such take, or the text is too long or has characters that cannot be stored.
    """
    return _with(scene, replace(find_take(scene, digest), licence=licence.strip()))


def _without_use(scene: Scene, digest: str) -> Scene:
    return replace(scene, chosen=tuple(pair for pair in scene.chosen if pair[1] != digest))


def _with(scene: Scene, take: TakeRecord) -> Scene:
    raise_first_problem(take_problems(take, scene.next_object))
    takes = tuple(take if other.digest == take.digest else other for other in scene.takes)
    return replace(scene, takes=takes)


def remove_clips_of(scene: Scene, digests: Collection[str]) -> Scene:
    """Remove every clip of these takes; the takes stay."""
    tracks = tuple(
        replace(track, clips=tuple(clip for clip in track.clips if clip.take not in digests))
        if any(clip.take in digests for clip in track.clips)
        else track
        for track in scene.timeline.tracks
    )
    return replace(scene, timeline=replace(scene.timeline, tracks=tracks))
