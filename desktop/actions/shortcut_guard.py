"""Decides who gets a key: text fields before the window's shortcuts, shortcuts before a button that was clicked."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QKeySequenceEdit)
ARROWS = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)
EDITING = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Tab, Qt.Key.Key_Backtab})
ENTERING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape})
# Editing keys that text fields handle themselves.
FIELD_COMMANDS = frozenset(
    {Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_Y, Qt.Key.Key_Z}
)
COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class FocusGuard(QObject):
    """An event filter on the widget with the focus only, so that it costs nothing while the pointer moves."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._clicked = False
        application.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.MouseButtonPress:
            self._clicked = True
        elif event.type() == QEvent.Type.ShortcutOverride and self._is_for(watched, event):
            event.accept()
            return True
        return False

    def _is_for(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, QWidget) or not isinstance(event, QKeyEvent):
            return False
        # Space plays and stops after a button was clicked, but presses a button that was reached by Tab.
        if isinstance(watched, QAbstractButton) and self._clicked:
            return False
        return wants(watched, event)

    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        self._clicked = False
        if before is not None:
            before.removeEventFilter(self)
        if now is not None:
            now.installEventFilter(self)


def wants(widget: QWidget, event: QKeyEvent) -> bool:
    """Return whether the focused widget, rather than the window, gets the key."""
    key, commands = Qt.Key(event.key()), event.modifiers() & COMMANDS
    if is_field(widget):
        return _wanted_by_field(event, key, commands)
    if commands:
        return False
    if isinstance(widget, QAbstractButton):
        return key == Qt.Key.Key_Space
    if isinstance(widget, QComboBox):
        return key in ARROWS or key == Qt.Key.Key_Space
    if isinstance(widget, QAbstractSlider | QAbstractItemView):
        return key in ARROWS and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    return False


def is_field(widget: QWidget) -> bool:
    """Return whether the user types into this widget."""
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit) and widget.isReadOnly():
        return False
    return isinstance(widget, FIELDS) or (isinstance(widget, QComboBox) and widget.isEditable())


def _wanted_by_field(event: QKeyEvent, key: Qt.Key, commands: Qt.KeyboardModifier) -> bool:
    if key in ARROWS or key in EDITING or key in ENTERING:
        return True
    if not commands:
        return bool(event.text())
    return commands == Qt.KeyboardModifier.ControlModifier and key in FIELD_COMMANDS
