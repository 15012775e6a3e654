"""Takes that were made find their place: in the open scene, or in the folder of a project closed meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Slot

from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.generation.generation_queue import GenerationQueue
from desktop.generation.pending import GenerationJob
from desktop.threads.background import Background
from engine.generation.add_to_project import add_takes, attach
from engine.project.folder import Project
from engine.scene.edits import next_take_number
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take

if TYPE_CHECKING:
    from engine.studio import GenerationResult


class TakeImporter(QObject):
    """Writes takes in the background, then puts them into the scene. The first of an object comes into use."""

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
        """Another project with no other scene: it was saved into another folder, and goes on there."""
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
        scene = self._document.scene
        if not _has_objects(scene, job):
            self._messages.warn(f"{job.label} was made, but the scene no longer has what it is of.")
            return
        new = renumbered(scene, records)
        if new:
            self._document.apply_to_history(partial(attached, records=new))
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
                self._keep(job, result)  # It was opened again, here, while this was on its way.
            else:
                self._messages.fail(error)

        self._background.run(partial(import_into_closed, path, job, result), done, failed)

    def _home_of(self, job: GenerationJob) -> Project | None:
        """The project that goes on where the job's was, or is open in its folder; else the job's own."""
        home, present = job.home, self._document.project
        while home is not None and home in self._moved:
            home = self._moved[home]
        same = present is not None and (home is None or present.path == home.path)
        still = self._document.still
        return present if same and job.request.still == (still.digest if still else None) else home

    def _is_open(self, project: Project) -> bool:
        return self._document.project is project


def store_takes(project: Project, job: GenerationJob, takes: Sequence[Take]) -> tuple[TakeRecord, ...]:
    """Writes takes into the folder of an open project."""
    return tuple(project.add_take(take, objects_of(job, take)) for take in takes)


def objects_of(job: GenerationJob, take: Take) -> tuple[int, ...]:
    """Return the numbers of the objects that one of a job's takes is of."""
    return take.objects or job.objects


def import_into_closed(path: Path, job: GenerationJob, result: "GenerationResult") -> bool:
    """Opens a project, puts takes into its scene, saves and closes it. False where its folder is gone."""
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
    """Those that the scene does not have yet, each with the next number among the takes of its objects."""
    new: list[TakeRecord] = []
    for record in records:
        if scene.take(record.digest) is None:
            before = sum(other.objects == record.objects for other in new)
            new.append(replace(record, number=next_take_number(scene, record.objects) + before))
    return tuple(new)


def attached(scene: Scene, records: Sequence[TakeRecord]) -> Scene:
    """The scene with takes that were just made."""
    for record in records:
        scene = attach(scene, record)
    return scene


def _has_objects(scene: Scene, job: GenerationJob) -> bool:
    """Whether all that the job is of has ever been in the scene."""
    return all(number < scene.next_object for number in job.objects)
