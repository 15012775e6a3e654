"""Adds new takes to a project: their objects, a track for each object, and its first take as a clip on the track."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.errors import BadInput
from engine.generation.requests import DiffusionSettings, GenerationRequest, Target
from engine.project.folder import Opened, Project
from engine.scene.edits import (
    add_object,
    add_track,
    choose_take,
    mute_track,
    next_take_number,
    place_take,
    receive_take,
    track_for_object,
    track_of_object,
)
from engine.scene.masks import unpack
from engine.scene.objects import NEGATIVE
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take
from engine.vision.still import Still


def open_or_create(
    path: Path, still: Still | None, still_path: Path | None, *, quick: bool = False
) -> Opened:
    """Open the project in a folder, or create it, for takes of a still.

    Args:
        path: the folder.
        still: the still of the takes; None for takes of words alone.
        still_path: file of the still, for a new project.
        quick: only check that the files of the takes exist, not their samples.

    Raises:
        BadInput: the project is of another still, or the folder cannot be one.
        Failed: it is open in another program, or cannot be written.
    """
    if not path.exists():
        return Project.create(path, path.stem or "Untitled", still_path)
    opened = Project.open(path, quick=quick)
    known = opened.scene.still
    if still is not None and (known is None or known.digest != still.digest):
        opened.project.close()
        of = "words alone" if known is None else known.name
        raise BadInput(f"The project {path} is of {of}, not of this still: name another project.")
    return opened


def add_takes(project: Project, scene: Scene, request: GenerationRequest, takes: Sequence[Take]) -> Scene:
    """Store takes in a project and return the scene with them, not yet saved.

    Objects are matched by their masks; objects that the scene does not have are added. The first take of an object
    is chosen and placed on its track, if the track is empty. Takes of several objects get a muted track.

    Args:
        project: open for writing.
        scene: the scene of the project.
        request: the request that the takes were made for.
        takes: the takes, in the order of the request.

    Raises:
        BadInput: the request's masks are not of the scene's still.
        Failed: the disk is full or the place cannot be written.
    """
    numbers = {thing.mask_digest: thing.index for thing in scene.objects}
    for target in request.targets:
        if target.mask is not None:
            scene, numbers[target.mask.digest] = _with_object(scene, target, request)
    targets = {target.objects: target for target in request.targets}
    for take in takes:
        objects = _objects_of(targets[take.objects], numbers)
        record = project.add_take(take, objects)
        if scene.take(record.digest) is None:
            scene = attach(scene, replace(record, number=next_take_number(scene, objects)))
    return scene


def attach(scene: Scene, record: TakeRecord) -> Scene:
    """Return the scene with a new take; the first take of an object is chosen and placed on the object's track."""
    scene = receive_take(scene, record)
    if len(record.objects) == 1 and scene.object(record.objects[0]) is not None:
        number = record.objects[0]
        if scene.chosen_of(number) is None:
            scene = choose_take(scene, number, record.digest)
        scene = track_for_object(scene, number)
        return _placed_if_empty(scene, track_of_object(scene, number), record)
    if len(record.objects) == 1:
        return scene
    named = next((t.id for t in scene.timeline.tracks if t.object is None and t.name == record.name), None)
    if named is None:
        named = scene.next_id
        scene = add_track(scene, record.name)
        scene = mute_track(scene, named, muted=bool(record.objects))
    return _placed_if_empty(scene, named, record)


def _placed_if_empty(scene: Scene, track_id: int | None, record: TakeRecord) -> Scene:
    track = None if track_id is None else scene.track(track_id)
    if track is None or track.clips:
        return scene
    return place_take(scene, track.id, record.digest, 0)


def _with_object(scene: Scene, target: Target, request: GenerationRequest) -> tuple[Scene, int]:
    """Return the scene with the target as one of its objects, and the number of that object."""
    assert target.mask is not None
    settings = request.settings
    for thing in scene.objects:
        if thing.mask_digest == target.mask.digest:
            return scene, thing.index
    added = add_object(
        scene,
        unpack(target.mask),
        target.name,
        prompt=target.prompt,
        level_lufs=target.level_lufs,
        negative=settings.negative if isinstance(settings, DiffusionSettings) else NEGATIVE,
        duration=request.duration,
        seed=request.seed,
    )
    return added, scene.next_object


def _objects_of(target: Target, numbers: dict[str, int]) -> tuple[int, ...]:
    """Return the numbers of a target's objects in the scene; none for words alone."""
    return tuple(numbers[mask.digest] for mask in target.masks if mask.digest in numbers)
