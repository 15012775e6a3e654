"""The scene of an open project on disk: scene.json, its autosaves, and the files that they refer to."""

from dataclasses import replace

from engine.errors import BadInput
from engine.progress import Progress, no_progress
from engine.project.autosave_log import AutosaveLog
from engine.project.autosaves import Autosave, list_autosaves
from engine.project.backup import SCENE_FILE, keep_backup, take_digests
from engine.project.encode import checked_bytes
from engine.project.json_text import MOST_BYTES, UnreadableJson
from engine.project.loading import LoadedScene, load_scene
from engine.project.mask_files import write_mask
from engine.project.safe_files import MissingFile, SafeFiles
from engine.project.take_files import TakeStore
from engine.scene.edits import receive_takes
from engine.scene.scene import Scene, TakeRecord


class SceneFiles:
    """Loads and saves the scene of one project folder. Not thread-safe; does not check the lock.

    Args:
        files: the files of the folder.

    Attributes:
        takes: samples of the takes that are known to be stored.
        masks: digests of the masks that are known to be stored.
        autosaves: which autosaves are this program's own, and which were left by another.
    """

    def __init__(self, files: SafeFiles) -> None:
        self._files = files
        self.takes = TakeStore(files)
        self.masks: set[str] = set()
        self.autosaves = AutosaveLog(files)
        self._saved = b""
        self._backup_reason: str | None = None

    def load(
        self, autosave: Autosave | None = None, *, quick: bool = False, progress: Progress | None = None
    ) -> LoadedScene:
        """Load scene.json, or an autosave with the takes that only scene.json has, rejected.

        Args:
            autosave: the autosave; None loads scene.json.
            quick: only check that the files of takes exist.
            progress: told of each take.

        Raises:
            BadInput: it is missing, damaged, or was saved by a newer version.
            UnreadableJson: it is the autosave that is damaged.
            Failed: it cannot be read.
            Cancelled: ``progress`` was cancelled.
        """
        name = SCENE_FILE if autosave is None else autosave.file
        self._saved = b""
        try:
            self._saved = self._files.read(SCENE_FILE, MOST_BYTES)
        except BadInput as error:
            if autosave is None:
                raise BadInput(self._without_scene(error)) from error
        try:
            data = self._saved if autosave is None else self._files.read(name, MOST_BYTES)
            loaded = load_scene(data, name, self._files, quick=quick, progress=progress or no_progress())
        except UnreadableJson as error:
            if autosave is None:
                raise BadInput(f"{error} {self._hint()}".rstrip()) from error
            raise
        self._take_over(loaded)
        self.autosaves.begin(self._saved)
        self._backup_reason = loaded.backup_reason
        if autosave is None:
            return loaded
        self._backup_reason = "damaged"
        self.autosaves.note_recovered(autosave)
        return replace(loaded, scene=self._with_saved_takes(loaded.scene))

    def read(self, autosave: Autosave) -> LoadedScene:
        """Read an autosave; what is saved next does not depend on it.

        Raises:
            BadInput: it is missing or damaged.
            Failed: it cannot be read.
        """
        data = self._files.read(autosave.file, MOST_BYTES)
        loaded = load_scene(data, autosave.file, self._files)
        self._take_over(loaded)
        return loaded

    def recover(self, autosave: Autosave, scene: Scene) -> Scene:
        """Go on with the scene of an autosave; return it with the takes that only scene.json has, rejected.

        A backup of scene.json is kept when it is next saved, if it names takes that the autosave does not have.
        """
        self.autosaves.note_recovered(autosave)
        if not take_digests(self._saved) <= {take.digest for take in scene.takes}:
            self._backup_reason = self._backup_reason or "before"
        return self._with_saved_takes(scene)

    def save(self, scene: Scene) -> None:
        """Replace scene.json atomically; see ``engine.project.folder.Project.save``."""
        plain, more = self._ready(scene), self.autosaves.to_settle()
        data = checked_bytes(scene, more) if more else plain
        if self._backup_reason is not None:
            keep_backup(self._files, self._backup_reason, self._saved)
        self._files.write(SCENE_FILE, data)
        self.autosaves.note_saved(data, plain, more)
        self._saved, self._backup_reason = data, None

    def autosave(self, scene: Scene) -> Autosave | None:
        """Write an autosave of the scene; return None if nothing has changed."""
        return self.autosaves.write(self._ready(scene))

    def _with_saved_takes(self, scene: Scene) -> Scene:
        return receive_takes(scene, self._saved_takes(), rejected=True)

    def _saved_takes(self) -> tuple[TakeRecord, ...]:
        """Return the takes of scene.json, which another program may have added to since the autosave."""
        try:
            loaded = load_scene(self._saved, SCENE_FILE, self._files, quick=True)
        except BadInput:
            return ()
        self._take_over(loaded)
        return loaded.scene.takes

    def _take_over(self, loaded: LoadedScene) -> None:
        for record in loaded.scene.takes:
            self.takes.register(record)
        self.masks.update(thing.mask_digest for thing in loaded.scene.objects)

    def _ready(self, scene: Scene) -> bytes:
        """Return the bytes of scene.json once everything it refers to is on disk."""
        data = checked_bytes(scene)
        for take in scene.takes:
            if take.digest not in self.takes:
                raise BadInput(
                    f"The scene cannot be saved: take {take.number} of {take.name!r} was never stored here."
                )
        for thing in scene.objects:
            if thing.mask_digest not in self.masks:
                write_mask(self._files, thing.mask, thing.mask_digest)
                self.masks.add(thing.mask_digest)
        return data

    def _hint(self) -> str:
        found = list_autosaves(self._files)
        if not found:
            return ""
        return (
            f"The newest autosave, of {found[0].when}, can be recovered: {self._files.root / found[0].file}."
        )

    def _without_scene(self, error: BadInput) -> str:
        if isinstance(error, MissingFile) and not list_autosaves(self._files):
            return f"{self._files.root} is not a project of Foleyscape: there is no {SCENE_FILE} in it."
        return f"{error} {self._hint()}".rstrip()
