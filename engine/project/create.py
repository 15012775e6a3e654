"""Creation of a project folder, complete or not at all."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from engine.files import disk_errors, staged_folder, sync_folder
from engine.project import autosaves, mask_files, take_files
from engine.project.backup import SCENE_FILE
from engine.project.encode import checked_bytes
from engine.project.safe_files import SafeFiles
from engine.project.still_files import copy_still, store_still
from engine.scene.scene import Scene

if TYPE_CHECKING:
    from engine.vision.still import Still


def create_folder(path: Path, name: str, still_path: Path | None, still: "Still | None" = None) -> None:
    """Create a folder with an empty scene and, if given, a copy of the still; see ``Project.create``.

    Raises:
        BadInput: the folder is not empty, the name is invalid, or the still cannot be opened.
        Failed: it cannot be written.
    """
    made_way = False
    with contextlib.suppress(OSError):
        # Remove an empty folder, so that the complete one can replace it in one step.
        path.rmdir()
        made_way = True
    try:
        with staged_folder(path) as staging, disk_errors(path):
            _fill(staging, name, still_path, still)
    except BaseException:
        if made_way:
            path.mkdir(exist_ok=True)
        raise
    with disk_errors(path):
        sync_folder(path.absolute().parent)


def _fill(staging: Path, name: str, still_path: Path | None, still: "Still | None") -> None:
    files = SafeFiles(staging)
    record = None
    if still is not None:
        record = store_still(files, still, still_path)
    elif still_path is not None:
        record = copy_still(files, still_path)
    data = checked_bytes(Scene(name=name, still=record))
    for folder in (mask_files.FOLDER, take_files.FOLDER, autosaves.FOLDER):
        (staging / folder).mkdir()
    files.write(SCENE_FILE, data)
