"""The bar that is shown while something is recorded: what, how long, how loud, and a button to stop."""

import math

from PySide6.QtCore import QElapsedTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop.playback.meter_reading import level_text
from desktop.playback.meter_widgets import LevelBars
from desktop.theme.dark_colours import DARK
from desktop.timeline.recordings.recorder import Recorder

OVER_DB = -0.1
"""From here on, the input was too loud."""
HOLD_MS = 3000


class RecordBar(QFrame):
    """Shows what a recorder does.

    Args:
        recorder: the recorder; the bar is visible while it is active.
        parent: parent widget.
    """

    def __init__(self, recorder: Recorder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._recorder = recorder
        self._highest = -math.inf
        self._held = QElapsedTimer()
        self.words = QLabel(self)
        self.peak = QLabel(self)
        self.peak.setMinimumWidth(96)
        self.peak.setAccessibleName("Highest level of the recording")
        self.bars = LevelBars(self)
        self.button = QPushButton("&Stop recording", self)
        self.button.clicked.connect(recorder.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 8, 3)
        row.setSpacing(10)
        for widget, stretch in ((self.words, 1), (self.bars, 1), (self.peak, 0), (self.button, 0)):
            row.addWidget(widget, stretch)
        recorder.changed.connect(self._show)
        recorder.level.connect(self._show_level)
        self.setVisible(False)

    @Slot()
    def _show(self) -> None:
        self._highest = -math.inf
        self._held.restart()
        self.setVisible(self._recorder.active)
        self.button.setEnabled(self._recorder.running)
        self.peak.setText("")
        self._tell()

    def _tell(self) -> None:
        running, seconds = self._recorder.running, self._recorder.seconds
        text = (
            f"Recording  {int(seconds) // 60}:{seconds % 60:04.1f}" if running else "Opening the microphone"
        )
        self.words.setText(f"<span style='color:{DARK.error}'>●</span>  {text}")

    @Slot(object)
    def _show_level(self, peaks: tuple[float, ...]) -> None:
        levels = [20.0 * math.log10(peak) if peak > 0 else -math.inf for peak in peaks]
        self.bars.show_levels(*(levels * 2)[:2])
        loudest = max(levels)
        if loudest >= self._highest or (self._held.elapsed() > HOLD_MS and self._highest < OVER_DB):
            self._highest = loudest
            self._held.restart()
        over = self._highest >= OVER_DB
        colour = DARK.error if over else DARK.dim
        said = "  too loud" if over else ""
        self.peak.setText(f"<span style='color:{colour}'>peak {level_text(self._highest)} dB{said}</span>")
        self._tell()
