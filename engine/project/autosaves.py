"""Autosaves: the latest states of a scene, stored beside the saved one.

A file name such as ``000042-0123456789abcdef.json`` holds the number of the autosave and the beginning of the
sha256 of the scene.json it is based on. scene.json itself says which autosaves it has settled (``Settled``): no
clock decides what is newer, and a program that saves without knowing an autosave leaves it recoverable.
"""

import hashlib
import re
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from engine.files import disk_errors
from engine.project.safe_files import SafeFiles

FOLDER = "autosave"
SETTLED_KEY = "autosaves"
"""Key of scene.json; not part of the scene."""
KEPT = 10
MOST_NUMBER = 10**12
MOST_PENDING = 1000

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


@dataclass(frozen=True)
class Settled:
    """Which autosaves hold nothing that is missing from a scene.json.

    Attributes:
        through: autosaves up to this number are settled.
        pending: numbers of autosaves that are not settled all the same: those of a program that ended without
            saving, which nobody has recovered yet.
    """

    through: int
    pending: tuple[int, ...] = ()

    def facts(self) -> dict[str, Any]:
        """Return what scene.json holds under ``SETTLED_KEY``."""
        return {"through": self.through, "pending": list(self.pending)}


def read_settled(facts: Any) -> Settled | None:
    """Read what scene.json holds under ``SETTLED_KEY``; None if it is missing or damaged."""
    if not isinstance(facts, dict) or not isinstance(facts.get("pending"), list):
        return None
    through, pending = facts.get("through"), facts["pending"][:MOST_PENDING]
    if not all(type(number) is int and 0 <= number < MOST_NUMBER for number in (through, *pending)):
        return None
    return Settled(through, tuple(pending)) if isinstance(through, int) else None


def unsettled(found: Sequence[Autosave], settled: Settled | None, mark: str) -> tuple[Autosave, ...]:
    """Return the autosaves that hold changes which were never saved.

    Args:
        found: all autosaves, the newest first.
        settled: what scene.json says; None if it was never saved since there were autosaves, or by a version that
            did not say it. Then those based on it count.
        mark: mark of scene.json.
    """
    if settled is None:
        return tuple(one for one in found if one.after == mark)
    return tuple(one for one in found if one.number > settled.through or one.number in settled.pending)


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


def write_autosave(
    files: SafeFiles, data: bytes, after: str, *, above: int = 0, pending: Collection[int] = ()
) -> Autosave:
    """Write an autosave, then delete the oldest beyond ``KEPT``.

    Args:
        files: the project folder.
        data: the state, in the format of scene.json.
        after: mark of the scene.json it is based on.
        above: the number is larger than this.
        pending: numbers of autosaves that must stay.

    Raises:
        Failed: the disk is full or the folder cannot be written.
    """
    before = list_autosaves(files)
    number = 1 + max(above, before[0].number if before else 0)
    if number >= MOST_NUMBER:
        # A number this large was not written by this program.
        for autosave in before:
            files.remove(autosave.file)
        before, number = (), 1
    name = f"{FOLDER}/{number:06d}-{after}.json"
    files.write(name, data)
    old = [autosave for autosave in before if autosave.number not in pending][KEPT - 1 :]
    for autosave in old:
        files.remove(autosave.file)
    return Autosave(name, number, after, _written(files, name))


def _written(files: SafeFiles, name: str) -> float:
    with disk_errors(files.root / name):
        # The file's time may be any value, and strftime accepts a limited range.
        return min(max((files.root / name).lstat().st_mtime, 0.0), 4e9)
