"""Sound files that are dropped onto a widget from other programs."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from engine.sound.sound_file import looks_like_sound


def sounds_in(data: QMimeData) -> list[Path]:
    """Return the files that are dragged if all of them are sounds by their names; else none."""
    urls = data.urls()
    paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    return paths if len(paths) == len(urls) and all(map(looks_like_sound, paths)) else []


class SoundDrops(QObject):
    """An event filter that accepts sound files on a widget; all other drags are left to whoever else wants them.

    Args:
        widget: the widget.
        object_at: returns the number of the object at a place of the widget, or None.

    Signals:
        dropped(list, object): paths, and the number of the object they were dropped on, or None.
    """

    dropped = Signal(object, object)

    def __init__(self, widget: QWidget, object_at: Callable[[QPointF], int | None]) -> None:
        super().__init__(widget)
        self._object_at = object_at
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Return whether the event was handled; if not, the widget handles it."""
        # Drag events derive from QDropEvent: test them first.
        if isinstance(event, QDragMoveEvent):
            return self._answer(event, sounds_in(event.mimeData()))
        if isinstance(event, QDropEvent):
            paths = sounds_in(event.mimeData())
            if self._answer(event, paths):
                self.dropped.emit(paths, self._object_at(event.position()))
                return True
        return False

    def _answer(self, event: QDropEvent, paths: Sequence[Path]) -> bool:
        if not paths or event.source() is not None:
            event.ignore()
            return False
        event.acceptProposedAction()
        return True
