"""Imports sound files as takes: read in a thread of its own, then added to the scene for good."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.document.activity import Activity
from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.threads.background import Background
from engine.errors import BadInput
from engine.project.folder import Project
from engine.project.recordings import (
    MOST_SECONDS,
    ImportRequest,
    check_length,
    place_recording,
    read_recording,
)
from engine.scene.edits import next_take_number, receive_take, rename_track
from engine.scene.scene import Scene, TakeRecord
from engine.sound.sound_file import SoundFileFacts, probe_sound

NO_PROJECT = "Open a still or a project first: a recording is a take of one."

Hear = Callable[[Path], str | None]
"""Returns the name of what a sound file sounds like, or None if that is not certain; called in a thread."""


@dataclass(frozen=True)
class Place:
    """Where an imported sound goes.

    Attributes:
        index: number of the object it is a take of, or None.
        at: sample of the timeline where it is placed; None places it only where its object has no clip yet.
        track_id: track to place it on; None is its object's, or a new one.
        start: seconds to skip at the beginning of the file.
        seconds: how much of it; None is all of the rest.
        licence: its licence; empty takes what the file says.
    """

    index: int | None = None
    at: int | None = None
    track_id: int | None = None
    start: float = 0.0
    seconds: float | None = None
    licence: str = ""


class SoundImporter(QObject):
    """Imports sound files into the open project, one after another.

    Args:
        document: its project receives the takes.
        messages: says what could not be imported.
        activity: shows what is being imported.
        ask: asks whether the beginning of a long file is to be imported, with a sentence.
        hear: suggests names of recordings that are of no object; None suggests none.

    Signals:
        imported(str): a take, by its digest, is in the scene.
        idle(): nothing is being imported any more.
    """

    imported = Signal(str)
    idle = Signal()

    def __init__(
        self,
        document: Document,
        messages: Messages,
        activity: Activity,
        ask: Callable[[str], bool],
        hear: Hear | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._messages = messages
        self._activity = activity
        self._ask = ask
        self._hear = hear
        self._waiting: deque[tuple[tuple[Path, ...], Place]] = deque()
        self._paths: deque[Path] = deque()
        self._place = Place()
        self._busy = False
        self._thread = Background(self)
        self._hearing = Background(self)

    @property
    def busy(self) -> bool:
        """Whether files are being read."""
        return self._busy

    def import_files(self, paths: Sequence[Path], place: Place) -> None:
        """Import files; several that are placed follow each other on the timeline."""
        if self._document.project is None:
            self._messages.tell(NO_PROJECT)
            return
        self._waiting.append((tuple(paths), place))
        if not self._busy:
            self._next()

    def close(self) -> None:
        """End the threads after what they are reading."""
        self._waiting.clear()
        self._paths.clear()
        self._thread.close()
        self._hearing.close()

    def _next(self) -> None:
        if self._document.project is None:
            self._waiting.clear()
            self._paths.clear()
        while not self._paths and self._waiting:
            paths, self._place = self._waiting.popleft()
            self._paths.extend(paths)
        if not self._paths:
            self._busy = False
            self._activity.set_task("import", "")
            self.idle.emit()
            return
        path, self._busy = self._paths.popleft(), True
        self._activity.set_task("import", f"Importing {path.name}")
        self._thread.run(partial(probe_sound, path), partial(self._probed, path), self._fail)

    def _probed(self, path: Path, facts: SoundFileFacts) -> None:
        scene, project = self._document.scene, self._document.project
        thing = None if self._place.index is None else scene.object(self._place.index)
        index = None if thing is None else thing.index
        place, name = self._place, "" if thing is None else thing.name
        request = ImportRequest(path, place.start, place.seconds, name, place.licence, index)
        try:
            check_length(facts, request)
        except BadInput as long:
            if not self._ask(f"{long} Import its first {MOST_SECONDS / 60:g} minutes?"):
                self._next()
                return
            request = replace(request, seconds=MOST_SECONDS)
        if project is None:
            self._next()
            return
        done = partial(self._stored, project, request)
        self._thread.run(partial(_store, project, scene, request), done, self._fail)

    def _stored(self, project: Project, request: ImportRequest, record: TakeRecord) -> None:
        name, place = request.path.name, self._place
        if self._document.project is not project:
            self._messages.warn(f"{name} was not imported: its scene was closed meanwhile.")
        elif self._document.scene.take(record.digest) is not None and place.at is None:
            self._messages.tell(f"{name} is a take of this project already.")
        else:
            self._place = self._add(record, place)
            if not record.objects and self._hear is not None:
                heard = partial(self._suggest, project, record, name)
                self._hearing.run(partial(self._hear, request.path), heard, _ignore)
        self._next()

    def _add(self, record: TakeRecord, place: Place) -> Place:
        """Add a take to every scene of the history, so that no undo takes it away, and place it as one step.

        Returns:
            The place of the file that was dropped with it and follows it.
        """
        number = next_take_number(self._document.scene, record.objects)
        self._document.adopt(partial(receive_take, take=replace(record, number=number)))
        before = self._document.scene
        change = partial(place_recording, record=record, at=place.at, track_id=place.track_id)
        if place.at is not None or record.objects:
            self._document.edit(f"Import {record.name}", change)
        self.imported.emit(record.digest)
        if place.at is None:
            return place
        known = {track.id for track in before.timeline.tracks}
        new = [track.id for track in self._document.scene.timeline.tracks if track.id not in known]
        after = place.at + record.length_at(before.timeline.rate)
        return replace(place, at=after, track_id=new[0] if new else place.track_id)

    def _suggest(self, project: Project, record: TakeRecord, name: str, heard: str | None) -> None:
        """Name a take, and the track that was made for it, as what it sounds like."""
        if heard is not None and self._document.project is project:
            self._document.adopt(partial(named, digest=record.digest, before=record.name, name=heard))
            self._messages.tell(f"{name} sounds like {heard}, and is called so.")

    def _fail(self, error: BaseException) -> None:
        self._messages.fail(error)
        self._next()


def named(scene: Scene, digest: str, before: str, name: str) -> Scene:
    """Return the scene with a take, and tracks of no object that bear its old name, under another name."""
    takes = tuple(
        replace(t, name=name) if t.digest == digest and t.name == before else t for t in scene.takes
    )
    scene = replace(scene, takes=takes)
    for track in scene.timeline.tracks:
        if track.object is None and track.name == before and any(clip.take == digest for clip in track.clips):
            scene = rename_track(scene, track.id, name)
    return scene


def _store(project: Project, scene: Scene, request: ImportRequest) -> TakeRecord:
    """Read a file and store it in the project; runs in the thread."""
    take = read_recording(request, scene)
    return project.add_take(take, take.objects)


def _ignore(_: BaseException) -> None:
    """Do nothing: what cannot be heard keeps the name of its file, and the failure is in the log."""
