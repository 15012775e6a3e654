"""The document: the scene that is open, the way it came to be, and what of it is selected."""

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
    """Holds the scene as a value; views subscribe to it and ask it for every edit.

    Signals:
        scene_changed(Scene): after an edit, undo, redo, or another scene.
        selection_changed(tuple): numbers of the selected objects, in the order they were selected.
        history_changed(): what can be undone or redone, or whether it is saved, is different.
        still_changed(): another picture, or none.
    """

    scene_changed = Signal(object)
    selection_changed = Signal(object)
    history_changed = Signal()
    still_changed = Signal()

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
        """Numbers of the selected objects, in the order they were selected."""
        return self._selection

    @property
    def unsaved(self) -> bool:
        return self._history.unsaved

    def edit(self, name: str, change: Change, key: str | None = None) -> bool:
        """Makes an edit, as one step of undo.

        Args:
            name: as the Edit menu shows it: "Move clip".
            change: a pure edit of ``engine.scene.edits``; its refusal becomes a message.
            key: edits one after another with the same key are one step, until ``settle``.

        Returns:
            Whether it was made.
        """
        try:
            scene = change(self.scene)
        except BadInput as refusal:
            self._messages.fail(refusal)
            return False
        self._set_history(self._history.push(name, scene, key))
        return True

    def settle(self) -> None:
        """The drag has ended: the next edit is a step of its own, whatever its key."""
        self._history = self._history.settled()

    def adopt(self, change: Change) -> bool:
        """Takes in what no undo may take away, such as a take that arrives: it is in every scene of the history.

        Returns:
            Whether it was taken in; a refusal becomes a message.
        """
        try:
            history = self._history.apply_to_all(change)
        except BadInput as refusal:
            self._messages.fail(refusal)
            return False
        self._set_history(history)
        return True

    def undo(self) -> None:
        if self._history.past:
            self._set_history(self._history.undo())

    def redo(self) -> None:
        if self._history.future:
            self._set_history(self._history.redo())

    def select(self, numbers: Iterable[int]) -> None:
        """Selects the objects of these numbers; those that are not in the scene are left out."""
        there = {thing.index for thing in self.scene.objects}
        chosen = tuple(number for number in dict.fromkeys(numbers) if number in there)
        if chosen != self._selection:
            self._selection = chosen
            self.selection_changed.emit(chosen)

    def replace(
        self, scene: Scene, still: "Still | None", project: "Project | None", *, unsaved: bool = False
    ) -> None:
        """Another scene, with a history of its own. ``unsaved``: it holds what is not on disk, as after recovery."""
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

    def mark_saved(self, scene: Scene, project: "Project | None" = None) -> None:
        """``scene`` is on disk now; edits made while it was being written stay unsaved."""
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
