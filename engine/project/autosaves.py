"""Autosaves: the newest states of a scene, kept beside the one that was saved.

The name of each, ``000042-0123456789abcdef.json``, tells its number and the beginning of the sha256 of the
scene.json that it came after. So no clock decides what is newer than what was saved: an autosave that came after
the very scene.json that is there now holds changes which were never saved.
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
    """A state that was kept.

    Attributes:
        file: its name in the project folder.
        number: later ones have larger numbers.
        after: beginning of the digest of the scene.json that it came after.
        written: seconds since 1970 by the clock of the machine that wrote it; only to be shown.
    """

    file: str
    number: int
    after: str
    written: float

    @property
    def when(self) -> str:
        """Date and time of day, here, for a sentence."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.written))


def saved_mark(data: bytes) -> str:
    """What the names of autosaves tell of the scene.json that they came after."""
    return hashlib.sha256(data).hexdigest()[:16]


def list_autosaves(files: SafeFiles) -> tuple[Autosave, ...]:
    """Every autosave of a project, the newest first."""
    found = []
    for name in files.names(FOLDER):
        match = _NAME.fullmatch(name)
        if match is not None:
            found.append(Autosave(name, int(match[1]), match[2], _written(files, name)))
    return tuple(sorted(found, key=lambda autosave: autosave.number, reverse=True))


def write_autosave(files: SafeFiles, data: bytes, after: str) -> Autosave:
    """Keeps one more state, and then no more than ``KEPT`` of them.

    Args:
        files: the project folder.
        data: the state, as scene.json would hold it.
        after: mark of the scene.json that it comes after.

    Raises:
        Failed: the disk is full or the place cannot be written.
    """
    before = list_autosaves(files)
    number = 1 + (before[0].number if before else 0)
    if number >= MOST_NUMBER:
        # Only someone else's hand counts so far.
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
        # Anybody can set a file's time; strftime has its limits.
        return min(max((files.root / name).lstat().st_mtime, 0.0), 4e9)
