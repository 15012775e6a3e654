"""Finds the files of a project that nothing refers to. Used on request only: saving never deletes."""

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import FoleyscapeError
from engine.project import mask_files, take_files
from engine.project.autosaves import list_autosaves
from engine.project.backup import BACKUP_NAME, SCENE_FILE
from engine.project.json_text import MOST_BYTES
from engine.project.safe_files import MissingFile, SafeFiles
from engine.scene.recipe_facts import referenced_masks
from engine.scene.scene import Scene

FOLDERS = ("", mask_files.FOLDER, take_files.FOLDER, "autosave")

_STORED = re.compile(rf"({mask_files.FOLDER}/[0-9a-f]{{64}}\.png|{take_files.FOLDER}/[0-9a-f]{{64}}\.wav)")
_PARTIAL = re.compile(r"(?:[a-z]+/)?\.[A-Za-z0-9._-]+\.partial")
_DIGEST = re.compile(rb"[0-9a-f]{64}")


@dataclass(frozen=True)
class Collected:
    """The files that were removed, or would be.

    Attributes:
        files: names in the project folder.
        bytes: total size.
    """

    files: tuple[str, ...]
    bytes: int


def unneeded(files: SafeFiles, scenes: Iterable[Scene], *, keep_autosaved: bool) -> Collected:
    """Find takes and masks that nothing refers to, and leftovers of interrupted writes.

    Everything in scene.json counts as referred to, even where the file is damaged: every digest in its text.

    Args:
        files: the project folder.
        scenes: scenes in memory whose takes and masks are needed, such as those in the undo history.
        keep_autosaved: also keep what autosaves and backups refer to.

    Raises:
        FoleyscapeError: one of these files cannot be read, so what it refers to is unknown.
    """
    names = [SCENE_FILE]
    if keep_autosaved:
        names += [autosave.file for autosave in list_autosaves(files)]
        names += [name for name in files.names() if BACKUP_NAME.fullmatch(name)]
    needed = _named_by(scenes).union(*(_named_in(files, name) for name in names))
    found = [
        name
        for folder in FOLDERS
        for name in files.names(folder)
        if _PARTIAL.fullmatch(name) or (_STORED.fullmatch(name) and _digest_of(name) not in needed)
    ]
    return Collected(tuple(found), sum(files.size(name) or 0 for name in found))


def remove_partials(files: SafeFiles) -> None:
    """Remove what interrupted writes have left; errors are ignored. Only for a program that holds the lock."""
    for folder in FOLDERS:
        for name in files.names(folder):
            if _PARTIAL.fullmatch(name):
                with contextlib.suppress(FoleyscapeError):
                    files.remove(name)


def _digest_of(name: str) -> str:
    return name.split("/")[1].removesuffix(".png").removesuffix(".wav")


def _named_by(scenes: Iterable[Scene]) -> set[str]:
    needed: set[str] = set()
    for scene in scenes:
        needed.update(take.digest for take in scene.takes)
        needed.update(*(referenced_masks(take.recipe) for take in scene.takes))
        needed.update(thing.mask_digest for thing in scene.objects)
    return needed


def _named_in(files: SafeFiles, name: str) -> set[str]:
    try:
        data = files.read(name, MOST_BYTES)
    except MissingFile:
        return set()
    except FoleyscapeError as error:
        raise type(error)(f"{error} As long as that is so, nothing is removed from this project.") from error
    return {found.decode() for found in _DIGEST.findall(data)}
