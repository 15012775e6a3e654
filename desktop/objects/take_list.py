"""The takes of one object as rows, from the top."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.objects.controls import IconMaker
from desktop.objects.take_menu import KeyOf
from desktop.objects.take_row import TakeRow, TakeRowState


class TakeList(QWidget):
    """The rows of takes; each signal begins with the take's digest.

    Signals:
        commanded(str, str): run this command on it.
        played_from(str, float): play it from a place, 0 to 1.
        entered(str): it has the keyboard.
        edited(str, str, str): "title" or "note", and its new text.
        drag_prepared(str): it was pressed and may be dragged.
        drag_started(str, TakeRow): it is being dragged by this row.
    """

    commanded = Signal(str, str)
    played_from = Signal(str, float)
    entered = Signal(str)
    edited = Signal(str, str, str)
    drag_prepared = Signal(str)
    drag_started = Signal(str, object)

    def __init__(self, icons: IconMaker, keys: KeyOf, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self._keys = keys
        self._rows: dict[str, TakeRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)

    @property
    def rows(self) -> tuple[TakeRow, ...]:
        """The rows from the top."""
        return tuple(self._rows.values())

    def row(self, digest: str) -> TakeRow | None:
        """Return the row of a take, or None."""
        return self._rows.get(digest)

    def show_rows(self, states: Sequence[TakeRowState]) -> None:
        """Show these takes in this order."""
        wanted = {state.take.digest for state in states}
        for digest in [digest for digest in self._rows if digest not in wanted]:
            gone = self._rows.pop(digest)
            gone.hide()
            self._column.removeWidget(gone)
            gone.deleteLater()
        rows: dict[str, TakeRow] = {}
        for place, state in enumerate(states):
            row = self._rows.get(state.take.digest) or self._new_row(state)
            row.show_state(state)
            rows[state.take.digest] = row
            if self._column.indexOf(row) != place:
                self._column.insertWidget(place, row)
        self._rows = rows
        self.setVisible(bool(rows))

    def _new_row(self, state: TakeRowState) -> TakeRow:
        row, digest = TakeRow(self._icons, state, self._keys, self), state.take.digest
        row.commanded.connect(lambda command: self.commanded.emit(digest, command))
        row.played_from.connect(lambda place: self.played_from.emit(digest, place))
        row.entered.connect(lambda: self.entered.emit(digest))
        row.edited.connect(lambda what, text: self.edited.emit(digest, what, text))
        row.drag_prepared.connect(lambda: self.drag_prepared.emit(digest))
        row.drag_started.connect(lambda: self.drag_started.emit(digest, row))
        return row
