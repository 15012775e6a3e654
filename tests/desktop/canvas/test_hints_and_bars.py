"""What the canvas says before a click, right-clicks, and bars that cover nothing and let no click through."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.canvas.canvas import Canvas
from desktop.canvas.canvas_bars import GUIDE, OVER_OBJECT
from desktop.canvas.interaction import NO_OBJECT
from desktop.canvas.labels import LabelSpec, Rect, place_labels
from desktop.canvas.pointer_actions import Tool
from desktop.vision.candidates import MaskCandidate
from desktop.vision.outline import trace_outline
from tests.desktop.canvas.bench import DOG, LEFT, NONE, SHIFT, STILL, Heard, at, click, propose
from tests.desktop.vision.fake_backend import square

RIGHT = Qt.MouseButton.RightButton


def right_click(canvas: Canvas, x: float, y: float) -> None:
    """As the system sends it: the button, and the request for a menu."""
    place = at(canvas, x, y)
    QTest.mousePress(canvas, RIGHT, NONE, place)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(canvas, QContextMenuEvent(reason, place, canvas.mapToGlobal(place)))
    QTest.mouseRelease(canvas, RIGHT, NONE, place)


def test_a_right_click_is_not_this_while_a_proposal_is_open_and_a_menu_otherwise(
    canvas: Canvas, heard: Heard
) -> None:
    menus: list[int] = []
    canvas.menu_requested.connect(lambda index, _: menus.append(index))
    canvas.show_objects([DOG], [])
    right_click(canvas, 100, 100)
    right_click(canvas, 300, 200)
    assert menus == [DOG.index, NO_OBJECT]
    propose(canvas)
    right_click(canvas, 210, 160)
    assert [hint.keep for hint in heard.hints[-1].clicks] == [True, False]
    assert len(menus) == 2
    labels = [label.text() for label in canvas.proposal_bar.findChildren(QLabel)]
    assert any("right-click" in text for text in labels), "the bar says so"


def test_over_an_object_the_bar_says_how_to_begin_a_mask_in_it(canvas: Canvas, heard: Heard) -> None:
    assert canvas.caption.isVisible() and canvas.caption.text() == GUIDE
    canvas.show_objects([DOG], [])
    assert not canvas.caption.isVisible()
    QTest.mouseMove(canvas, at(canvas, 100, 100))
    assert canvas.caption.isVisible() and canvas.caption.text() == OVER_OBJECT
    click(canvas, 100, 100, SHIFT)
    assert len(heard.hints) == 1 and heard.picked == []


def test_clicks_between_the_buttons_of_a_bar_stay_there(canvas: Canvas, heard: Heard) -> None:
    mask = square(STILL, 160, 120, 110)
    candidates = [MaskCandidate(mask, trace_outline(mask), (160.0, 120.0))] * 3
    canvas.show_candidates(candidates)
    for bar in (canvas.tools, canvas.candidate_bar):
        for label in bar.findChildren(QLabel):
            if label.isVisible():
                for click_it in (QTest.mouseClick, QTest.mouseDClick):
                    click_it(label, LEFT)
        QTest.mouseClick(bar, LEFT, NONE, QPoint(1, 1))
    assert canvas.picker.selected == frozenset() and heard.hints == []


def test_the_buttons_of_the_candidate_bar_stay_where_they_are(canvas: Canvas) -> None:
    masks = [square(STILL, 60 + 60 * number, 120, 20) for number in range(4)]
    canvas.show_candidates([MaskCandidate(mask, trace_outline(mask), (60.0, 120.0)) for mask in masks])
    bar = canvas.candidate_bar
    places = set()
    for number in range(4):
        places.add((bar.geometry().getRect(), bar.all.x(), bar.leave.x(), bar.add.geometry().getRect()))
        click(canvas, 60 + 60 * number, 120)
    places.add((bar.geometry().getRect(), bar.all.x(), bar.leave.x(), bar.add.geometry().getRect()))
    assert len(places) == 1


@pytest.mark.parametrize("size", [(800, 600), (1000, 420)])
def test_the_bars_cover_nothing_of_a_fitted_still(
    canvas: Canvas, qtbot: QtBot, size: tuple[int, int]
) -> None:
    canvas.resize(*size)
    left, top, width, height = canvas.viewport.box
    still = QRect(round(left), round(top), round(width), round(height))
    propose(canvas)
    for bar in (canvas.tools, canvas.proposal_bar):
        assert not bar.geometry().intersects(still), bar.accessibleName()


def test_a_bar_over_an_enlarged_still_avoids_the_proposed_object(canvas: Canvas) -> None:
    canvas.on_zoom(3.0, (400.0, 300.0))
    x, y = canvas.viewport.to_still((400.0, 560.0))
    mask = square(STILL, x, y, 15)
    click(canvas, x, y)
    canvas.show_proposal([mask], 0, [trace_outline(mask)])
    body = QRect(at(canvas, x - 15, y - 15), at(canvas, x + 15, y + 15))
    assert not canvas.proposal_bar.geometry().intersects(body)


def test_the_brush_tells_its_size(canvas: Canvas) -> None:
    assert not canvas.tools.diameter_text.isVisible()
    canvas.set_tool(Tool.BRUSH)
    canvas.set_diameter(48)
    assert canvas.tools.diameter_text.isVisible() and canvas.tools.diameter_text.text() == "48 px"


def test_a_large_object_has_its_name_on_its_body_a_small_one_beside_it() -> None:
    view = Rect(0, 0, 800, 600)
    (inside,) = place_labels([LabelSpec(Rect(100, 100, 300, 200), 60, 20, (180.0, 240.0))], view)
    assert inside == Rect(150, 230, 60, 20)
    (above,) = place_labels([LabelSpec(Rect(100, 100, 40, 30), 60, 20, (120.0, 115.0))], view)
    assert above is not None and above.y + above.height < 100


def test_the_pole_of_a_mask_is_in_its_body_not_in_the_middle_of_its_box() -> None:
    mask = square(STILL, 60, 60, 50).copy()
    mask[100:108, 60:300] = True
    outline = trace_outline(mask)
    assert QPointF(*outline.pole) != QPointF()
    assert mask[int(outline.pole[1]), int(outline.pole[0])] and outline.pole[0] < 110
    assert outline.scaled(2, 2).pole == (outline.pole[0] * 2, outline.pole[1] * 2)
