"""``foleyscape project import-sound``."""

from argparse import Namespace
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.project_warnings import print_warnings, project_warnings
from engine.cli.shown_job import run_shown
from engine.cli.streams import print_json
from engine.errors import BadInput, Failed
from engine.progress import IsCancelled, Progress
from engine.project.folder import Project
from engine.project.lock import LONG_PATIENCE
from engine.project.recordings import ImportRequest, add_recording, read_recording
from engine.scene.limits import real
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take
from engine.scene.timecode import from_text, sample_of

if TYPE_CHECKING:
    from engine.generation.listener import Heard
    from engine.studio import Studio

Imported = tuple[Path, TakeRecord, "Heard | None"]


def import_sound(arguments: Namespace, is_cancelled: IsCancelled) -> int:
    """Run ``foleyscape project import-sound``."""
    imported, warnings = run_shown(arguments, _import_all, is_cancelled)
    print_warnings(warnings, as_json=arguments.json)
    if arguments.json:
        print_json([_facts(arguments.project, *one) for one in imported])
        return 0
    for path, record, heard in imported:
        print(
            f"  {path}: {record.name}, take {record.number}, {record.samples / record.rate:.2f} s{_said(heard)}"
        )
    return 0


def _import_all(arguments: Namespace, progress: Progress) -> tuple[list[Imported], tuple[str, ...]]:
    """Import every file or none, the scene is saved in the end; return also what is to be known of the project."""
    _check_span(arguments.start, arguments.stop)
    opened = Project.open(arguments.project, quick=True, patience=LONG_PATIENCE)
    with closing(opened.project) as project:
        scene, found = opened.scene, []
        index, at = _object(scene, arguments.object), _place(scene, arguments.at)
        studio = _studio(arguments)
        for number, path in enumerate(arguments.files):
            part = progress.part(number / len(arguments.files), (number + 1) / len(arguments.files))
            take = read_recording(_request(arguments, path, scene, index), scene, part)
            heard = _heard(studio, path)
            named = _named(take, heard) if index is None and not arguments.name else take
            scene, record = add_recording(project, scene, named, at=at)
            found.append((path, record, heard))
        project.save(scene)
    return found, project_warnings(opened.warnings, len(opened.recoverable), arguments.project)


def _check_span(start: float, stop: float | None) -> None:
    """Raise ``BadInput`` unless the seconds asked for are a stretch of time."""
    if not real(start, 0.0, 1e9) or (stop is not None and not real(stop, 0.0, 1e9)):
        raise BadInput("--from and --to are seconds from 0.")
    if stop is not None and stop <= start:
        raise BadInput(f"--to must be after --from: {stop:g} s is not after {start:g} s.")


def _request(arguments: Namespace, path: Path, scene: Scene, index: int | None) -> ImportRequest:
    thing = None if index is None else scene.object(index)
    name = arguments.name or (thing.name if thing is not None else "")
    seconds = None if arguments.stop is None else arguments.stop - arguments.start
    return ImportRequest(path, arguments.start, seconds, name, arguments.licence, index)


def _object(scene: Scene, name: str | None) -> int | None:
    """Return the number of the object of this name, in any case.

    Raises:
        BadInput: there is none, or there are several.
    """
    if name is None:
        return None
    found = [thing for thing in scene.objects if thing.name.casefold() == name.strip().casefold()]
    if not found:
        known = ", ".join(dict.fromkeys(thing.name for thing in scene.objects)) or "no objects"
        raise BadInput(f"There is no object {name!r} in this project; there are: {known}.")
    if len(found) > 1:
        raise BadInput(f"There are {len(found)} objects named {name!r}: give them names of their own first.")
    return found[0].index


def _place(scene: Scene, timecode: str | None) -> int | None:
    """Return a timecode as a sample of the timeline.

    Raises:
        BadInput: it is no timecode, or before the timeline starts.
    """
    if timecode is None:
        return None
    line = scene.timeline
    frame = from_text(timecode, line.frame_rate) - line.start_frame
    if frame < 0:
        raise BadInput(f"{timecode} is before the timeline starts.")
    return sample_of(frame, line.frame_rate, line.rate)


def _studio(arguments: Namespace) -> "Studio | None":
    if arguments.no_hear:
        return None
    from engine.studio import Studio

    return Studio()


def _heard(studio: "Studio | None", path: Path) -> "Heard | None":
    """Return what a file sounds like; None where that is not asked for, or there is no model that hears."""
    try:
        return None if studio is None else studio.hear(path)
    except (BadInput, Failed):
        return None


def _named(take: Take, heard: "Heard | None") -> Take:
    return take if heard is None or heard.name is None else replace(take, name=heard.name)


def _said(heard: "Heard | None") -> str:
    if heard is None or heard.name is None:
        return ""
    return f"; sounds like {heard.name}, UCS {heard.ucs}"


def _facts(folder: Path, path: Path, record: TakeRecord, heard: "Heard | None") -> dict[str, Any]:
    return {
        "file": str(path),
        "take": record.digest,
        "name": record.name,
        "number": record.number,
        "objects": list(record.objects),
        "seconds": record.samples / record.rate,
        "rate": record.rate,
        "channels": record.channels,
        "licence": record.licence,
        "stored": str(folder / "takes" / f"{record.digest}.wav"),
        "heard": None if heard is None else heard.name,
        "ucs": None if heard is None else heard.ucs,
    }
