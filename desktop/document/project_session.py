"""Opens, saves, autosaves and recovers projects. All file access runs in the background thread."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from desktop.document import project_io
from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.document.project_io import LoadedProject, Recoverable
from desktop.threads.background import Background
from engine.errors import BadInput
from engine.project.folder import Project
from engine.scene.edits import receive_takes, rename_scene
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timecode import RATES, from_text
from engine.scene.timeline import EDGE_FADE_MS, Timeline

Result = TypeVar("Result")


@dataclass(frozen=True)
class SceneDefaults:
    """Sample rate, frame rate and automatic fades of a new scene."""

    sample_rate: int = 48_000
    frame_rate: str = "25"
    edge_fade_ms: float = EDGE_FADE_MS
    auto_crossfade: bool = True

    def begin(self, scene: Scene) -> Scene:
        rate = RATES[self.frame_rate]
        start = from_text("01:00:00:00", rate)
        timeline = Timeline(
            rate=self.sample_rate,
            frame_rate=rate,
            start_frame=start,
            edge_fade_ms=self.edge_fade_ms,
            auto_crossfade=self.auto_crossfade,
        )
        return replace(scene, timeline=timeline)


def named_after(scene: Scene, path: Path) -> Scene:
    """Return the scene with its folder's name, which a copied or renamed folder has changed."""
    try:
        return rename_scene(scene, path.stem)
    except BadInput:
        return scene


