"""Undo, redo, merged drags, and what counts as unsaved."""

import pytest

from engine.errors import BadInput
from engine.scene import edits
from engine.scene.history import History
from engine.scene.scene import Scene
from tests.engine.scene.edits.small_scenes import digest_of, one_clip, take_record, two_objects


def renamed(name: str) -> Scene:
    return edits.rename_scene(Scene(), name)


def test_undo_and_redo_walk_through_the_steps_by_name() -> None:
    history = History(Scene()).push("Rename", renamed("A")).push("Rename again", renamed("B"))
    assert (history.undo_name, history.redo_name) == ("Rename again", None)
    history = history.undo().undo()
    assert history.present == Scene()
    assert (history.undo_name, history.redo_name) == (None, "Rename")
    assert history.redo().redo().present == renamed("B")


def test_an_edit_after_an_undo_forgets_what_was_undone() -> None:
    history = History(Scene()).push("Rename", renamed("A")).undo().push("Rename", renamed("B"))
    with pytest.raises(BadInput, match="nothing to do again"):
        history.redo()
    with pytest.raises(BadInput, match="nothing to undo"):
        history.undo().undo()


def test_a_drag_is_one_step_until_it_is_settled() -> None:
    history = History(Scene())
    for name in ("A", "B", "C"):
        history = history.push("Drag", renamed(name), merge="gain")
    assert history.undo().present == Scene()
    apart = history.settled().push("Drag", renamed("D"), merge="gain")
    assert apart.undo().present == renamed("C")
    other = history.push("Drag", renamed("D"), merge="pan")
    assert other.undo().present == renamed("C")


def test_a_drag_that_comes_back_to_where_it_began_is_no_step() -> None:
    history = History(Scene()).push("Drag", renamed("A"), merge="gain").push("Drag", Scene(), merge="gain")
    assert history == History(Scene())


def test_a_drag_after_an_undo_or_a_redo_is_a_step_of_its_own() -> None:
    history = History(Scene()).push("Drag", renamed("A"), merge="gain").push("Rename", renamed("B"))
    assert history.undo().push("Drag", renamed("C"), merge="gain").undo().present == renamed("A")
    redone = History(Scene()).push("Drag", renamed("A"), merge="gain").undo().redo()
    assert redone.push("Drag", renamed("B"), merge="gain").undo().present == renamed("A")


def test_an_edit_that_changes_nothing_is_no_step() -> None:
    history = History(renamed("A"))
    assert history.push("Rename", renamed("A")) is history


def test_the_oldest_steps_are_forgotten() -> None:
    history = History(Scene(), limit=3)
    for number in range(10):
        history = history.push("Rename", renamed(str(number)))
    assert len(history.past) == 3
    assert history.undo().undo().undo().present == renamed("6")


def test_unsaved_is_what_differs_from_the_disk() -> None:
    history = History(Scene())
    assert history.unsaved
    history = history.mark_saved()
    assert not history.unsaved
    history = history.push("Rename", renamed("A"), merge="name")
    assert history.unsaved
    assert not history.undo().unsaved
    saved = history.mark_saved()
    assert saved.undo().unsaved
    assert not saved.undo().redo().unsaved
    assert saved.push("Rename", renamed("B"), merge="name").undo() == History(
        renamed("A"), saved.past, saved.push("Rename", renamed("B")).undo().future, renamed("A")
    )


def test_a_take_that_arrives_survives_undo_and_redo() -> None:
    first = two_objects()
    history = History(first).push("Remove", edits.remove_object(first, 1)).push("Rename", one_clip()).undo()
    history = history.apply_to_all(lambda scene: edits.attach_take(scene, take_record(7)))
    for scene in (history.present, history.undo().present, history.redo().present):
        assert scene.take(digest_of(7)) is not None


def test_a_scene_before_the_object_was_there_does_not_get_its_take() -> None:
    history = History(Scene()).push("Add", two_objects())
    history = history.apply_to_all(lambda scene: edits.attach_take(scene, take_record(7)))
    assert history.undo().present == Scene()
    assert history.undo().redo().present.take(digest_of(7)) is not None
    with pytest.raises(BadInput, match="never was"):
        history.apply_to_all(lambda scene: edits.attach_take(scene, take_record(8, (5,))))
