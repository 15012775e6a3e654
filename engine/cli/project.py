"""``foleyscape project``."""

from argparse import Namespace
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.export_choices import chosen, keep_choices, of_scene, settings_of
from engine.cli.output_folder import output_folder
from engine.cli.project_warnings import print_warnings, project_warnings
from engine.cli.shown_job import run_shown
from engine.cli.streams import print_json
from engine.errors import BadInput, Incomplete
from engine.progress import IsCancelled, Progress
from engine.project.autosaves import Autosave
from engine.project.folder import Opened, Project
from engine.scene.edits import remove_clips_of
from engine.scene.recipe_facts import RecipeFacts, parse_recipe
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timecode import frame_of, to_text
from engine.scene.timeline import Timeline

if TYPE_CHECKING:
    from engine.export.run import Exported, FileFacts


def info(arguments: Namespace, is_cancelled: IsCancelled) -> int:
    """Run ``foleyscape project info``."""
    opened = _open(arguments, is_cancelled)
    facts = scene_facts(opened.scene)
    facts["warnings"] = list(opened.warnings)
    facts["lacks_sound"] = opened.lacks_sound
    facts["recoverable"] = [_autosave_facts(found) for found in opened.recoverable]
    if arguments.json:
        return _print_json(facts)
    still = facts["still"]
    print(facts["name"])
    print(f"  still     {'none' if still is None else '{name}, {width} x {height}'.format(**still)}")
    print(f"  objects   {len(facts['objects'])}: {', '.join(facts['objects']) or 'none'}")
    print(f"  takes     {facts['takes']}, {facts['starred']} starred, {facts['rejected']} rejected")
    print(f"  tracks    {len(facts['tracks'])}, {facts['clips']} clips, {facts['seconds']:.2f} s")
    print(f"  timeline  {facts['rate']} Hz, {facts['frame_rate']} fps, {facts['start']} to {facts['end']}")
    print(f"  loudness  {facts['loudness']}")
    for warning in opened.warnings:
        print(f"  warning: {warning}")
    if opened.recoverable:
        print(f"  {len(opened.recoverable)} autosaved since: foleyscape project recover {arguments.project}")
    return 0


def scene_facts(scene: Scene) -> dict[str, Any]:
    """Summarize a scene for people and scripts."""
    line, still = scene.timeline, scene.still
    end = line.start_frame + frame_of(line.length, line.frame_rate, line.rate)
    return {
        "name": scene.name,
        "still": None
        if still is None
        else {"name": still.name, "width": still.width, "height": still.height},
        "objects": [thing.name for thing in scene.objects],
        "takes": len(scene.takes),
        "starred": sum(take.starred for take in scene.takes),
        "rejected": sum(take.rejected for take in scene.takes),
        "tracks": [track.name for track in line.tracks],
        "clips": sum(len(track.clips) for track in line.tracks),
        "markers": len(line.markers),
        "seconds": line.length / line.rate,
        "rate": line.rate,
        "frame_rate": line.frame_rate.name,
        "start": to_text(line.start_frame, line.frame_rate),
        "end": to_text(end, line.frame_rate),
        "loudness": line.loudness,
    }


def takes(arguments: Namespace, is_cancelled: IsCancelled) -> int:
    """Run ``foleyscape project takes``."""
    opened = _open(arguments, is_cancelled)
    facts = [
        {
            **take_facts(opened.scene, take, arguments.project),
            "readable": take.digest not in opened.unreadable,
        }
        for take in opened.scene.takes
    ]
    if arguments.json:
        print_warnings(_warnings(opened, arguments), as_json=True)
        return _print_json(facts)
    for fact in facts:
        marks = "".join(mark for mark, on in (("*", fact["starred"]), ("x", fact["rejected"])) if on)
        used = "in bin" if fact["deleted"] else "in use" if fact["chosen"] else ""
        print(
            f"{fact['name']} {fact['number']:>3} {marks:<1} {fact['seconds']:6.2f} s  {used:<6}  {fact['file']}"
        )
    print_warnings(_warnings(opened, arguments))
    return 0


def take_facts(scene: Scene, take: TakeRecord, folder: Path) -> dict[str, Any]:
    """Summarize a take, with its recipe."""
    try:
        recipe: dict[str, Any] | None = parse_recipe(take.recipe)
    except BadInput:
        recipe = None
    return {
        "name": take.name,
        "number": take.number,
        "kind": take.kind,
        "licence": take.licence,
        "source": RecipeFacts.of(take.recipe).source,
        "objects": list(take.objects),
        "starred": take.starred,
        "rejected": take.rejected,
        "title": take.title,
        "note": take.note,
        "deleted": take.deleted,
        "chosen": any(digest == take.digest for _, digest in scene.chosen),
        "seconds": take.samples / take.rate,
        "rate": take.rate,
        "channels": take.channels,
        "file": str(folder / "takes" / f"{take.digest}.wav"),
        "recipe": recipe,
    }


def collect(arguments: Namespace, is_cancelled: IsCancelled) -> int:
    """Run ``foleyscape project collect``."""
    opened = _open(arguments, is_cancelled, writing=not arguments.dry_run)
    with closing(opened.project) as project:
        found = project.collect(
            [opened.scene], keep_autosaved=not arguments.autosaved, dry_run=arguments.dry_run
        )
    warnings = _warnings(opened, arguments)
    if arguments.json:
        facts = {"files": list(found.files), "bytes": found.bytes, "removed": not arguments.dry_run}
        return _print_json({**facts, "warnings": list(warnings)})
    for name in found.files:
        print(f"  {name}")
    verb = "would be removed" if arguments.dry_run else "removed"
    print(f"{len(found.files)} files, {found.bytes / 1e6:.1f} MB, {verb}.")
    print_warnings(warnings)
    return 0


