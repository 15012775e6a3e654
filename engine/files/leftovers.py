"""Leftovers of killed runs: working folders whose owner is gone, found and removed by later runs.

While a working folder is in use, its program holds the lock of the same name. So no clock and no process number
decides whether it may be removed, and a program on another machine counts too.
"""

import contextlib
import os
import re
import shutil
import time
from pathlib import Path

from engine.errors import FoleyscapeError
from engine.files.path_lock import LockHeld, PathLock

ENDINGS = (".partial", ".old", ".probe")
LOCK_ENDING = ".lock"
OLD_SECONDS = 7 * 24 * 3600.0
"""Age at which a working folder without a lock, as versions before these locks made them, counts as left behind."""

_NAME = re.compile(r"\.foleyscape-[a-z0-9_]{6,32}\.(partial|old|probe|lock)")


def remove_leftovers(folder: Path) -> None:
    """Remove the working folders in ``folder`` that killed runs have left; errors are ignored."""
    with contextlib.suppress(OSError):
        found = {name.rpartition(".")[0] for name in os.listdir(folder) if _NAME.fullmatch(name)}  # noqa: PTH208
        for stem in sorted(found):
            with contextlib.suppress(OSError, FoleyscapeError, LockHeld):
                _remove_abandoned(folder, stem)


def remove_tree(folder: Path) -> None:
    """Delete a folder with all that is in it; errors are ignored, and a later run deletes the rest."""
    shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(folder: Path, stem: str) -> None:
    places = [folder / f"{stem}{ending}" for ending in ENDINGS]
    lock_path = folder / f"{stem}{LOCK_ENDING}"
    if not os.path.lexists(lock_path) and not _is_old(places):
        return
    lock = PathLock(lock_path)
    try:
        for place in places:
            remove_tree(place)
    finally:
        lock.release()


def _is_old(places: list[Path]) -> bool:
    times = [place.lstat().st_mtime for place in places if os.path.lexists(place)]
    return bool(times) and time.time() - max(times) > OLD_SECONDS
