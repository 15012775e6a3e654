"""Own recordings: a sound file becomes a take of a project, with its licence and its source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import BadInput
from engine.progress import Progress
from engine.project.folder import Project
from engine.scene.edits import (
    add_track,
    attach_take,
    choose_take,
    next_take_number,
    place_take,
    track_for_object,
    track_of_object,
)
from engine.scene.limits import MOST_NAME, MOST_TEXT, normalize_whitespace, writable
from engine.scene.recipe_facts import recording_recipe
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take
from engine.sound.layout import layout_named
from engine.sound.sound_file import SoundFile, SoundFileFacts, probe_sound, read_sound

MOST_SECONDS = 600.0
"""Longest recording that becomes a take: 230 MB of stereo at 48 kHz."""


@dataclass(frozen=True)
class ImportRequest:
    """Which stretch of which sound file becomes a take.

    Attributes:
        path: the file.
        start: seconds to skip at its beginning.
        seconds: how much of it; None is all of the rest.
        name: name of the take; empty takes the file's.
        licence: under which licence it may be used; empty takes what the file says.
        index: number of the object it is a take of; None for none.
    """

    path: Path
    start: float = 0.0
    seconds: float | None = None
    name: str = ""
    licence: str = ""
    index: int | None = None


def check_length(facts: SoundFileFacts, request: ImportRequest) -> None:
    """Check, before it is read, that the stretch asked for is not too long.

    Raises:
        BadInput: it is too long; the sentence says what to do.
    """
    wanted = facts.seconds - request.start if request.seconds is None else request.seconds
    if min(wanted, facts.seconds - request.start) > MOST_SECONDS:
        raise BadInput(
            f"{facts.path.name} would be {_minutes(wanted)} long; a take holds at most {_minutes(MOST_SECONDS)}: "
            "import a part of it."
        )


def read_recording(request: ImportRequest, scene: Scene, progress: Progress | None = None) -> Take:
    """Read a sound file as a take at the rate of a scene's timeline, in channels that its layout can play.

    Raises:
        BadInput: it is not a sound that can be read, or it is too long.
        Failed: it may not be read, or there is not enough memory.
        Cancelled: ``progress`` was cancelled.
    """
    check_length(probe_sound(request.path), request)
    line = scene.timeline
    sound = read_sound(
        request.path,
        line.rate,
        layout_channels=len(layout_named(line.layout)),
        start=request.start,
        seconds=request.seconds,
        progress=progress,
    )
    facts, texts = sound.facts, dict(sound.facts.texts)
    licence = request.licence or texts.get("license") or texts.get("copyright") or ""
    return Take(
        sound.samples,
        sound.rate,
        _name(request.name or facts.path.stem),
        () if request.index is None else (request.index,),
        1,
        recording_recipe(writable(facts.path.name)[:MOST_NAME], sound.digest, _facts(sound, request)),
        kind="recording",
        licence=writable(normalize_whitespace(licence))[:MOST_TEXT],
    )


def add_recording(
    project: Project,
    scene: Scene,
    take: Take,
    *,
    at: int | None = None,
    track_id: int | None = None,
) -> tuple[Scene, TakeRecord]:
    """Store a recording in a project and return the scene with it, not yet saved, and its record.

    Args:
        project: open for writing.
        scene: the scene of the project.
        take: the recording.
        at: where it is placed on the timeline, in samples; None places it only where its object has no clip yet.
        track_id: track to place it on; None is its object's, or a new one.

    Raises:
        BadInput: there is no such object or track, or it would extend beyond the timeline.
        Failed: the disk is full or the folder cannot be written.
    """
    record = project.add_take(take, take.objects)
    return place_recording(scene, record, at=at, track_id=track_id), record


def place_recording(
    scene: Scene,
    record: TakeRecord,
    *,
    at: int | None = None,
    track_id: int | None = None,
    offset: int = 0,
    length: int | None = None,
) -> Scene:
    """Return the scene with a recording that is stored already, placed as ``add_recording`` says.

    ``offset`` and ``length`` are those of the clip, in samples; by default it plays the whole recording.

    Raises:
        BadInput: as for ``add_recording``.
    """
    if scene.take(record.digest) is None:
        record = replace(record, number=next_take_number(scene, record.objects))
        scene = attach_take(scene, record)
    index = record.objects[0] if record.objects else None
    if index is not None:
        if scene.chosen_of(index) is None:
            scene = choose_take(scene, index, record.digest)
        if track_id is None:
            scene = track_for_object(scene, index)
            track_id = track_of_object(scene, index)
        if at is None and track_id is not None:
            track = scene.track(track_id)
            at = 0 if track is not None and not track.clips else None
    if at is None:
        return scene
    if track_id is None:
        track_id = scene.next_id
        scene = add_track(scene, record.name)
    return place_take(scene, track_id, record.digest, at, offset=offset, length=length)


def _facts(sound: SoundFile, request: ImportRequest) -> Mapping[str, str | int | float]:
    facts = sound.facts
    told: dict[str, str | int | float] = {} if request.index is None else {"object": request.index}
    told |= {"format": facts.form, "rate": facts.rate, "channels": facts.channels}
    if request.start or request.seconds is not None:
        told["from_seconds"] = request.start
        told["to_seconds"] = request.start + sound.samples.shape[1] / sound.rate
    return {**told, **{key: writable(words) for key, words in facts.texts}}


def _name(words: str) -> str:
    return writable(normalize_whitespace(words.replace("_", " ")))[:MOST_NAME] or "Recording"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} minutes"
