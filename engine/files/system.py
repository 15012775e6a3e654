"""What differs between systems in the use of files: opening without following links, locks, renames, syncing folders.

Everything here works on Windows, macOS and Linux. Where a system lacks something, the next best is done, and the
function says what that is.
"""

import errno
import os
import stat
import time
from importlib import import_module
from pathlib import Path
from typing import Any

WINDOWS = os.name == "nt"

LOCKED_BYTE = 2**30
"""Windows locks ranges of bytes, and nobody else can read them: one far behind the content is locked."""

RENAME_TRIES = 20
RENAME_PAUSE = 0.05
"""Virus scanners and search indexers open a new file for moments, and Windows renames no open file."""

NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EISDIR})
"""Some network and virtual file systems, and Windows, have no such thing as syncing a folder."""

NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


def open_plain(path: Path, flags: int, mode: int = 0o644) -> int:
    """Open a file by ``os.open`` without following a link, and without waiting for the other end of a pipe.

    Where the system cannot refuse links while opening, the path is checked before and the file after.

    Raises:
        OSError: it cannot be opened; ELOOP for a link.
    """
    more = ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_NOINHERIT")
    for name in more:
        flags |= getattr(os, name, 0)
    guarded = hasattr(os, "O_NOFOLLOW")
    if not guarded and path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    handle = os.open(path, flags, mode)
    if not guarded and not _is_file_at(handle, path):
        os.close(handle)
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return handle


def read_at(handle: int, count: int, offset: int = 0) -> bytes:
    """Return up to ``count`` bytes of an open file from ``offset``; moves the position where there is no ``pread``."""
    if hasattr(os, "pread"):
        return os.pread(handle, count, offset)
    os.lseek(handle, offset, os.SEEK_SET)
    return os.read(handle, count)


def write_all(handle: int, data: bytes) -> None:
    """Write everything at the position of an open file; a system may take less than it is given."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def replace(source: Path, target: Path) -> None:
    """Rename a file over another one, in one step.

    Raises:
        OSError: it cannot be renamed. On Windows a file that is open elsewhere is tried for a second.
    """
    for attempt in range(RENAME_TRIES if WINDOWS else 1):
        try:
            os.replace(source, target)  # noqa: PTH105 - the call that the tests of failing disks watch
        except PermissionError:
            if attempt == (RENAME_TRIES if WINDOWS else 1) - 1:
                raise
            time.sleep(RENAME_PAUSE)
        else:
            return


def sync_folder(folder: Path) -> None:
    """Sync the entries of a folder to the disk, where the file system supports it.

    Windows writes them by itself and cannot be asked to.

    Raises:
        OSError: the disk failed.
    """
    if WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)


def lock(handle: int) -> bool:
    """Lock an open file exclusively until it is closed, without waiting; return whether it was free.

    Raises:
        OSError: the file system has no locks.
    """
    try:
        if WINDOWS:
            msvcrt: Any = import_module("msvcrt")
            os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl: Any = import_module("fcntl")
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except PermissionError:
        if WINDOWS:
            return False
        raise
    except OSError as error:
        if error.errno == errno.EDEADLK:  # Windows, after trying for a while
            return False
        raise
    return True


def unlock(handle: int) -> None:
    """Release the lock of an open file; closing it does so too, on Windows only some time later."""
    if WINDOWS:
        msvcrt: Any = import_module("msvcrt")
        os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)


def is_plain_file(facts: os.stat_result) -> bool:
    """Return whether these facts are of a regular file."""
    return stat.S_ISREG(facts.st_mode)


def _is_file_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except OSError:
        return False
