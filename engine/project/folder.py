"""The project folder: a scene on disk.

Takes and masks are written and synced before a scene.json that refers to them, and scene.json is replaced
atomically. So a program that is killed at any moment leaves the last saved state, complete.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from engine.errors import BadInput
from engine.progress import Progress, no_progress
from engine.project.autosave_log import AutosaveLog
from engine.project.autosaves import Autosave, list_autosaves
from engine.project.backup import SCENE_FILE, keep_backup, take_digests
from engine.project.collect import Collected, remove_partials, unneeded
from engine.project.create import create_folder
from engine.project.encode import checked_bytes
from engine.project.json_text import MOST_BYTES, UnreadableJson
from engine.project.loading import LoadedScene, load_scene
from engine.project.lock import PATIENCE, Lock
from engine.project.mask_files import write_mask
from engine.project.project_root import project_root
from engine.project.recipe_masks import store_masks, whole_recipe
from engine.project.safe_files import MissingFile, SafeFiles
from engine.project.still_files import read_still
from engine.project.take_files import TakeStore, write_take
from engine.scene.edits import receive_takes
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take

if TYPE_CHECKING:
    from engine.vision.still import Still


@dataclass(frozen=True)
class Opened:
    """An opened project.

    Attributes:
        project: the project folder.
        scene: the valid part of the scene.
        warnings: what was damaged, one sentence each. A damaged file is backed up when the scene is first
            saved.
        recoverable: autosaves with changes that were never saved, the newest first; ``Project.recover`` opens them.
        unreadable: digests of takes in the scene whose files are missing or damaged.
        lacks_sound: whether clips were left out, or play takes that are unreadable.
    """

    project: "Project"
    scene: Scene
    warnings: tuple[str, ...] = ()
    recoverable: tuple[Autosave, ...] = ()
    unreadable: frozenset[str] = frozenset()
    lacks_sound: bool = False


class Project:
    """An open project folder. Use ``create``, ``open`` or ``recover_from_autosave``, and ``close`` it in the end.

    Attributes:
        path: the folder.
        takes: samples of its takes and of their versions, as ``engine.sound.render`` requests them.
    """

    def __init__(self, path: Path, lock: Lock | None) -> None:
        self.path = path
        self._lock = lock
        self._files = SafeFiles(path)
        self.takes = TakeStore(self._files)
        self._autosaves = AutosaveLog(self._files)
        self._masks: set[str] = set()
        self._saved = b""
        self._backup_reason: str | None = None
        self._guard = threading.RLock()

    @classmethod
    def create(
        cls,
        path: str | Path,
        name: str,
        still_path: str | Path | None = None,
        *,
        still: "Still | None" = None,
    ) -> Opened:
        """Create a project folder with an empty scene, complete or not at all, and open it.

        Args:
            path: the folder, missing or empty; usually named something.foley.
            name: name of the project.
            still_path: the picture, copied unchanged; None for sounds from text alone.
            still: the still as it was opened before. If the file holds another picture by now, or there is none, the
                project gets this one, as PNG.

        Raises:
            BadInput: the folder is not empty, the name is invalid, or the still cannot be opened.
            Failed: it cannot be written.
        """
        create_folder(Path(path), name, None if still_path is None else Path(still_path), still)
        return cls.open(path)

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        writing: bool = True,
        quick: bool = False,
        progress: Progress | None = None,
        patience: float = PATIENCE,
    ) -> Opened:
        """Open the valid part of a project.

        Args:
            path: the folder.
            writing: take the lock, so that it can be saved to; otherwise nothing in the folder is changed.
            quick: check only that each take's file exists, and its samples when they are used; takes beyond
                ``MOST_CHECKED_BYTES`` are always treated like that.
            progress: told of the checked takes, which takes seconds in a large project.
            patience: seconds to wait for another program that has it open.

        Raises:
            BadInput: it is not a project, was saved by a newer version, or is too damaged to open; the
                sentence then names the newest autosave, if there is one.
            Failed: it is open in another program, or cannot be read.
            Cancelled: ``progress`` was cancelled.
        """
        root = project_root(Path(path))
        return cls._opened(root, None, Lock(root, patience) if writing else None, quick, progress)

    @classmethod
    def recover_from_autosave(cls, path: str | Path, autosave: Autosave | None = None) -> Opened:
        """Open an autosave instead of scene.json, which may be damaged or missing.

        Args:
            path: the folder.
            autosave: the autosave; None opens the newest readable one.

        Raises:
            BadInput: it is not a project, or no autosave can be opened.
            Failed: it is open in another program, or cannot be read.
        """
        path = Path(path)
        found = cls.autosaves(path) if autosave is None else (autosave,)
        for candidate in found:
            try:
                root = project_root(path)
                return cls._opened(root, candidate, Lock(root))
            except UnreadableJson:
                continue
        raise BadInput(f"There is no autosave in {path} that can be opened.")

    @staticmethod
    def autosaves(path: str | Path) -> tuple[Autosave, ...]:
        """List all autosaves in a project folder, the newest first, including outdated ones."""
        return list_autosaves(SafeFiles(project_root(Path(path))))

    def recover(self, autosave: Autosave) -> Opened:
        """Open the scene of an autosave of this project, with its own warnings; only ``save`` writes it.

        Takes that scene.json has and the autosave does not, as another program may have added, are in it, rejected.

        Raises:
            BadInput: it is missing or damaged.
            Failed: it cannot be read.
        """
        opened = self._read(autosave)
        with self._guard:
            self._note_recovered(autosave, opened.scene)
            return replace(opened, scene=receive_takes(opened.scene, self._saved_takes(), rejected=True))

    def decline(self, autosave: Autosave) -> Opened:
        """Return the scene of an autosave that the user does not want to go on with; see ``recover``.

        It stays on disk, and is offered again until the project is saved.

        Raises:
            BadInput: it is missing or damaged.
            Failed: it cannot be read.
        """
        opened = self._read(autosave)
        with self._guard:
            self._autosaves.note_declined(autosave)
        return opened

    def reload(self) -> Opened:
        """Read the saved scene again without releasing the folder. Takes are not checked.

        Raises:
            BadInput: it is damaged or missing; the project stays open as it was.
            Failed: it cannot be read.
        """
        with self._guard:
            return self._load(None, quick=True, progress=no_progress())

    def still(self, scene: Scene) -> "Still | None":
        """Load the still of the scene; return None if it has none.

        Raises:
            BadInput: its file is missing, damaged, or another picture than the scene's.
            Failed: it may not be read, or there is not enough memory.
        """
        return None if scene.still is None else read_still(self._files, scene.still)

    def add_take(self, take: Take, objects: Iterable[int] = ()) -> TakeRecord:
        """Store a take and return its record for the scene, which can be saved from then on.

        The same take is stored once. The masks in its recipe are stored as files, and its recipe then names them
        by their digests. Until a scene with the record is saved, ``collect`` treats the take as unneeded, so
        never run it while takes are being generated.

        Args:
            take: the take to store.
            objects: numbers of its objects; none for text alone.

        Raises:
            BadInput: it has no samples, or the project is open read-only.
            Failed: the disk is full or the folder cannot be written.
        """
        self._check_writing()
        record = write_take(self._files, store_masks(self._files, take, self._masks), objects)
        self.takes.register(record)
        return record

    def recipe_of(self, scene: Scene, take: TakeRecord) -> str:
        """Return the whole recipe of a take; see ``engine.project.recipe_masks.whole_recipe``."""
        return whole_recipe(self._files, scene, take)

    def save(self, scene: Scene) -> None:
        """Replace scene.json atomically, synced to disk before returning.

        Raises:
            BadInput: the scene is invalid, refers to takes that are not stored, or the project is open
                read-only. Nothing has changed then.
            Failed: the disk is full or the folder cannot be written. The scene saved before is untouched.
        """
        with self._guard:
            plain, more = self._ready(scene), self._autosaves.to_settle()
            data = checked_bytes(scene, more) if more else plain
            if self._backup_reason is not None:
                keep_backup(self._files, self._backup_reason, self._saved)
            self._files.write(SCENE_FILE, data)
            self._autosaves.note_saved(data, plain, more)
            self._saved, self._backup_reason = data, None

    def autosave(self, scene: Scene) -> Autosave | None:
        """Write an autosave of the scene; return None if nothing has changed.

        Raises:
            BadInput: as for ``save``.
            Failed: as for ``save``.
        """
        with self._guard:
            return self._autosaves.write(self._ready(scene))

    def discard_autosaves(self) -> None:
        """Delete the autosaves of this program, after the user chose to leave without saving.

        Those of an earlier program that ended without saving stay, unless they were recovered here.

        Raises:
            BadInput: the project is open read-only.
            Failed: one cannot be deleted.
        """
        with self._guard:
            self._check_writing()
            for autosave in self._autosaves.own():
                self._files.remove(autosave.file)

    def collect(
        self, scenes: Iterable[Scene], *, keep_autosaved: bool = True, dry_run: bool = False
    ) -> Collected:
        """Delete takes and masks that nothing refers to, and leftovers of interrupted writes.

        Args:
            scenes: scenes in memory, with the undo history; what scene.json refers to is always kept.
            keep_autosaved: also keep what autosaves and backups refer to.
            dry_run: only report, delete nothing.

        Raises:
            BadInput: the project is open read-only.
            Failed: a file cannot be deleted, or what is needed is unknown.
        """
        with self._guard:
            found = unneeded(self._files, scenes, keep_autosaved=keep_autosaved)
            if dry_run:
                return found
            self._check_writing()
            self._masks.clear()
            for name in found.files:
                self._files.remove(name)
            return found

    def close(self) -> None:
        """Release the lock, so that other programs can save to the folder."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @classmethod
    def _opened(
        cls,
        root: Path,
        autosave: Autosave | None,
        lock: Lock | None,
        quick: bool = False,
        progress: Progress | None = None,
    ) -> Opened:
        project = cls(root, lock)
        try:
            if lock is not None:
                remove_partials(project._files)
            return project._load(autosave, quick=quick, progress=progress or no_progress())
        except BaseException:
            project.close()
            raise

    def _load(self, autosave: Autosave | None, *, quick: bool, progress: Progress) -> Opened:
        name = SCENE_FILE if autosave is None else autosave.file
        self._saved = b""
        try:
            self._saved = self._files.read(SCENE_FILE, MOST_BYTES)
        except BadInput as error:
            if autosave is None:
                raise BadInput(self._without_scene(error)) from error
        try:
            data = self._saved if autosave is None else self._files.read(name, MOST_BYTES)
            loaded = load_scene(data, name, self._files, quick=quick, progress=progress)
        except UnreadableJson as error:
            if autosave is None:
                raise BadInput(f"{error} {self._hint()}".rstrip()) from error
            raise
        self._take_over(loaded)
        self._autosaves.begin(self._saved)
        self._backup_reason = loaded.backup_reason
        if autosave is not None:
            self._backup_reason = "damaged"
            self._autosaves.note_recovered(autosave)
            scene = receive_takes(loaded.scene, self._saved_takes(), rejected=True)
            return replace(self._as_opened(loaded), scene=scene)
        return self._as_opened(loaded)

    def _as_opened(self, loaded: LoadedScene) -> Opened:
        found = self._autosaves.recoverable()
        return Opened(self, loaded.scene, loaded.warnings, found, loaded.unreadable, loaded.lacks_sound)

    def _note_recovered(self, autosave: Autosave, scene: Scene) -> None:
        """Keep a backup of scene.json if it names takes that the recovered scene does not have."""
        self._autosaves.note_recovered(autosave)
        if not take_digests(self._saved) <= {take.digest for take in scene.takes}:
            self._backup_reason = self._backup_reason or "before"

    def _saved_takes(self) -> tuple[TakeRecord, ...]:
        """Return the takes of scene.json, which another program may have added to since the autosave."""
        try:
            loaded = load_scene(self._saved, SCENE_FILE, self._files, quick=True)
        except BadInput:
            return ()
        self._take_over(loaded)
        return loaded.scene.takes

    def _read(self, autosave: Autosave) -> Opened:
        data = self._files.read(autosave.file, MOST_BYTES)
        loaded = load_scene(data, autosave.file, self._files)
        self._take_over(loaded)
        return self._as_opened(loaded)

    def _take_over(self, loaded: LoadedScene) -> None:
        for record in loaded.scene.takes:
            self.takes.register(record)
        self._masks.update(thing.mask_digest for thing in loaded.scene.objects)

    def _ready(self, scene: Scene) -> bytes:
        """Return the bytes of scene.json once everything it refers to is on disk."""
        self._check_writing()
        data = checked_bytes(scene)
        for take in scene.takes:
            if take.digest not in self.takes:
                raise BadInput(
                    f"The scene cannot be saved: take {take.number} of {take.name!r} was never stored here."
                )
        for thing in scene.objects:
            if thing.mask_digest not in self._masks:
                write_mask(self._files, thing.mask, thing.mask_digest)
                self._masks.add(thing.mask_digest)
        return data

    def _hint(self) -> str:
        found = list_autosaves(self._files)
        if not found:
            return ""
        return f"The newest autosave, of {found[0].when}, can be recovered: {self.path / found[0].file}."

    def _without_scene(self, error: BadInput) -> str:
        if isinstance(error, MissingFile) and not list_autosaves(self._files):
            return f"{self.path} is not a project of Foleyscape: there is no {SCENE_FILE} in it."
        return f"{error} {self._hint()}".rstrip()

    def _check_writing(self) -> None:
        if self._lock is None:
            raise BadInput(f"{self.path} is open for reading only: open it for writing to change it.")
