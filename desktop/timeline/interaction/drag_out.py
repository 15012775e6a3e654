"""Taking a clip or a track out of the window: a press, a few pixels, and it is carried."""

from PySide6.QtCore import QObject, QPointF, Signal

BEGINS = 6.0
"""Pixels from the press after which it is carried."""


class Carrying(QObject):
    """Signals:
    touched(int): the thing of this number may be carried in a moment.
    carried(int): it is.
    """

    touched = Signal(int)
    carried = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held: tuple[int, QPointF] | None = None

    def press(self, number: int, at: QPointF) -> None:
        self._held = number, at
        self.touched.emit(number)

    def move(self, at: QPointF) -> bool:
        """Whether something is held, and so the move is no other gesture's."""
        if self._held is None:
            return False
        number, begin = self._held
        if (at - begin).manhattanLength() >= BEGINS:
            self._held = None
            self.carried.emit(number)
        return True

    def release(self) -> None:
        self._held = None
