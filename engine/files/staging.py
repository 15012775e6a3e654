"""Folders that appear whole or not at all: written in a working folder beside their place, then published."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import BadInput, Failed, FoleyscapeError
from engine.files import system
from engine.files.folder_survey import OWN_PREFIX, is_taken, survey_folder
from engine.files.leftovers import ENDINGS, LOCK_ENDING, remove_leftovers, remove_tree
from engine.files.path_lock import LockHeld, PathLock
from engine.files.publishing import Occupied, publish, refuse
from engine.files.system_errors import disk_errors

MOST_NUMBERED = 10_000


@contextlib.contextmanager
def staged_folder(
    target: Path,
    *,
    overwrite: bool = False,
    need_bytes: int = 0,
    kind: str | None = None,
    rescue: bool = False,
) -> Iterator[Path]:
    """Yield a temporary folder whose files move to ``target`` when the block succeeds.

    If the block fails (an error, a cancellation, a full disk), everything created is removed and ``target``
    is unchanged. Whether ``target`` may be written is checked before the block and again after it.

    Args:
        target: created if it does not exist, with its parents.
        overwrite: allow ``target`` to have contents. Only files that an earlier run of this program wrote there,
            unchanged since, are replaced; those of the same kind that are not written again are removed.
        need_bytes: free space required in advance.
        kind: what writes the files, such as "export"; recorded in the folder's manifest. None keeps no manifest.
        rescue: if ``target`` was filled by another program during the block, publish into a numbered folder
            beside it, and say so in the error.

    Raises:
        BadInput: ``target`` is not a folder, has contents and may not be overwritten, or holds files of others that
            are in the way.
        Failed: it cannot be written, or there is not enough space; or what was made is in another folder.
    """
    with disk_errors(target):
        _check_free(target, overwrite=overwrite)
        made = _missing_folders(target.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Inside where it exists: its parent may be another disk, or not ours to write.
        beside = target if target.is_dir() else target.parent
        try:
            remove_leftovers(beside)
            _check_room(beside, need_bytes)
            work = _WorkFolder.create(beside)
        except BaseException:
            _remove_empty(made)
            raise
    try:
        yield work.path
        with disk_errors(target):
            try:
                publish(work.path, target, overwrite=overwrite, kind=kind)
            except Occupied as occupied:
                if not rescue:
                    raise
                raise _rescued(work.path, target, kind, occupied) from occupied
    except BaseException as error:
        if isinstance(error, FoleyscapeError):
            # The user knows the folder that was asked for, not the temporary one.
            error.args = (error.message.replace(str(work.path), str(target)),)
        remove_tree(work.path)
        work.release()
        _remove_empty(made)
        raise
    work.release()


def check_target(target: Path, *, overwrite: bool = False, names: Sequence[str] = (), kind: str = "") -> None:
    """Check, before long work, that ``staged_folder`` could start and publish; leave nothing behind.

    Args:
        target: the folder.
        overwrite: as for ``staged_folder``.
        names: paths of files that will be written, as far as they are known.
        kind: what will write them.

    Raises:
        BadInput: ``target`` is not a folder, has contents and may not be overwritten, or holds files of others that
            are in the way.
        Failed: it cannot be written.
    """
    with disk_errors(target):
        _check_free(target, overwrite=overwrite)
        if target.is_dir() and names:
            refuse(target, survey_folder(target, names, kind))
        nearest = next(folder for folder in (target, *target.absolute().parents) if folder.exists())
        probe = nearest / f"{OWN_PREFIX}{secrets.token_hex(6)}.probe"
        probe.mkdir(mode=0o700)
        probe.rmdir()


@contextlib.contextmanager
def numbered_folder(target: Path) -> Iterator[Path]:
    """Yield ``target`` or, if it has contents, the first of ``target-2``, ``target-3`` ... that is new.

    The folder is created, so that no other run takes the same one, and removed again if the block leaves it empty.

    Raises:
        BadInput: ``target`` can never be written.
        Failed: it cannot be written, or there are too many.
    """
    with disk_errors(target):
        made = _missing_folders(target.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        chosen, is_new = _first_free(target)
    try:
        yield chosen
    finally:
        _remove_empty([chosen, *made] if is_new else [])


@dataclass(frozen=True)
class _WorkFolder:
    """A temporary folder, and the lock that says that its program still runs; None where there are no locks."""

    path: Path
    lock: PathLock | None

    @classmethod
    def create(cls, parent: Path) -> "_WorkFolder":
        stem = f"{OWN_PREFIX}{secrets.token_hex(6)}"
        lock = _owner_lock(parent / f"{stem}{LOCK_ENDING}")
        path = parent / f"{stem}{ENDINGS[0]}"
        try:
            path.mkdir()
        except BaseException:
            if lock is not None:
                lock.release()
            raise
        return cls(path, lock)

    def release(self) -> None:
        """Release the lock."""
        if self.lock is not None:
            self.lock.release()


def _owner_lock(path: Path) -> PathLock | None:
    try:
        return PathLock(path)
    except LockHeld:
        return None
    except OSError as error:
        if error.errno not in system.NO_LOCKS:
            raise
        with contextlib.suppress(OSError):
            path.unlink()
        return None


def _rescued(work: Path, target: Path, kind: str | None, why: Occupied) -> Failed:
    """Publish into a numbered folder and return the error that says so."""
    with numbered_folder(target.with_name(f"{target.name}-2")) as place:
        publish(work, place, overwrite=False, kind=kind)
    return Failed(f"{why.message} What was made is in {place}.")


def _first_free(target: Path) -> tuple[Path, bool]:
    """Return the first folder that is free, created, and whether it is new."""
    if not is_taken(target) and target.is_dir():
        return target, False
    stem, _, number = target.name.rpartition("-")
    begin = int(number) if stem and number.isascii() and number.isdigit() and len(number) < 5 else 1
    base = stem if begin > 1 else target.name
    for count in range(begin, begin + MOST_NUMBERED):
        place = target if count == begin else target.with_name(f"{base}-{count}")
        with contextlib.suppress(FileExistsError):
            place.mkdir()
            return place, True
    raise Failed(f"There are too many folders of the name {target}: choose another name.")


def _check_free(target: Path, *, overwrite: bool) -> None:
    if os.path.lexists(target) and not target.is_dir():
        raise BadInput(f"{target} is a file, not a folder.")
    if not overwrite and is_taken(target):
        raise BadInput(
            f"{target} is not empty: choose another folder, add a number, or allow it to be overwritten."
        )


def _check_room(folder: Path, need_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < need_bytes:
        megabytes = f"{need_bytes / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free"
        raise Failed(f"The disk is too full to write {folder}: {megabytes}.")


def _missing_folders(folder: Path) -> list[Path]:
    """Return the folders that creating this one would create, the deepest first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    return missing


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()