class ProjectSession(QObject):
    """The open project and its place on disk. A new still is kept in the folder ``unsaved`` until it is saved.

    Args:
        document: receives every scene that is opened.
        background: runs the file access.
        messages: shows warnings and errors.
        unsaved: folder of the scenes that have not been saved yet.
        begin: returns the defaults of a new scene; called whenever one is created.

    Signals:
        opened(Path): a still or project was opened.
        saved(Path): the scene was saved in this project folder.
        closed(): no project is open any more.
        recovery_offered(LoadedProject): the project just opened has autosaves newer than its saved scene.
        recoverable_found(tuple): unsaved scenes of an earlier run were found.
        busy_changed(str): what is being read or written, empty if nothing is.
    """

    opened = Signal(object)
    saved = Signal(object)
    closed = Signal()
    recovery_offered = Signal(object)
    recoverable_found = Signal(object)
    busy_changed = Signal(str)

    def __init__(
        self,
        document: Document,
        background: Background,
        messages: Messages,
        unsaved: Path,
        begin: Callable[[], SceneDefaults] = SceneDefaults,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._background = background
        self._messages = messages
        self._unsaved = unsaved
        self._begin = begin
        self._running: list[str] = []
        self._opening: Path | None = None
        self._asked = 0
        self._autosaved: Scene | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(20_000)
        self._timer.timeout.connect(self.autosave)
        document.history_changed.connect(self._plan_autosave)

    @property
    def busy(self) -> str:
        """What is being read or written; empty if nothing is."""
        return self._running[0] if self._running else ""

    @property
    def untitled(self) -> bool:
        """Whether the open scene has not been saved to a folder of the user's choice yet."""
        project = self._document.project
        return project is not None and self._is_untitled(project)

    def _is_untitled(self, project: Project) -> bool:
        return project.path.parent == self._unsaved.resolve()

    def set_autosave(self, seconds: float) -> None:
        self._timer.setInterval(round(seconds * 1000))

    def open(self, path: Path, name: str | None = None) -> None:
        """Open a still or a project folder, replacing what is open. The caller asks about unsaved changes first.

        Args:
            path: the still or the folder.
            name: name of the scene of a still; None takes the file's.
        """
        if self._opening == path:
            return  # A double click opens once.
        begin, place, same, done = self._begin(), self._unsaved, self._same(path), self._showing(path)
        kept = self._document.scene if same is not None and self._document.new_takes else None
        self._opening = path
        self._run(
            f"Opening {path.name}", lambda: project_io.load(path, place, begin.begin, same, kept, name), done
        )

    def open_picture(self, picture: QImage, name: str) -> None:
        """Open a picture that has no file, such as a pasted one."""
        begin, place, copy = self._begin(), self._unsaved, picture.copy()
        self._run(
            f"Opening the {name}",
            lambda: project_io.load_picture(copy, name, place, begin.begin),
            self._showing(None),
        )

    def recover(self, found: Recoverable) -> None:
        """Open an unsaved scene of an earlier run."""
        self._run(
            f"Recovering {found.name}",
            lambda: project_io.recover_from_autosave(found),
            lambda loaded: self._show(loaded, None),
        )

    def recover_newest(self, loaded: LoadedProject) -> None:
        """Continue with the newest autosave of the open project."""
        self._run(
            "Recovering what was not saved",
            lambda: project_io.newest_autosave(loaded),
            lambda recovered: self._show(recovered, None),
        )

    def decline_recovery(self, loaded: LoadedProject) -> None:
        """Go on with what was saved; takes that only the newest autosave has are added, set aside."""
        project = loaded.project

        def receive(takes: tuple[TakeRecord, ...]) -> None:
            if takes and self._document.project is project:
                change = partial(receive_takes, takes=takes, rejected=True)
                self._document.receive(change, change)

        self._background.run(lambda: project_io.takes_of_autosave(loaded), receive, self._messages.fail)

    def forget(self, found: Recoverable) -> None:
        """Delete an unsaved scene of an earlier run."""
        self._run("Removing", lambda: project_io.remove(found.path), lambda _: self.look_for_recoverable())

    def look_for_recoverable(self) -> None:
        """Search for unsaved scenes of earlier runs; ``recoverable_found`` follows."""
        place = self._unsaved
        self._background.run(
            lambda: project_io.recoverable(place), self.recoverable_found.emit, self._messages.fail
        )

    def save(
        self, on_success: Callable[[], None] | None = None, on_error: Callable[[], None] | None = None
    ) -> None:
        """Save into the project's own folder, then call ``on_success`` or ``on_error``."""
        project, scene = self._document.project, self._document.scene
        if project is None:
            return
        self._run(
            "Saving",
            lambda: project.save(scene),
            lambda _: self._note_saved(scene, project, on_success),
            on_error,
        )

    def save_as(self, path: Path, on_success: Callable[[], None] | None = None) -> None:
        """Save into another folder and continue there, then call ``on_success``. Nothing is called on an error."""
        project, scene = self._document.project, self._document.scene
        if project is None:
            return
        named = replace(scene, name=path.stem)
        self._run(
            f"Saving {path.name}",
            lambda: project_io.copy_project(project, named, path),
            lambda copy: self._move_to(copy, project, named, on_success),
        )

    def autosave(self) -> None:
        """Write an autosave of the scene, unless this scene has been autosaved already."""
        project, scene = self._document.project, self._document.scene
        if project is None or not self._document.unsaved or scene == self._autosaved:
            return
        self._autosaved = scene
        self._background.run(lambda: project.autosave(scene), lambda _: None, self._messages.fail)

    def close_scene(self) -> None:
        """Close the open project. What is not saved is discarded, unless takes were made: then it is autosaved."""
        self._leave_project()
        self._document.replace(Scene(), None, None)
        self._timer.stop()
        self.closed.emit()

    def _showing(self, path: Path | None) -> Callable[[LoadedProject], None]:
        """Return the function that shows a loaded project, unless another open was requested in the meantime.

        If a take arrived in a saved scene during the load, that scene is saved again before it is replaced; if the
        same project was opened again, its open scene stays.
        """
        was_saved = not self._document.unsaved
        self._asked += 1
        asked = self._asked

        def done(loaded: LoadedProject) -> None:
            same = self._document.project is loaded.project
            late = was_saved and self._document.unsaved
            if asked != self._asked:
                if not same:
                    self._close_project(loaded.project, discard=False)
                return
            self._opening = None
            if late and same:
                self.opened.emit(path)
            elif late and not self.untitled:
                self.save(
                    lambda: self._show(loaded, path),
                    lambda: self._close_project(loaded.project, discard=False),
                )
            else:
                self._show(loaded, path)

        return done

    def _show(self, loaded: LoadedProject, path: Path | None) -> None:
        before = self._document.project
        if before is not loaded.project:
            self._leave_project()
        self._autosaved = None
        scene = (
            loaded.scene
            if loaded.unsaved or self._is_untitled(loaded.project)
            else named_after(loaded.scene, loaded.project.path)
        )
        self._document.replace(scene, loaded.still, loaded.project, unsaved=loaded.unsaved)
        for warning in loaded.warnings:
            self._messages.warn(warning)
        self.opened.emit(path)
        if loaded.recoverable:
            self.recovery_offered.emit(loaded)

    def _leave_project(self) -> None:
        """Close the open project for good. Takes that were never saved wait in its autosave: they are not discarded."""
        project, scene = self._document.project, self._document.scene
        if project is None:
            return
        if not self._document.new_takes:
            self._close_project(project, discard=True)
            return
        self._background.run(
            lambda: project_io.autosave_and_close(project, scene), lambda _: None, self._messages.fail
        )

    def _close_project(self, project: Project | None, *, discard: bool) -> None:
        """Close a project and discard its autosaves; delete its folder if it is untitled."""
        if project is None:
            return
        untitled = self._is_untitled(project)
        self._background.run(
            lambda: project_io.close(project, discard=discard, remove=untitled),
            lambda _: None,
            self._messages.fail,
        )

    def _same(self, path: Path) -> Project | None:
        """Return the open project if ``path`` is its folder, else None."""
        project = self._document.project
        return project if project is not None and project.path == path.resolve() else None

    def _note_saved(self, scene: Scene, project: Project, on_success: Callable[[], None] | None) -> None:
        """Mark the scene as saved. If it changed during the save, save again before running ``on_success``."""
        self._document.mark_saved(scene, project)
        self.saved.emit(project.path)
        if on_success is not None and self._document.unsaved and self._document.project is project:
            self.save(on_success)
        elif on_success is not None:
            on_success()

    def _move_to(
        self, project: Project, before: Project, named: Scene, on_success: Callable[[], None] | None
    ) -> None:
        """Continue in the copy. Takes that arrived during the copy are fetched first."""
        scene = self._document.scene
        late = [take for take in scene.takes if take.digest not in project.takes]
        if late:
            self._run(
                "Saving",
                lambda: project_io.fetch_takes(before, project, late),
                lambda _: self._move_to(project, before, named, on_success),
            )
            return
        self._document.adopt(lambda present: replace(present, name=named.name))
        self._note_saved(named, project, on_success)
        self._close_project(before, discard=self.untitled)

    def _plan_autosave(self) -> None:
        if self._document.unsaved and self._document.project is not None:
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._timer.stop()

    def _run(
        self,
        words: str,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        on_error: Callable[[], None] | None = None,
    ) -> None:
        self._running.append(words)
        self.busy_changed.emit(self.busy)

        def ended(result: Result) -> None:
            self._end(words)
            done(result)

        def failed(error: BaseException) -> None:
            self._opening = None
            self._end(words)
            self._messages.fail(error)
            if on_error is not None:
                on_error()

        self._background.run(work, ended, failed)

    def _end(self, words: str) -> None:
        self._running.remove(words)
        self.busy_changed.emit(self.busy)
