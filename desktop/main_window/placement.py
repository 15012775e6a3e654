"""Where the window may stand on its screen."""

from PySide6.QtCore import QMargins, QPoint, QRect
from PySide6.QtGui import QGuiApplication, QScreen

FRAME = QMargins(4, 34, 4, 4)
"""What a window manager draws around a window; its true size is known only once the window is shown."""


def room_on(screen: QScreen) -> QRect:
    """Return the part of a screen in which the whole window with its frame is visible."""
    if QGuiApplication.platformName() == "offscreen":
        return QRect(0, 0, 16_384, 16_384)  # There is no screen, only pictures of windows of any size.
    return screen.availableGeometry().marginsRemoved(FRAME)


def moved_inside(window: QRect, room: QRect) -> QRect:
    """Return a window that lies wholly within ``room``: moved as little as possible, made smaller only if need be."""
    size = window.size().boundedTo(room.size())
    last = room.bottomRight() - QPoint(size.width() - 1, size.height() - 1)
    left = max(room.left(), min(window.left(), last.x()))
    top = max(room.top(), min(window.top(), last.y()))
    return QRect(QPoint(left, top), size)
