"""Choosing among what was found: the value alone, and the canvas by real events."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.canvas.candidate_picker import CandidatePicker, count_text
from desktop.canvas.canvas import Canvas
from desktop.vision.candidates import MaskCandidate
from desktop.vision.outline import trace_outline
from desktop.vision.pole import inner_pole
from engine.scene.masks import Mask
from tests.desktop.canvas.bench import (
    CONTROL,
    LEFT,
    STILL,
    Heard,
    at,
    click,
    drag,
    pixel,
)
from tests.desktop.key_maps import key_map
from tests.desktop.vision.fake_backend import square, still_of

MASKS = (square(STILL, 60, 60, 40), square(STILL, 60, 60, 12), square(STILL, 250, 120, 20))


def thing(mask: Mask) -> MaskCandidate:
    return MaskCandidate(mask, trace_outline(mask), inner_pole(mask))


THINGS = tuple(thing(mask) for mask in MASKS)


@pytest.fixture
def offered(canvas: Canvas) -> Canvas:
    canvas.show_candidates(THINGS)
    return canvas


# The value


def test_the_smallest_of_several_is_meant() -> None:
    finding = CandidatePicker(THINGS)
    assert finding.at(60, 60) == 1
    assert finding.at(30, 30) == 0
    assert finding.at(300, 5) is None
    assert finding.at(-1, 500) is None


def test_choosing_all_and_then_none() -> None:
    finding = CandidatePicker(THINGS).toggled(1)
    assert finding.toggled_all().selected == {0, 1, 2}
    assert finding.toggled_all().toggled_all().selected == frozenset()
    assert finding.toggled(1).selected_masks == ()


def test_cycling_goes_round_both_ways_and_begins_at_an_end() -> None:
    finding = CandidatePicker(THINGS)
    assert [finding.cycled(1).hovered_index, finding.cycled(-1).hovered_index] == [0, 2]
    assert finding.with_hovered(2).cycled(1).hovered_index == 0
    assert CandidatePicker().cycled(1).hovered_index is None


def test_the_bar_says_what_the_keys_do_and_names_only_those_there_are() -> None:
    assert count_text(6, 4, "Enter", "Esc") == "6 things found: click to choose, Enter adds 4, Esc skips them"
    assert count_text(6, 0, "Enter", "Esc") == "6 things found: click to choose, Esc skips them"
    assert count_text(1, 1, "", "X") == "One thing found: click to choose, X skips it"
    assert count_text(6, 4, "Enter", "Esc", short=True) == "6 things found, 4 chosen"


def test_a_badge_stands_inside_its_mask_also_where_the_middle_is_a_hole() -> None:
    ring = np.array(square(STILL, 150, 120, 60))
    ring[70:170, 100:200] = False
    ring[:, 200:] |= square(STILL, 230, 120, 30)[:, 200:]
    x, y = inner_pole(ring)
    assert ring[int(y), int(x)]
    assert (x, y) == pytest.approx((232, 120), abs=8)
    assert inner_pole(np.zeros((40, 40), np.bool_)) == (0, 0)


def test_a_mask_of_one_pixel_of_a_large_still_has_its_badge_there() -> None:
    mask = np.zeros((1200, 1800), np.bool_)
    mask[700, 900] = True
    assert inner_pole(mask) == pytest.approx((900, 700), abs=8)


# The canvas


def test_found_things_are_drawn_quietly_and_stronger_once_chosen(offered: Canvas) -> None:
    before = pixel(offered, 240, 110)
    assert before != pixel(offered, 300, 200)
    click(offered, 250, 120)
    assert offered.picker.selected == {2}
    red, _, blue = pixel(offered, 240, 110)
    assert blue > before[2] and blue > red


def test_a_click_chooses_and_another_takes_it_back(offered: Canvas, heard: Heard) -> None:
    for _ in range(3):
        click(offered, 60, 60)
    assert offered.picker.selected == {1}
    assert not heard.picked and not heard.hints


def test_the_pointer_lights_what_a_click_would_choose(offered: Canvas, heard: Heard) -> None:
    QTest.mouseMove(offered, at(offered, 250, 120))
    assert offered.picker.hovered_index == 2
    assert offered.cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(offered, at(offered, 300, 220))
    assert offered.picker.hovered_index is None
    assert all(place == (-1, -1) for place in heard.hovers)


def test_the_keys_choose_too_and_a_resting_pointer_does_not_hinder(offered: Canvas, heard: Heard) -> None:
    QTest.mouseMove(offered, at(offered, 250, 120))
    QTest.keyClick(offered, Qt.Key.Key_Tab)
    assert offered.picker.hovered_index == 0
    QTest.keyClick(offered, Qt.Key.Key_Space)
    QTest.keyClick(offered, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(offered, Qt.Key.Key_Space)
    assert offered.picker.selected == {0, 2}
    assert heard.counts["tapped"] == 0


def test_space_plays_while_nothing_is_lit(offered: Canvas, heard: Heard) -> None:
    QTest.mouseMove(offered, at(offered, 300, 220))
    QTest.keyClick(offered, Qt.Key.Key_Space)
    assert heard.counts["tapped"] == 1 and not offered.picker.selected


def accepted(canvas: Canvas) -> list[tuple[Mask, ...]]:
    seen: list[tuple[Mask, ...]] = []
    canvas.candidates_accepted.connect(seen.append)
    return seen


def test_enter_adds_the_chosen_and_no_more(offered: Canvas) -> None:
    seen = accepted(offered)
    click(offered, 250, 120)
    click(offered, 30, 30)
    QTest.keyClick(offered, Qt.Key.Key_Return)
    [masks] = seen
    assert masks[0] is MASKS[0] and masks[1] is MASKS[2] and len(masks) == 2
    assert not offered.picker.open and not offered.candidate_bar.isVisible()


def test_enter_with_nothing_chosen_says_what_to_do_and_keeps_the_offer(offered: Canvas, heard: Heard) -> None:
    seen = accepted(offered)
    QTest.keyClick(offered, Qt.Key.Key_Return)
    assert seen == [] and offered.picker.open
    assert heard.advice == ["Nothing is chosen yet: click what should be heard."]


def test_escape_leaves_them_all(offered: Canvas) -> None:
    seen = accepted(offered)
    click(offered, 250, 120)
    QTest.keyClick(offered, Qt.Key.Key_Escape)
    assert seen == [] and not offered.picker.open
    assert not any(offered.can_execute())


def test_the_bar_does_the_same(offered: Canvas) -> None:
    seen, bar = accepted(offered), offered.candidate_bar
    assert bar.isVisible() and not bar.add.isEnabled()
    QTest.mouseClick(bar.all, LEFT)
    assert offered.picker.all_selected and (bar.all.text(), bar.add.text()) == ("None", "Add 3")
    QTest.mouseClick(bar.all, LEFT)
    assert not offered.picker.selected
    click(offered, 250, 120)
    QTest.mouseClick(bar.add, LEFT)
    assert [len(masks) for masks in seen] == [1]
    offered.show_candidates(THINGS)
    QTest.mouseClick(bar.leave, LEFT)
    assert not offered.picker.open and len(seen) == 1


def test_the_bar_stays_inside_a_narrow_canvas(offered: Canvas) -> None:
    for width in (900, 520, 380):
        offered.resize(width, 400)
        assert offered.rect().contains(offered.candidate_bar.geometry()), width
    assert offered.candidate_bar.count.text() == "3 things found"


def test_the_bar_names_changed_keys(offered: Canvas) -> None:
    offered.set_keys(key_map({"accept": ("Ctrl+Return",), "clear": ()}))
    click(offered, 250, 120)
    assert (
        "adds 1" in offered.candidate_bar.count.text() and "leaves" not in offered.candidate_bar.count.text()
    )
    assert "Ctrl+Return" in offered.candidate_bar.add.toolTip()
    assert "(" not in offered.candidate_bar.leave.toolTip()


def test_a_click_elsewhere_leaves_them_and_does_what_it_does(offered: Canvas, heard: Heard) -> None:
    click(offered, 250, 120)
    click(offered, 300, 220)
    assert not offered.picker.open
    assert len(heard.hints) == 1 and len(heard.advice) == 1


def test_a_box_leaves_them(offered: Canvas, heard: Heard) -> None:
    drag(offered, at(offered, 200, 180), at(offered, 300, 230))
    assert not offered.picker.open and len(heard.hints) == 1


def test_a_drag_with_the_middle_button_or_the_wheel_keeps_them(offered: Canvas) -> None:
    drag(offered, QPoint(300, 300), QPoint(340, 320), Qt.MouseButton.MiddleButton)
    assert offered.picker.open


def test_control_click_on_a_found_thing_chooses_it_too(offered: Canvas) -> None:
    click(offered, 250, 120, CONTROL)
    assert offered.picker.selected == {2}


def test_another_still_ends_it(offered: Canvas) -> None:
    offered.set_still(still_of(200, 100))
    assert not offered.picker.open and not offered.candidate_bar.isVisible()


def test_the_offer_takes_the_keyboard_but_not_from_a_field(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column, stage, field = QVBoxLayout(window), Canvas(window), QLineEdit(window)
    column.addWidget(stage)
    column.addWidget(field)
    window.show()
    window.activateWindow()
    stage.set_still(STILL)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    stage.show_candidates(THINGS)
    assert field.hasFocus()
    field.clearFocus()
    stage.show_candidates([replace(THINGS[0])])
    assert stage.hasFocus()
    stage.release()
