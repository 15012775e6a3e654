"""What an object may be, as chips to choose from, and the list of all names."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QToolButton, QVBoxLayout, QWidget

from desktop.objects.vocabulary import NameEntry, matching

SIZE = (240, 300)
MOST_WIDTH = 62
"""Pixels of a chip's text, so that four of them fit beside each other in the narrowest panel."""


class NameChips(QWidget):
    """A row of guesses.

    Signals:
        chosen(str): this name was chosen.
        more_requested(): the list of all names is wanted.
    """

    chosen = Signal(str)
    more_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._guesses: tuple[str, ...] = ()
        self.chips: list[QToolButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 0, 0, 2)
        self._row.setSpacing(4)
        self.more = self._chip("Other…", "Choose from all that this model can make")
        self.more.clicked.connect(lambda _checked=False: self.more_requested.emit())
        self._row.addStretch(1)
        self.hide()

    def show_guesses(self, guesses: tuple[str, ...]) -> None:
        """Offer these names; without any, the row is hidden."""
        self.setVisible(bool(guesses))
        if guesses == self._guesses:
            return
        self._guesses = guesses
        for old in self.chips:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.chips = []
        for place, guess in enumerate(guesses):
            chip = self._chip(guess, f"It is: {guess}")
            chip.clicked.connect(lambda _checked=False, name=guess: self.chosen.emit(name))
            self._row.insertWidget(place, chip)
            self.chips.append(chip)

    def _chip(self, text: str, tip: str) -> QToolButton:
        chip = QToolButton(self)
        chip.setObjectName("chip")
        chip.setText(chip.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, MOST_WIDTH))
        chip.setToolTip(tip)
        chip.setAccessibleName(tip)
        chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._row.addWidget(chip)
        return chip


class NamePicker(QFrame):
    """A list of names under a field that searches it. A name that is not in the list can be typed too.

    Args:
        entries: the names.
        parent: the widget that it is shown over.

    Signals:
        picked(str): this name was chosen or typed.
    """

    picked = Signal(str)

    def __init__(self, entries: Sequence[NameEntry], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("namePicker")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._entries = entries
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search, or type another name")
        self.search.setAccessibleName("Search names")
        self.search.setToolTip("Enter takes the marked name, or what is typed if nothing matches")
        self.names = QListWidget(self)
        self.names.setAccessibleName("Names")
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self.search)
        column.addWidget(self.names, 1)
        self.resize(*SIZE)
        self.search.textChanged.connect(self._filter)
        self.names.itemClicked.connect(lambda item: self._pick(item.text()))
        self.search.installEventFilter(self)
        self._filter("")

    def open_at(self, place: QPoint) -> None:
        """Show it at a place of the screen, wholly on it."""
        screen = self.screen().availableGeometry()
        x = max(screen.left(), min(place.x(), screen.right() - self.width()))
        y = max(screen.top(), min(place.y(), screen.bottom() - self.height()))
        self.move(x, y)
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.names.currentItem()
            self._pick(item.text() if item is not None else self.search.text())
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            count = self.names.count()
            self.names.setCurrentRow(min(max(self.names.currentRow() + step, 0), count - 1))
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    def _filter(self, text: str) -> None:
        self.names.clear()
        self.names.addItems([entry.name for entry in matching(self._entries, text)])
        if text and self.names.count():
            self.names.setCurrentRow(0)

    def _pick(self, text: str) -> None:
        name = " ".join(text.split())
        self.close()
        if name:
            self.picked.emit(name)


def pick_name(entries: Sequence[NameEntry], over: QWidget, then: Callable[[str], None]) -> NamePicker:
    """Open the list of names below a widget."""
    picker = NamePicker(entries, over)
    picker.picked.connect(then)
    picker.open_at(over.mapToGlobal(over.rect().bottomLeft()))
    return picker
