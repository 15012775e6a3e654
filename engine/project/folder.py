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
from engine.progress import Progress
from engine.project.autosaves import Autosave, list_autosaves
from engine.project.collect import Collected, remove_partials, unneeded
from engine.project.create import create_folder
from engine.project.json_text import UnreadableJson
from engine.project.loading import LoadedScene
from engine.project.lock import PATIENCE, Lock
from engine.project.project_root import project_root
from engine.project.recipe_masks import store_masks, whole_recipe
from engine.project.safe_files import SafeFiles
from engine.project.scene_files import SceneFiles
from engine.project.still_files import read_still
from engine.project.take_files import write_take
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
        self._scenes = SceneFiles(self._files)
        self.takes = self._scenes.takes
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
        opened = self._as_opened(self._scenes.read(autosave))
        with self._guard:
            return replace(opened, scene=self._scenes.recover(autosave, opened.scene))

    def decline(self, autosave: Autosave) -> Opened:
        """Return the scene of an autosave that the user does not want to go on with; see ``recover``.

        It stays on disk, and is offered again until the project is saved.

        Raises:
            BadInput: it is missing or damaged.
            Failed: it cannot be read.
        """
        opened = self._as_opened(self._scenes.read(autosave))
        with self._guard:
            self._scenes.autosaves.note_declined(autosave)
        return opened

    def reload(self) -> Opened:
        """Read the saved scene again without releasing the folder. Takes are not checked.

        Raises:
            BadInput: it is damaged or missing; the project stays open as it was.
            Failed: it cannot be read.
        """
        with self._guard:
            return self._as_opened(self._scenes.load(quick=True))

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
        record = write_take(self._files, store_masks(self._files, take, self._scenes.masks), objects)
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
            self._check_writing()
            self._scenes.save(scene)

    def autosave(self, scene: Scene) -> Autosave | None:
        """Write an autosave of the scene; return None if nothing has changed.

        Raises:
            BadInput: as for ``save``.
            Failed: as for ``save``.
        """
        with self._guard:
            self._check_writing()
            return self._scenes.autosave(scene)

    def discard_autosaves(self) -> None:
        """Delete the autosaves of this program, after the user chose to leave without saving.

        Those of an earlier program that ended without saving stay, unless they were recovered here.

        Raises:
            BadInput: the project is open read-only.
            Failed: one cannot be deleted.
        """
        with self._guard:
            self._check_writing()
            for autosave in self._scenes.autosaves.own():
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
            self._scenes.masks.clear()
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
            return project._as_opened(project._scenes.load(autosave, quick=quick, progress=progress))
        except BaseException:
            project.close()
            raise

    def _as_opened(self, loaded: LoadedScene) -> Opened:
        found = self._scenes.autosaves.recoverable()
        return Opened(self, loaded.scene, loaded.warnings, found, loaded.unreadable, loaded.lacks_sound)

    def _check_writing(self) -> None:
        if self._lock is None:
            raise BadInput(f"{self.path} is open for reading only: open it for writing to change it.")
