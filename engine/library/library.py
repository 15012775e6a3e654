"""A library on the disk: its database, its vectors, and what keeps the two in agreement."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import BadInput
from engine.files import disk_errors
from engine.library.database import Database, Folder
from engine.library.vectors import VectorFile, checksum

WIDTH = 512
"""Entries of a vector: the width of the condition space."""
UPDATING = "updating"


FOLDER_VARIABLE = "FOLEYSCAPE_LIBRARY"


def library_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where the user's index lies: ``FOLEYSCAPE_LIBRARY`` if set, else beside other data of the user."""
    if chosen := environment.get(FOLDER_VARIABLE):
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("foleyscape", appauthor=False) / "library"


DATABASE = "library.sqlite"


def is_library(folder: Path) -> bool:
    """Return whether an index lies in a folder."""
    return (folder / DATABASE).is_file()


@dataclass(frozen=True)
class FolderStatus:
    """What is known of a folder of the library.

    Attributes:
        path: the folder.
        licence: what the user said of its sounds, or "".
        files: how many of its files are known.
        problems: how many of them could not be read.
        is_there: whether the folder is there now.
    """

    path: Path
    licence: str
    files: int
    problems: int
    is_there: bool


@dataclass(frozen=True)
class LibraryStatus:
    """What is in a library.

    Attributes:
        folder: where the index lies.
        folders: the folders of recordings.
        sounds: different contents of files.
        hours: their length together.
        windows: their windows.
    """

    folder: Path
    folders: tuple[FolderStatus, ...]
    sounds: int
    hours: float
    windows: int

    def as_json(self) -> dict[str, Any]:
        """Return the status as JSON-serializable values."""
        folders = [
            {
                "path": str(it.path),
                "licence": it.licence,
                "files": it.files,
                "problems": it.problems,
                "there": it.is_there,
            }
            for it in self.folders
        ]
        numbers = {"sounds": self.sounds, "hours": round(self.hours, 3), "windows": self.windows}
        return {"index": str(self.folder), "folders": folders, **numbers}


class Library:
    """An index of folders of recordings.

    Args:
        folder: where the index lies; created if missing. The recordings lie elsewhere and are never written.

    Raises:
        Failed: the folder cannot be written, or the index is damaged or of a newer version.
    """

    def __init__(self, folder: Path) -> None:
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.database = Database(folder / DATABASE)
        self.vectors = VectorFile(folder / "vectors.u8", WIDTH)
        self._was_cut_off = False

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def add_folder(self, path: Path, licence: str = "") -> Folder:
        """Add a folder of recordings, without reading it yet.

        Args:
            path: the folder.
            licence: of all sounds in it, in the user's words; "" leaves what each file says.

        Raises:
            BadInput: it is not a folder, or lies inside one of the library or around one.
        """
        place = path.expanduser().resolve()
        if not place.is_dir():
            raise BadInput(f"{path} is not a folder.")
        for folder in self.database.folders():
            if place != folder.path and (
                place.is_relative_to(folder.path) or folder.path.is_relative_to(place)
            ):
                raise BadInput(
                    f"{place} and {folder.path}, which is in the library, contain one another: keep one."
                )
        return self.database.add_folder(place, licence)

    def remove_folder(self, path: Path) -> None:
        """Take a folder out of the library; its files stay where they are.

        Raises:
            BadInput: the library has no such folder.
        """
        wanted = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - it need not exist any more
        known = {folder.path: folder for folder in self.database.folders()}
        self.database.remove_folder(known.get(wanted) or self.database.folder(path.expanduser().resolve()))

    def status(self) -> LibraryStatus:
        """Return what is in the library."""
        read = self.database.connection
        folders = []
        for folder in self.database.folders():
            files, problems = read.execute(
                "SELECT COUNT(*), COUNT(*) - COUNT(content) FROM files WHERE folder = ?", (folder.id,)
            ).fetchone()
            folders.append(FolderStatus(folder.path, folder.licence, files, problems, folder.path.is_dir()))
        sounds, seconds = read.execute("SELECT COUNT(*), COALESCE(SUM(seconds), 0) FROM contents").fetchone()
        windows = read.execute("SELECT COUNT(*) FROM windows").fetchone()[0]
        return LibraryStatus(self.folder, tuple(folders), sounds, seconds / 3600, windows)

    def problems(self) -> Iterator[tuple[Path, str]]:
        """Yield the files that could not be read, with the reason."""
        rows = self.database.connection.execute(
            "SELECT folders.path, files.path, reason FROM files JOIN folders ON folders.id = files.folder "
            "WHERE content IS NULL ORDER BY files.folder, files.path"
        )
        for folder, path, reason in rows:
            yield Path(os.fsdecode(folder), os.fsdecode(path)), reason

    def duplicates(self) -> Iterator[list[Path]]:
        """Yield the files of each content that several files hold."""
        rows = self.database.connection.execute(
            "SELECT content FROM files WHERE content IS NOT NULL GROUP BY content HAVING COUNT(*) > 1"
        )
        for row in rows.fetchall():
            yield self.database.places(row[0])

    def set_starred(self, content: int, *, starred: bool) -> None:
        """Star a sound, or take its star away."""
        with self.database.transaction():
            self.database.connection.execute(
                "UPDATE contents SET starred = ? WHERE id = ?", (starred, content)
            )

    def digests(self, model: str) -> frozenset[bytes]:
        """Return the digests of all contents that a model has embedded."""
        rows = self.database.connection.execute("SELECT digest FROM contents WHERE model = ?", (model,))
        return frozenset(bytes(row[0]) for row in rows)

    def begin_update(self) -> None:
        """Mark that an update is running; ``mark_damaged`` looks at the mark of one that did not end."""
        self._was_cut_off = self.database.fact(UPDATING) == "yes"
        with self.database.transaction():
            self.database.set_fact(UPDATING, "yes")

    def end_update(self) -> None:
        """Wait until the vectors are on the disk, and take the mark away."""
        with disk_errors(self.vectors.path):
            self.vectors.sync()
        with self.database.transaction():
            self.database.set_fact(UPDATING, "no")

    def mark_damaged(self) -> int:
        """After an update that was cut off, mark the contents whose vectors are not what the database says.

        A killed program leaves none; a power failure may, because the vectors are not synced for each file.

        Returns:
            How many contents were marked; the update embeds them again.
        """
        if not self._was_cut_off and len(self.vectors) >= self._rows():
            return 0
        damaged = self._damaged()
        with self.database.transaction():
            for content in damaged:
                self.database.connection.execute("UPDATE contents SET model = '' WHERE id = ?", (content,))
        return len(damaged)

    def _rows(self) -> int:
        return int(
            self.database.connection.execute("SELECT COALESCE(MAX(row), -1) + 1 FROM windows").fetchone()[0]
        )

    def _damaged(self) -> Sequence[int]:
        codes = self.vectors.read()
        rows = self.database.connection.execute("SELECT row, content, checksum FROM windows")
        return sorted(
            {
                content
                for row, content, said in rows
                if row >= len(codes) or checksum(np.asarray(codes[row])) != said
            }
        )
