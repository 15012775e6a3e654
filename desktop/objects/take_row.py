"""One take of an object: play, star, reject, use, or drag it to the timeline."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QToolButton, QToolTip, QWidget

from desktop.objects.controls import IconMaker, qcolour, set_name_and_tip, small_button
from desktop.objects.drag_pixmap import take_drag_pixmap
from desktop.objects.preview_images import Peaks
from desktop.objects.recipe_tip import recipe_tip
from desktop.objects.wave_strip import WaveStrip
from engine.scene.colours import Colour
from engine.scene.scene import TakeRecord

DRAG_TIP = "<qt><br>Click to play. Drag it onto the timeline, or out of the window as a file.</qt>"


@dataclass(frozen=True)
class TakeRowState:
    """All that a row shows."""

    take: TakeRecord
    colour: Colour
    used: bool


class TakeRow(QWidget):
    """The row of one take. Each signal has the take's digest.

    Signals:
        play(str): play the take.
        use(str): use the take.
        starred(str, bool): star the take.
        rejected(str, bool): reject the take.
        drag_prepared(str): it was pressed and may be dragged.
        drag_started(str): it is being dragged.
    """

    play = Signal(str)
    use = Signal(str)
    starred = Signal(str, bool)
    rejected = Signal(str, bool)
    drag_prepared = Signal(str)
    drag_started = Signal(str)

    def __init__(self, icons: IconMaker, state: TakeRowState, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self._state = state
        self._pressed: QPoint | None = None
        digest, words = state.take.digest, f"take {state.take.number} of {state.take.name}"
        self.player = small_button(self, icons("play"), f"Play {words}", "Play this take")
        self.wave = WaveStrip(self)
        self.number = QLabel(self)
        self.number.setObjectName("number")
        self.star = small_button(self, icons("star"), f"Star {words}", "Star this take", checkable=True)
        self.reject = small_button(
            self,
            icons("reject"),
            f"Reject {words}",
            "Reject this take; it is kept, at the end",
            checkable=True,
        )
        self.chooser = QToolButton(self)
        self.chooser.setObjectName("use")
        set_name_and_tip(self.chooser, f"Use {words}", "Use this take on the timeline", checkable=True)
        self.player.clicked.connect(lambda: self.play.emit(digest))
        self.star.clicked.connect(lambda on: self.starred.emit(digest, on))
        self.reject.clicked.connect(lambda on: self.rejected.emit(digest, on))
        self.chooser.clicked.connect(lambda: self.use.emit(digest))
        self._lay_out()
        self._update_ui()

    @property
    def take(self) -> TakeRecord:
        return self._state.take

    def show_state(self, state: TakeRowState) -> None:
        if state != self._state:
            self._state = state
            self._update_ui()

    def show_peaks(self, peaks: Peaks | None) -> None:
        self.wave.show_wave(peaks, qcolour(self._state.colour), faded=self.take.rejected)

    def picture(self) -> QPixmap:
        """Return the pixmap shown while it is dragged."""
        words = f"{self.take.name}, take {self.take.number}"
        return take_drag_pixmap(
            words, self._state.colour, self.wave.peaks, self.font(), self.devicePixelRatioF()
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self.drag_prepared.emit(self.take.digest)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._pressed is None:
            return
        moved = event.position().toPoint() - self._pressed
        if moved.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.drag_started.emit(self.take.digest)

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Play the take after a click on the waveform."""
        pressed, self._pressed = self._pressed, None
        if pressed is not None and self.wave.geometry().contains(pressed):
            self.play.emit(self.take.digest)

    def event(self, event: QEvent) -> bool:
        # The recipe may be large; it is parsed only when the tooltip is shown.
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), f"{recipe_tip(self.take)}{DRAG_TIP}", self)
            return True
        return super().event(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self.player)
        row.addWidget(self.number)
        row.addWidget(self.wave, 1)
        for button in (self.star, self.reject, self.chooser):
            row.addWidget(button)
        self.number.setFixedWidth(24)
        self.chooser.setFixedWidth(56)

    def _update_ui(self) -> None:
        take, used = self.take, self._state.used
        together = len(take.objects) > 1
        self.number.setText(f"{'+' if together else ''}{take.number}")
        self.number.setToolTip(f"Together: {take.name}" if together else "")
        self.star.setChecked(take.starred)
        self.star.setIcon(self._icons("star_filled" if take.starred else "star"))
        self.reject.setChecked(take.rejected)
        self.chooser.setChecked(used)
        self.chooser.setText("In use" if used else "Use")
