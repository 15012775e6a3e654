"""What is done to a project or with it while its disk fails: each from a folder to what should be there afterwards."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from engine.export.plan import ExportSettings
from engine.export.run import export
from engine.files import write_file
from engine.files.manifest import MANIFEST_FILE
from engine.project.folder import Project
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene
from tests.engine.project.toy_project import toy_mask, toy_project, toy_still, toy_take

MADE = datetime(2026, 11, 27, tzinfo=UTC)


@dataclass(frozen=True)
class Scenario:
    """Something that is done.

    Attributes:
        name: its name.
        prepare: makes the folder that it is done in, outside the failing disk.
        act: does it.
        state: what is there, as a value that can be compared; raises if something is wrong.
    """

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path], None]
    state: Callable[[Path], object]


def _project(place: Path) -> Path:
    return place / "Toy.foley"


def _prepare(place: Path) -> None:
    toy_project(place)[0].close()


def _prepare_crashed(place: Path) -> None:
    """With an older crash, which nobody has recovered, and a damaged scene.json kept aside."""
    _prepare(place)
    opened = Project.open(_project(place))
    for name in ("Unsaved", "Unsaved later"):
        opened.project.autosave(replace(opened.scene, name=name))
    opened.project.close()


def _save(place: Path) -> None:
    opened = Project.open(_project(place))
    with opened.project as project:
        thing = SoundingObject(2, toy_mask(20), "Bell")
        project.save(
            replace(opened.scene, name="After", objects=(*opened.scene.objects, thing), next_object=3)
        )


def _save_over_damage(place: Path) -> None:
    opened = Project.open(_project(place))
    with opened.project as project:
        project.save(replace(opened.scene, name="After"))


def _prepare_damaged(place: Path) -> None:
    _prepare(place)
    path = _project(place) / "scene.json"
    path.write_bytes(path.read_bytes().replace(b'"gain_db": -3.25', b'"gain_db": "loud"'))


def _autosave(place: Path) -> None:
    opened = Project.open(_project(place))
    with opened.project as project:
        project.autosave(replace(opened.scene, name="After"))


def _import(place: Path) -> None:
    opened = Project.open(_project(place))
    with opened.project as project:
        record = project.add_take(toy_take(9), (0,))
        project.save(replace(opened.scene, name="After", takes=(*opened.scene.takes, record)))


def _recover(place: Path) -> None:
    opened = Project.open(_project(place))
    with opened.project as project:
        project.save(project.recover(opened.recoverable[0]).scene)


def _recover_without_scene(place: Path) -> None:
    opened = Project.recover_from_autosave(_project(place))
    with opened.project as project:
        project.save(opened.scene)


def _prepare_without_scene(place: Path) -> None:
    _prepare_crashed(place)
    (_project(place) / "scene.json").unlink()


def _create(place: Path) -> None:
    Project.create(_project(place), "After", place / "still" / "Street at Night.PNG").project.close()


def _prepare_still(place: Path) -> None:
    (place / "still").mkdir()
    toy_still(place / "still")


def sounding(scene: Scene, name: str) -> Scene:
    """The toy scene under a name, without the solo that leaves nothing to be heard."""
    tracks = tuple(replace(track, soloed=False) for track in scene.timeline.tracks)
    return replace(scene, name=name, timeline=replace(scene.timeline, tracks=tracks))


def _export(place: Path, name: str) -> None:
    opened = Project.open(_project(place), writing=False)
    settings = ExportSettings(formats=("wav", "csv"), overwrite=True)
    scene = sounding(opened.scene, name)
    export(scene, opened.project.takes, place / "out", settings, made=MADE)


def _prepare_export(place: Path) -> None:
    _prepare(place)
    _export(place, "Before")
    write_file(place / "out" / "stems" / "dialogue.wav", b"precious")


def project_state(place: Path) -> tuple[str, int, int, tuple[str, ...]]:
    """The name, objects and takes of the saved scene, and the names of the states that are offered."""
    opened = Project.open(_project(place), writing=False)
    if opened.unreadable:
        raise AssertionError(opened.warnings)
    offered = tuple(opened.project.recover(found).scene.name for found in opened.recoverable)
    return (opened.scene.name, len(opened.scene.objects), len(opened.scene.takes), offered)


def recoverable_state(place: Path) -> tuple[str, ...]:
    """The names of all autosaves, and of the saved scene if there is one."""
    names = []
    if (_project(place) / "scene.json").exists():
        names.append(Project.open(_project(place), writing=False).scene.name)
    with Project.recover_from_autosave(_project(place)).project as project:
        found = [project.recover(one).scene.name for one in Project.autosaves(_project(place))]
    return (*names, *found)


def created_state(place: Path) -> str | None:
    """The name of the project; None if there is no folder."""
    if not _project(place).exists():
        return None
    opened = Project.open(_project(place), writing=False)
    assert opened.project.still(opened.scene) is not None
    return opened.scene.name


def export_state(place: Path) -> tuple[tuple[str, bytes], ...]:
    """Every file of the export but its manifest."""
    out = place / "out"
    files = sorted(path for path in out.rglob("*") if path.is_file() and ".foleyscape-" not in str(path))
    assert (out / MANIFEST_FILE).is_file()
    assert (out / "stems" / "dialogue.wav").read_bytes() == b"precious"
    return tuple((path.relative_to(out).as_posix(), path.read_bytes()) for path in files)


SCENARIOS = (
    Scenario("save", _prepare, _save, project_state),
    Scenario("save while an autosave is pending", _prepare_crashed, _save, project_state),
    Scenario("save over damage", _prepare_damaged, _save_over_damage, project_state),
    Scenario("autosave", _prepare_crashed, _autosave, project_state),
    Scenario("import a take", _prepare, _import, project_state),
    Scenario("recover", _prepare_crashed, _recover, project_state),
    Scenario("recover without a scene", _prepare_without_scene, _recover_without_scene, recoverable_state),
    Scenario("create", _prepare_still, _create, created_state),
    Scenario("export", _prepare_export, partial(_export, name="After"), export_state),
)


def copied(template: Path, place: Path) -> Path:
    """A fresh copy of what a scenario begins with."""
    if place.exists():
        shutil.rmtree(place)
    return Path(shutil.copytree(template, place, symlinks=True))
