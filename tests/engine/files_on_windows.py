"""A stand-in for what Windows does differently with files, so that what differs is tried on every system.

Not tried here: names (``test_portable_names``), and what only a real Windows can show.
"""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.files import system

MISSING = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "pread", "pwrite", "fork", "geteuid")
"""What Python's ``os`` does not have on Windows."""


class FakeMsvcrt(ModuleType):
    """``msvcrt.locking``: a byte of a file, locked by one handle, and unlocked by unlocking or closing it."""

    LK_NBLCK, LK_UNLCK = 2, 0

    def __init__(self, opened: "OpenFiles") -> None:
        super().__init__("msvcrt")
        self._opened = opened

    def locking(self, handle: int, mode: int, count: int) -> None:
        """Lock or unlock at the position of the handle."""
        assert os.lseek(handle, 0, os.SEEK_CUR) == system.LOCKED_BYTE
        assert count == 1
        place = self._opened.paths[handle]
        if mode == self.LK_UNLCK:
            self._opened.locks.pop(place, None)
        elif self._opened.locks.get(place, handle) != handle:
            raise PermissionError(errno.EACCES, "Permission denied")
        else:
            self._opened.locks[place] = handle


class OpenFiles:
    """Which files are open by ``os.open``, and which of them are locked.

    Attributes:
        paths: path by handle.
        locks: handle by path.
        renames_refused: renames over or of open files that were refused.
    """

    def __init__(self) -> None:
        self.paths: dict[int, str] = {}
        self.locks: dict[str, int] = {}
        self.renames_refused = 0

    def refuse_if_open(self, *paths: Any) -> None:
        """Raise as Windows does if one of the paths is an open file, or a folder with one in it."""
        for path in map(os.path.abspath, paths):
            if any(one == path or one.startswith(path + os.sep) for one in self.paths.values()):
                self.renames_refused += 1
                raise sharing_violation(path)


def sharing_violation(path: str) -> PermissionError:
    """The error of Windows for a file that is open elsewhere."""
    error = PermissionError(errno.EACCES, "The process cannot access the file", path)
    error.winerror = 32  # type: ignore[attr-defined]
    return error


@contextmanager
def as_on_windows() -> Iterator[OpenFiles]:
    """Files behave as on Windows within the block."""
    opened = OpenFiles()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(system, "WINDOWS", True)
        patched.setattr(system, "RENAME_PAUSE", 0.01)
        # It removes trees by way of handles of folders, which Windows does not have.
        patched.setattr(shutil, "_use_fd_functions", False)
        patched.setitem(sys.modules, "msvcrt", FakeMsvcrt(opened))
        patched.setitem(sys.modules, "fcntl", None)  # importing it fails
        for name in MISSING:
            patched.delattr(os, name)
        _replace_calls(opened, patched)
        yield opened


def _replace_calls(opened: OpenFiles, patched: pytest.MonkeyPatch) -> None:
    open_, close, rename, replace, unlink = os.open, os.close, os.rename, os.replace, os.unlink

    def opens(path: Any, flags: int, mode: int = 0o777, **named: Any) -> int:
        if not isinstance(path, int) and Path(path).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        handle = open_(path, flags, mode, **named)
        opened.paths[handle] = os.path.abspath(path)  # noqa: PTH100
        return handle

    def closes(handle: int) -> None:
        place = opened.paths.pop(handle, None)
        if place is not None and opened.locks.get(place) == handle:
            del opened.locks[place]
        close(handle)

    def renames(source: Any, target: Any, **named: Any) -> None:
        opened.refuse_if_open(source, target)
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "File exists", str(target))
        rename(source, target, **named)

    def replaces(source: Any, target: Any, **named: Any) -> None:
        opened.refuse_if_open(source, target)
        replace(source, target, **named)

    def unlinks(path: Any, **named: Any) -> None:
        if not named:
            opened.refuse_if_open(path)
        unlink(path, **named)

    def links(*_arguments: Any, **_named: Any) -> None:
        raise NotImplementedError("follow_symlinks unavailable on this platform")

    for name, call in (
        ("open", opens), ("close", closes), ("rename", renames), ("replace", replaces), ("unlink", unlinks),
        ("link", links),
    ):  # fmt: skip
        patched.setattr(os, name, call)
