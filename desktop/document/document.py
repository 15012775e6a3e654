"""The document: the open scene with its undo history and its selection."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.document.messages import Messages
from engine.errors import BadInput
from engine.scene.history import History
from engine.scene.scene import Scene

if TYPE_CHECKING:
    from engine.project.folder import Project
    from engine.vision.still import Still

Change = Callable[[Scene], Scene]


class Document(QObject):
    """Holds the current scene; views subscribe to its signals and route every edit through it.

    Signals:
        scene_changed(Scene): after an edit, undo or redo, or when another scene is shown.
        selection_changed(tuple): indices of the selected objects, in the order of selection.
        history_changed(): what can be undone or redone, or whether the scene is saved, has changed.
        still_changed(): another still, or none, is shown.
        replaced(): another scene is shown, with a history of its own; nothing of the one before must stay.
        task_undone(str): the step of the generation with this id was undone.
    """

    scene_changed = Signal(object)
    selection_changed = Signal(object)
    history_changed = Signal()
    still_changed = Signal()
    replaced = Signal()
    task_undone = Signal(str)

    def __init__(self, messages: Messages | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages = messages or Messages(self)
        self._history = History(Scene(), saved=Scene())
        self._still: Still | None = None
        self._project: Project | None = None
        self._selection: tuple[int, ...] = ()

    @property
    def scene(self) -> Scene:
        return self._history.present

    @property
    def history(self) -> History:
        return self._history

    @property
    def still(self) -> "Still | None":
        return self._still

    @property
    def project(self) -> "Project | None":
        return self._project

    @property
    def selection(self) -> tuple[int, ...]:
        """Indices of the selected objects, in the order of selection."""
        return self._selection

    @property
    def unsaved(self) -> bool:
        return self._history.unsaved

    @property
    def new_takes(self) -> int:
        """Number of takes that were made since the scene was last saved."""
        saved = self._history.saved
        known = {take.digest for take in saved.takes} if saved is not None else set()
        return sum(take.digest not in known for take in self.scene.takes)

    def edit(self, name: str, change: Change, key: str | None = None) -> bool:
        """Apply an edit as one undo step.

        Args:
            name: name in the Edit menu, such as "Move clip".
            change: a pure edit of ``engine.scene.edits``. If it raises ``BadInput``, a message is shown.
            key: consecutive edits with the same key are merged into one undo step, until ``settle`` is called.

        Returns:
            Whether the edit was applied.
        """
        try:
            scene = change(self.scene)
        except BadInput as refusal:
            self._messages.fail(refusal)
            return False
        self._set_history(self._history.push(name, scene, key))
        return True

    def settle(self) -> None:
        """End a run of merged edits: the next edit is an undo step of its own, whatever its key."""
        self._history = self._history.settled()

    def adopt(self, change: Change) -> bool:
        """Apply a change to every scene of the history, so that undo cannot remove it. Used for labels that arrive.

        Returns:
            Whether the change was applied; if it raises ``BadInput``, a message is shown.
        """
        try:
            history = self._history.apply_to_all(change)
        except BadInput as refusal:
            self._messages.fail(refusal)
            return False
        self._set_history(history)
        return True

    def begin_task(self, name: str, task: str) -> None:
        """Make the beginning of a generation an undo step; its takes come with ``receive``."""
        self._set_history(self._history.begin_task(name, task))

    def drop_task(self, task: str) -> None:
        """Remove the step of a generation that made nothing."""
        self._set_history(self._history.without_task(task))

    def receive(self, before: Change, after: Change, task: str | None = None) -> None:
        """Add what a generation made to every scene of the history; see ``History.receive``."""
        self._set_history(self._history.receive(before, after, task))

    def undo(self) -> None:
        if self._history.past:
            task = self._history.past[-1].task
            self._set_history(self._history.undo())
            if task is not None:
                self.task_undone.emit(task)

    def redo(self) -> None:
        if self._history.future:
            self._set_history(self._history.redo())

    def select(self, numbers: Iterable[int]) -> None:
        """Select the objects with these indices; indices that are not in the scene are ignored."""
        there = {thing.index for thing in self.scene.objects}
        chosen = tuple(number for number in dict.fromkeys(numbers) if number in there)
        if chosen != self._selection:
            self._selection = chosen
            self.selection_changed.emit(chosen)

    def replace(
        self, scene: Scene, still: "Still | None", project: "Project | None", *, unsaved: bool = False
    ) -> None:
        """Show another scene with a history of its own; ``unsaved`` says that it differs from what is on disk."""
        another = still != self._still
        self._still, self._project = still, project
        self._history = History(scene, saved=None if unsaved else scene)
        if self._selection:
            self._selection = ()
            self.selection_changed.emit(())
        if another:
            self.still_changed.emit()
        self.scene_changed.emit(scene)
        self.history_changed.emit()
        self.replaced.emit()

    def mark_saved(self, scene: Scene, project: "Project | None" = None) -> None:
        """Note that ``scene`` is on disk. Edits made during the save stay unsaved."""
        if project is not None:
            self._project = project
        self._history = replace(self._history.settled(), saved=scene)
        self.history_changed.emit()

    def _set_history(self, history: History) -> None:
        if history is self._history:
            return
        before, self._history = self._history.present, history
        if history.present is not before:
            self.select(self._selection)
            self.scene_changed.emit(history.present)
        self.history_changed.emit()
