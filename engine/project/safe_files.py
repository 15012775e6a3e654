"""Access to the files of a project folder: by plain names only, never through links, never outside the folder."""

import contextlib
import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from engine.errors import BadInput, FoleyscapeError
from engine.files import as_sentence, disk_errors, sync_folder, write_file
from engine.files.system import open_plain

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
        try:
            handle = open_plain(path, os.O_RDONLY)
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
                raise as_sentence(error, name, reading=True) from error

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
        with disk_errors(path.parent):
            if path.parent != self.root and not path.parent.is_dir():
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
        """List the names of the regular files in the project folder or in a folder of it, sorted.

        A folder that is missing, or is a link, has none.

        Raises:
            Failed: it cannot be read now.
        """
        place = self.root / folder
        try:
            place = self._path(f"{folder}/x").parent if folder else self.root
            with os.scandir(place) as entries:
                found = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        except (BadInput, FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise as_sentence(error, place, reading=True) from error
        prefix = f"{folder}/" if folder else ""
        return tuple(prefix + name for name in sorted(found) if _NAME.fullmatch(name))

    def remove(self, name: str) -> None:
        """Delete a file.

        Raises:
            Failed: it cannot be deleted.
        """
        with disk_errors(self.root / name):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        """Return the path for a name, after checking that its folder, if it exists, is a real one."""
        parts = name.split("/")
        if len(parts) > 2 or any(_NAME.fullmatch(part) is None or part in {".", ".."} for part in parts):
            raise BadInput(f"{name[:80]!r} is no name of a file in a project.")
        if len(parts) == 2 and os.path.islink(self.root / parts[0]):  # noqa: PTH114 - never raises
            raise BadInput(
                f"{parts[0]} is a link to another place, and Foleyscape follows no links inside a project: "
                "put the folder itself there."
            )
        return self.root.joinpath(*parts)

    def _unopened(self, name: str, error: OSError) -> FoleyscapeError:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            return MissingFile(f"The file {name} is missing.")
        if error.errno == errno.ELOOP:
            return BadInput(
                f"{name} is a link to another place, and Foleyscape follows no links inside a project."
            )
        return as_sentence(error, name, reading=True)


def _check_file(facts: os.stat_result, name: str, most: int) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise BadInput(f"{name} is no plain file.")
    if facts.st_size > most:
        raise BadInput(f"{name} is larger than it can be.")
