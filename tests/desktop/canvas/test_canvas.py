"""The canvas by real pointer and key events."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.canvas.canvas import Canvas
from desktop.canvas.canvas_bars import GUIDE
from desktop.canvas.canvas_commands import CanvasCommand
from desktop.canvas.interaction import NO_OBJECT
from desktop.canvas.pointer_actions import Tool
from desktop.vision.outline import trace_outline
from engine.scene.hints import Box
from engine.scene.objects import SoundingObject
from tests.desktop.canvas.bench import (
    ALT,
    CONTROL,
    DOG,
    LEFT,
    MIDDLE,
    NONE,
    SHIFT,
    STILL,
    TREE,
    Heard,
    at,
    click,
    drag,
    pixel,
    propose,
    wheel,
)
from tests.desktop.key_maps import key_map
from tests.desktop.vision.fake_backend import square, still_of

# Seeing


def test_a_still_is_on_screen_at_once_before_anything_is_halved(qtbot: QtBot, canvas: Canvas) -> None:
    other = still_of(320, 240, shade=200)
    canvas.set_still(other)
    assert not canvas.settled
    assert pixel(canvas, 100, 100) == (200, 200, 200)
    qtbot.waitUntil(lambda: canvas.settled)
    assert pixel(canvas, 100, 100) == (200, 200, 200)


def test_objects_are_tinted_in_their_colours_and_named(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.show_objects([DOG, TREE], [0])
    qtbot.waitUntil(lambda: canvas.settled)
    red, _, blue = pixel(canvas, 100, 100)
    assert red > 90 and red > blue
    assert pixel(canvas, 30, 200) == (90, 90, 90)


def test_masks_of_another_still_are_not_shown(canvas: Canvas) -> None:
    canvas.show_objects([SoundingObject(0, square(still_of(50, 50), 20, 20), "x")], [])
    assert canvas.settled
    canvas.grab()


def test_what_a_hover_would_take_is_drawn_and_goes_with_the_pointer(canvas: Canvas) -> None:
    QTest.mouseMove(canvas, at(canvas, 200, 150))
    canvas.show_hover(trace_outline(square(STILL, 200, 150)))
    assert pixel(canvas, 200, 150)[0] > 90
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert pixel(canvas, 200, 150)[0] == 90


def test_a_hover_that_comes_after_the_pointer_left_is_not_shown(canvas: Canvas) -> None:
    canvas.show_hover(trace_outline(square(STILL, 200, 150)))
    assert canvas.hover is None


def test_a_guide_stands_there_until_there_is_an_object_and_busy_words_go_before_it(canvas: Canvas) -> None:
    assert canvas.caption.isVisible() and canvas.caption.text() == GUIDE
    canvas.show_busy("Looking at the still")
    assert canvas.caption.text() == "Looking at the still"
    canvas.show_busy("")
    canvas.show_objects([DOG], [])
    assert not canvas.caption.isVisible()


def test_an_empty_canvas_does_nothing_and_breaks_nothing(canvas: Canvas, heard: Heard) -> None:
    canvas.set_still(None)
    QTest.mouseMove(canvas, QPoint(300, 300))
    canvas.grab()
    assert heard.hints == []
    assert not canvas.tools.isVisible()


def test_the_still_is_not_scaled_again_for_a_hover(canvas: Canvas) -> None:
    canvas.grab()
    assert canvas._picture is not None
    before = canvas._picture.drawn_count
    QTest.mouseMove(canvas, at(canvas, 200, 150))
    for x in range(150, 200, 10):
        canvas.show_hover(trace_outline(square(STILL, x, 150)))
        canvas.grab()
    assert canvas._picture.drawn_count == before


def test_an_object_s_overlay_is_drawn_once_for_a_zoom(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.show_objects([DOG, TREE], [])
    qtbot.waitUntil(lambda: canvas.settled)
    canvas.grab()
    before = canvas._overlays.drawn_count
    drag(canvas, QPoint(600, 500), QPoint(630, 510), MIDDLE)
    canvas.grab()
    assert canvas._overlays.drawn_count == before


# Zoom and pan


def test_the_wheel_zooms_at_the_pointer(canvas: Canvas) -> None:
    place = at(canvas, 50, 60)
    before = canvas.viewport
    wheel(canvas, place, 4)
    assert canvas.viewport.zoom == pytest.approx(before.zoom * 2)
    assert canvas.viewport.to_still((place.x(), place.y())) == pytest.approx(
        before.to_still((place.x(), place.y()))
    )


def test_the_middle_button_pans(canvas: Canvas) -> None:
    before = canvas.viewport
    drag(canvas, QPoint(300, 300), QPoint(340, 320), MIDDLE)
    assert (canvas.viewport.x - before.x, canvas.viewport.y - before.y) == pytest.approx((40, 20))


def test_space_and_a_drag_pan_and_a_tap_of_space_is_told(canvas: Canvas, heard: Heard) -> None:
    before = canvas.viewport
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    drag(canvas, QPoint(300, 300), QPoint(340, 320))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.viewport.x - before.x == pytest.approx(40)
    assert (heard.hints, heard.counts["tapped"]) == ([], 0)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert heard.counts["tapped"] == 1


@pytest.mark.parametrize("how", ["key", "button"])
def test_fit_shows_the_whole_still_again(canvas: Canvas, how: str) -> None:
    fitted = canvas.viewport
    wheel(canvas, QPoint(100, 100), 8)
    if how == "button":
        QTest.mouseClick(canvas.tools.fit, LEFT)
    else:
        QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.viewport == fitted


def test_plus_minus_and_one_zoom_and_the_bar_says_how_much(canvas: Canvas) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_1)
    assert canvas.viewport.zoom == 1
    assert canvas.tools.zoom.text() == "100 %"
    QTest.mouseClick(canvas.tools.closer, LEFT)
    assert canvas.viewport.zoom == 1.25
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.viewport.zoom == 1


# Hints and proposals


def test_hovering_tells_still_pixels_and_leaving_tells_so(canvas: Canvas, heard: Heard) -> None:
    QTest.mouseMove(canvas, at(canvas, 200, 150))
    assert heard.hovers[-1] == pytest.approx((200, 150), abs=1)
    QTest.mouseMove(canvas, QPoint(2, 599))
    assert heard.hovers[-1] == (-1, -1)


def test_click_adds_and_alt_click_drops(canvas: Canvas, heard: Heard) -> None:
    click(canvas, 200, 150)
    click(canvas, 100, 100, ALT)
    clicks = heard.hints[-1].clicks
    assert [hint.keep for hint in clicks] == [True, False]
    assert (clicks[1].x, clicks[1].y) == pytest.approx((100, 100), abs=1)


def test_alt_click_with_nothing_proposed_says_what_to_do(canvas: Canvas, heard: Heard) -> None:
    click(canvas, 200, 150, ALT)
    assert heard.hints == []
    assert len(heard.advice) == 1


def test_a_drag_is_a_box_that_ends_at_the_still_s_edge(canvas: Canvas, heard: Heard) -> None:
    drag(canvas, at(canvas, 200, 150), at(canvas, 900, 180))
    box = heard.hints[-1].box
    assert isinstance(box, Box)
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((200, 150, 320, 180), abs=1)


def test_tab_and_shift_wheel_and_buttons_cycle_three_proposals(canvas: Canvas) -> None:
    propose(canvas)
    seen = []
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    seen.append(canvas.draft.index)
    QTest.keyClick(canvas, Qt.Key.Key_Backtab, SHIFT)
    seen.append(canvas.draft.index)
    wheel(canvas, QPoint(300, 300), -1, SHIFT)
    seen.append(canvas.draft.index)
    QTest.mouseClick(canvas.proposal_bar.next, LEFT)
    seen.append(canvas.draft.index)
    QTest.mouseClick(canvas.proposal_bar.previous, LEFT)
    seen.append(canvas.draft.index)
    assert seen == [1, 0, 1, 2, 1]
    assert canvas.proposal_bar.index.text() == "Mask 2 of 3"


@pytest.mark.parametrize("how", ["key", "button"])
def test_enter_accepts_the_proposal_that_is_shown(canvas: Canvas, heard: Heard, how: str) -> None:
    masks = propose(canvas)
    canvas.execute(CanvasCommand.NEXT)
    if how == "key":
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    else:
        QTest.mouseClick(canvas.proposal_bar.accept, LEFT)
    assert len(heard.accepted) == 1
    assert heard.accepted[0] is masks[1]
    assert not canvas.draft.open
    assert not canvas.proposal_bar.isVisible()


@pytest.mark.parametrize("how", ["key", "button"])
def test_escape_clears_hints_and_proposal(canvas: Canvas, heard: Heard, how: str) -> None:
    propose(canvas)
    if how == "key":
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
    else:
        QTest.mouseClick(canvas.proposal_bar.clear, LEFT)
    assert not canvas.draft.open
    assert heard.counts["cleared"] == 1


def test_backspace_takes_back_the_last_hint_and_at_last_all(canvas: Canvas, heard: Heard) -> None:
    click(canvas, 200, 150)
    click(canvas, 220, 150)
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert len(heard.hints[-1].clicks) == 1
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert heard.counts["cleared"] == 1


def test_a_proposal_without_outlines_is_traced(qtbot: QtBot, canvas: Canvas) -> None:
    click(canvas, 200, 150)
    canvas.show_proposal([square(STILL, 200, 150)])
    qtbot.waitUntil(lambda: canvas.draft.outline is not None)


def test_another_still_gives_up_hints_and_proposal(canvas: Canvas) -> None:
    propose(canvas)
    canvas.set_still(still_of(100, 100))
    assert not canvas.draft.open


@pytest.mark.parametrize("how", ["key", "button"])
def test_find_asks_for_the_objects_of_the_whole_still(canvas: Canvas, heard: Heard, how: str) -> None:
    if how == "key":
        QTest.keyClick(canvas, Qt.Key.Key_F)
    else:
        QTest.mouseClick(canvas.tools.find_all, LEFT)
    assert heard.counts["find"] == 1


# Objects


def test_a_click_on_an_object_picks_it_control_extends_and_beside_the_still_picks_none(
    canvas: Canvas, heard: Heard
) -> None:
    canvas.show_objects([DOG, TREE], [])
    click(canvas, 100, 100)
    click(canvas, 250, 60, CONTROL)
    QTest.mouseClick(canvas, LEFT, NONE, QPoint(2, 300))
    assert heard.picked == [(0, False), (4, True), (NO_OBJECT, False)]
    assert heard.hints == []


def test_shift_hints_through_an_object_and_shows_what_it_would_take(canvas: Canvas, heard: Heard) -> None:
    canvas.show_objects([DOG], [])
    QTest.mouseMove(canvas, at(canvas, 100, 100))
    assert heard.hovers == []
    click(canvas, 100, 100, SHIFT)
    assert len(heard.hints) == 1


# The brush


def test_a_brush_stroke_is_one_edit_of_the_selected_object(canvas: Canvas, heard: Heard) -> None:
    canvas.show_objects([DOG, TREE], [0])
    QTest.keyClick(canvas, Qt.Key.Key_B)
    drag(canvas, at(canvas, 125, 100), at(canvas, 160, 100))
    assert [index for index, _ in heard.edited] == [0]
    mask = heard.edited[0][1]
    assert mask[100, 150] and mask[100, 100] and not mask[60, 60]


@pytest.mark.parametrize(("key", "held"), [(Qt.Key.Key_E, NONE), (Qt.Key.Key_B, ALT)])
def test_the_eraser_or_alt_takes_away(
    canvas: Canvas, heard: Heard, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    canvas.show_objects([DOG], [0])
    QTest.keyClick(canvas, key)
    drag(canvas, at(canvas, 90, 100), at(canvas, 110, 100), held=held)
    assert not heard.edited[0][1][100, 100]


def test_a_stroke_that_changes_nothing_or_would_leave_nothing_is_no_edit(
    canvas: Canvas, heard: Heard
) -> None:
    canvas.show_objects([DOG], [0])
    canvas.set_tool(Tool.ERASE)
    drag(canvas, at(canvas, 250, 200), at(canvas, 280, 200))
    canvas.set_diameter(400)
    canvas.show_objects([SoundingObject(0, square(STILL, 100, 100, 3), "dot")], [0])
    click(canvas, 100, 100)
    assert heard.edited == []


def test_with_nothing_selected_the_brush_paints_a_new_object_and_the_eraser_says_why_not(
    canvas: Canvas, heard: Heard
) -> None:
    canvas.set_tool(Tool.BRUSH)
    drag(canvas, at(canvas, 40, 200), at(canvas, 80, 200))
    assert heard.accepted[0][200, 60]
    canvas.set_tool(Tool.ERASE)
    drag(canvas, at(canvas, 40, 200), at(canvas, 80, 200))
    assert heard.advice == ["Select one object to brush its mask."]


def test_the_brush_mends_an_open_proposal_before_it_is_accepted(canvas: Canvas, heard: Heard) -> None:
    propose(canvas)
    canvas.set_tool(Tool.BRUSH)
    drag(canvas, at(canvas, 200, 150), at(canvas, 260, 150))
    canvas.execute(CanvasCommand.ACCEPT)
    assert heard.accepted[0][150, 250]


def test_brackets_and_slider_change_the_brush(canvas: Canvas) -> None:
    QTest.mouseClick(canvas.tools.tools[Tool.BRUSH], LEFT)
    assert (canvas.tool.name, canvas.tools.diameter.isVisible()) == ("BRUSH", True)
    before = canvas.diameter
    QTest.keyClick(canvas, Qt.Key.Key_BracketRight)
    assert canvas.diameter > before
    assert canvas.tools.diameter.value() == round(canvas.diameter)
    QTest.keyClick(canvas, Qt.Key.Key_BracketLeft)
    assert canvas.diameter == pytest.approx(before)
    canvas.tools.diameter.setValue(90)
    assert canvas.diameter == 90
    QTest.keyClick(canvas, Qt.Key.Key_V)
    assert (canvas.tool.name, canvas.tools.diameter.isVisible()) == ("HINT", False)


# Reach


def test_every_control_has_a_name_a_tooltip_and_is_reached_by_tab(canvas: Canvas) -> None:
    propose(canvas)
    controls: list[QWidget] = [
        *canvas.tools.findChildren(QToolButton), *canvas.proposal_bar.findChildren(QToolButton),
        canvas.tools.diameter,
    ]  # fmt: skip
    assert len(controls) >= 12
    for control in controls:
        assert control.accessibleName() and control.toolTip()
    unchecked = {canvas.tools.tools[Tool.BRUSH], canvas.tools.tools[Tool.ERASE]}  # these by the arrow keys
    reached = [it for it in controls if it.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert set(controls) - set(reached) == unchecked
    assert canvas.accessibleName() == "Still"


def test_space_and_the_canvas_s_keys_are_kept_from_shortcuts_others_are_not(canvas: Canvas) -> None:
    def kept(key: Qt.Key) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, NONE)
        event.ignore()
        QApplication.sendEvent(canvas, event)
        return event.isAccepted()

    assert kept(Qt.Key.Key_Space) and kept(Qt.Key.Key_B)
    assert not kept(Qt.Key.Key_Return)
    assert not kept(Qt.Key.Key_S)
    propose(canvas)
    assert kept(Qt.Key.Key_Return) and kept(Qt.Key.Key_Escape)


def test_a_still_of_nothing_but_zeros_and_many_objects_paints(qtbot: QtBot, canvas: Canvas) -> None:
    objects = [SoundingObject(i, square(STILL, 20 + 14 * i, 60 + 5 * i, 16), f"thing {i}") for i in range(20)]
    canvas.show_objects(objects, [3, 5])
    qtbot.waitUntil(lambda: canvas.settled)
    assert np.asarray(canvas.grab().toImage().width()) > 0


def test_a_changed_key_acts_at_once_and_its_tooltip_follows(canvas: Canvas) -> None:
    canvas.set_keys(key_map({"brush": ("Q",), "accept": ("U",)}))
    QTest.keyClick(canvas, Qt.Key.Key_B)
    assert canvas.tools.tools[Tool.HINT].isChecked()
    QTest.keyClick(canvas, Qt.Key.Key_Q)
    assert canvas.tool is Tool.BRUSH
    assert canvas.tools.tools[Tool.BRUSH].toolTip().endswith("(Q)")
    assert canvas.proposal_bar.accept.toolTip().endswith("(U)")
    assert "U adds it" in canvas.accessibleDescription()
    canvas.set_keys(key_map({"smaller": (), "larger": ("X",)}))
    assert canvas.tools.diameter.toolTip() == "Brush size  (X larger)"
