"""Numbers out of range can be typed, become the nearest allowed one, and that is said."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from desktop.theme.number_field import NumberField, WholeNumberField


@pytest.mark.parametrize(
    ("typed", "value", "said"),
    [("60", 30.0, True), ("0.2", 0.5, True), ("0,1", 0.5, True), ("12.5", 12.5, False)],
)
def test_a_length_out_of_range_is_the_nearest_one_and_says_so(
    qtbot: QtBot, typed: str, value: float, said: bool
) -> None:
    field = NumberField()
    qtbot.addWidget(field)
    field.setRange(0.5, 30.0)
    field.setDecimals(1)
    field.setSuffix(" s")
    field.setValue(5.0)
    field.show()
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.value() == value
    assert (field.accessibleDescription() == "From 0.5 to 30 s") is said
    QToolTip.hideText()


@pytest.mark.parametrize(("typed", "value", "said"), [("99", 20, True), ("0", 1, True), ("7", 7, False)])
def test_a_whole_number_out_of_range_too(qtbot: QtBot, typed: str, value: int, said: bool) -> None:
    field = WholeNumberField()
    qtbot.addWidget(field)
    field.setRange(1, 20)
    field.show()
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.value() == value
    assert bool(field.accessibleDescription()) is said
    QToolTip.hideText()
