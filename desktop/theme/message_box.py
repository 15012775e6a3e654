"""Message boxes in the window's style: its own signs, and no stock icons on the buttons."""

from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon_pixmap

SIGNS = {"info": DARK.accent, "warning": DARK.warning, "error": DARK.error}
SIGN_SIZE = 28


def message_box(over: QWidget | None, title: str, text: str, sign: str = "") -> QMessageBox:
    """Return a message box without buttons yet.

    Args:
        over: the window.
        title: title of the box.
        text: what it says or asks.
        sign: "info", "warning" or "error"; "" shows none.
    """
    box = QMessageBox(over)
    box.setWindowTitle(title)
    box.setText(text)
    if sign:
        box.setIconPixmap(icon_pixmap(sign, SIGNS[sign], SIGN_SIZE, box.devicePixelRatioF()))
    return box
