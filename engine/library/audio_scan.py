"""Find the sound files below a folder."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset({".wav", ".wave", ".bwf", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".flac", ".ogg", ".oga",
                      ".opus", ".mp3", ".caf", ".au", ".snd"})  # fmt: skip
"""File name suffixes, lower case, of what libsndfile reads."""


@dataclass(frozen=True)
class FoundFile:
    """A sound file below a library folder.

    Attributes:
        path: path relative to the folder, in the system's own form.
        size: bytes.
        mtime_ns: time of the last change in nanoseconds since the epoch.
    """

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Unreadable:
    """A folder inside a library folder that cannot be listed.

    Attributes:
        path: path relative to the library folder.
        reason: the system's words.
    """

    path: str
    reason: str


def sound_files(root: Path) -> Iterator[FoundFile | Unreadable]:
    """Yield the sound files below a folder, in the order of their names, and the folders that cannot be listed.

    Hidden files and folders are left out, and so are links to folders, which could lead in circles.

    Args:
        root: the library folder.

    Raises:
        OSError: the folder itself cannot be listed.
    """
    yield from _below(root, "")


def _below(root: Path, folder: str) -> Iterator[FoundFile | Unreadable]:
    with os.scandir(root / folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        path = os.path.join(folder, entry.name)  # noqa: PTH118 - keeps names that are not valid text
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            try:
                yield from list(_below(root, path))
            except OSError as error:
                yield Unreadable(path, error.strerror or str(error))
        elif (found := _file(entry, path)) is not None:
            yield found


def _file(entry: "os.DirEntry[str]", path: str) -> FoundFile | None:
    if os.path.splitext(entry.name)[1].lower() not in SUFFIXES:  # noqa: PTH122 - the same
        return None
    try:
        facts = entry.stat()
    except OSError:  # a link to nothing, or gone meanwhile
        return None
    return FoundFile(path, facts.st_size, facts.st_mtime_ns) if stat.S_ISREG(facts.st_mode) else None
