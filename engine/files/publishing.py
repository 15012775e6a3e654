"""Publishing: moving finished files into a folder that may hold other people's files.

File by file; a file is replaced only if a manifest says that this program wrote it and it has not been changed
since. What is in the way otherwise stops everything, and then nothing has changed.
"""

import contextlib
import errno
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import BadInput, FoleyscapeError
from engine.files import system
from engine.files.folder_survey import (
    OWN_PREFIX,
    FolderSurvey,
    files_in,
    folders_in,
    is_taken,
    list_names,
    survey_folder,
)
from engine.files.leftovers import remove_tree
from engine.files.manifest import (
    MANIFEST_FILE,
    Manifest,
    WrittenFile,
    content_of,
    is_unchanged,
    known_files,
    manifest_bytes,
    merged,
    read_manifest,
)
from engine.files.path_lock import LockHeld, PathLock
from engine.files.writing import write_file

PUBLISH_LOCK = f"{OWN_PREFIX}publishing"
PATIENCE = 30.0
"""Seconds to wait for another run that is publishing into the same folder."""


class Occupied(BadInput):
    """The folder holds files that this program may not replace."""


def publish(staging: Path, target: Path, *, overwrite: bool, kind: str | None) -> None:
    """Move the files in ``staging`` to ``target``, or change nothing.

    Args:
        staging: a folder on the same disk.
        target: the folder; it may be missing.
        overwrite: allow ``target`` to have contents.
        kind: what wrote the files; None keeps no manifest and replaces nothing.

    Raises:
        Occupied: ``target`` has contents and may not be overwritten, or files are in the way.
        OSError: something cannot be written.
    """
    written = _written(staging, kind)
    if kind is not None:
        write_file(staging / MANIFEST_FILE, manifest_bytes(written))
    if not os.path.lexists(target) and _renamed(staging, target):
        return
    with _publishing(target):
        if not overwrite and is_taken(target):
            raise Occupied(
                f"{target} is not empty: choose another folder, add a number, or allow it to be overwritten."
            )
        survey = survey_folder(target, tuple(written), kind or "")
        refuse(target, survey)
        _Merge(staging, target, written, kind).run(survey)


def refuse(target: Path, survey: FolderSurvey) -> None:
    """Raise if files are in the way that may not be replaced.

    Raises:
        Occupied: they are.
    """
    if survey.in_the_way:
        names = list_names(survey.in_the_way)
        raise Occupied(
            f"{target} holds {names}, which no earlier run wrote or which was changed since. Nothing was replaced: "
            "move that away, choose another folder, or add a number."
        )


@dataclass
class _Merge:
    """One merge, which is undone if a step fails."""

    staging: Path
    target: Path
    written: Manifest
    kind: str | None
    made: list[Path] = field(default_factory=list)
    moved: list[tuple[Path, Path]] = field(default_factory=list)

    def run(self, survey: FolderSurvey) -> None:
        aside = self.staging.with_suffix(".old")
        before = read_manifest(self.target)
        known = known_files(self.target, self.written)
        had = os.path.lexists(self.target / MANIFEST_FILE)
        aside.mkdir(mode=0o700)
        try:
            if self.kind is not None:
                # What a kill in the middle leaves is then known as this program's, old files and new.
                write_file(self.target / MANIFEST_FILE, manifest_bytes(merged(before, self.written)))
            for name in (*survey.replaced, *survey.stale):
                self._put_aside(name, aside, known.get(name))
            for name in (*folders_in(self.staging), *self.written):
                self._put(name)
            if self.kind is not None:
                gone = {name: entry for name, entry in before.items() if name not in survey.stale}
                write_file(self.target / MANIFEST_FILE, manifest_bytes({**gone, **self.written}))
        except BaseException:
            self._undo(before if had else None)
            with contextlib.suppress(OSError):
                aside.rmdir()  # It is empty, unless something could not be moved back.
            raise
        remove_tree(aside)
        _remove_empty_parents(self.target, survey.stale)
        remove_tree(self.staging)

    def _put_aside(self, name: str, aside: Path, entry: WrittenFile | None) -> None:
        source = self.target / name
        place = aside / str(len(self.moved))
        self._move(source, place)
        if source.name != MANIFEST_FILE and not is_unchanged(place, entry):
            raise Occupied(
                f"{self.target / name} was changed just now by another program. Nothing was replaced."
            )

    def _put(self, name: str) -> None:
        """Move a staged file, or create a folder."""
        source, place = self.staging / name, self.target / name
        if source.is_dir():
            if not place.is_dir():
                place.mkdir()
                self.made.append(place)
            return
        if os.path.lexists(place):
            raise Occupied(f"{place} was written just now by another program. Nothing was replaced.")
        self._move(source, place)

    def _move(self, source: Path, place: Path) -> None:
        source.rename(place)
        self.moved.append((source, place))

    def _undo(self, before: Manifest | None) -> None:
        for source, place in reversed(self.moved):
            with contextlib.suppress(OSError):
                place.rename(source)
        for folder in reversed(self.made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        if self.kind is None:
            return
        with contextlib.suppress(OSError, FoleyscapeError):
            if before is None:
                (self.target / MANIFEST_FILE).unlink(missing_ok=True)
            else:
                write_file(self.target / MANIFEST_FILE, manifest_bytes(before))


def _renamed(staging: Path, target: Path) -> bool:
    """Rename the whole folder; return False if another program has made ``target`` in the meantime."""
    try:
        staging.rename(target)
    except OSError as error:
        if error.errno in {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR} and os.path.lexists(target):
            return False
        raise
    return True


@contextlib.contextmanager
def _publishing(target: Path) -> Iterator[None]:
    lock = _publish_lock(target)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def _publish_lock(target: Path) -> PathLock | None:
    """Return the lock of a folder that files are moved into; None where the file system has none."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return PathLock(target / PUBLISH_LOCK)
        except LockHeld as held:
            if time.monotonic() > until:
                raise Occupied(f"{target} is being written to by {held.holder}: wait for it.") from None
            time.sleep(0.05)
        except OSError as error:
            if error.errno in system.NO_LOCKS:
                return None
            raise


def _written(staging: Path, kind: str | None) -> dict[str, WrittenFile]:
    """Return the manifest of the staged files."""
    return {
        name: WrittenFile(kind, (content_of(staging / name),)) if kind is not None else WrittenFile("", ())
        for name in files_in(staging)
    }


def _remove_empty_parents(target: Path, names: Sequence[str]) -> None:
    """Remove the folders that the removal of these files has left empty."""
    folders = {parent for name in names for parent in Path(name).parents if parent.parts}
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        with contextlib.suppress(OSError):
            (target / folder).rmdir()
