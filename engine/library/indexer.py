"""Bring the index of a library up to date with its folders.

Each file is one transaction, so that a stop at any moment loses at most the file at hand; the next update goes on
from there. What did not change is not read; what was moved or copied is read but not embedded again.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from engine.errors import BadInput
from engine.library.analysis import Analysis, SoundEmbedder, analyse, file_digest
from engine.library.audio_scan import FoundFile, Unreadable, sound_files
from engine.library.database import Folder, KnownFile
from engine.library.file_text import FileText, file_text
from engine.library.library import Library
from engine.library.vectors import checksum, codes_of
from engine.progress import Progress, no_progress

AHEAD = 3
"""Files read ahead for each thread."""


@dataclass
class UpdateReport:
    """What an update found and did.

    Attributes:
        added: new files.
        changed: files with another content than before.
        moved: new files whose content was known: moved or copied.
        removed: files that are gone.
        failed: files that cannot be used, with the reason.
        offline: folders that are not there now; nothing of them was changed.
        reread: contents embedded again because the model changed or a vector was damaged.
    """

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    failed: list[tuple[Path, str]] = field(default_factory=list)
    offline: list[Path] = field(default_factory=list)
    reread: int = 0


@dataclass(frozen=True)
class _Task:
    """A file to read."""

    folder: Folder
    file: FoundFile
    known: KnownFile | None

    @property
    def path(self) -> Path:
        return self.folder.path / self.file.path

    @property
    def stamp(self) -> tuple[int, int]:
        return self.file.size, self.file.mtime_ns


@dataclass(frozen=True)
class _Reading:
    """What was read of a file: its analysis is None if its content is known already."""

    digest: bytes
    text: FileText
    analysis: Analysis | None = None
    reason: str = ""


class Indexer:
    """Updates a library.

    Args:
        library: the library; this must be its only writer.
        embedder: makes the vectors.
        threads: files read at once.
    """

    def __init__(self, library: Library, embedder: SoundEmbedder, threads: int | None = None) -> None:
        self._library, self._embedder = library, embedder
        self._database = library.database
        self._threads = threads or max(1, os.cpu_count() or 1)
        self._report = UpdateReport()

    def update(self, folders: Iterable[Path] | None = None, progress: Progress | None = None) -> UpdateReport:
        """Bring folders up to date.

        Args:
            folders: which; None is all of them.
            progress: told of each file; cancelling keeps what was done.

        Raises:
            Cancelled: it was cancelled.
            Failed: the disk is full, or the database cannot be written.
        """
        progress = progress or no_progress()
        self._report = UpdateReport()
        chosen = None if folders is None else set(folders)
        self._library.begin_update()
        self._library.mark_damaged()
        tasks: list[_Task] = []
        gone: list[int] = []
        for folder in self._database.folders():
            if chosen is None or folder.path in chosen:
                progress.report(0.0, f"Looking through {folder.path.name}")
                self._look(folder, tasks, gone)
        stale = self._stale()
        self._read([*tasks, *stale], progress)
        with self._database.transaction():
            self._database.forget_files(gone)
        self._report.removed = len(gone)
        self._library.end_update()
        progress.report(1.0, "Up to date")
        return self._report

    def _look(self, folder: Folder, tasks: list[_Task], gone: list[int]) -> None:
        """Compare a folder with what is known of it."""
        known = self._database.files(folder)
        try:
            found = list(sound_files(folder.path))
        except OSError:
            self._report.offline.append(folder.path)
            return
        files = {it.path: it for it in found if isinstance(it, FoundFile)}
        closed = [it for it in found if isinstance(it, Unreadable)]
        # An empty folder that was full is most likely a drive that is not connected.
        if known and not files:
            self._report.offline.append(folder.path)
            return
        self._report.failed += [
            (folder.path / it.path, f"This folder cannot be read: {it.reason}.") for it in closed
        ]
        for path, file in files.items():
            old = known.get(path)
            if old is None or (old.size, old.mtime_ns) != (file.size, file.mtime_ns):
                tasks.append(_Task(folder, file, old))
        hidden = [it.path for it in closed]
        gone += [
            old.id
            for path, old in known.items()
            if path not in files and not any(_is_below(path, it) for it in hidden)
        ]

    def _stale(self) -> list[_Task]:
        """Return a task for a file of each content whose vectors another model made."""
        tasks = []
        wanted = set(self._database.stale_contents(self._embedder.fingerprint))
        for folder in self._database.folders() if wanted else ():
            for path, known in self._database.files(folder).items():
                if known.content in wanted and (folder.path / path).is_file():
                    wanted.discard(known.content)
                    tasks.append(_Task(folder, FoundFile(path, known.size, known.mtime_ns), known))
        return tasks

    def _read(self, tasks: list[_Task], progress: Progress) -> None:
        with ThreadPoolExecutor(self._threads, "library") as pool:
            try:
                for number, (task, reading) in enumerate(self._readings(pool, tasks), 1):
                    self._store(task, reading)
                    progress.report(
                        number / len(tasks), f"{number} of {len(tasks)}: {PurePath(task.file.path).name}"
                    )
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _readings(self, pool: ThreadPoolExecutor, tasks: list[_Task]) -> Iterator[tuple[_Task, _Reading]]:
        """Yield each task with what was read, in order, a few files ahead."""
        known = self._library.digests(self._embedder.fingerprint)
        waiting: deque[tuple[_Task, Future[_Reading]]] = deque()
        for task in tasks:
            waiting.append((task, pool.submit(self._reading, task, known)))
            if len(waiting) > AHEAD * self._threads:
                first, future = waiting.popleft()
                yield first, future.result()
        for first, future in waiting:
            yield first, future.result()

    def _reading(self, task: _Task, known: frozenset[bytes]) -> _Reading:
        """Read one file; runs in a thread of the pool. A file that cannot be used gives a reason, never an error."""
        text = file_text(task.path, task.file.path)
        try:
            digest = file_digest(task.path)
            analysis = None if digest in known else analyse(task.path, digest, self._embedder)
        except BadInput as error:
            return _Reading(b"", text, reason=error.message)
        except OSError as error:
            return _Reading(b"", text, reason=f"It cannot be read: {error.strerror or error}.")
        except MemoryError:
            return _Reading(b"", text, reason="There is not enough memory to read it.")
        return _Reading(digest, text, analysis)

    def _store(self, task: _Task, reading: _Reading) -> None:
        with self._database.transaction():
            content = self._content(task, reading)
            self._database.put_file(
                task.folder, task.file.path, task.stamp, content, reading.text, reading.reason
            )
        self._count(task, reading, content)

    def _content(self, task: _Task, reading: _Reading) -> int | None:
        """Return the number of the content that was read, adding it if it is new."""
        if reading.reason:
            return None
        known = self._database.content_of(reading.digest) if reading.analysis is None else None
        if known is not None:
            return known
        # Known when it was read, and dropped since: the file that held it has changed in this very update.
        analysis = reading.analysis or analyse(task.path, reading.digest, self._embedder)
        codes = codes_of(analysis.vectors)
        checksums = [checksum(code) for code in codes]
        content, rows = self._database.add_content(analysis, self._embedder.fingerprint, checksums)
        self._library.vectors.write(rows, codes)
        return content

    def _count(self, task: _Task, reading: _Reading, content: int | None) -> None:
        if reading.reason:
            self._report.failed.append((task.path, reading.reason))
        elif task.known is None and reading.analysis is None:
            self._report.moved += 1
        elif task.known is None:
            self._report.added += 1
        elif task.known.content == content:
            self._report.reread += reading.analysis is not None
        else:
            self._report.changed += 1


def _is_below(path: str, folder: str) -> bool:
    return PurePath(folder) in PurePath(path).parents
