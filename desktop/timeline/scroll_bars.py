"""The two scroll bars of the timeline."""

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QScrollBar, QWidget

from desktop.timeline.layout.track_layout import RULER_HEIGHT, TrackLayout

MOST_STEPS = 2**30
"""Largest range of a scroll bar, which is a 32-bit integer; an hour at the highest zoom has more pixels."""
LEAD = 12
"""Pixels that are shown before the first sample."""


class TimelineScrollBars(QObject):
    """Scroll bars through time and through the tracks.

    Args:
        parent: the timeline's widget.

    Signals:
        time_scrolled(float): the user wants this sample at the left edge.
        tracks_scrolled(int): the user wants the tracks scrolled down by this number of pixels.
    """

    time_scrolled = Signal(float)
    tracks_scrolled = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.across = QScrollBar(Qt.Orientation.Horizontal, parent)
        self.down = QScrollBar(Qt.Orientation.Vertical, parent)
        self._unit = 1.0
        self._lead = 0.0
        self.across.setAccessibleName("Scroll through time")
        self.down.setAccessibleName("Scroll through tracks")
        self.across.valueChanged.connect(self._scroll_across)
        self.down.valueChanged.connect(self.tracks_scrolled)

    def show_geometry(self, geometry: TrackLayout, length: int, tracks: int) -> None:
        """Show what is visible, without emitting a signal.

        Args:
            geometry: what is visible.
            length: of the timeline, in samples.
            tracks: their number.
        """
        with QSignalBlocker(self.across), QSignalBlocker(self.down):
            self._set_across(geometry, length)
            self._set_down(geometry, tracks)

    def _set_across(self, geometry: TrackLayout, length: int) -> None:
        scale, bar = geometry.scale, self.across
        page = scale.length_of(geometry.width)
        self._lead = lead = scale.length_of(LEAD)
        end = max(length + page / 2, scale.start + page)
        self._unit = max((end + lead) / MOST_STEPS, scale.per_pixel)
        bar.setRange(0, max(0, round((end + lead - page) / self._unit)))
        bar.setPageStep(max(1, round(page / self._unit)))
        bar.setSingleStep(max(1, round(scale.length_of(40) / self._unit)))
        bar.setValue(round((scale.start + lead) / self._unit))

    def _set_down(self, geometry: TrackLayout, tracks: int) -> None:
        bar = self.down
        bar.setRange(0, geometry.lowest_scroll(tracks))
        bar.setPageStep(max(1, geometry.height - RULER_HEIGHT))
        bar.setSingleStep(geometry.lane // 2)
        bar.setValue(geometry.scroll)

    def _scroll_across(self, value: int) -> None:
        self.time_scrolled.emit(value * self._unit - self._lead)
