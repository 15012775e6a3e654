"""From the bytes of a scene.json, or of an autosave, to the sound part of the scene in it."""

from dataclasses import dataclass

from engine.errors import FoleyscapeError
from engine.progress import Progress, no_progress
from engine.project.decode import read_scene
from engine.project.json_text import UnreadableJson, parse_json
from engine.project.mask_files import read_mask
from engine.project.migrations import migrate
from engine.project.repair import WarningList, drop_invalid
from engine.project.safe_files import SafeFiles
from engine.project.schema import SCHEMA
from engine.project.take_files import read_take, take_file
from engine.scene.scene import Scene, TakeRecord
from engine.scene.validity import problems

MOST_CHECKED_BYTES = 4 * 2**30
"""Of takes, when a scene is opened: some eight seconds of work. What lies beyond is checked when it is used."""


@dataclass(frozen=True)
class LoadedScene:
    """A scene from a file.

    Attributes:
        scene: its sound part, which is valid.
        warnings: what was left out or set anew, a sentence each.
        aside: under what word the file is to be kept before it is overwritten; None where that loses nothing.
    """

    scene: Scene
    warnings: tuple[str, ...]
    aside: str | None


def load_scene(
    data: bytes, name: str, files: SafeFiles, *, quick: bool = False, progress: Progress | None = None
) -> LoadedScene:
    """Reads a scene and looks at every file that it names.

    Args:
        data: the file.
        name: what it is called in sentences.
        files: the project folder, for masks and takes.
        quick: of takes, look only whether the file is there.
        progress: told of each take.

    Raises:
        Unreadable: there is nothing sound to open.
        BadInput: it was saved by a newer Foleyscape.
        Failed: there is not enough memory.
        Cancelled: ``progress`` was cancelled.
    """
    parsed = parse_json(data, name)
    facts = migrate(parsed)
    notes = WarningList()
    scene = read_scene(facts, lambda digest, still: read_mask(files, digest, still), notes)
    check = _TakeCheck(files, len(scene.takes), progress or no_progress(), quick=quick)
    scene = drop_invalid(scene, check, notes)
    if scene.still is not None and not files.size(scene.still.file):
        notes.say(
            f"The still {scene.still.file} is missing from the project: its objects can still be heard."
        )
    wrong = problems(scene)
    if wrong:
        raise UnreadableJson(f"{name} is damaged: {wrong[0]}")
    aside = "damaged" if notes.all() else "schema" if parsed.get("schema") != SCHEMA else None
    return LoadedScene(scene, notes.all(), aside)


class _TakeCheck:
    """Says what is wrong with the file of a take."""

    def __init__(self, files: SafeFiles, count: int, progress: Progress, *, quick: bool) -> None:
        self._files = files
        self._count = count
        self._done = 0
        self._bytes = 0
        self._progress = progress
        self._quick = quick

    def __call__(self, record: TakeRecord) -> str | None:
        self._progress.report(self._done / self._count, "checking takes")
        self._done += 1
        name = take_file(record.digest)
        size = self._files.size(name)
        if size is None:
            return f"The file {name} is missing."
        self._bytes += size
        if self._quick or self._bytes > MOST_CHECKED_BYTES:
            return None
        try:
            read_take(self._files, record)
        except FoleyscapeError as error:
            return str(error)
        return None
