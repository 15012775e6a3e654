"""Previews of an export: what it will write and what prevents it. Reads disks, so it runs in the planning thread."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.errors import BadInput, Failed, FoleyscapeError
from engine.export.choices import ExportChoices
from engine.export.plan import EXPORT_KIND, ExportPlan, ExportSettings, plan
from engine.export.span import Span
from engine.export.ucs import load_cat_ids
from engine.files import EMPTY_FOLDER, FolderSurvey, disk_errors, survey_folder
from engine.scene.scene import Scene


@dataclass(frozen=True)
class PreviewRequest:
    """A request for a preview.

    Attributes:
        number: number of the request; only the newest result is shown.
        scene: the scene to export.
        choices: the form's values.
        folder: as the user typed it.
        project: the project folder of the scene, or None.
        span: stretch of the timeline to export, in its samples; None is all of it.
    """

    number: int
    scene: Scene = field(repr=False, compare=False)
    choices: ExportChoices
    folder: str
    project: Path | None = None
    span: Span | None = None

    def settings(self, *, overwrite: bool = False) -> ExportSettings:
        """Return the engine's settings.

        Raises:
            BadInput: a choice is invalid.
        """
        made = self.choices.settings(self.scene.timeline, overwrite=overwrite)
        return replace(made, span=self.span)


@dataclass(frozen=True)
class ExportPreview:
    """What an export will do.

    Attributes:
        asked: the request.
        plan: what will be written; None if that is unknown because of a problem.
        problems: sentences; an export is possible if there are none.
        holds: whether the folder is not empty.
        found: what is in it.
        cat_ids: all UCS categories, if file names have one.
    """

    asked: PreviewRequest
    plan: ExportPlan | None = None
    problems: tuple[str, ...] = ()
    holds: bool = False
    found: FolderSurvey = EMPTY_FOLDER
    cat_ids: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def folder(self) -> Path:
        return Path(self.asked.folder.strip()).expanduser()

    @property
    def ready(self) -> bool:
        return self.plan is not None and not self.problems

    def settings(self, *, overwrite: bool) -> ExportSettings:
        return self.asked.settings(overwrite=overwrite)


def preview_of(asked: PreviewRequest) -> ExportPreview:
    """Compute the preview from scene and folder, without changing anything on disk."""
    problems, planned, found = [], None, FolderContents()
    cat_ids: Mapping[str, tuple[str, str]] = {}
    try:
        cat_ids = load_cat_ids() if asked.choices.ucs else {}
        planned = plan(asked.scene, asked.settings())
    except FoleyscapeError as error:
        problems.append(error.message)
    try:
        found = inspect_folder(asked.folder, planned, asked.project)
    except FoleyscapeError as error:
        problems.append(error.message)
    return ExportPreview(asked, planned, tuple(problems), found.holds, found.found, cat_ids)


@dataclass(frozen=True)
class FolderContents:
    """What is in a folder."""

    holds: bool = False
    found: FolderSurvey = EMPTY_FOLDER


def inspect_folder(words: str, planned: ExportPlan | None, project: Path | None) -> FolderContents:
    """Check whether a plan can be written into a folder, and return what it contains.

    Raises:
        BadInput: the folder is not suitable.
        Failed: there is no permission or not enough space.
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
        names = [file.path for file in planned.files] if planned else []
        found = survey_folder(folder, names, EXPORT_KIND)
    return FolderContents(not found.is_empty, found)


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
