"""The level meter of one track."""

import math

from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.theme.dark_colours import DARK

LOWEST_DB = -60.0
LOUD_DB = -9.0
FALL_DB_A_SECOND = 40.0
WIDTH = 7


class TrackMeter(QWidget):
    """A vertical bar that rises at once and falls slowly; a light stays on after a peak over 0 dBFS until clicked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.level_db = -math.inf
        self.over = False
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Level")
        self._describe()

    def rise_to(self, peak_db: float) -> None:
        """Show a peak in dBFS, unless a higher one is still falling."""
        over = self.over or peak_db > 0.0
        if peak_db > self.level_db or over != self.over:
            self.level_db, self.over = max(peak_db, self.level_db), over
            self._describe()
            self.update()

    def fall(self, seconds: float) -> bool:
        """Let the bar fall; return whether there is something left to fall."""
        if self.level_db <= LOWEST_DB:
            return False
        self.level_db -= FALL_DB_A_SECOND * seconds
        if self.level_db <= LOWEST_DB:
            self.level_db = -math.inf
        self.update()
        return True

    def mousePressEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.over = False
        self._describe()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        high = self.height() - 4
        painter.fillRect(0, 0, self.width(), 3, QColor(DARK.error if self.over else DARK.well))
        painter.fillRect(0, 4, self.width(), high, QColor(DARK.well))
        share = min(max((self.level_db - LOWEST_DB) / -LOWEST_DB, 0.0), 1.0)
        bar = round(share * high)
        colour = DARK.warning if self.level_db > LOUD_DB else DARK.good
        painter.fillRect(0, 4 + high - bar, self.width(), bar, QColor(colour))
        painter.end()

    def _describe(self) -> None:
        said = "Went over 0 dBFS: click to reset." if self.over else "Level of the track, -60 to 0 dBFS."
        if self.toolTip() != said:
            self.setToolTip(said)
