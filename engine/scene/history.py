"""Undo and redo: the scenes that were, kept by name. Nothing is copied, for scenes share what they have in common."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.errors import BadInput
from engine.scene.scene import Scene

STEPS = 200


@dataclass(frozen=True)
class HistoryStep:
    """An edit that can be undone or redone.

    Attributes:
        name: of the edit, as a menu shows it: "Move clip".
        scene: before the edit among past steps, after it among future ones.
        merge: edits with this key one after another are one step; None never merges.
    """

    name: str
    scene: Scene
    merge: str | None = None


@dataclass(frozen=True)
class History:
    """A scene and the way it came to be.

    Attributes:
        present: the scene as it is.
        past: what can be undone, the latest last.
        future: what can be redone, the next first.
        saved: the scene as it was last saved, or None when it never was.
        limit: how many steps can be undone, at least 1; the oldest are forgotten.
    """

    present: Scene
    past: tuple[HistoryStep, ...] = ()
    future: tuple[HistoryStep, ...] = ()
    saved: Scene | None = None
    limit: int = STEPS

    @property
    def unsaved(self) -> bool:
        """Whether the scene differs from what is saved."""
        return self.present != self.saved

    @property
    def undo_name(self) -> str | None:
        """What ``undo`` would take back, or None."""
        return self.past[-1].name if self.past else None

    @property
    def redo_name(self) -> str | None:
        """What ``redo`` would do again, or None."""
        return self.future[0].name if self.future else None

    def do(self, name: str, scene: Scene, merge: str | None = None) -> "History":
        """After an edit, which gave ``scene``. What had been undone can no longer be redone.

        An edit that changes nothing is no step. One with the same ``merge`` as the step before belongs to that
        step (all of a slider's drag is one undo), until ``settled``, ``mark_saved`` or ``undo``; when it leads
        back to where that step began, there is no step.

        Args:
            name: of the edit, as a menu shows it.
            scene: what the edit made of ``present``.
            merge: what is being dragged, such as ``"clip 7 gain"``.
        """
        if scene == self.present:
            return self
        last = self.past[-1] if self.past else None
        if last is not None and merge is not None and last.merge == merge:
            past = self.past if scene != last.scene else self.past[:-1]
            return replace(self, present=scene, past=past)
        past = (*self.past, HistoryStep(name, self.present, merge))
        return replace(self, present=scene, past=past[-self.limit :], future=())

    def settled(self) -> "History":
        """The same, at the end of a drag: the next edit is a step of its own."""
        if not self.past or self.past[-1].merge is None:
            return self
        return replace(self, past=(*self.past[:-1], replace(self.past[-1], merge=None)))

    def undo(self) -> "History":
        """Before the last edit.

        Raises:
            BadInput: there is nothing to undo.
        """
        if not self.past:
            raise BadInput("There is nothing to undo.")
        step = self.past[-1]
        future = (HistoryStep(step.name, self.present), *self.future)
        return replace(self, present=step.scene, past=self.past[:-1], future=future).settled()

    def redo(self) -> "History":
        """After the edit that was last undone.

        Raises:
            BadInput: there is nothing to do again.
        """
        if not self.future:
            raise BadInput("There is nothing to do again.")
        step = self.future[0]
        past = (*self.past, HistoryStep(step.name, self.present))
        return replace(self, present=step.scene, past=past, future=self.future[1:])

    def mark_saved(self) -> "History":
        """The same, with what is present now on disk."""
        return replace(self, saved=self.present).settled()

    def apply_to_all(self, edit: Callable[[Scene], Scene]) -> "History":
        """After something that is not for undo to take back, such as a take that arrives: it is in every scene.

        A scene of the past or future that cannot take it (the object did not exist yet) stays as it is.

        Args:
            edit: made on the present scene, on every earlier and on every later one.

        Raises:
            BadInput: the present scene cannot take it.
        """
        changed = replace(self, present=edit(self.present))
        past = tuple(replace(step, scene=_tried(edit, step.scene)) for step in self.past)
        future = tuple(replace(step, scene=_tried(edit, step.scene)) for step in self.future)
        return replace(changed, past=past, future=future)


def _tried(edit: Callable[[Scene], Scene], scene: Scene) -> Scene:
    try:
        return edit(scene)
    except BadInput:
        return scene
