"""The message bar over the lower edge of the window."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from desktop.document.messages import Message
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon, icon_pixmap

COLOURS = {"info": DARK.accent, "warning": DARK.warning, "error": DARK.error}
SECONDS = {"info": 5.0, "warning": 10.0, "error": 20.0}
MOST_WIDTH = 760
MARGIN = 18
ABOVE = 62
"""Pixels above the lower edge, so that transport and meters stay visible."""


class MessageBar(QFrame):
    """Shows the newest message for some seconds, an error longest; Escape and its button dismiss it.

    Args:
        over: the widget over whose lower edge the bar is shown.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("message")
        self.setAccessibleName("Message")
        self.shown: Message | None = None
        self._sign, self._text = QLabel(), QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.dismiss = QToolButton()
        self.dismiss.setIcon(icon("close", DARK.dim))
        self.dismiss.setIconSize(QSize(14, 14))
        self.dismiss.setToolTip("Dismiss  (Esc)")
        self.dismiss.setAccessibleName("Dismiss message")
        self.dismiss.clicked.connect(lambda _checked=False: self.clear())
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        row.addWidget(self.dismiss)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self.clear)
        over.installEventFilter(self)
        self.hide()

    def show_message(self, message: Message) -> None:
        self.shown = message
        colour = COLOURS[message.kind]
        self.setStyleSheet(
            f"QFrame#message {{ background: {DARK.raised}; border: 1px solid {DARK.edge};"
            f" border-left: 3px solid {colour}; border-radius: 6px; }}"
        )
        self._sign.setPixmap(icon_pixmap(message.kind, colour, 18, self.devicePixelRatioF()))
        self._text.setText(message.text)
        self._text.setAccessibleName(f"{message.kind}: {message.text}")
        self._place()
        self.show()
        self.raise_()
        self._clock.start(round(SECONDS[message.kind] * 1000))

    def clear(self) -> None:
        self._clock.stop()
        self.shown = None
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self._place()
        return False

    def _place(self) -> None:
        over = self.parentWidget()
        if over is None or self.shown is None:
            return
        words = QFontMetrics(self._text.font()).horizontalAdvance(self.shown.text)
        width = max(120, min(MOST_WIDTH, over.width() - 2 * MARGIN, words + 110))
        height = max(40, self.heightForWidth(width))
        self.setGeometry((over.width() - width) // 2, over.height() - height - ABOVE, width, height)
