"""A lock, so that one program at a time saves into a project folder."""

import time
from pathlib import Path

from engine.errors import Failed
from engine.files import disk_errors
from engine.files.path_lock import LockHeld, PathLock
from engine.files.system import NO_LOCKS

LOCK_FILE = ".foleyscape-lock"

PATIENCE = 2.0
"""Seconds to wait for a program that holds the lock; most hold it for milliseconds, a window until it is closed."""
LONG_PATIENCE = 30.0
"""Seconds to wait when takes would otherwise be lost."""
_PAUSE = 0.05


class Lock:
    """Exclusive write access to a folder, until ``release`` or the end of the program.

    Args:
        folder: the project folder.
        patience: seconds to wait for another program that holds it. This program is not waited for.

    Raises:
        Failed: another program holds it, or the folder cannot be written.
        BadInput: the lock's path is not a regular file.
    """

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        self._lock = _acquire(folder, time.monotonic() + patience)

    def release(self) -> None:
        """Release the lock; a second call does nothing."""
        self._lock.release()


def _acquire(folder: Path, until: float) -> PathLock:
    path = folder / LOCK_FILE
    while True:
        try:
            with disk_errors(path):
                return _locked(path)
        except LockHeld as held:
            if held.is_own or time.monotonic() > until:
                raise Failed(f"{folder} is open in {held.holder}: close it there first.") from None
            time.sleep(_PAUSE)


def _locked(path: Path) -> PathLock:
    try:
        return PathLock(path)
    except OSError as error:
        if error.errno in NO_LOCKS:
            raise Failed(f"{path.parent} cannot be locked for writing: {error.strerror}.") from error
        raise
