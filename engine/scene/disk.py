"""Writing files so that a reader never finds half of one."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from engine.errors import BadInput, Failed, FoleyscapeError


def write_file(path: Path, data: bytes) -> None:
    """Puts ``data`` at ``path`` all at once: written beside it, synced, then renamed over it.

    Raises:
        Failed: the disk is full or the place cannot be written; what was at ``path`` is untouched.
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
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns the system's errors about ``path`` into sentences.

    Raises:
        BadInput: the path can never be written: part of it is a file, or it is no valid name.
        Failed: it could be, but not now: a full disk, no permission, a read-only disk.
    """
    try:
        yield
    except OSError as error:
        raise _sentence(error, path) from error


def _sentence(error: OSError, path: Path) -> FoleyscapeError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Failed(f"The disk is full: {path} could not be written. Nothing was left behind.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return Failed(f"{path} cannot be written: you have no permission to write there.")
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return BadInput(f"{path} cannot be written: part of that path is a file, not a folder.")
    if error.errno in {errno.ENAMETOOLONG, errno.EINVAL}:
        return BadInput(f"{path} cannot be written: that is not a name a file can have here.")
    return Failed(f"{path} cannot be written: {error.strerror or error}.")


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
