"""Laid-out names of clips, cached because they are drawn again and again."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QStaticText

from desktop.timeline.painting.view_state import font

MOST_TEXTS = 4096


class TextCache:
    """Laid-out texts, limited in number."""

    def __init__(self) -> None:
        self._font = font()
        self._metrics = QFontMetricsF(self._font)
        self.height = self._metrics.height()
        self._made: dict[tuple[str, int], QStaticText] = {}
        self._widths: dict[str, float] = {}

    def get(self, words: str, room: float) -> QStaticText:
        """Return the text, elided to ``room`` pixels."""
        if words not in self._widths:
            self._widths[words] = self._metrics.horizontalAdvance(words)
        key = words, -1 if self._widths[words] <= room else round(room)
        found = self._made.get(key)
        if found is None:
            if len(self._made) > MOST_TEXTS:
                self._made.clear()
                self._widths = {words: self._widths[words]}
            found = self._made[key] = self._laid_out(words, key[1])
        return found

    def _laid_out(self, words: str, room: int) -> QStaticText:
        fitting = (
            words if room < 0 else self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, float(room))
        )
        made = QStaticText(fitting)
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.prepare(font=self._font)
        return made
