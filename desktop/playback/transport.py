"""The transport bar: buttons, timecode, loop, A/B. Each button runs a command of the window."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from desktop.actions.actions import tooltip
from desktop.actions.key_map import KeyMap
from desktop.playback.ab_compare import TakePair
from desktop.playback.meter_reading import level_text
from desktop.playback.player import Player
from desktop.playback.timecode_field import TimecodeField
from desktop.playback.transport_commands import TRANSPORT_COMMANDS
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon
from engine.scene.timecode import frame_of, sample_of

MOVING = ("to_start", "shuttle_back", "play", "shuttle_on", "to_end")
BIG = QSize(20, 20)
SHEET = f"""
#transport QToolButton[side="true"] {{ color: {DARK.dim}; font-weight: 600; min-width: 20px; padding: 3px 2px; }}
#transport QToolButton[side="true"]:checked {{ color: {DARK.on_accent}; background: {DARK.accent}; }}
#transport QFrame#rule {{ background: {DARK.edge}; }}
"""


class TransportBar(QFrame):
    """The transport's controls.

    Args:
        player: the player it controls.
        keys: the key map, for the tooltips.
        compare: starts comparing takes, or switches to the other.
    """

    def __init__(
        self, player: Player, keys: KeyMap, compare: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setAccessibleName("Transport")
        self.setStyleSheet(SHEET)
        self.player = player
        self.compare = compare
        self._compact = False
        self._commands = {command.id: command for command in TRANSPORT_COMMANDS}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(3)
        self.timecode = TimecodeField(self)
        self._row.addWidget(self.timecode)
        self._rule()
        self.buttons = {id_: self._button(id_) for id_ in MOVING}
        self._rule()
        self.buttons["loop"] = self._button("loop")
        self.buttons["loop"].setCheckable(True)
        self.sides = (self._side("A", second=False), self._side("B", second=True))
        self.speed = self._label("Speed")
        self.gain = self._label("Gain of what is compared")
        self.set_keys(keys)
        self.timecode.frame_requested.connect(self._go_to)
        player.position_changed.connect(self._show_position)
        player.state_changed.connect(self._show_state)
        self._show_state()

    def set_keys(self, keys: KeyMap) -> None:
        """Update the tooltips for another key map."""
        for id_, button in self.buttons.items():
            button.setToolTip(tooltip(keys.command(id_), keys))
        for side in self.sides:
            side.setToolTip(tooltip(keys.command("compare"), keys))

    def set_compact(self, on: bool) -> None:
        """Hide speed and gain while there is no room for them."""
        if on != self._compact:
            self._compact = on
            self._show_state()

    @Slot()
    def _show_state(self) -> None:
        player = self.player
        active = player.playing or player.take_heard is not None
        play = self.buttons["play"]
        play.setIcon(icon("stop" if active else "play", DARK.accent if active else DARK.text))
        play.setAccessibleName("Stop" if active else "Play")
        self.buttons["loop"].setChecked(player.looping)
        self._show_words(self.speed, _spoken_speed(player.speed if player.playing else 0.0))
        self._show_pair(player.pair)
        self._show_position(player.position)

    def _show_pair(self, pair: TakePair | None) -> None:
        for side, second in zip(self.sides, (False, True), strict=True):
            side.setChecked(pair is not None and pair.second == second)
        known = pair is not None and pair.gain_db is not None
        self._show_words(self.gain, f"{level_text(pair.gain_db)} dB" if pair is not None and known else "")

    @Slot(object)
    def _show_position(self, sample: int) -> None:
        timeline = self.player.timeline
        frame = timeline.start_frame + frame_of(sample, timeline.frame_rate, timeline.rate)
        self.timecode.show_frame(frame, timeline.frame_rate)

    @Slot(int)
    def _go_to(self, frame: int) -> None:
        timeline = self.player.timeline
        self.player.seek(sample_of(max(0, frame - timeline.start_frame), timeline.frame_rate, timeline.rate))

    def _choose(self, second: bool) -> None:
        pair = self.player.pair
        if pair is None or pair.second != second:
            self.compare()
        pair = self.player.pair
        if pair is not None and pair.second != second:
            self.player.switch()
        self._show_pair(self.player.pair)

    def _button(self, id_: str) -> QToolButton:
        spec = self._commands[id_]
        button = QToolButton(self)
        button.setObjectName(id_)
        button.setIcon(icon(spec.icon))
        button.setIconSize(BIG)
        button.setAccessibleName(spec.plain)
        button.clicked.connect(lambda _checked=False: self._run_bound(id_))
        self._row.addWidget(button)
        return button

    def _run_bound(self, id_: str) -> None:
        run = self._commands[id_].run
        if run is not None:
            run(self)
        self._show_state()

    def _side(self, text: str, *, second: bool) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setProperty("side", True)
        button.setCheckable(True)
        button.setAccessibleName(f"Compare: {text}")
        button.clicked.connect(lambda _checked=False: self._choose(second))
        self._row.addWidget(button)
        return button

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setProperty("role", "dim")
        label.setAccessibleName(name)
        self._row.addWidget(label)
        return label

    def _show_words(self, label: QLabel, words: str) -> None:
        """Show a text where there is room for it, and no gap where there is none."""
        label.setText(words)
        label.setVisible(bool(words) and not self._compact)

    def _rule(self) -> None:
        line = QFrame(self)
        line.setObjectName("rule")
        line.setFixedSize(1, 20)
        self._row.addSpacing(3)
        self._row.addWidget(line)
        self._row.addSpacing(3)


def _spoken_speed(speed: float) -> str:
    """Return a speed as text: "2×", "−1×"; empty at normal speed."""
    return "" if speed in (0.0, 1.0) else f"{speed:g}×".replace("-", "−")
