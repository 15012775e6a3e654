"""Canvas, worker and document together: from a hint to a named object, one undo each."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.canvas.canvas import Canvas
from desktop.canvas.controller import CanvasController
from desktop.canvas.pointer_actions import Tool
from desktop.document.document import Document
from desktop.document.messages import Message, Messages
from desktop.vision.worker import VisionWorker
from desktop.vision.worker_protocol import ObjectLabel
from engine.errors import BadInput
from engine.scene.edits import rename_object
from engine.scene.scene import Scene, StillRecord
from engine.vision.still import Still
from tests.desktop.canvas.bench import at, click, drag
from tests.desktop.vision.fake_backend import FakeBackend, still_of

STILL, OTHER = still_of(320, 240), still_of(200, 240)


class Desktop:
    """What is joined, and what was said."""

    def __init__(self, qtbot: QtBot) -> None:
        self.sight = FakeBackend()
        self.said: list[Message] = []
        messages = Messages()
        messages.shown.connect(self.said.append)
        self.document = Document(messages)
        self.canvas = Canvas()
        qtbot.addWidget(self.canvas)
        self.canvas.resize(800, 600)
        self.canvas.show()
        self.vision = VisionWorker(lambda: self.sight)
        self.controller = CanvasController(self.canvas, self.vision, self.document, messages)
        self.messages = messages

    def open(self, still: Still) -> None:
        record = StillRecord("still.png", still.digest, still.width, still.height, "still")
        self.document.replace(Scene(still=record), still, None)

    @property
    def names(self) -> list[str]:
        return [thing.name for thing in self.document.scene.objects]


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desktop]:
    made = Desktop(qtbot)
    made.open(STILL)
    qtbot.waitUntil(lambda: made.vision.ready)
    for place in ((1, 1), (2, 2)):
        QTest.mouseMove(made.canvas, at(made.canvas, *place))
    yield made
    made.sight.gate.set()
    made.controller.close()


def add_one(qtbot: QtBot, desk: Desktop, x: float = 200, y: float = 150) -> None:
    before = len(desk.names)
    click(desk.canvas, x, y)
    qtbot.waitUntil(lambda: bool(desk.canvas.draft.masks))
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    assert len(desk.names) == before + 1


def test_hovering_shows_what_a_click_would_take(qtbot: QtBot, desk: Desktop) -> None:
    QTest.mouseMove(desk.canvas, at(desk.canvas, 200, 150))
    qtbot.waitUntil(lambda: desk.sight.places[-1:] == [pytest.approx((200, 150), abs=1)])
    qtbot.waitUntil(lambda: desk.canvas.hover is not None)


def test_an_accepted_object_is_there_at_once_selected_and_named_a_moment_later(
    qtbot: QtBot, desk: Desktop
) -> None:
    add_one(qtbot, desk)
    assert desk.document.selection == (0,)
    qtbot.waitUntil(lambda: desk.names == ["dog"])
    thing = desk.document.scene.objects[0]
    assert (thing.prompt, thing.level_lufs) == ("dog", -20.0)


def test_a_guess_is_no_name_but_is_passed_on(qtbot: QtBot, desk: Desktop) -> None:
    desk.sight.said = ObjectLabel("dog", None, -20.0, ("dog", "cat", "frog"))
    with qtbot.waitSignal(desk.controller.guessed) as guessed:
        add_one(qtbot, desk)
    assert guessed.args == [0, ("dog", "cat", "frog")]
    assert desk.names == ["unnamed 1"]
    assert desk.document.scene.objects[0].prompt is None


def test_its_name_is_no_undo_step_and_survives_undo_and_redo(qtbot: QtBot, desk: Desktop) -> None:
    add_one(qtbot, desk)
    qtbot.waitUntil(lambda: desk.names == ["dog"])
    desk.document.undo()
    assert desk.names == []
    desk.document.redo()
    assert desk.names == ["dog"]


def test_a_name_a_person_gave_meanwhile_stays(qtbot: QtBot, desk: Desktop) -> None:
    add_one(qtbot, desk)
    desk.document.edit("Rename object", lambda scene: rename_object(scene, 0, "Rex"))
    qtbot.waitUntil(lambda: desk.sight.calls["suggest"] == 1 and desk.vision.waiting == 0)
    qtbot.wait(30)
    assert desk.names == ["Rex"]


def test_an_object_undone_before_its_name_came_breaks_nothing(qtbot: QtBot, desk: Desktop) -> None:
    add_one(qtbot, desk)
    desk.document.undo()
    qtbot.waitUntil(lambda: desk.sight.calls["suggest"] == 1)
    qtbot.wait(30)
    assert desk.said == []
    desk.document.redo()
    assert desk.names in (["dog"], ["unnamed 1"])


def find(qtbot: QtBot, desk: Desktop) -> None:
    QTest.keyClick(desk.canvas, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: desk.canvas.picker.open)


def test_what_is_found_is_no_object_until_it_was_chosen_and_added_in_one_step(
    qtbot: QtBot, desk: Desktop
) -> None:
    find(qtbot, desk)
    assert desk.names == [] and not desk.document.unsaved
    assert [thing.name for thing in desk.canvas.picker.candidates] == ["dog", None]
    click(desk.canvas, 30, 30)
    click(desk.canvas, 120, 80)
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    assert not desk.canvas.picker.open
    assert desk.document.selection == (0, 1)
    qtbot.waitUntil(lambda: desk.names == ["dog", "dog"])
    desk.document.undo()
    assert desk.names == []


def test_only_the_chosen_become_objects(qtbot: QtBot, desk: Desktop) -> None:
    find(qtbot, desk)
    click(desk.canvas, 120, 80)
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    [thing] = desk.document.scene.objects
    assert thing.mask[80, 120] and not thing.mask[30, 30]


def test_what_is_an_object_already_is_not_offered_again(qtbot: QtBot, desk: Desktop) -> None:
    find(qtbot, desk)
    click(desk.canvas, 30, 30)
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    find(qtbot, desk)
    assert len(desk.canvas.picker.candidates) == 1
    click(desk.canvas, 120, 80)
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    QTest.keyClick(desk.canvas, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: len(desk.said) == 1)
    assert desk.said[0].text.startswith("All that was found is an object already.")
    assert not desk.canvas.picker.open


def test_nothing_found_is_one_sentence(qtbot: QtBot, desk: Desktop) -> None:
    desk.sight.finds = ()
    QTest.keyClick(desk.canvas, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: len(desk.said) == 1)
    assert desk.said[0].text == "Nothing was found in this still. Click a thing, or drag a box round it."
    assert not desk.canvas.picker.open


def test_who_begins_an_object_himself_is_not_interrupted_by_what_was_found(
    qtbot: QtBot, desk: Desktop
) -> None:
    desk.sight.gate.clear()
    QTest.keyClick(desk.canvas, Qt.Key.Key_F)
    click(desk.canvas, 200, 150)
    with qtbot.waitSignal(desk.vision.candidates_found):
        desk.sight.gate.set()
    assert not desk.canvas.picker.open
    qtbot.waitUntil(lambda: bool(desk.canvas.draft.masks))


def test_what_was_found_goes_with_its_still(qtbot: QtBot, desk: Desktop) -> None:
    find(qtbot, desk)
    desk.open(OTHER)
    assert not desk.canvas.picker.open and not desk.canvas.candidate_bar.isVisible()


def test_found_things_put_the_brush_away(qtbot: QtBot, desk: Desktop) -> None:
    QTest.keyClick(desk.canvas, Qt.Key.Key_B)
    find(qtbot, desk)
    assert desk.canvas.tool is Tool.HINT
    QTest.keyClick(desk.canvas, Qt.Key.Key_B)
    assert not desk.canvas.picker.open


def test_picking_selects_and_control_adds_and_takes_back(qtbot: QtBot, desk: Desktop) -> None:
    find(qtbot, desk)
    QTest.mouseClick(desk.canvas.candidate_bar.all, Qt.MouseButton.LeftButton)
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    assert len(desk.names) == 2
    selected: list[tuple[int, ...]] = []
    desk.document.selection_changed.connect(selected.append)
    click(desk.canvas, 30, 30)
    click(desk.canvas, 120, 80, Qt.KeyboardModifier.ControlModifier)
    click(desk.canvas, 30, 30, Qt.KeyboardModifier.ControlModifier)
    assert selected == [(0,), (0, 1), (1,)]


def test_one_brush_stroke_is_one_undo(qtbot: QtBot, desk: Desktop) -> None:
    add_one(qtbot, desk)
    qtbot.waitUntil(lambda: desk.names == ["dog"])
    before = desk.document.scene.objects[0].mask_digest
    QTest.keyClick(desk.canvas, Qt.Key.Key_B)
    for y in (150, 170):
        drag(desk.canvas, at(desk.canvas, 205, y), at(desk.canvas, 260, y))
    after = desk.document.scene.objects[0]
    assert after.mask[150, 250] and after.mask[170, 250]
    desk.document.undo()
    assert not desk.document.scene.objects[0].mask[170, 250]
    desk.document.undo()
    assert desk.document.scene.objects[0].mask_digest == before
    qtbot.waitUntil(lambda: desk.canvas.settled)


def test_an_answer_to_hints_that_are_gone_is_not_shown(qtbot: QtBot, desk: Desktop) -> None:
    desk.sight.gate.clear()
    click(desk.canvas, 200, 150)
    QTest.keyClick(desk.canvas, Qt.Key.Key_Escape)
    with qtbot.waitSignal(desk.vision.proposed, raising=False, timeout=300):
        desk.sight.gate.set()
    assert not desk.canvas.draft.open


def test_another_still_in_mid_run_leaves_nothing_of_the_one_before(qtbot: QtBot, desk: Desktop) -> None:
    desk.sight.gate.clear()
    click(desk.canvas, 200, 150)
    desk.open(OTHER)
    desk.sight.gate.set()
    qtbot.waitUntil(lambda: desk.vision.ready)
    assert not desk.canvas.draft.open
    assert desk.names == []
    add_one(qtbot, desk, 100, 100)
    assert desk.document.scene.objects[0].mask.shape == (240, 200)


def test_a_failed_proposal_is_one_message_and_no_bar_waits_for_it(qtbot: QtBot, desk: Desktop) -> None:
    desk.sight.error = BadInput("Nothing was found there.")
    click(desk.canvas, 200, 150)
    qtbot.waitUntil(lambda: [message.text for message in desk.said] == ["Nothing was found there."])
    assert not desk.canvas.draft.open
    add_one(qtbot, desk)


def test_an_object_that_cannot_be_named_keeps_its_number_for_a_name(qtbot: QtBot, desk: Desktop) -> None:
    click(desk.canvas, 200, 150)
    qtbot.waitUntil(lambda: bool(desk.canvas.draft.masks))
    desk.sight.error = BadInput("This model cannot look at pictures.")
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(desk.said) == 1)
    assert desk.names == ["unnamed 1"]
