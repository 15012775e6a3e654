"""A canvas on screen, and what it says."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.canvas.canvas import Canvas
from tests.desktop.canvas.bench import STILL, Heard


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[Canvas]:
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    made.set_still(STILL)
    qtbot.waitUntil(lambda: made.settled)
    made.setFocus()
    for place in (QPoint(3, 3), QPoint(4, 4)):
        QTest.mouseMove(made, place)
    yield made
    made.release()


@pytest.fixture
def heard(canvas: Canvas) -> Heard:
    return Heard(canvas)
