"""Taking a clip or a track out of the window: a press, a few pixels, and it is carried."""

from PySide6.QtCore import QObject, QPointF, Signal

DRAG_THRESHOLD = 6.0
"""Pixels from the press after which it is carried."""


class DragOut(QObject):
    """Signals:
    touched(int): the thing of this number may be carried in a moment.
    carried(int): it is.
    """

    drag_prepared = Signal(int)
    drag_started = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held: tuple[int, QPointF] | None = None

    def press(self, number: int, at: QPointF) -> None:
        self._held = number, at
        self.drag_prepared.emit(number)

    def move(self, at: QPointF) -> bool:
        """Whether something is held, and so the move is no other gesture's."""
        if self._held is None:
            return False
        number, begin = self._held
        if (at - begin).manhattanLength() >= DRAG_THRESHOLD:
            self._held = None
            self.drag_started.emit(number)
        return True

    def release(self) -> None:
        self._held = None
