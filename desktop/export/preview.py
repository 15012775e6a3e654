"""What an export will write and what stands in its way; for the planning thread, as it reads disks."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktop.export.choices import ExportChoices
from engine.errors import BadInput, Failed, FoleyscapeError
from engine.export.plan import ExportPlan, ExportSettings, plan
from engine.export.ucs import load_cat_ids
from engine.files import disk_errors
from engine.scene.scene import Scene


@dataclass(frozen=True)
class PreviewRequest:
    """What is asked about.

    Attributes:
        number: of the question; only the newest one's answer counts.
        folder: as it was written. project: the folder that the scene is kept in, or None.
    """

    number: int
    scene: Scene = field(repr=False, compare=False)
    choices: ExportChoices
    folder: str
    project: Path | None = None


@dataclass(frozen=True)
class ExportPreview:
    """The answer.

    Attributes:
        plan: what will be written; None when that is not known, which a problem explains.
        problems: sentences; with none of them it can be exported.
        holds: whether the folder holds something already.
        replaced: what of that would be replaced; folders end in ``/``.
        cat_ids: all UCS categories there are, where names have one.
    """

    asked: PreviewRequest
    plan: ExportPlan | None = None
    problems: tuple[str, ...] = ()
    holds: bool = False
    replaced: tuple[str, ...] = ()
    cat_ids: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def folder(self) -> Path:
        return Path(self.asked.folder.strip()).expanduser()

    @property
    def ready(self) -> bool:
        return self.plan is not None and not self.problems

    def settings(self, *, overwrite: bool) -> ExportSettings:
        return self.asked.choices.settings(self.asked.scene.timeline, overwrite=overwrite)


def preview_of(asked: PreviewRequest) -> ExportPreview:
    """Looks at the scene and the folder; leaves nothing behind."""
    problems, planned, found = [], None, FolderContents()
    cat_ids: Mapping[str, tuple[str, str]] = {}
    try:
        cat_ids = load_cat_ids() if asked.choices.ucs else {}
        planned = plan(asked.scene, asked.choices.settings(asked.scene.timeline))
    except FoleyscapeError as error:
        problems.append(error.message)
    try:
        found = inspect_folder(asked.folder, planned, asked.project)
    except FoleyscapeError as error:
        problems.append(error.message)
    return ExportPreview(asked, planned, tuple(problems), found.holds, found.replaced, cat_ids)


@dataclass(frozen=True)
class FolderContents:
    """What lies in a folder."""

    holds: bool = False
    replaced: tuple[str, ...] = ()


def inspect_folder(words: str, planned: ExportPlan | None, project: Path | None) -> FolderContents:
    """Whether a plan can be written into the folder of these words, and what is there already.

    Raises:
        BadInput: it can never be. Failed: not now: no permission, or no room.
    """
    if not words.strip():
        raise BadInput("Choose a folder to export into.")
    folder = Path(words.strip()).expanduser()
    if not folder.is_absolute():
        raise BadInput("Write the whole path of the folder, or choose one.")
    with disk_errors(folder):
        if folder.exists() and not folder.is_dir():
            raise BadInput(f"{folder} is a file, not a folder.")
        if project is not None and folder.resolve().is_relative_to(project.resolve()):
            raise BadInput("That is inside the project's own folder: choose one outside it.")
        _check_folder(folder, planned)
        there = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
        names = {file.path.partition("/")[0] for file in planned.files} if planned else set()
        replaced = [f"{name}/" if (folder / name).is_dir() else name for name in there if name in names]
    return FolderContents(bool(there), tuple(replaced))


def _check_folder(folder: Path, planned: ExportPlan | None) -> None:
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not nearest.is_dir():
        raise BadInput(f"{folder} cannot be made: {nearest} is a file.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise Failed(f"{nearest} cannot be written: you have no permission to write there.")
    free = shutil.disk_usage(nearest).free
    if planned is not None and planned.need_bytes > free:
        raise Failed(
            f"The disk is too full: {planned.need_bytes / 1e6:.0f} MB are needed,"
            f" {free / 1e6:.0f} MB are free."
        )
