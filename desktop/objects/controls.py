"""The panel's style sheet, colours and small controls."""

import functools
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QWheelEvent
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon
from desktop.theme.number_field import NumberField
from engine.scene.colours import Colour

SHEET = f"""
QLineEdit#name {{ font-weight: 600; padding: 1px 4px; min-height: 16px; }}
QLineEdit#field, QDoubleSpinBox#field {{ padding: 2px 5px; min-height: 17px; font-size: 12px; }}
QLabel#field {{ color: {DARK.dim}; font-size: 11px; }}
QLabel#caption {{ color: {DARK.dim}; font-size: 11px; padding-left: 5px; }}
QLabel#caption[busy="true"] {{ color: {DARK.accent}; }}
QLabel#caption[failed="true"] {{ color: {DARK.error}; }}
QToolButton#letter {{ font-size: 11px; font-weight: 700; color: {DARK.dim}; padding: 0; border-radius: 4px;
    background: {DARK.raised}; }}
QToolButton#letter:hover {{ background: {DARK.hover}; color: {DARK.text}; }}
QToolButton#letter:checked[what="solo"] {{ background: {DARK.warning}; color: {DARK.on_accent}; }}
QToolButton#letter:checked[what="mute"] {{ background: {DARK.error}; color: {DARK.on_accent}; }}
QToolButton#letter:pressed, QToolButton#use:pressed {{ background: {DARK.panel}; }}
QToolButton#small {{ padding: 2px; border-radius: 4px; }}
QToolButton#use {{ font-size: 11px; padding: 1px 7px; border-radius: 4px; color: {DARK.dim};
    background: {DARK.raised}; }}
QToolButton#use:hover {{ background: {DARK.hover}; color: {DARK.text}; }}
QToolButton#use:checked {{ background: {DARK.selected}; color: {DARK.accent}; font-weight: 600; }}
QLabel#job {{ font-size: 12px; }}
QLabel#remark {{ color: {DARK.warning}; font-size: 11px; }}
QToolButton#chip {{ font-size: 11px; padding: 1px 7px; border-radius: 8px; color: {DARK.text};
    background: {DARK.raised}; border: 1px solid {DARK.edge}; }}
QToolButton#chip:hover {{ background: {DARK.hover}; }}
QToolButton#chip:pressed {{ background: {DARK.panel}; }}
QFrame#namePicker {{ background: {DARK.raised}; border: 1px solid {DARK.edge}; }}
QLabel#number {{ color: {DARK.text}; font-size: 12px; font-weight: 600; padding: 0 2px; }}
QLabel#takewords {{ font-size: 11px; color: {DARK.dim}; }}
QLabel#takewords[rejected="true"] {{ text-decoration: line-through; }}
QLabel#side {{ background: {DARK.accent}; color: {DARK.on_accent}; font-size: 10px; font-weight: 700;
    border-radius: 3px; padding: 0 4px; }}
QLabel#takehint {{ color: {DARK.dim}; font-size: 11px; }}
QLineEdit#field {{ min-height: 16px; }}
QToolButton:focus {{ border-color: {DARK.accent}; }}
"""

IconMaker = Callable[[str], QIcon]


def icon_maker() -> IconMaker:
    """Return a function that creates icons, cached for the panel's many buttons."""

    @functools.cache
    def make(name: str) -> QIcon:
        if name == "star_filled":
            return icon(name, DARK.warning, DARK.warning)
        return icon(name, DARK.dim)

    return make


def qcolour(colour: Colour, alpha: float = 1.0) -> QColor:
    """Return a colour as a QColor; ``alpha`` is 0 to 1."""
    made = QColor(*colour)
    made.setAlphaF(alpha)
    return made


def small_button(
    parent: QWidget, image: QIcon, name: str, tip: str, *, checkable: bool = False
) -> QToolButton:
    """Create a button with an icon."""
    button = QToolButton(parent)
    button.setObjectName("small")
    button.setIcon(image)
    button.setIconSize(QSize(14, 14))
    return set_name_and_tip(button, name, tip, checkable=checkable)


def letter_button(parent: QWidget, letter: str, name: str, tip: str) -> QToolButton:
    """Create a checkable button with a letter: solo, mute."""
    button = QToolButton(parent)
    button.setObjectName("letter")
    button.setProperty("what", name.split(maxsplit=1)[0].lower())
    button.setText(letter)
    button.setFixedSize(22, 20)
    return set_name_and_tip(button, name, tip, checkable=True)


def set_name_and_tip(button: QToolButton, name: str, tip: str, *, checkable: bool = False) -> QToolButton:
    """Set a button's accessible name, tooltip and focus behaviour; return the button."""
    button.setCheckable(checkable)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setCursor(Qt.CursorShape.ArrowCursor)
    return button


def field_label(parent: QWidget, text: str, buddy: QWidget) -> QLabel:
    """Create the label of a field."""
    label = QLabel(text, parent)
    label.setObjectName("field")
    label.setBuddy(buddy)
    return label


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet selects by, and reapply the style."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class NoScrollSpinBox(NumberField):
    """A spin box that ignores the wheel unless it has the focus, so that scrolling the list does not change it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("field")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)
        self.lineEdit().setTextMargins(4, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
