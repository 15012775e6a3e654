"""The dialog in which the course of an object's sound is drawn, tapped, or taken from a recording."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.document.messages import message_of
from desktop.objects.curve_pad import CurvePad
from engine.errors import FoleyscapeError
from engine.generation.curve_file import read_curve_file, write_curve_file
from engine.scene.objects import SoundingObject
from engine.scene.sound_controls import SoundControls

HELP = "Draw with the left button. A right click sets a hit-point. The next takes follow the curve."
FILES = "Curves and recordings (*.json *.wav *.aif *.aiff *.flac *.ogg *.mp3);;All files (*)"
TICK_MS = 30


class CurveDialog(QDialog):
    """Edits the curve of one object.

    Args:
        thing: the object.
        play: plays the object's take while its hit-points are tapped.
        clock: seconds, for the taps.
        parent: its card.

    Signals:
        changed(object): the object's new ``SoundControls``.
    """

    changed = Signal(object)

    def __init__(
        self,
        thing: SoundingObject,
        play: Callable[[], None],
        parent: QWidget,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Curve of {thing.name}")
        self._play, self._clock = play, clock
        self._began: float | None = None
        self.pad = CurvePad(thing.controls, thing.duration, thing.colour, self)
        self.words = QLabel(HELP, self)
        self.words.setWordWrap(True)
        self.tap = self._button("&Tap along", "Play, and set a hit-point with every press of the space bar")
        self.tap.setCheckable(True)
        self.tap.installEventFilter(self)
        self.from_file = self._button(
            "&From a file…", "Follow a recording that was sung or played, or a saved curve"
        )
        self.save = self._button("&Save…", "Save the curve as JSON, for --curve")
        self.clear = self._button("&Clear", "Leave loudness and hit-points to the model")
        self._timer = QTimer(self, interval=TICK_MS)
        self._lay_out()
        self.pad.changed.connect(self.changed)
        self.pad.changed.connect(self._update_buttons)
        self.tap.toggled.connect(self._toggle_tapping)
        self.from_file.clicked.connect(self._choose)
        self.save.clicked.connect(self._choose_target)
        self.clear.clicked.connect(self.pad.clear)
        self._timer.timeout.connect(self._advance)
        self._update_buttons()

    def show_thing(self, thing: SoundingObject) -> None:
        self.pad.show_controls(thing.controls, thing.duration)
        self._update_buttons()

    def read(self, path: Path) -> None:
        """Take the curve of a file; what is wrong with it is said below the pad."""
        try:
            found = read_curve_file(path)
        except FoleyscapeError as error:
            self.words.setText(message_of(error).text)
            return
        self.words.setText(f"From {path.name}.")
        self.pad.set_controls(
            _cut(replace(self.pad.controls, levels=found.levels, hits=found.hits), self.pad.seconds)
        )

    def write(self, path: Path) -> None:
        """Save the curve; what is wrong is said below the pad."""
        try:
            write_curve_file(self.pad.controls, path)
        except FoleyscapeError as error:
            self.words.setText(message_of(error).text)
        else:
            self.words.setText(f"Saved as {path.name}.")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take the space bar as a tap while tapping; it would press the button."""
        if (
            watched is self.tap
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and self._began is not None
        ):
            if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
                self.pad.toggle_hit(self._clock() - self._began)
            return True
        return super().eventFilter(watched, event)

    def _toggle_tapping(self, on: bool) -> None:
        self._began = self._clock() if on else None
        if on:
            self.pad.set_controls(replace(self.pad.controls, hits=None))
            self.words.setText("Press the space bar for every hit.")
            self._timer.start()
            self._play()
        else:
            self._timer.stop()
            self.pad.show_cursor(None)
            self.words.setText(HELP)

    def _advance(self) -> None:
        second = self._clock() - (self._began or 0.0)
        if second >= self.pad.seconds:
            self.tap.setChecked(False)
        else:
            self.pad.show_cursor(second)

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Follow a recording or a curve", "", FILES)
        if chosen:
            self.read(Path(chosen))

    def _choose_target(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the curve", "curve.json", "Curves (*.json)")
        if chosen:
            self.write(Path(chosen))

    def _update_buttons(self) -> None:
        for button in (self.save, self.clear):
            button.setEnabled(self.pad.controls.follows_curve)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.addWidget(self.pad, 1)
        column.addWidget(self.words)
        row = QHBoxLayout()
        for button in (self.tap, self.from_file, self.save, self.clear):
            row.addWidget(button)
        column.addLayout(row)


def _cut(controls: SoundControls, seconds: float) -> SoundControls:
    """Return controls without what lies after the end of a take."""
    hits = None if controls.hits is None else tuple(hit for hit in controls.hits if hit < seconds)
    return replace(
        controls, levels=tuple(point for point in controls.levels if point[0] <= seconds), hits=hits
    )
