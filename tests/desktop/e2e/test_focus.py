"""One rule for keys at the real window, tried on every field and every floating bar that it has.

A single key runs its command unless a field is visibly being edited; Return and Escape always leave the field; the
keyboard goes back to where it came from.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.actions.shortcut_guard import is_field, line_of
from desktop.canvas.pointer_actions import Tool
from desktop.objects.take_row import TakeRow
from desktop.theme.label_field import LabelField
from desktop.vision.candidates import MaskCandidate
from desktop.vision.outline import trace_outline
from tests.desktop.e2e.house import CONTROL, NONE, House, toy_house
from tests.desktop.objects.toy import FakeGenerationBackend

SHIFT = Qt.KeyboardModifier.ShiftModifier
ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path) -> Iterator[House]:
    """The toy project with its first object selected and a track on the timeline."""
    maker = FakeGenerationBackend()
    made = toy_house(qtbot, tmp_path, maker)
    made.services.document.select((0,))
    made.press(Qt.Key.Key_G, CONTROL)
    made.until(lambda: made.clips(0) == 1 and made.at_rest())
    made.canvas.canvas.setFocus()
    yield made
    maker.go.set()


def fields(house: House) -> list[QWidget]:
    """Every field that is shown, with labels that can be opened; the lines inside spin boxes are their part."""
    found = [*house.window.findChildren(QAbstractSpinBox), *house.window.findChildren(QLineEdit)]
    return [
        field for field in found if field.isVisible() and not isinstance(field.parent(), QAbstractSpinBox)
    ]


def enter(field: QWidget) -> None:
    if isinstance(field, LabelField):
        field.begin_edit()
    else:
        field.setFocus(Qt.FocusReason.MouseFocusReason)
    assert QApplication.focusWidget() is field and is_field(field), field.accessibleName()


def text_of(field: QWidget) -> str:
    line = line_of(field)
    assert line is not None
    return line.text()


def test_there_are_fields_of_every_kind_to_try(house: House) -> None:
    names = {field.accessibleName() for field in fields(house)}
    assert {"Name", "Prompt", "Negative prompt", "Seed", "Duration", "Takes at once", "Timecode"} <= names


def test_return_and_escape_leave_every_field_for_where_the_keyboard_was(house: House) -> None:
    card = house.objects.panel.card(0)
    homes: tuple[QWidget, ...] = (house.canvas.canvas, card, house.timeline.view.track_view)
    for home, end in product(homes, ENDS):
        for field in fields(house):
            home.setFocus(Qt.FocusReason.MouseFocusReason)
            before = text_of(field)
            enter(field)
            QTest.keyClick(field, end)
            searched = field.accessibleName() == "Find takes" and end != Qt.Key.Key_Escape
            now = QApplication.focusWidget()
            assert isinstance(now, TakeRow) if searched else now is home, (field.accessibleName(), end)
            assert text_of(field) == before, field.accessibleName()
            assert card.editor is not None and card.editor.isVisible(), "the card must not fold away"


def test_escape_restores_what_was_typed_and_return_keeps_it(house: House) -> None:
    typed = {
        "Name": "Wolf",
        "Prompt": "howling",
        "Negative prompt": "wind",
        "Seed": "42",
        "Takes at once": "3",
    }
    for field in fields(house):
        words = typed.get(field.accessibleName())
        if words is None or (not house.objects.panel.card(0).isAncestorOf(field) and words != "3"):
            continue
        before = text_of(field)
        for end, after in ((Qt.Key.Key_Escape, before), (Qt.Key.Key_Return, words)):
            enter(field)
            line = line_of(field)
            assert line is not None
            line.selectAll()
            QTest.keyClicks(field, words)
            QTest.keyClick(field, end)
            assert text_of(field).casefold() == after.casefold(), field.accessibleName()
    thing = house.scene.objects[0]
    assert (thing.name, thing.prompt, thing.negative, thing.seed) == ("Wolf", "howling", "wind", 42)


def test_a_letter_after_return_is_a_command_again_and_no_text(house: House) -> None:
    for field in fields(house):
        house.canvas.canvas.set_tool(Tool.HINT)
        house.canvas.canvas.setFocus()
        enter(field)
        QTest.keyClick(field, Qt.Key.Key_Return)
        before = text_of(field)
        house.press(Qt.Key.Key_B)
        assert house.canvas.canvas.tool is Tool.BRUSH, field.accessibleName()
        assert text_of(field) == before


def test_letters_and_undo_are_commands_where_a_number_is_edited(house: House) -> None:
    for field in fields(house):
        numeric = isinstance(field, QAbstractSpinBox) or field.accessibleName() == "Seed"
        if not numeric:
            continue
        house.canvas.canvas.set_tool(Tool.HINT)
        enter(field)
        house.press(Qt.Key.Key_E)
        assert house.canvas.canvas.tool is Tool.ERASE, field.accessibleName()
        house.services.document.edit(
            "Rename", lambda scene: scene.__class__(**{**vars(scene), "name": "Other"})
        )
        house.press(Qt.Key.Key_Z, CONTROL)
        assert house.scene.name != "Other", field.accessibleName()


def test_a_name_is_a_label_until_it_is_opened(house: House) -> None:
    labels = [field for field in fields(house) if isinstance(field, LabelField)]
    assert len(labels) > 3
    for label in labels:
        house.canvas.canvas.setFocus()
        before = label.text()
        QTest.mouseClick(label, Qt.MouseButton.LeftButton)
        assert not label.editing and not is_field(label)
        house.press(Qt.Key.Key_V)
        assert label.text() == before
        QTest.mouseDClick(label, Qt.MouseButton.LeftButton)
        assert label.editing and label.selectedText() == before
        QTest.keyClick(label, Qt.Key.Key_Escape)
        assert not label.editing


def test_a_click_on_a_name_selects_its_object(house: House) -> None:
    QTest.mouseClick(house.objects.panel.card(1).name, Qt.MouseButton.LeftButton)
    assert house.services.document.selection == (1,)


def test_renaming_by_keys_selects_everything_and_gives_the_keyboard_back(house: House) -> None:
    house.press(Qt.Key.Key_F2)
    name = QApplication.focusWidget()
    assert name is house.objects.panel.card(0).name
    QTest.keyClicks(name, "cat")
    house.press(Qt.Key.Key_Return)
    house.press(Qt.Key.Key_X)
    assert house.scene.objects[0].name == "cat"
    assert QApplication.focusWidget() is house.canvas.canvas


def test_a_command_that_needs_a_selected_object_says_so(house: House) -> None:
    house.services.document.select(())
    for key, modifiers in ((Qt.Key.Key_F2, NONE), (Qt.Key.Key_R, NONE), (Qt.Key.Key_G, CONTROL)):
        house.said.clear()
        house.press(key, modifiers)
        assert "Nothing is selected" in house.said[-1].text, key
    assert len(house.objects.queue.jobs) == 1


def offer_candidates(house: House) -> None:
    mask = np.zeros((60, 80), np.bool_)
    mask[2:9, 60:75] = True
    mask.setflags(write=False)
    house.canvas.canvas.show_candidates([MaskCandidate(mask, trace_outline(mask), (65.0, 5.0))] * 2)


def test_when_a_floating_bar_hides_the_keyboard_goes_back_to_the_still(house: House) -> None:
    canvas = house.canvas.canvas
    for button, opens in (
        (canvas.candidate_bar.leave, offer_candidates),
        (canvas.candidate_bar.add, offer_candidates),
        (canvas.proposal_bar.clear, lambda it: it.click(0.5, 0.9)),
    ):
        canvas.setFocus()
        opens(house)
        house.until(button.isVisible)
        if button is canvas.candidate_bar.add:
            canvas.candidate_bar.all.click()
        button.setFocus(Qt.FocusReason.MouseFocusReason)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert not button.isVisible()
        assert QApplication.focusWidget() is canvas, button.text()


def test_a_control_that_is_disabled_gives_the_keyboard_back(house: House) -> None:
    generate = house.objects.panel.footer.each
    house.canvas.canvas.setFocus()
    generate.setFocus(Qt.FocusReason.MouseFocusReason)
    house.services.document.select(())
    assert not generate.isEnabled()
    assert QApplication.focusWidget() is house.canvas.canvas


def test_a_marker_asks_for_its_name_at_once(house: House) -> None:
    house.press(Qt.Key.Key_M, SHIFT)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit) and field.accessibleName() == "Name of the marker"
    QTest.keyClicks(field, "Gate slams")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert [marker.name for marker in house.scene.timeline.markers] == ["Gate slams"]
    assert house.canvas.canvas.tool is Tool.HINT
    assert not any(track.muted or track.soloed for track in house.scene.timeline.tracks)


def test_a_button_reached_by_tab_is_pressed_by_return_too(house: House) -> None:
    button = house.canvas.canvas.tools.tools[Tool.BRUSH]
    button.setFocus(Qt.FocusReason.TabFocusReason)
    house.press(Qt.Key.Key_Return)
    assert house.canvas.canvas.tool is Tool.BRUSH
