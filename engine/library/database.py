"""The database of a library: folders, files, their contents, windows, and searchable text, in SQLite.

A *content* is what the bytes of a file are, by digest, with its windows; several files may hold the same. So a file
that was moved keeps its content, and one that was copied adds none. Paths are stored as bytes: names on old disks
need not be valid text.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import BadInput, Failed
from engine.library.analysis import Analysis, Window
from engine.library.file_text import FileText

SCHEMA = 1

_TABLES = """
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE folders (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, licence TEXT NOT NULL DEFAULT '');
CREATE TABLE contents (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, seconds REAL NOT NULL, rate INTEGER NOT NULL,
    channels INTEGER NOT NULL, lufs REAL, centroid REAL NOT NULL, flatness REAL NOT NULL, outline BLOB NOT NULL,
    model TEXT NOT NULL, starred INTEGER NOT NULL DEFAULT 0, used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE windows (
    row INTEGER PRIMARY KEY, content INTEGER NOT NULL REFERENCES contents(id), start REAL NOT NULL,
    seconds REAL NOT NULL, level_db REAL NOT NULL, checksum INTEGER NOT NULL);
CREATE INDEX windows_of_content ON windows(content);
CREATE TABLE free_rows (row INTEGER PRIMARY KEY);
CREATE TABLE files (
    id INTEGER PRIMARY KEY, folder INTEGER NOT NULL REFERENCES folders(id), path BLOB NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, content INTEGER REFERENCES contents(id),
    reason TEXT NOT NULL DEFAULT '', cat_id TEXT NOT NULL DEFAULT '', licence TEXT NOT NULL DEFAULT '',
    UNIQUE (folder, path));
CREATE INDEX files_of_content ON files(content);
CREATE VIRTUAL TABLE texts USING fts5 (
    name, path, category, description, tokenize = "porter unicode61 remove_diacritics 2");
"""


@dataclass(frozen=True)
class Folder:
    """A folder of the library.

    Attributes:
        id: its number.
        path: where it is.
        licence: what the user said of the sounds in it; "" if nothing.
    """

    id: int
    path: Path
    licence: str


@dataclass(frozen=True)
class KnownFile:
    """What the index knows of a file, to compare with what is on the disk.

    Attributes:
        id: its number.
        size: bytes when it was indexed.
        mtime_ns: its time of change when it was indexed.
        content: number of its content, or None if it could not be read.
    """

    id: int
    size: int
    mtime_ns: int
    content: int | None


class Database:
    """The SQLite file of a library. One thread uses it at a time; several programs may.

    Args:
        path: the file; created if missing.

    Raises:
        Failed: it cannot be opened, is damaged, or was written by a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._errors():
            self.connection = sqlite3.connect(
                path, timeout=30.0, isolation_level=None, check_same_thread=False
            )
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
            self._prepare()

    def _prepare(self) -> None:
        version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA:
            raise Failed(f"The library {self._path} was written by a newer Foleyscape: update this one.")
        if not version:
            self.connection.executescript(f"BEGIN IMMEDIATE;{_TABLES}PRAGMA user_version = {SCHEMA};COMMIT;")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise Failed(f"The library {self._path} cannot be used ({error}): {advice_on(error)}.") from error

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the changes of a block together, or none of them.

        Raises:
            Failed: the disk is full, or the file is damaged or locked by another program.
        """
        with self._errors():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    # Facts

    def fact(self, key: str) -> str | None:
        """Return a fact about the library, or None."""
        found = self.connection.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        return None if found is None else str(found[0])

    def set_fact(self, key: str, value: str) -> None:
        """Store a fact about the library."""
        self.connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (key, value))

    # Folders

    def folders(self) -> tuple[Folder, ...]:
        """Return the folders."""
        rows = self.connection.execute("SELECT id, path, licence FROM folders ORDER BY id")
        return tuple(Folder(row[0], Path(os.fsdecode(row[1])), row[2]) for row in rows)

    def add_folder(self, path: Path, licence: str = "") -> Folder:
        """Add a folder, or return the one that is there, with a new licence if one is given."""
        with self.transaction():
            self.connection.execute("INSERT OR IGNORE INTO folders (path) VALUES (?)", (os.fsencode(path),))
            if licence:
                self.connection.execute(
                    "UPDATE folders SET licence = ? WHERE path = ?", (licence, os.fsencode(path))
                )
        return self.folder(path)

    def folder(self, path: Path) -> Folder:
        """Return the folder with a path.

        Raises:
            BadInput: the library has no such folder.
        """
        for folder in self.folders():
            if folder.path == path:
                return folder
        raise BadInput(f"{path} is not a folder of the library: see `foleyscape library status`.")

    def remove_folder(self, folder: Folder) -> None:
        """Remove a folder with everything that is known of its files; the files stay."""
        with self.transaction():
            ids = [
                row[0]
                for row in self.connection.execute("SELECT id FROM files WHERE folder = ?", (folder.id,))
            ]
            self._forget(ids)
            self.connection.execute("DELETE FROM folders WHERE id = ?", (folder.id,))

    # Files

    def files(self, folder: Folder) -> dict[str, KnownFile]:
        """Return the known files of a folder by relative path."""
        rows = self.connection.execute(
            "SELECT path, id, size, mtime_ns, content FROM files WHERE folder = ?", (folder.id,)
        )
        return {os.fsdecode(path): KnownFile(*values) for path, *values in rows}

    def content_of(self, digest: bytes) -> int | None:
        """Return the number of the content with a digest, or None."""
        found = self.connection.execute("SELECT id FROM contents WHERE digest = ?", (digest,)).fetchone()
        return None if found is None else int(found[0])

    def add_content(self, analysis: Analysis, model: str, checksums: Sequence[int]) -> tuple[int, list[int]]:
        """Add a content, or give one that is there the windows of another model. Belongs in a transaction.

        Args:
            analysis: what is known of it.
            model: fingerprint of the model that made its vectors.
            checksums: of the codes of its vectors.

        Returns:
            Its number, and the rows for its vectors.
        """
        values = {
            "digest": analysis.digest, "seconds": analysis.seconds, "rate": analysis.rate,
            "channels": analysis.channels, "lufs": analysis.lufs, "centroid": analysis.centroid,
            "flatness": analysis.flatness, "outline": analysis.outline, "model": model,
        }  # fmt: skip
        names = ", ".join(values)
        self.connection.execute(
            f"INSERT INTO contents ({names}) VALUES ({', '.join('?' * len(values))}) "
            "ON CONFLICT (digest) DO UPDATE SET model = excluded.model",
            tuple(values.values()),
        )
        content = self.content_of(analysis.digest)
        assert content is not None
        self._give_back_rows(content)
        rows = self._free_rows(len(analysis.windows))
        self.connection.executemany(
            "INSERT INTO windows VALUES (?, ?, ?, ?, ?, ?)",
            [
                (row, content, window.start, window.seconds, window.level_db, checksum)
                for row, window, checksum in zip(rows, analysis.windows, checksums, strict=True)
            ],
        )
        return content, rows

    def _give_back_rows(self, content: int) -> None:
        self.connection.execute("INSERT INTO free_rows SELECT row FROM windows WHERE content = ?", (content,))
        self.connection.execute("DELETE FROM windows WHERE content = ?", (content,))

    def _free_rows(self, count: int) -> list[int]:
        """Return rows that no window uses: given back ones first, then new ones at the end."""
        found = self.connection.execute("SELECT row FROM free_rows ORDER BY row LIMIT ?", (count,))
        taken = [int(row[0]) for row in found]
        top = self.connection.execute(
            "SELECT MAX(COALESCE((SELECT MAX(row) FROM windows), -1), COALESCE((SELECT MAX(row) FROM free_rows), -1))"
        ).fetchone()[0]
        self.connection.executemany("DELETE FROM free_rows WHERE row = ?", [(row,) for row in taken])
        return taken + list(range(top + 1, top + 1 + count - len(taken)))

    def stale_contents(self, model: str) -> list[int]:
        """Return the contents whose vectors another model made."""
        return [
            row[0] for row in self.connection.execute("SELECT id FROM contents WHERE model <> ?", (model,))
        ]

    def places(self, content: int) -> list[Path]:
        """Return the files that hold a content."""
        rows = self.connection.execute(
            "SELECT folders.path, files.path FROM files JOIN folders ON folders.id = files.folder "
            "WHERE content = ? ORDER BY files.id",
            (content,),
        )
        return [Path(os.fsdecode(folder), os.fsdecode(path)) for folder, path in rows]

    def put_file(
        self,
        folder: Folder,
        path: str,
        stamp: tuple[int, int],
        content: int | None,
        text: FileText,
        reason: str = "",
    ) -> None:
        """Add a file, or replace what was known of it. Belongs in a transaction.

        Args:
            folder: its folder.
            path: its path below the folder.
            stamp: its size and time of change.
            content: number of its content, or None if it could not be read.
            text: its text.
            reason: why it could not be read.
        """
        old = self.connection.execute(
            "SELECT id FROM files WHERE folder = ? AND path = ?", (folder.id, os.fsencode(path))
        ).fetchone()
        if old is not None:
            self._forget([old[0]], keep=content)
        file = self.connection.execute(
            "INSERT INTO files (folder, path, size, mtime_ns, content, reason, cat_id, licence) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (folder.id, os.fsencode(path), *stamp, content, reason, text.cat_id, text.licence),
        ).lastrowid
        self.connection.execute(
            "INSERT INTO texts (rowid, name, path, category, description) VALUES (?, ?, ?, ?, ?)",
            (file, text.name, text.path, text.category, text.description),
        )

    def touch_file(self, file: int, stamp: tuple[int, int]) -> None:
        """Store the new size and time of change of a file whose content is the same. Belongs in a transaction."""
        self.connection.execute("UPDATE files SET size = ?, mtime_ns = ? WHERE id = ?", (*stamp, file))

    def forget_files(self, ids: Sequence[int]) -> None:
        """Remove files that are gone, and contents that no other file holds. Belongs in a transaction."""
        self._forget(ids)

    def _forget(self, ids: Iterable[int], keep: int | None = None) -> None:
        for file in ids:
            found = self.connection.execute("SELECT content FROM files WHERE id = ?", (file,)).fetchone()
            self.connection.execute("DELETE FROM files WHERE id = ?", (file,))
            self.connection.execute("DELETE FROM texts WHERE rowid = ?", (file,))
            if found is not None and found[0] is not None and found[0] != keep:
                self._drop_unused(found[0], keep)

    def _drop_unused(self, content: int, heir: int | None) -> None:
        """Remove a content that no file holds any more; a changed file hands its star on to ``heir``."""
        if self.connection.execute("SELECT 1 FROM files WHERE content = ?", (content,)).fetchone():
            return
        self.connection.execute(
            "UPDATE contents SET starred = 1 WHERE id = ? AND (SELECT starred FROM contents WHERE id = ?)",
            (heir, content),
        )
        self.drop_content(content)

    def drop_content(self, content: int) -> None:
        """Remove a content and give back the rows of its windows. Belongs in a transaction."""
        self._give_back_rows(content)
        self.connection.execute("UPDATE files SET content = NULL WHERE content = ?", (content,))
        self.connection.execute("DELETE FROM contents WHERE id = ?", (content,))

    def windows(self, content: int) -> list[tuple[int, Window]]:
        """Return the windows of a content with the rows of their vectors, in order."""
        rows = self.connection.execute(
            "SELECT row, start, seconds, level_db FROM windows WHERE content = ? ORDER BY start", (content,)
        )
        return [(row, Window(*values)) for row, *values in rows]


def advice_on(error: sqlite3.DatabaseError) -> str:
    """Return what to do about an error; only a file that is no library, or a damaged one, is to be deleted."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "another program is writing to it; try again"
    if code == sqlite3.SQLITE_FULL:
        return "free some space on its disk and try again"
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return "choose another folder for the library, or delete it and add your folders again"
    return "look whether its folder can be read and written, or choose another folder for the library"
