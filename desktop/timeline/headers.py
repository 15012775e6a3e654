"""The column of track headers: scrolled with the tracks, reordered by dragging, with meters that fall."""

from collections.abc import Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop.document.document import Document
from desktop.theme.dark_colours import DARK
from desktop.timeline.header import WIDTH, TrackHeader
from desktop.timeline.interaction.drag_out import DragOut
from desktop.timeline.interaction.track_order import place_for
from desktop.timeline.layout.track_layout import RULER_HEIGHT, TrackLayout
from desktop.timeline.painting.view_state import track_colour
from engine.scene.scene import Scene
from engine.scene.timeline import Track
from engine.sound.waveform import to_db

FALL_MS = 40


class Headers(QWidget):
    """The headers of all tracks, scrolled with them.

    Signals:
        wheeled(float): pixels to scroll the tracks down by.
        sized(int, int, bool): as a ``TrackHeader``'s.
        sizing_ended(): as a ``TrackHeader``'s.
        unsized(int): as a ``TrackHeader``'s.
        menu_requested(int, QPoint): open the menu of this track at a screen position.
        moved(int, int): move this track to a place, from 0.
    """

    wheeled = Signal(float)
    sized = Signal(int, int, bool)
    sizing_ended = Signal()
    unsized = Signal(int)
    menu_requested = Signal(int, object)
    moved = Signal(int, int)

    def __init__(self, document: Document, toolbar: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._made: dict[int, TrackHeader] = {}
        self._shown: dict[int, tuple[object, ...]] = {}
        self._geometry = TrackLayout()
        self.drag_out = DragOut(self)
        self._corner = toolbar
        self._line = QWidget(self)
        self._line.setStyleSheet(f"background: {DARK.accent};")
        self._line.hide()
        self._timer = QTimer(self)
        self._timer.setInterval(FALL_MS)
        self._timer.timeout.connect(self._fall)
        toolbar.setParent(self)
        self.setFixedWidth(WIDTH)

    def header(self, track_id: int) -> TrackHeader:
        return self._made[track_id]

    def show_scene(self, scene: Scene) -> None:
        there = {track.id for track in scene.timeline.tracks}
        for number in [number for number in self._made if number not in there]:
            self._shown.pop(number)
            gone = self._made.pop(number)
            gone.hide()
            gone.deleteLater()
        before: QWidget = self._corner
        for track in scene.timeline.tracks:
            made = self._made.get(track.id)
            if made is None:
                made = self._made[track.id] = self._make(track)
            shown = (track, track_colour(scene, track))
            if self._shown.get(track.id) != shown:
                self._shown[track.id] = shown
                made.show_track(scene, track)
            QWidget.setTabOrder(before, made.name)
            before = made.pan
        self._place()

    def _make(self, track: Track) -> TrackHeader:
        made = TrackHeader(self._document, track, self.drag_out, self)
        made.sized.connect(self.sized)
        made.sizing_ended.connect(self.sizing_ended)
        made.unsized.connect(self.unsized)
        made.menu_requested.connect(self.menu_requested)
        made.dragged.connect(self._show_place)
        made.drag_ended.connect(self._reorder)
        made.show()
        return made

    def rename(self, track_id: int) -> None:
        """Let the user edit the name of a track."""
        self._made[track_id].name.begin_edit()

    @property
    def visible_tracks(self) -> list[int]:
        """Ids of the tracks whose heads can be seen."""
        tracks = self._document.scene.timeline.tracks
        return [tracks[row].id for row in self._geometry.rows(len(tracks))]

    def show_peaks(self, peaks: Mapping[int, float]) -> None:
        """Show the sample peaks of tracks; meters without a new peak fall."""
        for number, peak in peaks.items():
            if number in self._made:
                self._made[number].meter.rise_to(to_db(peak))
        if not self._timer.isActive():
            self._timer.start()

    def _fall(self) -> None:
        if not [made for made in self._made.values() if made.meter.fall(FALL_MS / 1000)]:
            self._timer.stop()

    def _show_place(self, track_id: int, y: float | None) -> None:
        """Show where a dragged track would be put; nothing if ``y`` is None."""
        tracks = self._document.scene.timeline.tracks
        row = next((row for row, track in enumerate(tracks) if track.id == track_id), None)
        place = None if row is None or y is None else place_for(self._geometry, len(tracks), row, y)
        self._line.setVisible(place is not None)
        if place is not None and row is not None:
            edge = self._geometry.top_of(place + (place > row))
            self._line.setGeometry(0, edge - 1, WIDTH, 3)
            self._line.raise_()

    def _reorder(self, track_id: int, y: float) -> None:
        self._line.hide()
        tracks = self._document.scene.timeline.tracks
        row = next((row for row, track in enumerate(tracks) if track.id == track_id), None)
        place = None if row is None else place_for(self._geometry, len(tracks), row, y)
        if place is not None:
            self.moved.emit(track_id, place)

    def show_geometry(self, geometry: TrackLayout) -> None:
        self._geometry = geometry
        self._place()

    def resizeEvent(self, _event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self._place()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        self.wheeled.emit(-event.angleDelta().y() / 2)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DARK.ground))
        painter.end()

    def _place(self) -> None:
        for row, track in enumerate(self._document.scene.timeline.tracks):
            made = self._made.get(track.id)
            if made is not None:
                made.setGeometry(0, self._geometry.top_of(row), WIDTH, self._geometry.height_of(row))
        self._corner.setGeometry(0, 0, WIDTH, RULER_HEIGHT)
        self._corner.raise_()
