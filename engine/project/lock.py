"""A lock, so that one program at a time saves into a project folder.

The system holds the lock (``flock``) and releases it however the program ends; the file only says who holds
it. So a file left behind by a killed program locks nobody out.
"""

import contextlib
import fcntl
import os
import re
import socket
import stat
import weakref
from pathlib import Path

from engine.errors import BadInput, Failed
from engine.files import disk_errors

LOCK_FILE = ".foleyscape-lock"
_TRIES = 20


class Lock:
    """Exclusive write access to a folder, until ``release`` or the end of the program.

    Args:
        folder: the project folder.

    Raises:
        Failed: another program holds it, or the folder cannot be written.
        BadInput: the lock's path is not a regular file.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / LOCK_FILE
        handle = _acquire(path)
        self._release = weakref.finalize(self, _remove_file, handle, path, os.getpid())

    def release(self) -> None:
        """Release the lock; a second call does nothing."""
        self._release()


def _acquire(path: Path) -> int:
    for _ in range(_TRIES):
        if path.is_symlink():
            raise _no_lock(path)
        with disk_errors(path):
            handle = os.open(
                path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644
            )
        try:
            _check_plain(handle, path)
            _hold(handle, path)
            if _is_still_there(handle, path):
                _sign(handle)
                return handle
        except BaseException:
            os.close(handle)
            raise
        # The previous holder removed the file after it was opened here, so this handle locks nothing.
        os.close(handle)
    raise Failed(f"{path.parent} is busy: other programs open and close it all the time. Try again.")


def _check_plain(handle: int, path: Path) -> None:
    facts = os.fstat(handle)
    # The other name of a hard-linked file may be anywhere.
    if not stat.S_ISREG(facts.st_mode) or facts.st_nlink > 1:
        raise _no_lock(path)


def _no_lock(path: Path) -> BadInput:
    return BadInput(f"{path} is not a lock of Foleyscape: remove it and open the project again.")


def _hold(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Failed(f"{path.parent} is open in {_holder(handle)}: close it there first.") from None
    except OSError as error:
        raise Failed(f"{path.parent} cannot be locked for writing: {error.strerror}.") from error


def _holder(handle: int) -> str:
    """Return who holds the lock, in words."""
    with contextlib.suppress(OSError):
        found = re.match(rb"(\d{1,10}) ([\w.-]{1,64})\n", os.pread(handle, 100, 0))
        if found is not None:
            number, host = int(found[1]), found[2].decode()
            if host != socket.gethostname():
                return f"another Foleyscape on {host}"
            return (
                "this program already" if number == os.getpid() else f"another Foleyscape (process {number})"
            )
    return "another program"


def _is_still_there(handle: int, path: Path) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(handle), path.lstat())
    return False


def _sign(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)


def _remove_file(handle: int, path: Path, owner: int) -> None:
    """Remove the file while the lock is still held, so that another program's file is never removed."""
    if owner == os.getpid():
        with contextlib.suppress(OSError):
            if _is_still_there(handle, path):
                path.unlink()
    os.close(handle)
