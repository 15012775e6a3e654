"""Reading and writing of project folders, as functions for the background thread. No Qt except the pasted image."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from engine.errors import BadInput, Failed, FoleyscapeError
from engine.files import disk_errors, staged_folder
from engine.project.autosaves import Autosave
from engine.project.folder import Opened, Project
from engine.project.mask_files import mask_file
from engine.project.take_files import take_file
from engine.scene.limits import project_name
from engine.scene.recipe_facts import referenced_masks
from engine.scene.scene import Scene, TakeRecord

if TYPE_CHECKING:
    from engine.vision.still import Still

SUFFIX = ".foley"
NOT_COPIED = ("autosave", ".foleyscape-lock")


@dataclass(frozen=True)
class LoadedProject:
    """An opened project with its scene and still.

    Attributes:
        project: the open project folder.
        scene: the scene as opened.
        still: None if its file could not be read.
        warnings: what was repaired or is missing, in sentences.
        recoverable: autosaves newer than the saved scene, the newest first.
        unsaved: whether the scene differs from scene.json.
    """

    project: Project
    scene: Scene
    still: "Still | None"
    warnings: tuple[str, ...] = ()
    recoverable: tuple[Autosave, ...] = ()
    unsaved: bool = False


@dataclass(frozen=True)
class Recoverable:
    """A scene of an earlier run that was never saved."""

    path: Path
    name: str
    when: str
    takes: int = 0


def load(
    path: Path,
    unsaved: Path,
    begin: Callable[[Scene], Scene],
    same: Project | None,
    kept: Scene | None = None,
    name: str | None = None,
) -> LoadedProject:
    """Open a project folder, or a still as a new scene.

    Args:
        path: a project folder or a picture.
        unsaved: the folder in which new scenes are created.
        begin: sets the defaults of a new scene.
        same: the open project if ``path`` is its folder. It stays open and reverts to what was saved.
        name: name of the scene of a picture; None takes the file's.
        kept: its scene, if it has takes that were never saved: it is autosaved, not discarded.

    Raises:
        BadInput: it cannot be opened.
        Failed: it cannot be read.
    """
    if path.is_dir():
        if same is None:
            return _with_still(Project.open(path, quick=True))
        if kept is None:
            same.discard_autosaves()
        else:
            same.autosave(kept)
        return _with_still(same.reload(), stays=True)
    return _new_scene(path, name or path.stem, unsaved, begin)


def load_picture(picture: QImage, name: str, unsaved: Path, begin: Callable[[Scene], Scene]) -> LoadedProject:
    """Create a scene from a picture in memory."""
    with tempfile.TemporaryDirectory(prefix="foleyscape-") as folder:
        path = Path(folder) / f"{name}.png"
        if not picture.save(str(path), "PNG"):  # type: ignore[call-overload]
            raise Failed(
                "The picture could not be taken from the clipboard: save it as a file and open that."
            )
        return _new_scene(path, name, unsaved, begin)


def recover_from_autosave(found: Recoverable) -> LoadedProject:
    """Open an unsaved scene of an earlier run."""
    return _with_still(Project.recover_from_autosave(found.path), unsaved=True)


def newest_autosave(loaded: LoadedProject) -> LoadedProject:
    """Return the project with the scene of its newest autosave.

    Raises:
        BadInput: no autosave can be opened.
    """
    opened = loaded.project.recover(loaded.recoverable[0])
    return LoadedProject(opened.project, opened.scene, loaded.still, opened.warnings, (), unsaved=True)


def takes_of_autosave(loaded: LoadedProject) -> tuple[TakeRecord, ...]:
    """Return the takes that the newest autosave of an opened project has and its saved scene has not."""
    kept = loaded.project.decline(loaded.recoverable[0]).scene
    return tuple(take for take in kept.takes if loaded.scene.take(take.digest) is None)


def recoverable(unsaved: Path) -> tuple[Recoverable, ...]:
    """Return the unsaved scenes of earlier runs, the newest first. Those open in another process are skipped."""
    found = []
    for path in sorted(unsaved.glob(f"*{SUFFIX}"), reverse=True):
        try:
            with Project.open(path, quick=True).project as project:
                kept = Project.autosaves(path)
                if kept:
                    scene = project.recover(kept[0]).scene
                    found.append(Recoverable(path, scene.name, kept[0].when, len(scene.takes)))
        except FoleyscapeError:
            continue
        if not kept and not any((path / "takes").glob("*.wav")):
            remove(path)
    return tuple(found)


def copy_project(project: Project, scene: Scene, path: Path) -> Project:
    """Copy a project to ``path`` with ``scene`` as its saved scene, and open the copy. A failed copy leaves no folder.

    Raises:
        BadInput: the folder is not empty.
        Failed: it cannot be written.
    """
    if path.suffix != SUFFIX:
        path = path.with_name(path.name + SUFFIX)
    with staged_folder(path) as staging, disk_errors(path):
        shutil.copytree(
            project.path, staging, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_COPIED, ".*")
        )
        (staging / "autosave").mkdir(exist_ok=True)
    copy = Project.open(path, quick=True).project
    try:
        for record in scene.takes:
            copy.takes.register(record)
        copy.save(scene)
    except BaseException:
        copy.close()
        raise
    return copy


def fetch_takes(project: Project, copy: Project, records: Iterable[TakeRecord]) -> None:
    """Copy takes that arrived during the copy, with the masks that their recipes reference."""
    for record in records:
        for mask in referenced_masks(record.recipe):
            if (project.path / mask_file(mask)).is_file():
                _copy(project, copy, mask_file(mask))
        _copy(project, copy, take_file(record.digest))
        copy.takes.register(record)


def _copy(project: Project, copy: Project, name: str) -> None:
    with disk_errors(copy.path / name):
        (copy.path / name).parent.mkdir(exist_ok=True)
        shutil.copy2(project.path / name, copy.path / name)


def close(project: Project, *, discard: bool, remove: bool) -> None:
    """Close a project; ``discard`` deletes its autosaves, ``remove`` its whole folder."""
    if remove:
        project.close()
        shutil.rmtree(project.path, ignore_errors=True)
        return
    try:
        if discard:
            project.discard_autosaves()
    finally:
        project.close()


def autosave_and_close(project: Project, scene: Scene) -> None:
    """Close a project whose scene has takes that were never saved; its autosave offers them later."""
    try:
        project.autosave(scene)
    finally:
        project.close()


def remove(path: Path) -> None:
    """Delete a project folder; errors are ignored."""
    shutil.rmtree(path, ignore_errors=True)


def _new_scene(path: Path, name: str, unsaved: Path, begin: Callable[[Scene], Scene]) -> LoadedProject:
    opened = Project.create(_new_place(unsaved, name), project_name(name), path)
    try:
        scene = begin(opened.scene)
        opened.project.save(scene)
        return LoadedProject(opened.project, scene, opened.project.still(scene), opened.warnings)
    except BaseException:
        close(opened.project, discard=False, remove=True)
        raise


def _with_still(opened: Opened, *, unsaved: bool = False, stays: bool = False) -> LoadedProject:
    """Load the still of an opened project. ``stays``: do not close the project on an error; it was open before."""
    try:
        still, warnings = opened.project.still(opened.scene), opened.warnings
    except BadInput as damage:
        still, warnings = None, (*opened.warnings, damage.message)
    except BaseException:
        if not stays:
            opened.project.close()
        raise
    found = () if unsaved else opened.recoverable
    return LoadedProject(opened.project, opened.scene, still, warnings, found, unsaved=unsaved)


def _new_place(unsaved: Path, name: str) -> Path:
    with disk_errors(unsaved):
        unsaved.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    clean = "".join(letter for letter in name if letter.isalnum() or letter in "-_ ")[:40].strip()
    place, number = unsaved / f"{stamp}-{clean}{SUFFIX}", 2
    while place.exists():
        place, number = unsaved / f"{stamp}-{clean}-{number}{SUFFIX}", number + 1
    return place
