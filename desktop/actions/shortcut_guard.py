"""One rule for keys: a key runs its command unless a field is being edited, and Return and Escape leave a field.

A field gets the keys that it can use; a number gets digits only, so that letters still run commands. When a field is
left, or what has the focus is hidden or disabled, the focus goes back to the surface it came from: canvas, card or
timeline.
"""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QValidator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QMainWindow,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from desktop.actions.alt_watch import AltWatch

FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QKeySequenceEdit)
CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSlider, QComboBox, QLineEdit, QTabBar, QMenuBar)
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
RETURNS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
NUMERIC = frozenset("0123456789.,:;+-")
"""What can be typed into a number."""
SURFACES_KEPT = 8
COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class FocusGuard(QObject):
    """An event filter on the widget with the focus only, so that it costs nothing while the pointer moves."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._clicked = False
        self._text = ""
        self._surfaces: list[QWidget] = []
        self._alt = AltWatch(application)
        application.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.MouseButtonPress:
            self._clicked = True
        elif isinstance(watched, QWidget) and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Alt:
                self._alt.begin()
            if event.type() == QEvent.Type.ShortcutOverride:
                return self._decide(watched, event)
            if event.type() == QEvent.Type.KeyPress and isinstance(watched.window(), QMainWindow):
                return self._leave_field(watched, event) or self._press_button(watched, event)
        return False

    def _decide(self, watched: QWidget, event: QKeyEvent) -> bool:
        """Give a key to the widget or to the window's commands; return whether that is decided here."""
        # Space plays and stops after a button was clicked, but presses a button that was reached by Tab.
        if isinstance(watched, QAbstractButton) and self._clicked:
            return False
        wanted = wants(watched, event)
        event.setAccepted(wanted)
        # Qt's fields would take every printable key, also letters where a number is edited.
        return wanted or is_field(watched)

    def _leave_field(self, field: QWidget, event: QKeyEvent) -> bool:
        """Commit the field by Return or restore it by Escape, and leave it; return whether the key did that.

        The key goes no further: a card would fold away, or a command would run.
        """
        key = Qt.Key(event.key())
        leaves = key == Qt.Key.Key_Escape or (key in RETURNS and not _has_lines(field))
        if not is_field(field) or not leaves or event.modifiers() & COMMANDS:
            return False
        field.event(event)
        event.accept()
        if not _is_alive(field):
            return True
        if QApplication.focusWidget() is field:
            line = line_of(field)
            if key == Qt.Key.Key_Escape and line is not None and not line.isReadOnly():
                line.setText(self._text)
            self._go_back(field)
        elif QApplication.focusWidget() is None:
            self._go_back(field)
        return True

    def _press_button(self, button: QWidget, event: QKeyEvent) -> bool:
        """Press a button that was reached by Tab; return whether it was."""
        if not isinstance(button, QAbstractButton) or Qt.Key(event.key()) not in RETURNS or self._clicked:
            return False
        event.accept()
        button.click()
        return True

    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        self._clicked = False
        if before is not None and _is_alive(before):
            before.removeEventFilter(self)
        if now is None or not _is_alive(now):
            return
        now.installEventFilter(self)
        line = line_of(now)
        self._text = line.text() if line is not None else ""
        if before is not None and _is_alive(before) and _is_out_of_use(before, now):
            self._go_back(now)
        elif isinstance(now.window(), QMainWindow) and is_surface(now):
            self._surfaces = [now, *(one for one in self._surfaces if one is not now)][:SURFACES_KEPT]

    def _go_back(self, leaving: QWidget) -> None:
        """Focus the surface that had the focus last and can have it again."""
        window = leaving.window()
        self._surfaces = [one for one in self._surfaces if _is_alive(one)]
        there = (
            one for one in self._surfaces if one.window() is window and one.isVisible() and one.isEnabled()
        )
        surface = next(there, None)
        if surface is not None:
            surface.setFocus(Qt.FocusReason.OtherFocusReason)
        elif is_field(leaving):
            leaving.clearFocus()


def is_surface(widget: QWidget) -> bool:
    """Return whether a widget is something to work on, such as the canvas: no field and no control."""
    return not is_field(widget) and not isinstance(widget, CONTROLS)


def line_of(widget: QWidget) -> QLineEdit | None:
    """Return the line edit of a field, or None if it has none."""
    if isinstance(widget, QAbstractSpinBox):
        return widget.lineEdit()
    return widget if isinstance(widget, QLineEdit) else None


def _is_alive(widget: QWidget) -> bool:
    """Return whether Qt has not deleted the widget yet."""
    try:
        widget.isVisible()
    except RuntimeError:
        return False
    return True


def _is_out_of_use(before: QWidget, now: QWidget) -> bool:
    """Return whether the focus moved only because the widget that had it was hidden or disabled."""
    window = before.window()
    same = window is now.window() and window.isVisible() and isinstance(window, QMainWindow)
    return same and not (before.isVisible() and before.isEnabled()) and not is_surface(now)


def _has_lines(field: QWidget) -> bool:
    return isinstance(field, QPlainTextEdit | QTextEdit)


def wants(widget: QWidget, event: QKeyEvent) -> bool:
    """Return whether the focused widget, rather than the window, gets the key."""
    key, commands = Qt.Key(event.key()), event.modifiers() & COMMANDS
    if is_field(widget):
        return _wanted_by_field(widget, event, key, commands)
    if commands:
        return False
    if isinstance(widget, QAbstractButton):
        return key == Qt.Key.Key_Space or key in RETURNS
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


def _wanted_by_field(field: QWidget, event: QKeyEvent, key: Qt.Key, commands: Qt.KeyboardModifier) -> bool:
    if not commands:
        return key in ARROWS or key in EDITING or key in ENTERING or _can_type(field, event.text())
    if commands != Qt.KeyboardModifier.ControlModifier:
        return False
    if key in (Qt.Key.Key_Z, Qt.Key.Key_Y):
        return _can_undo(field, redo=key == Qt.Key.Key_Y)
    return key in FIELD_COMMANDS or key in ARROWS or key in EDITING


def _can_type(field: QWidget, text: str) -> bool:
    """Return whether a field takes this text: a number takes no letters, so they stay commands."""
    line = line_of(field)
    if isinstance(field, QAbstractSpinBox):
        return text in NUMERIC
    if text and line is not None and line.validator() is not None:
        return bool(line.validator().validate(text, 0)[0] != QValidator.State.Invalid)  # type: ignore[index]
    return bool(text)


def _can_undo(field: QWidget, *, redo: bool) -> bool:
    """Return whether a field has typing of its own to undo or redo; if not, the key is the window's."""
    if isinstance(field, QPlainTextEdit | QTextEdit):
        document = field.document()
        return document.isRedoAvailable() if redo else document.isUndoAvailable()
    line = line_of(field)
    if line is None:
        return True
    return line.isRedoAvailable() if redo else line.isUndoAvailable()
