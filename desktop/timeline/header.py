"""The track headers: name, colour, solo, mute, gain, pan."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.document.document import Document
from desktop.theme.dark_colours import DARK
from desktop.theme.label_field import LabelField
from desktop.timeline.fader import Fader
from desktop.timeline.interaction.drag_out import DragOut
from desktop.timeline.painting.view_state import track_colour
from desktop.timeline.track_meter import TrackMeter
from engine.scene.edits import mute_track, rename_track, set_track_gain, set_track_pan, solo_track
from engine.scene.scene import Scene
from engine.scene.timeline import Track

WIDTH = 236
STRIPE = 4
DRAG_THRESHOLD = 6.0
"""Distance in pixels from which a press on a head drags its track."""
EDGE = 5
"""Height in pixels of the lower edge by which a track is resized."""
ROOMY = 50
"""Height in pixels from which a header has room for its faders."""
GAIN = (-600, 120)
"""Range of the gain fader in tenths of a decibel."""
BUTTON = (
    "QPushButton {{ padding: 0; min-height: 0; border-radius: 3px; font-size: 10px; font-weight: 600;"
    " color: {dim}; background: {raised}; border: 1px solid {edge}; }}"
    "QPushButton:hover {{ color: {text}; }} QPushButton:focus {{ border-color: {accent}; }}"
    "QPushButton:checked {{ background: {on}; border-color: {on}; color: {well}; }}"
)


class TrackHeader(QWidget):
    """The header of one track; changes become edits of the document.

    Signals:
        sized(int, int, bool): resize this track (or all tracks, if True) to a height in pixels.
        sizing_ended(): the drag of the edge has ended.
        unsized(int): reset this track to the common height.
        menu_requested(int, QPoint): open the track's menu at a screen position.
        dragged(int, object): the head is dragged to this y of the headers; None if it is dragged no more.
        drag_ended(int, float): it was dropped there.
    """

    sized = Signal(int, int, bool)
    sizing_ended = Signal()
    unsized = Signal(int)
    menu_requested = Signal(int, object)
    dragged = Signal(int, object)
    drag_ended = Signal(int, float)

    def __init__(self, document: Document, track: Track, drag_out: DragOut, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self._track = track
        self._carrying = drag_out
        self._sizing: float | None = None
        self._pressed: QPointF | None = None
        self._dragging = False
        self.setToolTip(
            "Drag up or down to move the track, sideways to take its stem out as a file. "
            "Drag the lower edge for more room. Right click for more."
        )
        self.setMouseTracking(True)
        self._colour = QColor(DARK.faint)
        self.name = LabelField(track.name, self)
        self.name.setStyleSheet("QLineEdit { padding: 0 4px; font-size: 12px; }")
        self.solo = _button("S", DARK.warning, self)
        self.mute = _button("M", DARK.error, self)
        self.gain = Fader(GAIN, 0, "Gain", lambda value: f"{value / 10:+.1f} dB", self)
        self.pan = Fader((-100, 100), 0, "Pan", spoken_pan, self)
        self.level = QLabel(self)
        self.level.setProperty("role", "small")
        self.level.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.level.setFixedWidth(34)
        self.side = QLabel(self)
        self.side.setProperty("role", "small")
        self.side.setFixedWidth(30)
        self.meter = TrackMeter(self)
        self._arrange()
        self._connect()

    def show_track(self, scene: Scene, track: Track) -> None:
        self._track = track
        colour = QColor(*track_colour(scene, track))
        if colour != self._colour:
            self._colour = colour
            self.update()
        self.name.show_text(track.name)
        self.solo.setChecked(track.soloed)
        self.mute.setChecked(track.muted)
        self.gain.show_value(round(track.gain_db * 10))
        self.pan.show_value(round(track.pan * 100))
        self.side.setText(short_pan(round(track.pan * 100)))
        self.level.setText(f"{track.gain_db:+.1f}" if track.gain_db else "0.0")
        self._describe(track.name)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._on_edge(event.position().y()):
            self._sizing = self.height() - event.position().y()
        else:
            self._pressed = event.position()
            self._carrying.press(self._track.id, event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        y = event.position().y()
        if self._sizing is not None:
            every = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.sized.emit(self._track.id, round(y + self._sizing), every)
        elif self._pressed is not None:
            self._drag(self._pressed, event.position())
        else:
            edge = self._on_edge(y)
            self.setCursor(Qt.CursorShape.SplitVCursor if edge else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._sizing is not None:
            self._sizing = None
            self.sizing_ended.emit()
        if self._dragging:
            self.drag_ended.emit(self._track.id, self.mapToParent(event.position()).y())
        self._pressed, self._dragging = None, False
        self._carrying.release()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        self.menu_requested.emit(self._track.id, event.globalPos())

    def _drag(self, pressed: QPointF, at: QPointF) -> None:
        """Move the track up or down within the column of headers, or take its stem out sideways."""
        across, down = abs(at.x() - pressed.x()), abs(at.y() - pressed.y())
        sideways = not self._dragging and across >= DRAG_THRESHOLD and across > down
        if sideways or not 0 <= at.x() < self.width():
            self._dragging, self._pressed = False, None
            self.dragged.emit(self._track.id, None)
            self._carrying.move(at)
        elif self._dragging or down >= DRAG_THRESHOLD:
            self._dragging = True
            self.dragged.emit(self._track.id, self.mapToParent(at).y())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._on_edge(event.position().y()):
            self.unsized.emit(self._track.id)

    def resizeEvent(self, _event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        roomy = self.height() >= ROOMY
        for one in (self.gain, self.level, self.pan, self.side):
            one.setVisible(roomy)
        self._column.setContentsMargins(STRIPE + 4, 6 if roomy else 2, 4, 6 if roomy else 2)

    def _on_edge(self, y: float) -> bool:
        return y >= self.height() - EDGE

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DARK.panel))
        painter.fillRect(0, 1, STRIPE, self.height() - 2, self._colour)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(DARK.line))
        painter.end()

    def _arrange(self) -> None:
        upper, lower, column, row = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(), QHBoxLayout(self)
        self._column = row
        row.setContentsMargins(STRIPE + 4, 6, 4, 6)
        row.setSpacing(5)
        row.addLayout(column, 1)
        row.addWidget(self.meter)
        column.setSpacing(5)
        upper.setSpacing(3)
        lower.setSpacing(6)
        upper.addWidget(self.name, 1)
        upper.addWidget(self.solo)
        upper.addWidget(self.mute)
        lower.addSpacing(4)
        lower.addWidget(self.gain, 3)
        lower.addWidget(self.level)
        lower.addWidget(self.pan, 2)
        lower.addWidget(self.side)
        column.addLayout(upper)
        column.addLayout(lower)
        column.addStretch(1)

    def _connect(self) -> None:
        self.name.editingFinished.connect(self._rename)
        self.solo.clicked.connect(self._toggle_solo)
        self.mute.clicked.connect(self._toggle_mute)
        self.gain.moved.connect(self._set_gain)
        self.pan.moved.connect(self._set_pan)
        self.gain.released.connect(self._document.settle)
        self.pan.released.connect(self._document.settle)

    def _describe(self, name: str) -> None:
        self.name.setAccessibleName(f"Name of track {name}")
        self.name.setToolTip("The track's name, and its stem's. Double-click to change it.")
        self.solo.setAccessibleName(f"Solo {name}")
        self.solo.setToolTip("Hear only this track, and others that are soloed")
        self.mute.setAccessibleName(f"Mute {name}")
        self.mute.setToolTip("Silence this track")
        self.gain.setAccessibleName(f"Gain of {name}")
        self.pan.setAccessibleName(f"Pan of {name}")

    def _rename(self) -> None:
        self.name.setModified(False)
        number, words = self._track.id, self.name.text().strip()
        if words and words != self._track.name:
            self._document.edit("Rename track", lambda scene: rename_track(scene, number, words))
        self.name.setText(self._track.name)

    def _toggle_solo(self) -> None:
        number, on = self._track.id, not self._track.soloed
        self._document.edit("Solo track", lambda scene: solo_track(scene, number, soloed=on))

    def _toggle_mute(self) -> None:
        number, on = self._track.id, not self._track.muted
        self._document.edit("Mute track", lambda scene: mute_track(scene, number, muted=on))

    def _set_gain(self, value: int) -> None:
        number = self._track.id
        self._document.edit(
            "Change track gain",
            lambda scene: set_track_gain(scene, number, value / 10),
            f"track {number} gain",
        )

    def _set_pan(self, value: int) -> None:
        number = self._track.id
        self._document.edit(
            "Pan track", lambda scene: set_track_pan(scene, number, value / 100), f"track {number} pan"
        )


def short_pan(value: int) -> str:
    """Return a pan value in percent as a label: "L30"."""
    return "C" if value == 0 else f"{'L' if value < 0 else 'R'}{abs(value)}"


def spoken_pan(value: int) -> str:
    """Return a pan value in percent as text: "30 % left"."""
    return "centre" if value == 0 else f"{abs(value)} % {'left' if value < 0 else 'right'}"


def _button(letter: str, on: str, parent: QWidget) -> QPushButton:
    made = QPushButton(letter, parent)
    made.setCheckable(True)
    made.setFixedSize(20, 18)
    names: Callable[[], dict[str, str]] = DARK.names
    made.setStyleSheet(BUTTON.format(**names(), on=on))
    return made
