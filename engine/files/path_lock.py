"""An exclusive lock by a file, which the system holds and releases however the program ends.

The file only says who holds it, so one left behind by a killed program locks nobody out.
"""

import contextlib
import os
import re
import socket
import weakref
from pathlib import Path

from engine.errors import BadInput
from engine.files import system

_TRIES = 20


class LockHeld(Exception):
    """Another program, or another part of this one, holds the lock.

    Attributes:
        holder: who, in words.
        is_own: whether it is this program.
    """

    def __init__(self, holder: str, *, is_own: bool = False) -> None:
        super().__init__(holder)
        self.holder = holder
        self.is_own = is_own


class PathLock:
    """The lock, until ``release`` or the end of the program.

    Args:
        path: the lock's file; its folder must exist.

    Raises:
        LockHeld: it is held.
        BadInput: the path is not a regular file.
        OSError: the file cannot be written, or the file system has no locks.
    """

    def __init__(self, path: Path) -> None:
        handle = _acquire(path)
        self._release = weakref.finalize(self, _let_go, handle, path, os.getpid())

    def release(self) -> None:
        """Release the lock and remove its file; a second call does nothing."""
        self._release()


def _acquire(path: Path) -> int:
    for _ in range(_TRIES):
        if path.is_symlink():
            raise _no_lock(path)
        handle = system.open_plain(path, os.O_RDWR | os.O_CREAT)
        try:
            _check_plain(handle, path)
            if not system.lock(handle):
                raise _held_by(handle)
            if _is_still_there(handle, path):
                _sign(handle)
                return handle
        except BaseException:
            os.close(handle)
            raise
        # The previous holder removed the file after it was opened here, so this handle locks nothing.
        os.close(handle)
    raise LockHeld("other programs, one after the other")


def _check_plain(handle: int, path: Path) -> None:
    facts = os.fstat(handle)
    # The other name of a hard-linked file may be anywhere.
    if not system.is_plain_file(facts) or facts.st_nlink > 1:
        raise _no_lock(path)


def _no_lock(path: Path) -> BadInput:
    return BadInput(f"{path} is not a lock of Foleyscape: remove it and try again.")


def _held_by(handle: int) -> LockHeld:
    with contextlib.suppress(OSError):
        found = re.match(rb"(\d{1,10}) ([\w.-]{1,64})\n", system.read_at(handle, 100))
        if found is not None:
            number, host = int(found[1]), found[2].decode()
            if host != socket.gethostname():
                return LockHeld(f"another Foleyscape on {host}")
            if number == os.getpid():
                return LockHeld("this program already", is_own=True)
            return LockHeld(f"another Foleyscape (process {number})")
    return LockHeld("another program")


def _is_still_there(handle: int, path: Path) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(handle), path.lstat())
    return False


def _sign(handle: int) -> None:
    # It is only told to others: on a full disk the lock holds without it.
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        system.write_all(handle, f"{os.getpid()} {socket.gethostname()}\n".encode())


def _let_go(handle: int, path: Path, owner: int) -> None:
    """Remove the file while the lock is still held, so that another program's file is never removed.

    Windows removes no open file: there it is closed first, and stays if another program has opened it by then.
    """
    if owner != os.getpid():
        os.close(handle)
        return
    with contextlib.suppress(OSError):
        if not system.WINDOWS and _is_still_there(handle, path):
            path.unlink()
    with contextlib.suppress(OSError):
        system.unlock(handle)
    os.close(handle)
    if system.WINDOWS:
        with contextlib.suppress(OSError):
            path.unlink()
