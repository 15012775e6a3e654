"""Stores generated takes: in the open scene, or in the folder of a project that was closed meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal, Slot

from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.generation.generation_queue import GenerationQueue
from desktop.generation.worker import GenerationJob
from desktop.threads.background import Background
from engine.errors import BadInput
from engine.generation.add_to_project import add_takes, attach
from engine.project.folder import Project
from engine.scene.edits import next_take_number, receive_take, receive_takes
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take

if TYPE_CHECKING:
    from engine.studio import GenerationResult


class TakeImporter(QObject):
    """Writes takes in the background, then adds them to the scene. The first take of an object is used at once.

    Signals:
        imported(tuple): the records of the takes that the open scene received.
    """

    imported = Signal(object)

    def __init__(
        self,
        document: Document,
        queue: GenerationQueue,
        background: Background,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._background = background
        self._messages = messages
        self._moved: WeakKeyDictionary[Project, Project] = WeakKeyDictionary()
        self._seen = document.project
        document.scene_changed.connect(self._note_project)
        document.history_changed.connect(self._note_move)
        queue.made.connect(self._take_in)
        queue.failed.connect(messages.show)

    @Slot()
    def _note_project(self) -> None:
        self._seen = self._document.project

    @Slot()
    def _note_move(self) -> None:
        """Follow a project that was saved into another folder: another project with the same scene."""
        before, now = self._seen, self._document.project
        if before is not None and now is not None and before is not now:
            self._moved[before] = now
        self._seen = now

    @Slot(object, object)
    def _take_in(self, job: GenerationJob, result: "GenerationResult") -> None:
        for note in job.notes:
            self._messages.tell(f"{job.label}: {note}")
        self._keep(job, result)

    def _keep(self, job: GenerationJob, result: "GenerationResult") -> None:
        home = self._home_of(job)
        if home is None:
            self._messages.warn(f"{job.label} was made, but there is no project left to keep it in.")
        elif self._is_open(home):
            work = partial(store_takes, home, job, result.takes)
            self._background.run(work, partial(self._stored, home, job, result), self._messages.fail)
        else:
            self._keep_closed(home.path, job, result)

    def _stored(
        self, home: Project, job: GenerationJob, result: "GenerationResult", records: tuple[TakeRecord, ...]
    ) -> None:
        if not self._is_open(home):
            self._keep(job, result)
            return
        new = renumbered(self._document.scene, records)
        if new:
            unused = partial(receive_takes, takes=new, rejected=True)
            used = partial(attached, records=new)
            self._document.receive(unused, used, job.request.task)
            self.imported.emit(new)
        else:
            self._messages.tell(
                f"{job.label}: nothing new. The seed is locked, and so the sound is the same."
            )

    def _keep_closed(self, path: Path, job: GenerationJob, result: "GenerationResult") -> None:
        def done(kept: bool) -> None:
            if kept:
                self._messages.tell(f"{job.label} was made, and kept in {path.name}.")
            else:
                self._messages.warn(f"{job.label} was made, but its scene was thrown away unsaved.")

        def failed(error: BaseException) -> None:
            home = self._home_of(job)
            if home is not None and self._is_open(home):
                self._keep(job, result)  # The project was opened again in the meantime.
            else:
                self._messages.fail(error)

        self._background.run(partial(import_into_closed, path, job, result), done, failed)

    def _home_of(self, job: GenerationJob) -> Project | None:
        """Return the project that continues the job's project or is open in its folder, else the job's own."""
        home, present = job.home, self._document.project
        while home is not None and home in self._moved:
            home = self._moved[home]
        same = present is not None and (home is None or present.path == home.path)
        still = self._document.still
        return present if same and job.request.still == (still.digest if still else None) else home

    def _is_open(self, project: Project) -> bool:
        return self._document.project is project


def store_takes(project: Project, job: GenerationJob, takes: Sequence[Take]) -> tuple[TakeRecord, ...]:
    """Write takes into the folder of an open project and return their records."""
    return tuple(project.add_take(take, objects_of(job, take)) for take in takes)


def objects_of(job: GenerationJob, take: Take) -> tuple[int, ...]:
    """Return the indices of the objects that a job's take belongs to."""
    return take.objects or job.objects


def import_into_closed(path: Path, job: GenerationJob, result: "GenerationResult") -> bool:
    """Open a project, add takes to its scene, save and close it. Return False if its folder no longer exists."""
    if not path.is_dir():
        return False
    opened = Project.open(path, quick=True)
    with opened.project as project:
        if _has_objects(opened.scene, job):
            records = store_takes(project, job, result.takes)
            scene = attached(opened.scene, renumbered(opened.scene, records))
        else:
            scene = add_takes(project, opened.scene, result.request, result.takes)
        project.save(scene)
    return True


def renumbered(scene: Scene, records: Sequence[TakeRecord]) -> tuple[TakeRecord, ...]:
    """Return the records that the scene does not have yet, numbered among the takes of their objects."""
    new: list[TakeRecord] = []
    for record in records:
        if scene.take(record.digest) is None:
            before = sum(other.objects == record.objects for other in new)
            new.append(replace(record, number=next_take_number(scene, record.objects) + before))
    return tuple(new)


def attached(scene: Scene, records: Sequence[TakeRecord]) -> Scene:
    """Add new takes to the scene, the first of each object in use. One that cannot be placed is still kept."""
    for record in records:
        try:
            scene = attach(scene, record)
        except BadInput:
            scene = receive_take(scene, record)
    return scene


def _has_objects(scene: Scene, job: GenerationJob) -> bool:
    """Return whether the scene has ever had all objects of the job."""
    return all(number < scene.next_object for number in job.objects)
