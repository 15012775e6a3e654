"""Every kind of control looks what it is: disabled is faint, focus is seen, checked is not bright when disabled."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.theme.theme import Theme

Maker = Callable[[], QWidget]
BRIGHT = 0.62
"""Of the strongest channel of a pixel; ``faint`` stays below, words and the accent do not."""


def button(kind: type[QAbstractButton], *, checked: bool = False, primary: bool = False) -> Maker:
    def make() -> QWidget:
        made = kind()
        made.setText("Words")
        made.setCheckable(checked or made.isCheckable())
        made.setChecked(checked)
        made.setProperty("primary", primary)
        return made

    return make


def partly() -> QWidget:
    made = QCheckBox("Words")
    made.setCheckState(Qt.CheckState.PartiallyChecked)
    return made


def combo() -> QWidget:
    made = QComboBox()
    made.addItem("Words")
    return made


def slider(way: Qt.Orientation) -> Maker:
    def make() -> QWidget:
        made = QSlider(way)
        made.setValue(40)
        made.setMinimumSize(30, 30)
        return made

    return make


def rows() -> QWidget:
    made = QListWidget()
    made.addItems(["one", "two"])
    made.setCurrentRow(0)
    return made


def tabs() -> QWidget:
    made = QTabBar()
    made.addTab("One")
    made.addTab("Two")
    return made


def progress() -> QWidget:
    made = QProgressBar()
    made.setValue(40)
    return made


PRESSED: dict[str, Maker] = {
    "button": button(QPushButton),
    "main button": button(QPushButton, primary=True),
    "tool": button(QToolButton),
    "box": button(QCheckBox),
    "checked box": button(QCheckBox, checked=True),
    "dot": button(QRadioButton),
}
FOCUSED: dict[str, Maker] = {
    **PRESSED,
    "button that is on": button(QPushButton, checked=True),
    "tool that is on": button(QToolButton, checked=True),
    "partly checked box": partly,
    "checked dot": button(QRadioButton, checked=True),
    "field": lambda: QLineEdit("words"),
    "text": lambda: QPlainTextEdit("words"),
    "number": QSpinBox,
    "choice": combo,
    "slider": slider(Qt.Orientation.Horizontal),
    "upright slider": slider(Qt.Orientation.Vertical),
    "list": rows,
    "tabs": tabs,
}
ALL: dict[str, Maker] = {**FOCUSED, "progress": progress}


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[None]:
    before, palette, style = qapp.styleSheet(), qapp.palette(), qapp.style().objectName()
    theme = Theme()
    theme.apply(qapp)
    yield
    qapp.setStyleSheet(before)
    qapp.setPalette(palette)
    qapp.setStyle(style)
    theme.close()


class Shown:
    """A control on a panel, and another that has the focus."""

    def __init__(self, make: Maker, qtbot: QtBot) -> None:
        self.window = QWidget()
        self.window.setObjectName("panel")
        self.window.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.control, self.other = make(), QPushButton()
        column = QVBoxLayout(self.window)
        column.addWidget(self.control)
        column.addWidget(self.other)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        self.other.setFocus()
        qtbot.waitUntil(self.other.hasFocus)

    def picture(self) -> QImage:
        return self.window.grab(self.control.geometry()).toImage()


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize("name", ALL)
def test_what_is_disabled_looks_so_and_nothing_of_it_is_bright(name: str, qtbot: QtBot) -> None:
    shown = Shown(ALL[name], qtbot)
    usual = shown.picture()
    shown.control.setEnabled(False)
    faint = shown.picture()
    assert brightest(faint) < BRIGHT
    assert faint != usual


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize("name", FOCUSED)
def test_what_has_the_keyboard_shows_it(name: str, qtbot: QtBot) -> None:
    shown = Shown(FOCUSED[name], qtbot)
    before = shown.picture()
    shown.control.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(shown.control.hasFocus)
    if isinstance(shown.control, QLineEdit | QSpinBox):
        shown.control.selectAll()
    assert shown.picture() != before


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize("name", PRESSED)
def test_what_is_pressed_gives_way(name: str, qtbot: QtBot) -> None:
    shown = Shown(PRESSED[name], qtbot)
    before = shown.picture()
    assert isinstance(shown.control, QAbstractButton)
    shown.control.setDown(True)
    assert shown.picture() != before


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize("kind", [QPushButton, QToolButton, QCheckBox, QRadioButton])
def test_on_and_off_differ_also_while_disabled(kind: type[QAbstractButton], qtbot: QtBot) -> None:
    pictures = []
    for checked in (False, True):
        shown = Shown(button(kind, checked=checked), qtbot)
        shown.control.setEnabled(False)
        pictures.append(shown.picture())
    assert pictures[0] != pictures[1]


def brightest(picture: QImage) -> float:
    """The strongest channel of any pixel."""
    colours = (QColor(picture.pixel(x, y)) for x in range(picture.width()) for y in range(picture.height()))
    return max(max(colour.redF(), colour.greenF(), colour.blueF()) for colour in colours)
