"""Keeps Alt with the wheel or the mouse from opening the menu bar when Alt is released."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow


class AltWatch(QObject):
    """Watches the application while Alt is held.

    Qt lights the first menu when Alt is released, unless a mouse button or another key came between; it does not
    count the wheel.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._watching = False

    def begin(self) -> None:
        """Watch until Alt is released."""
        if not self._watching:
            self._watching = True
            self._application.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Wheel:
            window = self._application.activeWindow()
            if isinstance(window, QMainWindow):
                # The menu bar takes any change of activation for something that came between.
                QCoreApplication.sendEvent(window.menuBar(), QEvent(QEvent.Type.ActivationChange))
        elif event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            self._end(event)
        return False

    def _end(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Alt:
            self._watching = False
            self._application.removeEventFilter(self)
