"""Access to the files of a project folder: by plain names only, never through links, never outside the folder."""

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from engine.errors import BadInput, Failed
from engine.files import disk_errors, sync_folder, write_file

_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")


class MissingFile(BadInput):
    """There is no such file in the project."""


class SafeFiles:
    """The files of one project folder.

    Names are ``file`` or ``folder/file``. Only regular files in real folders are read; links, devices and
    pipes are rejected. (Swapping a folder for a link at the very moment of writing is not guarded against:
    whoever can do that can write there anyway.)

    Args:
        root: the project folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextlib.contextmanager
    def open(self, name: str, most: int) -> Iterator[BinaryIO]:
        """Open a file for reading, unbuffered.

        Args:
            name: name of the file.
            most: maximum size in bytes.

        Raises:
            MissingFile: there is no such file.
            BadInput: it is not a regular file, or too large.
            Failed: it cannot be read.
        """
        path = self._path(name)
        # O_NONBLOCK does not wait for the other end of a pipe; O_NOFOLLOW rejects links.
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            handle = os.open(path, flags)
        except OSError as error:
            raise self._unopened(name, error) from error
        try:
            _check_file(os.fstat(handle), name, most)
        except BadInput:
            os.close(handle)
            raise
        with os.fdopen(handle, "rb", buffering=0) as file:
            try:
                yield file
            except OSError as error:
                raise Failed(f"{name} cannot be read: {error.strerror or error}.") from error

    def read(self, name: str, most: int) -> bytes:
        """Return the content of a file; raises what ``open`` raises."""
        with self.open(name, most) as file:
            return file.read(most + 1)

    def write(self, name: str, data: bytes) -> None:
        """Write a file atomically, synced to disk before returning.

        Raises:
            BadInput: its folder is a link, or not a folder.
            Failed: the disk is full or the folder cannot be written.
        """
        path = self._path(name)
        if path.parent != self.root and not path.parent.is_dir():
            with disk_errors(path.parent):
                path.parent.mkdir(exist_ok=True)
                sync_folder(self.root)
        write_file(path, data, durable=True)

    def size(self, name: str) -> int | None:
        """Return the size of a regular file in bytes; None if there is none."""
        with contextlib.suppress(OSError, BadInput):
            facts = self._path(name).lstat()
            if stat.S_ISREG(facts.st_mode):
                return facts.st_size
        return None

    def names(self, folder: str = "") -> tuple[str, ...]:
        """List the names of the regular files in the project folder or in a folder of it, sorted."""
        try:
            place = self._path(f"{folder}/x").parent if folder else self.root
            with os.scandir(place) as entries:
                found = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        except (OSError, BadInput):
            return ()
        prefix = f"{folder}/" if folder else ""
        return tuple(prefix + name for name in sorted(found) if _NAME.fullmatch(name))

    def remove(self, name: str) -> None:
        """Delete a file.

        Raises:
            Failed: it cannot be deleted.
        """
        path = self._path(name)
        with disk_errors(path):
            path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        """Return the path for a name, after checking that its folder, if it exists, is a real one."""
        parts = name.split("/")
        if len(parts) > 2 or any(_NAME.fullmatch(part) is None or part in {".", ".."} for part in parts):
            raise BadInput(f"{name[:80]!r} is no name of a file in a project.")
        if len(parts) == 2 and (self.root / parts[0]).is_symlink():
            raise BadInput(
                f"{parts[0]} is a link to another place, and Foleyscape follows no links inside a project: "
                "put the folder itself there."
            )
        return self.root.joinpath(*parts)

    def _unopened(self, name: str, error: OSError) -> BadInput | Failed:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            return MissingFile(f"The file {name} is missing.")
        if self._path(name).is_symlink():
            return BadInput(
                f"{name} is a link to another place, and Foleyscape follows no links inside a project."
            )
        if isinstance(error, PermissionError):
            return Failed(f"{name} may not be read: its permissions forbid it.")
        return BadInput(f"{name} cannot be read: {error.strerror or error}.")


def _check_file(facts: os.stat_result, name: str, most: int) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise BadInput(f"{name} is no plain file.")
    if facts.st_size > most:
        raise BadInput(f"{name} is larger than it can be.")
