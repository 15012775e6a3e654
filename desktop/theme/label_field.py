"""A name that is a label until it is edited."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from desktop.theme.elided import ElidedLine

KEEPING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
"""Reasons of a loss of focus after which it comes back by itself."""


class LabelField(ElidedLine):
    """A label that a double click or ``begin_edit`` opens as a field, everything in it selected.

    While it is a label its keys and clicks go to the widget that it is on; reached by Tab, Return opens it. Return
    ends editing and ``editingFinished`` follows; Escape restores the text.

    Args:
        text: the name.
        parent: the widget that it is on.
    """

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._before = text
        self.setProperty("quiet", True)
        self._close()

    @property
    def editing(self) -> bool:
        """Whether it is a field now."""
        return not self.isReadOnly()

    def show_text(self, text: str) -> None:
        """Show another name, unless the user is typing one."""
        if not (self.editing and self.isModified()) and text != self.text():
            self.setText(text)
            self.setCursorPosition(0)

    def begin_edit(self) -> None:
        """Open the field with everything selected."""
        self._before = self.text()
        self.setReadOnly(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        returns = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not self.editing:
            if returns:
                self.begin_edit()
            else:
                event.ignore()
        elif event.key() == Qt.Key.Key_Escape:
            self.setText(self._before)
            self.clearFocus()
        else:
            super().keyPressEvent(event)
            if returns:
                self.clearFocus()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        if event.reason() not in KEEPING:
            self._close()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._pass_on(event, super().mousePressEvent)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._pass_on(event, super().mouseMoveEvent)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._pass_on(event, super().mouseReleaseEvent)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self.editing:
            super().mouseDoubleClickEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.begin_edit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        self._pass_on(event, super().contextMenuEvent)

    def _pass_on(self, event: QEvent, handle: Callable[..., None]) -> None:
        if self.editing:
            handle(event)
        else:
            event.ignore()

    def _close(self) -> None:
        self.setReadOnly(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.deselect()
        self.setCursorPosition(0)
        self.setModified(False)
