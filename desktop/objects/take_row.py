"""One take in the list: its waveform to click into, and buttons to play, star, reject and use it."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QToolButton, QToolTip, QVBoxLayout, QWidget

from desktop.actions.actions import pressed
from desktop.objects.controls import IconMaker, qcolour, restyle, set_name_and_tip, small_button
from desktop.objects.drag_pixmap import take_drag_pixmap
from desktop.objects.inline_field import InlineField
from desktop.objects.preview_images import Peaks
from desktop.objects.recipe_tip import recipe_tip
from desktop.objects.take_menu import KeyOf, take_menu
from desktop.objects.wave_strip import WaveStrip
from desktop.theme.dark_colours import DARK
from desktop.theme.elided import ElidedLabel
from engine.scene.colours import Colour
from engine.scene.limits import MOST_NAME, MOST_TEXT
from engine.scene.scene import TakeRecord

DRAG_TIP = "<qt><br>Click to play from there. Drag it onto the timeline, or out of the window as a file.</qt>"
FIELDS = {
    "title": ("Name of this take", MOST_NAME),
    "note": ("Note", MOST_TEXT),
    "licence": ("Licence", MOST_TEXT),
}


@dataclass(frozen=True)
class TakeRowState:
    """All that a row shows, apart from the play line.

    Attributes:
        take: the take.
        colour: of its object.
        used: whether it is in use.
        use_tip: what using it will do.
        others: names of the other objects of a take together; empty for a take of one object.
        label: what it is of, where the list does not say so; else empty.
        side: "A" or "B" while it is compared, else "".
        playing: whether it is heard now.
    """

    take: TakeRecord
    colour: Colour
    used: bool
    use_tip: str = "Use this take on the timeline"
    others: str = ""
    label: str = ""
    side: str = ""
    playing: bool = False

    @property
    def words(self) -> str:
        """Its own name, what it is together with, and its note, on one line."""
        parts = (
            self.take.title or self.label,
            f"together with {self.others}" if self.others else "",
            self.take.note,
        )
        return " · ".join(part for part in parts if part)


class TakeRow(QWidget):
    """The row of one take.

    Args:
        icons: creates icons.
        state: what it shows.
        keys: returns the command of a key, and the keys of a command.
        parent: the list.

    Signals:
        commanded(str): run this command of the takes on it.
        played_from(float): play it from a place, 0 to 1.
        entered(): it has the keyboard.
        edited(str, str): "title", "note" or "licence", and its new text.
        drag_prepared(): it was pressed and may be dragged.
        drag_started(): it is being dragged.
    """

    commanded = Signal(str)
    played_from = Signal(float)
    entered = Signal()
    edited = Signal(str, str)
    drag_prepared = Signal()
    drag_started = Signal()

    def __init__(self, icons: IconMaker, state: TakeRowState, keys: KeyOf, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self._state = state
        self._keys = keys
        self._pressed: QPoint | None = None
        self.field: InlineField | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._make_controls()
        self._lay_out()
        self._update_ui()

    @property
    def take(self) -> TakeRecord:
        return self._state.take

    @property
    def state(self) -> TakeRowState:
        return self._state

    def show_state(self, state: TakeRowState) -> None:
        if state != self._state:
            self._state = state
            self._update_ui()

    def show_peaks(self, peaks: Peaks | None) -> None:
        self.wave.show_wave(peaks, qcolour(self._state.colour), faded=self.take.rejected)

    def show_seconds(self, seconds: float | None) -> None:
        """Show how far it has played, in seconds; None while it does not play."""
        length = self.take.samples / self.take.rate
        if seconds is None:
            self.wave.show_place(None, f"{length:.1f} s")
        else:
            at = min(seconds, length)
            self.wave.show_place(at / length, f"{at:.1f} / {length:.1f} s")

    def picture(self) -> QPixmap:
        """Return the pixmap shown while it is dragged."""
        words = self.take.title or f"{self.take.name}, take {self.take.number}"
        return take_drag_pixmap(
            words, self._state.colour, self.wave.peaks, self.font(), self.devicePixelRatioF()
        )

    def begin_edit(self, what: str) -> None:
        """Edit its name, note or licence in its place."""
        name, most = FIELDS[what]
        if self.field is not None:
            return
        self.field = InlineField(getattr(self.take, what), name, self, self, most)
        self.field.closed.connect(lambda text: self._end_edit(what, text))
        self.words.hide()
        self._head.insertWidget(self._head.indexOf(self.words), self.field, 1)
        self.field.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self.drag_prepared.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._pressed is None:
            return
        moved = event.position().toPoint() - self._pressed
        if moved.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.drag_started.emit()

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Play from where the waveform was clicked."""
        at, self._pressed = self._pressed, None
        if at is not None and self.wave.geometry().contains(at):
            self.played_from.emit(self.wave.fraction_at(at.x() - self.wave.x()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Edit the name where it is double-clicked; a second click into the waveform is one more click."""
        if self.words.geometry().contains(event.position().toPoint()):
            self.commanded.emit("take_rename")
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        menu = take_menu(
            self._state.take, self._state.used, self._icons, self._keys, self.commanded.emit, self
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.entered.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        command = self._keys.command_of(pressed(event))
        if command is not None:
            self.commanded.emit(command)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # The recipe may be large; it is parsed only when the tooltip is shown.
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), f"{recipe_tip(self.take)}{DRAG_TIP}", self)
            return True
        # The list's keys come before the window's shortcuts while the list has the keyboard.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            own = self._keys.command_of(pressed(event)) is not None
            event.setAccepted(own)
            return own
        return super().event(event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.hasFocus()
        painter.setPen(DARK.colour("accent") if lit else Qt.PenStyle.NoPen)
        painter.setBrush(DARK.colour("accent", 0.16) if lit else DARK.colour("raised", 0.6))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.end()

    def _end_edit(self, what: str, text: str | None) -> None:
        field, self.field = self.field, None
        if field is not None:
            self._head.removeWidget(field)
            field.hide()
            field.deleteLater()
        self.words.show()
        if text is not None and text != getattr(self.take, what):
            self.edited.emit(what, text)

    def _make_controls(self) -> None:
        words, icons = f"take {self.take.number} of {self.take.name}", self._icons
        self.player = self._small("play", f"Play {words}", "take_play")
        self.number = QLabel(self)
        self.number.setObjectName("number")
        self.words = ElidedLabel(self)
        self.words.setObjectName("takewords")
        self.side = QLabel(self)
        self.side.setObjectName("side")
        self.star = self._small("star", f"Star {words}", "take_star", checkable=True)
        self.reject = self._small("reject", f"Reject {words}", "take_reject", checkable=True)
        self.chooser = QToolButton(self)
        self.chooser.setObjectName("use")
        self._command(self.chooser, f"Use {words}", "take_use", checkable=True)
        self.more = small_button(
            self, icons("more"), f"Menu of {words}", "All that can be done with this take"
        )
        self.more.clicked.connect(self._open_menu)
        self.wave = WaveStrip(self)

    def _small(self, picture: str, name: str, command: str, *, checkable: bool = False) -> QToolButton:
        button = small_button(self, self._icons(picture), name, "", checkable=checkable)
        return self._command(button, name, command, checkable=checkable)

    def _command(self, button: QToolButton, name: str, command: str, *, checkable: bool) -> QToolButton:
        set_name_and_tip(button, name, self._keys.tip(command), checkable=checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # A click gives the keyboard to the row.
        button.clicked.connect(lambda: self._run(command))
        return button

    def _run(self, command: str) -> None:
        """Run a command by a button: the row is then the one at the keyboard."""
        self.entered.emit()
        self.commanded.emit(command)
        self._update_ui()  # A checkable button toggles itself, also where the command changed nothing.

    def _open_menu(self) -> None:
        where = self.more.rect().bottomLeft()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Other, where, self.more.mapToGlobal(where))
        self.contextMenuEvent(event)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 4, 4)
        column.setSpacing(2)
        self._head = QHBoxLayout()
        self._head.setSpacing(3)
        self._head.addWidget(self.player)
        self._head.addWidget(self.number)
        self._head.addWidget(self.side)
        self._head.addWidget(self.words, 1)
        for button in (self.star, self.reject, self.chooser, self.more):
            self._head.addWidget(button)
        self.chooser.setMinimumWidth(54)
        column.addLayout(self._head)
        column.addWidget(self.wave)

    def _update_ui(self) -> None:
        state, take = self._state, self.take
        self.number.setText(f"{take.number}")
        self.words.setText(state.words)
        restyle(self.words, "rejected", take.rejected)
        self.side.setText(state.side)
        self.side.setVisible(bool(state.side))
        self.player.setIcon(self._icons("stop" if state.playing else "play"))
        self.star.setChecked(take.starred)
        self.star.setIcon(self._icons("star_filled" if take.starred else "star"))
        self.reject.setChecked(take.rejected)
        self.chooser.setChecked(state.used)
        self.chooser.setText("Restore" if take.deleted else "In use" if state.used else "Use")
        self.chooser.setToolTip(f"{state.use_tip}  ({self._keys.shown('take_use')})")
        marks = {
            "starred": take.starred,
            "rejected": take.rejected,
            "in use": state.used,
            "playing": state.playing,
        }
        said = ", ".join(word for word, on in marks.items() if on)
        self.setAccessibleName(f"Take {take.number} of {take.name}" + (f", {said}" if said else ""))
        self.wave.show_wave(self.wave.peaks, qcolour(state.colour), faded=take.rejected)
        if not state.playing:
            self.show_seconds(None)
        self.update()
