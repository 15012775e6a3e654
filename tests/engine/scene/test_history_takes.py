"""Nothing that a generation made is ever taken away by undo, whatever is edited, undone and redone around it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import hypothesis.strategies as st
from hypothesis import given, settings

from engine.errors import BadInput
from engine.generation.add_to_project import attach
from engine.scene import edits
from engine.scene.history import History
from engine.scene.scene import Scene
from engine.scene.validity import problems
from tests.engine.scene.edits.small_scenes import small_mask, take_record, two_objects

MOST_STEPS = 6
"""Less than the actions of a run, so that steps are dropped at the far end too."""


@dataclass
class Session:
    """A history, and what was asked of it."""

    history: History
    waiting: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    received: set[str] = field(default_factory=set)
    serial: int = 0

    def edit(self, name: str, change: Callable[[Scene], Scene]) -> None:
        try:
            self.history = self.history.push(name, change(self.history.present))
        except BadInput:
            return

    def numbers(self) -> list[int]:
        return [thing.index for thing in self.history.present.objects]


def add_object(session: Session, _: int) -> None:
    session.edit("Add object", lambda scene: edits.add_object(scene, small_mask(3), "bird"))


def remove_object(session: Session, pick: int) -> None:
    numbers = session.numbers()
    if numbers:
        number = numbers[pick % len(numbers)]
        session.edit("Remove", lambda scene: edits.remove_object(scene, number, tracks=True))


def rename(session: Session, pick: int) -> None:
    numbers = session.numbers()
    if numbers:
        number = numbers[pick % len(numbers)]
        session.edit("Rename", lambda scene: edits.rename_object(scene, number, f"thing {pick}"))


def reject(session: Session, pick: int) -> None:
    takes = session.history.present.takes
    if takes:
        digest = takes[pick % len(takes)].digest
        session.edit("Reject", lambda scene: edits.reject_take(scene, digest))


def undo(session: Session, _: int) -> None:
    if session.history.past:
        session.history = session.history.undo()


def redo(session: Session, _: int) -> None:
    if session.history.future:
        session.history = session.history.redo()


def generate(session: Session, pick: int) -> None:
    """Ask for takes of every object, of one, or of all together."""
    numbers = session.numbers()
    if not numbers:
        return
    session.serial += 1
    task = f"task {session.serial}"
    session.history = session.history.begin_task("Generate", task)
    wanted = [tuple(numbers)] if pick % 3 == 0 else [(number,) for number in numbers]
    session.waiting += [(task, objects) for objects in wanted]


def receive(session: Session, pick: int) -> None:
    if not session.waiting:
        return
    task, objects = session.waiting.pop(pick % len(session.waiting))
    session.serial += 1
    record = take_record(100 + session.serial, objects)
    session.received.add(record.digest)
    session.history = session.history.receive(
        partial(edits.receive_take, take=record, rejected=True), partial(attach, record=record), task
    )


ACTIONS = (add_object, remove_object, rename, reject, undo, undo, redo, generate, receive, receive)


def scenes_of(history: History) -> list[Scene]:
    return [
        *(step.scene for step in history.past),
        history.present,
        *(step.scene for step in history.future),
    ]


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 11)), max_size=30))
def test_every_take_is_in_every_scene_of_the_history(
    actions: list[tuple[Callable[[Session, int], None], int]],
) -> None:
    session = Session(History(two_objects(), limit=MOST_STEPS))
    for act, pick in actions:
        act(session, pick)
        for scene in scenes_of(session.history):
            assert session.received <= {take.digest for take in scene.takes}
            assert not problems(scene)


def test_undoing_an_object_that_was_generated_with_another_keeps_both_takes() -> None:
    """The first sighting: one undo removed an object and the takes of another, and the next edit lost them."""
    history = History(two_objects())
    added = edits.add_object(history.present, small_mask(3), "bird")
    history = history.push("Add object", added).begin_task("Generate 2 objects", "one")
    for number, objects in ((1, (0,)), (2, (2,))):
        record = take_record(100 + number, objects)
        history = history.receive(
            partial(edits.receive_take, take=record, rejected=True),
            partial(attach, record=record),
            "one",
        )
    before = history.undo().undo()
    history = before.push("Rename", edits.rename_object(before.present, 0, "cat"))
    assert [take.objects for take in history.present.takes[-2:]] == [(0,), (2,)]
    again = edits.add_object(history.present, small_mask(3), "car")
    assert again.objects[-1].index == 3, "a new object must not get the takes of one that was undone"
