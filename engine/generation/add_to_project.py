"""Adds new takes to a project: their objects, a track for each object, and its first take as a clip on the track."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import BadInput
from engine.generation.requests import DiffusionSettings, GenerationRequest, Target
from engine.project.folder import Opened, Project
from engine.project.lock import LONG_PATIENCE, PATIENCE
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
from engine.scene.limits import project_name
from engine.scene.masks import unpack
from engine.scene.objects import NEGATIVE
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take
from engine.vision.still import Still


def open_or_create(
    path: Path,
    still: Still | None,
    still_path: Path | None,
    *,
    quick: bool = False,
    patience: float = PATIENCE,
) -> Opened:
    """Open the project in a folder, or create it, for takes of a still.

    Args:
        path: the folder.
        still: the still of the takes; None for takes of words alone.
        still_path: file of the still, for a new project; if it holds another picture by now, the project gets the
            still as it was opened.
        quick: only check that the files of the takes exist, not their samples.
        patience: seconds to wait for another program that has the project open.

    Raises:
        BadInput: the project is of another still, or the folder cannot be one.
        Failed: it is open in another program, or cannot be written.
    """
    if not path.exists():
        return Project.create(path, project_name(path.stem), still_path, still=still)
    opened = Project.open(path, quick=quick, patience=patience)
    known = opened.scene.still
    if still is not None and (known is None or known.digest != still.digest):
        opened.project.close()
        of = "words alone" if known is None else known.name
        raise BadInput(f"The project {path} is of {of}, not of this still: name another project.")
    return opened


def add_takes(project: Project, scene: Scene, request: GenerationRequest, takes: Sequence[Take]) -> Scene:
    """Store takes in a project and return the scene with them, not yet saved.

    Objects are matched by mask and name together, and several alike one by one; objects that the scene does not have
    are added. The first take of an object is chosen and placed on its track, if the track is empty. Takes of several
    objects get a muted track.

    Args:
        project: open for writing.
        scene: the scene of the project.
        request: the request that the takes were made for.
        takes: the takes, in the order of the request.

    Raises:
        BadInput: the request's masks are not of the scene's still.
        Failed: the disk is full or the place cannot be written.
    """
    numbers: dict[int, int] = {}
    for target in request.targets:
        if target.mask is not None:
            scene, numbers[target.objects[0]] = _with_object(scene, target, request, set(numbers.values()))
    targets = {target.objects: target for target in request.targets}
    for take in takes:
        objects = _objects_of(scene, targets[take.objects], numbers)
        record = project.add_take(take, objects)
        if scene.take(record.digest) is None:
            scene = attach(scene, replace(record, number=next_take_number(scene, objects)))
    return scene


@dataclass(frozen=True)
class AddedTakes:
    """Where takes were added.

    Attributes:
        path: the project folder.
        scene: its scene with the takes, saved.
        warnings: what is damaged or missing in the project, one sentence each.
        unsaved: number of autosaves in it with changes that were never saved; they are still there.
    """

    path: Path
    scene: Scene
    warnings: tuple[str, ...] = ()
    unsaved: int = 0


def add_and_save(
    path: Path,
    still: Still | None,
    still_path: Path | None,
    request: GenerationRequest,
    takes: Sequence[Take],
) -> AddedTakes:
    """Add takes to a project, created if missing, and save it; another program that has it open is waited for.

    Args:
        path: the project folder.
        still: the still of the takes; None for takes of words alone.
        still_path: file of the still.
        request: the request that the takes were made for.
        takes: the takes.

    Raises:
        BadInput: as ``open_or_create``.
        Failed: as ``open_or_create``; what was saved is untouched.
    """
    opened = open_or_create(path, still, still_path, patience=LONG_PATIENCE)
    with opened.project as project:
        scene = add_takes(project, opened.scene, request, takes)
        project.save(scene)
    return AddedTakes(path, scene, opened.warnings, len(opened.recoverable))


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


def _with_object(
    scene: Scene, target: Target, request: GenerationRequest, others: set[int]
) -> tuple[Scene, int]:
    """Return the scene with the target as one of its objects, and the number of that object.

    Args:
        scene: the scene.
        target: an object of the request.
        request: the request.
        others: numbers of the scene's objects that other targets are.
    """
    assert target.mask is not None
    settings = request.settings
    for thing in scene.objects:
        same = thing.mask_digest == target.mask.digest and thing.name == target.name
        if same and thing.index not in others:
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


def _objects_of(scene: Scene, target: Target, numbers: dict[int, int]) -> tuple[int, ...]:
    """Return the numbers of a target's objects in the scene; none for words alone."""
    by_mask = {thing.mask_digest: thing.index for thing in reversed(scene.objects)}
    pairs = zip(target.objects, target.masks, strict=False)
    found = [numbers.get(number, by_mask.get(mask.digest)) for number, mask in pairs]
    return tuple(number for number in found if number is not None)
