"""The document: edits are undoable steps, refusals are messages, and a view hears exactly what changed."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import SignalInstance

from desktop.document.document import Document
from desktop.document.messages import Message, Messages, message_of
from engine.errors import BadInput, Failed
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene
from engine.vision.still import Still


def named(name: str) -> Any:
    return lambda scene: replace(scene, name=name)


def refused(scene: Scene) -> Scene:
    raise BadInput("That cannot be done.")


def heard(signal: SignalInstance) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []
    signal.connect(lambda *values: calls.append(values))
    return calls


def two_objects() -> Scene:
    mask = np.ones((4, 4), np.bool_)
    return Scene(objects=(SoundingObject(0, mask, "dog"), SoundingObject(1, mask, "car")), next_object=2)


def still() -> Still:
    return Still.from_pixels(np.zeros((40, 40, 3), np.uint8))


@pytest.fixture
def document() -> Document:
    return Document()


def test_an_edit_is_heard_once_and_can_be_undone_and_redone(document: Document) -> None:
    scenes = heard(document.scene_changed)
    assert document.edit("Rename scene", named("Street"))
    assert [scene.name for (scene,) in scenes] == ["Street"]
    assert document.history.undo_name == "Rename scene"
    document.undo()
    assert document.scene.name == "Untitled"
    document.redo()
    assert document.scene.name == "Street"
    assert len(scenes) == 3


def test_an_edit_that_changes_nothing_is_no_step_and_is_not_heard(document: Document) -> None:
    scenes = heard(document.scene_changed)
    document.edit("Rename scene", named("Untitled"))
    assert scenes == []
    assert document.history.undo_name is None


def test_a_drag_is_one_step_until_it_settles(document: Document) -> None:
    for name in ("a", "b", "c"):
        document.edit("Rename", named(name), key="name")
    document.settle()
    document.edit("Rename", named("d"), key="name")
    document.undo()
    assert document.scene.name == "c"
    document.undo()
    assert document.scene.name == "Untitled"


def test_a_refused_edit_becomes_a_message_and_changes_nothing() -> None:
    messages = Messages()
    said = heard(messages.shown)
    document = Document(messages)
    assert not document.edit("Do it", refused)
    assert said == [(Message("error", "That cannot be done."),)]
    assert document.history.undo_name is None


def test_undo_with_nothing_to_undo_is_silent(document: Document) -> None:
    scenes = heard(document.scene_changed)
    document.undo()
    document.redo()
    assert scenes == []


def test_what_is_adopted_survives_undo(document: Document) -> None:
    document.edit("Rename", named("Street"))
    document.adopt(lambda scene: replace(scene, next_object=scene.next_object + 5))
    document.undo()
    assert document.scene.name == "Untitled"
    assert document.scene.next_object == 5


def test_only_objects_that_are_there_can_be_selected_and_one_that_goes_is_selected_no_more(
    document: Document,
) -> None:
    document.replace(two_objects(), None, None)
    selections = heard(document.selection_changed)
    document.select([1, 0, 1, 7])
    assert document.selection == (1, 0)
    document.edit("Remove car", lambda scene: replace(scene, objects=scene.objects[:1]))
    assert selections == [((1, 0),), ((0,),)]


def test_another_scene_brings_its_own_history_and_says_whether_the_picture_changed(
    document: Document,
) -> None:
    stills = heard(document.still_changed)
    document.edit("Rename", named("Street"))
    picture = still()
    document.replace(two_objects(), picture, None)
    assert document.history.undo_name is None
    assert not document.unsaved
    document.replace(Scene(), picture, None, unsaved=True)
    assert document.unsaved
    assert len(stills) == 1


def test_what_was_edited_while_saving_stays_unsaved(document: Document) -> None:
    document.edit("Rename", named("Street"))
    being_saved = document.scene
    document.edit("Rename", named("Alley"))
    document.mark_saved(being_saved)
    assert document.unsaved
    document.mark_saved(document.scene)
    assert not document.unsaved
    document.undo()
    assert document.unsaved


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Failed("The disk is full."), "The disk is full."),
        (MemoryError(), "not enough memory"),
        (RuntimeError("bad shape\nmore"), "RuntimeError: bad shape)"),
        (KeyError(), "(KeyError)"),
    ],
)
def test_every_error_becomes_one_sentence(error: Exception, words: str) -> None:
    message = message_of(error)
    assert message.kind == "error"
    assert words in message.text
    assert "\n" not in message.text
