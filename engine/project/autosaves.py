"""Autosaves: the latest states of a scene, stored beside the saved one.

A file name such as ``000042-0123456789abcdef.json`` holds the number of the autosave and the beginning of the
sha256 of the scene.json it is based on. So no clock decides what is newer: an autosave based on the current
scene.json holds changes that were never saved.
"""

import hashlib
import re
import time
from dataclasses import dataclass

from engine.files import disk_errors
from engine.project.safe_files import SafeFiles

FOLDER = "autosave"
KEPT = 10
MOST_NUMBER = 10**12

_NAME = re.compile(FOLDER + r"/(\d{6,12})-([0-9a-f]{16})\.json")


@dataclass(frozen=True)
class Autosave:
    """A stored state of the scene.

    Attributes:
        file: file name in the project folder.
        number: later autosaves have larger numbers.
        after: beginning of the digest of the scene.json it is based on.
        written: seconds since 1970 by the clock of the machine that wrote it; for display only.
    """

    file: str
    number: int
    after: str
    written: float

    @property
    def when(self) -> str:
        """Local date and time, for display."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.written))


def saved_mark(data: bytes) -> str:
    """Return the part of a scene.json's digest that the names of its autosaves contain."""
    return hashlib.sha256(data).hexdigest()[:16]


def list_autosaves(files: SafeFiles) -> tuple[Autosave, ...]:
    """List the autosaves of a project, the newest first."""
    found = []
    for name in files.names(FOLDER):
        match = _NAME.fullmatch(name)
        if match is not None:
            found.append(Autosave(name, int(match[1]), match[2], _written(files, name)))
    return tuple(sorted(found, key=lambda autosave: autosave.number, reverse=True))


def write_autosave(files: SafeFiles, data: bytes, after: str) -> Autosave:
    """Write an autosave, then delete the oldest beyond ``KEPT``.

    Args:
        files: the project folder.
        data: the state, in the format of scene.json.
        after: mark of the scene.json it is based on.

    Raises:
        Failed: the disk is full or the folder cannot be written.
    """
    before = list_autosaves(files)
    number = 1 + (before[0].number if before else 0)
    if number >= MOST_NUMBER:
        # A number this large was not written by this program.
        for autosave in before:
            files.remove(autosave.file)
        before, number = (), 1
    name = f"{FOLDER}/{number:06d}-{after}.json"
    files.write(name, data)
    for autosave in before[KEPT - 1 :]:
        files.remove(autosave.file)
    return Autosave(name, number, after, _written(files, name))


def _written(files: SafeFiles, name: str) -> float:
    with disk_errors(files.root / name):
        # The file's time may be any value, and strftime accepts a limited range.
        return min(max((files.root / name).lstat().st_mtime, 0.0), 4e9)
