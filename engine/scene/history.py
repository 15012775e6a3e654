"""Undo and redo: a list of named scenes. Nothing is copied, since scenes share their unchanged parts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.errors import BadInput
from engine.scene.scene import Scene

STEPS = 200

Change = Callable[[Scene], Scene]


@dataclass(frozen=True)
class HistoryStep:
    """An edit that can be undone or redone.

    Attributes:
        name: name of the edit as a menu shows it, such as "Move clip".
        scene: the scene before the edit among past steps, after it among future ones.
        merge: consecutive edits with the same key form one step; None never merges.
        task: the generation that this step began; its takes arrive later. None for an edit.
    """

    name: str
    scene: Scene
    merge: str | None = None
    task: str | None = None


@dataclass(frozen=True)
class History:
    """A scene with its undo and redo steps.

    Attributes:
        present: the current scene.
        past: steps that can be undone, the latest last.
        future: steps that can be redone, the next first.
        saved: the scene as last saved, or None if never saved.
        limit: how many steps can be undone, at least 1; the oldest are dropped.
    """

    present: Scene
    past: tuple[HistoryStep, ...] = ()
    future: tuple[HistoryStep, ...] = ()
    saved: Scene | None = None
    limit: int = STEPS

    @property
    def unsaved(self) -> bool:
        """Whether the current scene differs from the saved one."""
        return self.present != self.saved

    @property
    def undo_name(self) -> str | None:
        """Name of the edit that ``undo`` would revert, or None."""
        return self.past[-1].name if self.past else None

    @property
    def redo_name(self) -> str | None:
        """Name of the edit that ``redo`` would repeat, or None."""
        return self.future[0].name if self.future else None

    def push(self, name: str, scene: Scene, merge: str | None = None) -> "History":
        """Record an edit that gave ``scene``; redo steps are dropped.

        An edit that changes nothing is not recorded. An edit with the same ``merge`` key as the step before
        becomes part of that step (a whole slider drag is one undo), until ``settled``, ``mark_saved`` or
        ``undo``. If it leads back to where that step began, the step is dropped.

        Args:
            name: name of the edit as a menu shows it.
            scene: the scene after the edit.
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

    def begin_task(self, name: str, task: str) -> "History":
        """Record that a generation began, as a step whose scene is filled by ``receive``; redo steps are dropped.

        Args:
            name: name of the step as a menu shows it.
            task: id of the generation, unique within the history.
        """
        past = (*self.past, HistoryStep(name, self.present, task=task))
        return replace(self, past=past[-self.limit :], future=())

    def without_task(self, task: str) -> "History":
        """Return the history without the step of a generation that made nothing."""
        return replace(
            self,
            past=tuple(step for step in self.past if step.task != task),
            future=tuple(step for step in self.future if step.task != task),
        )

    def receive(self, before: Change, after: Change, task: str | None = None) -> "History":
        """Add what a generation made to every scene of the history, so that no undo can take it away.

        Args:
            before: applied to the scenes from before the generation began, where its takes are kept but not used.
            after: applied to all other scenes.
            task: id of the generation; if no step has it, ``after`` is applied to every scene.
        """
        scenes = [step.scene for step in self.past] + [self.present] + [step.scene for step in self.future]
        steps = (*self.past, *self.future)
        began = next((place for place, step in enumerate(steps) if task and step.task == task), -1)
        changed = [after(scene) if place > began else before(scene) for place, scene in enumerate(scenes)]
        count = len(self.past)
        past = tuple(replace(step, scene=new) for step, new in zip(self.past, changed[:count], strict=True))
        future = tuple(
            replace(step, scene=new) for step, new in zip(self.future, changed[count + 1 :], strict=True)
        )
        return replace(self, present=changed[count], past=past, future=future)

    def settled(self) -> "History":
        """Return the history after a drag: the next edit is a step of its own."""
        if not self.past or self.past[-1].merge is None:
            return self
        return replace(self, past=(*self.past[:-1], replace(self.past[-1], merge=None)))

    def undo(self) -> "History":
        """Return the history before the last edit.

        Raises:
            BadInput: there is nothing to undo.
        """
        if not self.past:
            raise BadInput("There is nothing to undo.")
        step = self.past[-1]
        future = (HistoryStep(step.name, self.present, task=step.task), *self.future)
        return replace(self, present=step.scene, past=self.past[:-1], future=future).settled()

    def redo(self) -> "History":
        """Return the history after the edit that was last undone.

        Raises:
            BadInput: there is nothing to do again.
        """
        if not self.future:
            raise BadInput("There is nothing to do again.")
        step = self.future[0]
        past = (*self.past, HistoryStep(step.name, self.present, task=step.task))
        return replace(self, present=step.scene, past=past, future=self.future[1:])

    def mark_saved(self) -> "History":
        """Return the history with the current scene marked as saved."""
        return replace(self, saved=self.present).settled()

    def apply_to_all(self, edit: Change) -> "History":
        """Apply an edit that undo must not revert, such as a label, to every scene of the history.

        A past or future scene that rejects the edit (the object did not exist yet) stays as it is.

        Args:
            edit: applied to the current scene and to every earlier and later one.

        Raises:
            BadInput: the current scene rejects the edit.
        """
        changed = replace(self, present=edit(self.present))
        past = tuple(replace(step, scene=_tried(edit, step.scene)) for step in self.past)
        future = tuple(replace(step, scene=_tried(edit, step.scene)) for step in self.future)
        return replace(changed, past=past, future=future)


def _tried(edit: Change, scene: Scene) -> Scene:
    try:
        return edit(scene)
    except BadInput:
        return scene