def recover(arguments: Namespace, is_cancelled: IsCancelled) -> int:  # noqa: ARG001 - a command's form
    """Run ``foleyscape project recover``."""
    found = Project.autosaves(arguments.project)
    if arguments.list:
        return _tell_autosaves(found, as_json=arguments.json)
    wanted = None
    if arguments.number is not None:
        wanted = next((one for one in found if one.number == arguments.number), None)
        if wanted is None:
            raise BadInput(f"There is no autosave {arguments.number}: see them with --list.")
    opened = Project.recover_from_autosave(arguments.project, wanted)
    with closing(opened.project) as project:
        project.save(opened.scene)
    facts = {**scene_facts(opened.scene), "warnings": list(opened.warnings)}
    if arguments.json:
        return _print_json(facts)
    print(f"{facts['name']} is now as it was autosaved; the scene.json before it was kept beside it.")
    print_warnings(opened.warnings)
    return 0


def export(arguments: Namespace, is_cancelled: IsCancelled) -> int:
    """Run ``foleyscape project export``."""
    from datetime import datetime

    from engine.export.plan import EXPORT_KIND
    from engine.export.run import export as write_export

    choices = chosen(arguments)
    settings_of(choices, arguments, Timeline())  # What is wrong is said before the project is read.
    opened = _open(arguments, is_cancelled)
    scene = _exportable(opened, allow_missing=arguments.allow_missing)
    settings = of_scene(settings_of(choices, arguments, scene.timeline), arguments, scene)

    def write(_: Namespace, progress: Progress) -> "Exported":
        made, takes = datetime.now().astimezone(), opened.project.takes
        return write_export(scene, takes, arguments.out, settings, made=made, progress=progress)

    with output_folder(arguments, (), EXPORT_KIND):
        exported = run_shown(arguments, write, is_cancelled)
    keep_choices(choices, arguments)
    warnings = _warnings(opened, arguments)
    if arguments.json:
        return _print_json({**_export_facts(exported), "warnings": list(warnings)})
    for file in exported.files:
        print(f"  {file.path}{_loudness(file)}")
    for remark in _remarks(exported):
        print(f"  {remark}")
    print_warnings(warnings)
    return 0


def _exportable(opened: Opened, *, allow_missing: bool) -> Scene:
    """Return the scene without the sounds that cannot be read.

    Raises:
        Incomplete: there are some, or the project has lost some, and that is not allowed.
    """
    if opened.lacks_sound and not allow_missing:
        count = len(opened.warnings)
        more = f" And {count - 1} more: see foleyscape project info." if count > 1 else ""
        raise Incomplete(
            f"The export would lack sounds, so nothing was written. {opened.warnings[0]}{more} "
            "Put that right, or export the rest with --allow-missing."
        )
    return remove_clips_of(opened.scene, opened.unreadable)


def _warnings(opened: Opened, arguments: Namespace) -> tuple[str, ...]:
    return project_warnings(opened.warnings, len(opened.recoverable), arguments.project)


def _export_facts(exported: "Exported") -> dict[str, Any]:
    return {
        "folder": str(exported.folder.resolve()),
        "start_timecode": exported.plan.start_timecode,
        "time_reference": exported.plan.time_reference,
        "rate": exported.plan.form.rate,
        "bits": exported.plan.form.bits,
        "preset": exported.plan.preset.name,
        "gain_db": exported.gain_db,
        "limited": exported.limited,
        "on_target": exported.on_target,
        "left_out": list(exported.plan.left_out),
        "files": [
            {
                "file": str(file.path.resolve()),
                "kind": file.kind,
                "format": file.format,
                "title": file.title,
                "samples": file.samples,
                "lufs": file.lufs,
                "true_peak_dbtp": file.true_peak_dbtp,
            }
            for file in exported.files
        ],
    }


def _loudness(file: "FileFacts") -> str:
    return "" if file.lufs is None else f"  {file.lufs:.1f} LUFS"


def _remarks(exported: "Exported") -> list[str]:
    remarks = []
    if exported.plan.left_out:
        remarks.append(f"Muted and left out: {', '.join(exported.plan.left_out)}.")
    if exported.gain_db:
        remarks.append(f"All stems alike were changed by {exported.gain_db:+.1f} dB for the loudness asked.")
    if exported.limited:
        remarks.append("Peaks were held down, in all stems alike, so that the mix stays their sum.")
    if not exported.on_target:
        remarks.append("The mix is not within the preset's tolerance: its peaks leave no room for more.")
    return remarks


def _open(arguments: Namespace, is_cancelled: IsCancelled, *, writing: bool = False) -> Opened:
    def open_(asked: Namespace, progress: Progress) -> Opened:
        return Project.open(asked.project, writing=writing, progress=progress)

    return run_shown(arguments, open_, is_cancelled)


def _tell_autosaves(found: tuple[Autosave, ...], *, as_json: bool) -> int:
    if as_json:
        return _print_json([_autosave_facts(one) for one in found])
    if not found:
        print("There are no autosaves.")
    for one in found:
        print(f"  --number {one.number}  {one.when}")
    return 0


def _autosave_facts(found: Autosave) -> dict[str, Any]:
    return {"number": found.number, "when": found.when, "file": found.file}


def _print_json(facts: object) -> int:
    print_json(facts)
    return 0
