"""Dragging a clip or a track out of the window."""

from PySide6.QtCore import QObject, QPointF, Signal

DRAG_THRESHOLD = 6.0
"""Distance from the press in pixels from which a press is a drag."""


class DragOut(QObject):
    """Detects drags out of the window.

    Signals:
        drag_prepared(int): the clip or track with this id was pressed and may be dragged.
        drag_started(int): it is being dragged.
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
        """Return whether a press is held, so that the move belongs to no other gesture."""
        if self._held is None:
            return False
        number, begin = self._held
        if (at - begin).manhattanLength() >= DRAG_THRESHOLD:
            self._held = None
            self.drag_started.emit(number)
        return True

    def release(self) -> None:
        self._held = None
