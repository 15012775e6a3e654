"""Watches every call by which Python changes or opens something in a folder: to count them, fail one, or record them.

The calls of C libraries are not seen; what is tested here writes through Python alone.
"""

import builtins
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CALLS = ("open", "write", "fsync", "rename", "replace", "link", "mkdir", "unlink", "rmdir", "scandir")


@dataclass(frozen=True)
class Call:
    """A call that changed something, in the order of the calls.

    Attributes:
        name: as in ``CALLS``, or "create" for an open that made the file.
        path: the file or folder; of an open file the path that it was opened by.
        to: the new name of a rename or link.
        data: what was written.
    """

    name: str
    path: Path
    to: Path | None = None
    data: bytes = b""


@dataclass
class WatchedDisk:
    """The calls within a folder, and the one that fails.

    Attributes:
        folder: the folder; calls outside are not watched.
        fails: name and number, from 1, of the call that fails.
        error: number of the error.
        counts: calls so far by name.
        record: calls so far that have changed something.
    """

    folder: Path
    fails: tuple[str, int] = ("", 0)
    error: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    record: list[Call] = field(default_factory=list)
    handles: dict[int, Path] = field(default_factory=dict)

    def pass_or_fail(self, name: str, path: Path) -> None:
        """Count a call, and fail if it is the one."""
        self.counts[name] = self.counts.get(name, 0) + 1
        if self.fails == (name, self.counts[name]):
            raise OSError(self.error, os.strerror(self.error), str(path))

    def inside(self, path: object) -> Path | None:
        """The path if it is in the folder."""
        if isinstance(path, int):
            return self.handles.get(path)
        if not isinstance(path, str | Path):
            return None
        found = Path(path)
        return found if found.is_relative_to(self.folder) else None


class _WatchedFile(io.FileIO):
    disk: WatchedDisk
    place: Path

    def write(self, data: Any) -> int:
        self.disk.pass_or_fail("write", self.place)
        return super().write(data)


@contextmanager
def watched(disk: WatchedDisk) -> Iterator[WatchedDisk]:
    """Watch within the block."""
    with pytest.MonkeyPatch.context() as patched:
        _watch_handles(disk, patched)
        _watch_files(disk, patched)
        for name in ("mkdir", "unlink", "rmdir"):
            patched.setattr(os, name, _watch_path(disk, name, getattr(os, name)))
        patched.setattr(os, "scandir", _watch_path(disk, "scandir", os.scandir, records=False))
        for name in ("rename", "replace", "link"):
            patched.setattr(os, name, _watch_pair(disk, name, getattr(os, name)))
        yield disk


def _watch_handles(disk: WatchedDisk, patched: pytest.MonkeyPatch) -> None:
    opened, write, fsync, close = os.open, os.write, os.fsync, os.close

    def watched_open(path: Any, flags: int, *more: Any, **named: Any) -> int:
        place = disk.inside(path) if "dir_fd" not in named else None
        new = place is not None and flags & os.O_CREAT and not os.path.lexists(place)
        if place is not None:
            disk.pass_or_fail("open", place)
        handle = opened(path, flags, *more, **named)
        if place is not None:
            disk.handles[handle] = place
            if new:
                disk.record.append(Call("create", place))
        return handle

    def watched_write(handle: int, data: Any) -> int:
        place = disk.handles.get(handle)
        if place is not None:
            disk.pass_or_fail("write", place)
        count = write(handle, data)
        if place is not None:
            disk.record.append(Call("write", place, data=bytes(data)[:count]))
        return count

    def watched_fsync(handle: int) -> None:
        place = disk.handles.get(handle)
        if place is not None:
            disk.pass_or_fail("fsync", place)
        fsync(handle)
        if place is not None:
            disk.record.append(Call("fsync", place))

    def watched_close(handle: int) -> None:
        disk.handles.pop(handle, None)
        close(handle)

    for name, call in (
        ("open", watched_open), ("write", watched_write), ("fsync", watched_fsync), ("close", watched_close),
    ):  # fmt: skip
        patched.setattr(os, name, call)


def _watch_files(disk: WatchedDisk, patched: pytest.MonkeyPatch) -> None:
    plain = io.open

    def watched_open(file: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        place = disk.inside(file)
        if place is None or isinstance(file, int):
            return plain(file, mode, *more, **named)
        disk.pass_or_fail("open", place)
        if "b" not in mode or not set(mode) & set("wxa+"):
            return plain(file, mode, *more, **named)
        raw = _WatchedFile(file, mode.replace("b", ""))
        raw.disk, raw.place = disk, place
        return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)

    patched.setattr(io, "open", watched_open)
    patched.setattr(builtins, "open", watched_open)


def _watch_path(
    disk: WatchedDisk, name: str, call: Callable[..., Any], *, records: bool = True
) -> Callable[..., Any]:
    def watched_call(path: Any = ".", *more: Any, **named: Any) -> Any:
        place = None if named.get("dir_fd") is not None else disk.inside(path)
        if place is not None:
            disk.pass_or_fail(name, place)
        result = call(path, *more, **named)
        if place is not None and records:
            disk.record.append(Call(name, place))
        return result

    return watched_call


def _watch_pair(disk: WatchedDisk, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def watched_call(source: Any, target: Any, **named: Any) -> Any:
        place = disk.inside(source)
        if place is not None:
            disk.pass_or_fail(name, place)
        result = call(source, target, **named)
        if place is not None:
            disk.record.append(Call(name, place, Path(target)))
        return result

    return watched_call
