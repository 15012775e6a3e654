"""Loading of the valid part of a scene from the bytes of a scene.json or an autosave."""

from dataclasses import dataclass

from engine.errors import FoleyscapeError
from engine.progress import Progress, no_progress
from engine.project.autosaves import SETTLED_KEY
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
"""Bytes of takes checked when a scene is opened, about eight seconds of work; the others are checked when used."""


@dataclass(frozen=True)
class LoadedScene:
    """A scene from a file.

    Attributes:
        scene: its valid part.
        warnings: what was left out or reset, one sentence each.
        backup_reason: label of the backup to keep before the file is overwritten; None if nothing would be lost.
        unreadable: digests of takes whose files are missing or damaged; they stay in the scene.
        lacks_sound: whether clips were left out, or play takes that are unreadable.
    """

    scene: Scene
    warnings: tuple[str, ...]
    backup_reason: str | None
    unreadable: frozenset[str] = frozenset()
    lacks_sound: bool = False


def load_scene(
    data: bytes, name: str, files: SafeFiles, *, quick: bool = False, progress: Progress | None = None
) -> LoadedScene:
    """Read a scene and check every file it refers to.

    Args:
        data: the file.
        name: name of the file, for messages.
        files: the project folder, for masks and takes.
        quick: only check that the files of takes exist.
        progress: told of each take.

    Raises:
        UnreadableJson: nothing valid can be opened.
        BadInput: it was saved by a newer version.
        Failed: there is not enough memory.
        Cancelled: ``progress`` was cancelled.
    """
    parsed = parse_json(data, name)
    parsed.pop(SETTLED_KEY, None)
    facts = migrate(parsed)
    warnings = WarningList()
    scene = read_scene(facts, lambda digest, still: read_mask(files, digest, still), warnings)
    check = _TakeCheck(files, len(scene.takes), progress or no_progress(), quick=quick)
    scene = drop_invalid(scene, check, warnings)
    if scene.still is not None and not files.size(scene.still.file):
        warnings.add(
            f"The still {scene.still.file} is missing from the project: its objects can still be heard."
        )
    wrong = problems(scene)
    if wrong:
        raise UnreadableJson(f"{name} is damaged: {wrong[0]}")
    # Unreadable takes stay in the scene, so that nothing is lost by saving it.
    left_out = warnings.count > len(check.unreadable)
    backup_reason = "damaged" if left_out else "schema" if parsed.get("schema") != SCHEMA else None
    unreadable = frozenset(check.unreadable)
    played = {clip.take for track in scene.timeline.tracks for clip in track.clips}
    lacks_sound = warnings.lack_sound or not unreadable.isdisjoint(played)
    return LoadedScene(scene, warnings.all(), backup_reason, unreadable, lacks_sound)


class _TakeCheck:
    """Returns what is wrong with the file of a take, or None."""

    def __init__(self, files: SafeFiles, count: int, progress: Progress, *, quick: bool) -> None:
        self._files = files
        self._count = count
        self._done = 0
        self._bytes = 0
        self._progress = progress
        self._quick = quick
        self.unreadable: list[str] = []

    def __call__(self, record: TakeRecord) -> str | None:
        wrong = self._problem(record)
        if wrong is not None:
            self.unreadable.append(record.digest)
        return wrong

    def _problem(self, record: TakeRecord) -> str | None:
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
