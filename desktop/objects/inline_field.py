"""A line edit in the place of a label: Return takes the text, Escape leaves it, both give the focus back."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.scene.limits import MOST_NAME


class InlineField(QLineEdit):
    """A field that exists only while it is edited.

    Args:
        text: the text to begin with, selected.
        name: what the text is, for the placeholder and the accessible name.
        home: gets the focus back.
        parent: the widget that the field is shown in.
        most: the most characters.

    Signals:
        closed(object): editing has ended; the new text, or None if it was left.
    """

    closed = Signal(object)

    def __init__(self, text: str, name: str, home: QWidget, parent: QWidget, most: int = MOST_NAME) -> None:
        super().__init__(text, parent)
        self._home = home
        self._done = False
        self.setObjectName("field")
        self.setMaxLength(most)
        self.setPlaceholderText(name)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}  (Enter takes it, Esc leaves it)")
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close(self.text(), give_back=True)
        elif event.key() == Qt.Key.Key_Escape:
            self._close(None, give_back=True)
        else:
            super().keyPressEvent(event)
            event.accept()  # No key typed here is a command of what is around the field.

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._close(self.text(), give_back=False)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def _close(self, text: str | None, *, give_back: bool) -> None:
        if self._done:
            return
        self._done = True
        if give_back:
            self._home.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit(text)
