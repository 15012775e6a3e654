"""The Qt bindings count references right; those that do not kill the program after some hundred signals."""

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot


class Bell(QObject):
    rung = Signal(bool)
    said = Signal(object)


@pytest.mark.parametrize("value", [True, False, None])
def test_emitting_a_signal_keeps_every_reference_to_what_it_carries(value: bool | None) -> None:
    bell = Bell()
    heard: list[str] = []
    bell.rung.connect(lambda carried: heard.append(repr(carried)))
    bell.said.connect(lambda carried: heard.append(repr(carried)))
    signal = bell.said if value is None else bell.rung
    before = sys.getrefcount(value)
    for _ in range(50):
        signal.emit(value)
    assert heard == [repr(value)] * 50
    assert abs(sys.getrefcount(value) - before) < 10


def test_clicking_a_button_keeps_every_reference_to_false(qtbot: QtBot) -> None:
    button = QPushButton("Go")
    qtbot.addWidget(button)
    heard: list[str] = []
    button.clicked.connect(lambda checked: heard.append(repr(checked)))
    before = sys.getrefcount(False)
    for _ in range(50):
        button.click()
    assert heard == ["False"] * 50
    assert abs(sys.getrefcount(False) - before) < 10
