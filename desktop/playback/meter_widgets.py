"""The meters: left and right level bars and four loudness numbers. Shows readings, measures nothing."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop.playback.meter_reading import LOWEST_DB, MeterReading, bar_fraction, level_text
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon
from engine.sound.layout import STEREO

MARKS_DB = (0, -6, -12, -24, -36)
LOUD_DB, WARM_DB = -1.0, -9.0
BAR_HEIGHT = 7
"""Height in pixels of the bar of one of two channels; more channels share it."""

OVER_DBTP = -1.0
"""The highest true peak that EBU R 128 allows."""

READOUTS = (
    ("momentary", "LUFS M", "Momentary loudness: the last 0.4 s, in LUFS"),
    ("short_term", "LUFS S", "Short-term loudness: the last 3 s, in LUFS"),
    ("integrated", "LUFS I", "Integrated loudness: everything since play was pressed, in LUFS"),
    ("true_peak", "dBTP", "The highest true peak since play was pressed, in dBTP; red above −1"),
)
NARROW = {"momentary": 300, "short_term": 250}
"""A value is hidden while the meters are narrower than this, in pixels: the others say more about a whole sound."""
MARK_GAP = 5
"""Least pixels between two numbers of the scale."""


class LevelBars(QWidget):
    """Horizontal level bars of all channels, half of them above a scale and half below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Peak level")
        self.setToolTip("Peak level of left and right, in dB of full scale")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(360)
        self.levels: tuple[float, ...] = (float("-inf"), float("-inf"))

    def show_levels(self, *levels: float, names: tuple[str, ...] = STEREO.names) -> None:
        """Show the level of each channel in dBFS; the first two are left and right."""
        if levels != self.levels:
            self.levels = levels
            labels = ("Left", "right", *names[2:])
            texts = [f"{label} {level_text(level)}" for label, level in zip(labels, levels, strict=False)]
            self.setAccessibleDescription(f"{', '.join(texts)} dB")
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(190, 34)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(30, 34)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        above = -(-len(self.levels) // 2)
        height = (BAR_HEIGHT + 1) / above
        for row, level in enumerate(self.levels):
            below, place = divmod(row, above)
            top = 2 + below * 23 + place * height
            self._bar(painter, QRectF(0, top, self.width(), height - 1), level)
        self._scale(painter)
        painter.end()

    def _bar(self, painter: QPainter, place: QRectF, level: float) -> None:
        painter.fillRect(place, DARK.colour("well"))
        low = LOWEST_DB
        for top, name in ((WARM_DB, "good"), (LOUD_DB, "warning"), (0.0, "error")):
            left, right = bar_fraction(low) * place.width(), bar_fraction(min(level, top)) * place.width()
            if level > low:
                painter.fillRect(QRectF(left, place.top(), right - left, place.height()), DARK.colour(name))
            low = top

    def _scale(self, painter: QPainter) -> None:
        font = QFont(self.font())
        font.setPixelSize(9)
        painter.setFont(font)
        painter.setPen(DARK.colour("faint"))
        for left, width, text in scale_marks(self.width(), painter.fontMetrics().horizontalAdvance):
            painter.drawText(QRectF(left, 9, width + 1, 16), 4, text)


def scale_marks(width: int, advance: Callable[[str], int]) -> list[tuple[float, int, str]]:
    """Return left edge, width and text of the numbers that fit a scale, from full scale down.

    Args:
        width: of the scale, in pixels.
        advance: returns the width of a text.
    """
    marks: list[tuple[float, int, str]] = []
    edge = float(width)
    for mark in MARKS_DB:
        text = str(mark).replace("-", "−")
        wide = advance(text)
        x = bar_fraction(mark) * width
        left = x - wide - 1 if mark == 0 else x - wide / 2
        if left + wide <= edge and left >= 0:
            marks.append((left, wide, text))
            edge = left - MARK_GAP
    return marks


class Meters(QFrame):
    """Level bars, numbers and a reset button.

    Signals:
        restart_requested(): the reset button was clicked.
    """

    restart_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Meters")
        self.bars = LevelBars(self)
        self.values: dict[str, QLabel] = {}
        self._headings: dict[str, QLabel] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.bars, 1)
        row.addSpacing(4)
        for name, short, tip in READOUTS:
            row.addLayout(self._readout(name, short, tip))
        self.reset = QToolButton(self)
        self.reset.setIcon(icon("refresh", DARK.dim))
        self.reset.setIconSize(QSize(15, 15))
        self.reset.setAccessibleName("Measure anew")
        self.reset.setToolTip("Measure loudness and peak from now on")
        self.reset.clicked.connect(self.restart)
        row.addWidget(self.reset)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Hide what there is no room for."""
        super().resizeEvent(event)
        for name, least in NARROW.items():
            for label in (self.values[name], self._headings[name]):
                label.setVisible(event.size().width() >= least)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(150, super().minimumSizeHint().height())

    @Slot(object)
    def show_reading(self, reading: MeterReading) -> None:
        self.bars.show_levels(reading.left, reading.right, *reading.others, names=reading.names)
        for name, label in self.values.items():
            label.setText(level_text(getattr(reading, name)))
        over = reading.true_peak > OVER_DBTP
        self.values["true_peak"].setStyleSheet(f"color: {DARK.error if over else DARK.text};")

    @Slot()
    def restart(self) -> None:
        """Clear the readings and measure from now on."""
        self.show_reading(MeterReading())
        self.restart_requested.emit()

    def _readout(self, name: str, short: str, tip: str) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(1)
        heading, value = QLabel(short, self), QLabel(level_text(None), self)
        heading.setProperty("role", "small")
        font = QFont(value.font())
        font.setFeature(QFont.Tag("tnum"), 1)
        value.setFont(font)
        for label in (heading, value):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            label.setFixedWidth(46)
            label.setToolTip(tip)
            column.addWidget(label)
        value.setAccessibleName(tip)
        self.values[name], self._headings[name] = value, heading
        return column
