"""The timecode field: shows the playhead's position and accepts a new one."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.playback.timecode_entry import frame_of_entry
from engine.errors import BadInput
from engine.scene.timecode import RATES, FrameRate, frames_in_day, to_text

TIP = "Where the playhead is. Type 01:00:02:05, 2:05, or +10 for ten frames on, then Enter; Esc takes it back"


class TimecodeField(QLineEdit):
    """A line edit for timecode.

    Signals:
        frame_requested(int): move to this frame, counted from 00:00:00:00.
        entry_rejected(BadInput): the text is not a position; the field shows the old one again.
    """

    frame_requested = Signal(int)
    entry_rejected = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rate: FrameRate = RATES["25"]
        self._frame = 0
        self._typing = False
        font = QFont(self.font())
        font.setPixelSize(17)
        font.setFeature(QFont.Tag("tnum"), 1)
        self.setFont(font)
        self.setStyleSheet("QLineEdit { font-size: 17px; padding: 2px 6px; }")
        self.setProperty("quiet", True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedWidth(QFontMetrics(font).horizontalAdvance("00:00:00:00") + 24)
        self.setAccessibleName("Timecode")
        self.setToolTip(TIP)
        self.textEdited.connect(self._note_typing)
        self.returnPressed.connect(self._go)
        self._show()

    def show_frame(self, frame: int, rate: FrameRate) -> None:
        """Show the playhead's frame, unless the user is typing."""
        if (frame, rate) != (self._frame, self._rate):
            self._frame, self._rate = frame, rate
            if not self._typing:
                self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self._typing = False
        self._show()

    def event(self, event: QEvent) -> bool:
        # While the user types, Esc cancels the entry; the window's shortcut does not get it.
        if event.type() == QEvent.Type.ShortcutOverride and self._typing and isinstance(event, QKeyEvent):
            event.accept()
            return True
        return super().event(event)

    def _note_typing(self) -> None:
        self._typing = True

    def _go(self) -> None:
        text = self.text()
        self._leave()
        try:
            frame = frame_of_entry(text, self._frame, self._rate)
        except BadInput as refusal:
            self.entry_rejected.emit(refusal)
        else:
            self.frame_requested.emit(frame)

    def _leave(self) -> None:
        self._typing = False
        self._show()
        self.clearFocus()

    def _show(self) -> None:
        self.setText(to_text(self._frame % frames_in_day(self._rate), self._rate))
