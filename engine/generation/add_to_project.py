"""New takes arrive in a project: their objects, a track for each, and the first take of each placed on it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.errors import BadInput
from engine.generation.requests import DiffusionSettings, GenerationRequest, Target
from engine.project.folder import Opened, Project
from engine.scene.edits import (
    add_object,
    add_track,
    attach_take,
    choose_take,
    mute_track,
    next_take_number,
    place_take,
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
    """The project in a folder, made if there is none, for takes of this still (None: of words alone).

    Args:
        quick: look whether the takes that are in it are there, and leave checking their samples.

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
    """The scene with these takes, which are stored in the project; it is not saved yet.

    An object of the scene with the same mask is the same object; others are added. The first take of an object
    comes into use and onto its track, if that is empty; takes of several together get a muted track of their own.

    Args:
        project: open for writing.
        scene: of it.
        request: what was asked. takes: what was made of it, in its order.

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
    """The scene with a take that was just made: in use if it is the first of its object, and then on its track."""
    scene = attach_take(scene, record)
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
    """The scene with the target among its objects, and its number there."""
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
    """The numbers of the objects that a target's takes are of; none for words alone."""
    return tuple(numbers[mask.digest] for mask in target.masks if mask.digest in numbers)
