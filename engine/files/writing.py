"""Writing of files and folders so that no reader ever finds a partial one."""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from engine.errors import BadInput, Failed, FoleyscapeError


def write_file(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a file atomically: write a temporary file beside it, sync, rename.

    Args:
        path: the file; its folder must exist.
        data: the whole content.
        durable: also sync the folder, so that the new name survives a power failure.

    Raises:
        BadInput: the path can never be written.
        Failed: the disk is full or the path cannot be written; the old file is untouched.
    """
    with disk_errors(path):
        handle, partial = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).chmod(0o666 & ~_umask())
            Path(partial).replace(path)
            if durable:
                sync_folder(path.parent)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise


def sync_folder(folder: Path) -> None:
    """Sync the entries of a folder to the disk, where the file system supports it.

    Raises:
        OSError: the disk failed.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network and virtual file systems have no such thing as syncing a folder.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EBADF}:
            raise
    finally:
        os.close(handle)


@contextlib.contextmanager
def staged_folder(target: Path, *, overwrite: bool = False, need_bytes: int = 0) -> Iterator[Path]:
    """Yield a temporary folder whose contents move to ``target`` when the block succeeds.

    If the block fails (an error, a cancellation, a full disk), everything created is removed and ``target``
    is unchanged.

    Args:
        target: created if it does not exist, with its parents.
        overwrite: allow ``target`` to have contents. Entries of the same names are replaced, others stay.
        need_bytes: free space required in advance.

    Raises:
        BadInput: ``target`` is not a folder, or has contents and may not be overwritten.
        Failed: it cannot be written, or there is not enough space.
    """
    with disk_errors(target):
        _check_free(target, overwrite=overwrite)
        made = _missing_folders(target.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Inside where it exists: its parent may be another disk, or not ours to write.
        beside = target if target.is_dir() else target.parent
        try:
            _check_room(beside, need_bytes)
            staging = _new_folder(beside, ".partial")
        except BaseException:
            _remove_empty(made)
            raise
    try:
        yield staging
        with disk_errors(target):
            _publish(staging, target)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        _remove_empty(made)
        raise


def check_target(target: Path, *, overwrite: bool = False) -> None:
    """Check, before long work, that ``staged_folder`` could start; leave nothing behind.

    Raises:
        BadInput: ``target`` is not a folder, or has contents and may not be overwritten.
        Failed: it cannot be written.
    """
    with disk_errors(target):
        _check_free(target, overwrite=overwrite)
        nearest = next(folder for folder in (target, *target.absolute().parents) if folder.exists())
        _new_folder(nearest, ".probe").rmdir()


def _check_free(target: Path, *, overwrite: bool) -> None:
    if target.exists() and not target.is_dir():
        raise BadInput(f"{target} is a file, not a folder.")
    if target.is_dir() and not overwrite and next(target.iterdir(), None) is not None:
        raise BadInput(f"{target} is not empty: choose another folder, or allow it to be overwritten.")


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Convert system errors about ``path`` into errors with a sentence.

    Raises:
        BadInput: the path can never be written: part of it is a file, or it is not a valid name.
        Failed: it cannot be written now: a full disk, no permission, a read-only disk.
    """
    try:
        yield
    except OSError as error:
        raise _sentence(error, path) from error


def _publish(staging: Path, target: Path) -> None:
    """Move the staged entries to their place; on failure restore what was replaced."""
    if not target.is_dir():
        staging.chmod(0o777 & ~_umask())
        staging.rename(target)
        return
    aside = _new_folder(target, ".old")
    undo: list[tuple[Path, Path]] = []
    try:
        for entry in sorted(staging.iterdir()):
            place = target / entry.name
            if place.exists() or place.is_symlink():
                place.rename(aside / entry.name)
                undo.append((aside / entry.name, place))
            entry.rename(place)
            undo.append((place, entry))
    except BaseException:
        for where, origin in reversed(undo):
            where.rename(origin)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    staging.rmdir()


def _new_folder(parent: Path, suffix: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=".foleyscape-", suffix=suffix, dir=parent))


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


def _sentence(error: OSError, path: Path) -> FoleyscapeError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Failed(f"The disk is full: {path} could not be written. Nothing was left behind.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return Failed(f"{path} cannot be written: you have no permission to write there.")
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return BadInput(f"{path} cannot be written: part of that path is a file, not a folder.")
    if error.errno in {errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP}:
        return BadInput(f"{path} cannot be written: that is not a name a file can have here.")
    return Failed(f"{path} cannot be written: {error.strerror or error}.")


def _umask() -> int:
    """Return the umask of the process, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
