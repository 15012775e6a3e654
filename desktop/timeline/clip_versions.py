"""Reverse, speed and pitch of the selected clips: commands, a dialog for exact values, and the menu."""

from collections.abc import Callable
from functools import partial, reduce

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from desktop.actions.actions import shown_key
from desktop.actions.key_map import KeyMap
from desktop.document.document import Document
from engine.scene.edits import reverse_clip, set_clip_pitch, set_clip_speed
from engine.scene.scene import Scene
from engine.scene.take_version import LEAST_SPEED, MOST_PITCH, MOST_SPEED
from engine.scene.timeline import Clip

SPEED_STEP = 2.0 ** (1 / 12)
"""Twelve steps double the speed."""
SPEEDS = (
    (0.5, "&Half"),
    (0.75, "&Three quarters"),
    (1.0, "As &made"),
    (1.5, "&One and a half"),
    (2.0, "&Double"),
)
PITCHES = ((-12.0, "An octave &down"), (-5.0, "A &fourth down"), (0.0, "As &made"), (7.0, "A f&ifth up"))


class ClipVersions:
    """Changes how the selected clips play their takes; each change is one undo step.

    Args:
        document: receives the edits.
        clips: returns the selected clips.
        parent: the dialog is shown over it.
    """

    def __init__(self, document: Document, clips: Callable[[], list[Clip]], parent: QWidget) -> None:
        self._document = document
        self.clips = clips
        self._parent = parent

    @property
    def has_clips(self) -> bool:
        return bool(self.clips())

    def reverse(self) -> None:
        """Play the selected clips in the other direction."""
        self._each("Reverse", lambda scene, clip: reverse_clip(scene, clip.id))

    def set_speed(self, speed: float) -> None:
        self._each("Change speed of", lambda scene, clip: set_clip_speed(scene, clip.id, speed))

    def set_pitch(self, semitones: float) -> None:
        self._each("Change pitch of", lambda scene, clip: set_clip_pitch(scene, clip.id, semitones))

    def step_speed(self, steps: int) -> None:
        """Play the selected clips faster, or slower if negative; twelve steps double the speed."""

        def changed(scene: Scene, clip: Clip) -> Scene:
            speed = min(max(clip.speed * SPEED_STEP**steps, LEAST_SPEED), MOST_SPEED)
            return set_clip_speed(scene, clip.id, 1.0 if abs(speed - 1.0) < 1e-6 else round(speed, 6))

        self._each("Change speed of", changed)

    def step_pitch(self, semitones: int) -> None:
        """Shift the selected clips by semitones, within the limits."""

        def changed(scene: Scene, clip: Clip) -> Scene:
            return set_clip_pitch(scene, clip.id, min(max(clip.pitch + semitones, -MOST_PITCH), MOST_PITCH))

        self._each("Change pitch of", changed)

    def ask(self) -> None:
        """Show the dialog for exact values."""
        clips = self.clips()
        if not clips:
            return
        dialog = VersionDialog(clips[0], self._parent)
        dialog.accepted.connect(
            lambda: self.apply(dialog.speed.value(), dialog.pitch.value(), backwards=dialog.reversed)
        )
        dialog.open()

    def apply(self, speed: float, semitones: float, *, backwards: bool) -> None:
        """Set speed, pitch and direction of the selected clips as one undo step."""

        def changed(scene: Scene, clip: Clip) -> Scene:
            scene = set_clip_pitch(set_clip_speed(scene, clip.id, speed), clip.id, semitones)
            return scene if clip.reversed == backwards else reverse_clip(scene, clip.id)

        self._each("Change speed and pitch of", changed)

    def add_to(self, menu: QMenu, keys: KeyMap) -> None:
        """Add the commands to the context menu of clips."""
        clips = self.clips()
        for id_, text in (("reverse", "Re&verse"), ("speed_and_pitch", "Speed and &pitch…")):
            run = self.reverse if id_ == "reverse" else self.ask
            menu.addAction(f"{text}\t{shown_key(id_, keys)}", run).setEnabled(bool(clips))
        if not clips:
            return
        speeds, pitches = menu.addMenu("Speed"), menu.addMenu("Pitch")
        for speed, words in SPEEDS:
            _add_choice(
                speeds, f"{words} ({speed:g}×)", clips[0].speed == speed, partial(self.set_speed, speed)
            )
        for pitch, words in PITCHES:
            _add_choice(
                pitches, f"{words} ({pitch:+g})", clips[0].pitch == pitch, partial(self.set_pitch, pitch)
            )

    def _each(self, name: str, change: Callable[[Scene, Clip], Scene]) -> None:
        if clips := self.clips():
            words = "clip" if len(clips) == 1 else "clips"
            self._document.edit(f"{name} {words}", lambda scene: reduce(change, clips, scene))


class VersionDialog(QDialog):
    """Speed, pitch and direction of clips.

    Args:
        clip: its values are shown.
        parent: the widget it is shown over.
    """

    def __init__(self, clip: Clip, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Speed and pitch")
        self.speed = _number("Speed", (LEAST_SPEED, MOST_SPEED), 0.05, " ×")
        self.pitch = _number("Pitch", (-MOST_PITCH, MOST_PITCH), 1.0, " semitones")
        self.speed.setValue(clip.speed)
        self.pitch.setValue(clip.pitch)
        self._backwards = QCheckBox("&Reversed")
        self._backwards.setChecked(clip.reversed)
        form = QFormLayout()
        form.addRow("&Speed", self.speed)
        form.addRow("&Pitch", self.pitch)
        form.addRow("", self._backwards)
        standard = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(standard.Ok | standard.Cancel | standard.Reset)
        box.button(standard.Ok).setProperty("primary", True)
        box.button(standard.Reset).setText("As &made")
        box.button(standard.Reset).clicked.connect(self.reset)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.addLayout(form)
        rows.addWidget(box)

    @property
    def reversed(self) -> bool:
        """Whether the clip is to be played backwards."""
        return self._backwards.isChecked()

    def reset(self) -> None:
        """Set the values of a clip that plays its take as it was made."""
        self.speed.setValue(1.0)
        self.pitch.setValue(0.0)
        self._backwards.setChecked(False)


def _number(name: str, limits: tuple[float, float], step: float, unit: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(*limits)
    box.setDecimals(3)
    box.setSingleStep(step)
    box.setSuffix(unit)
    box.setAccessibleName(name)
    return box


def _add_choice(menu: QMenu, words: str, checked: bool, run: Callable[[], None]) -> None:
    action = menu.addAction(words, run)
    action.setCheckable(True)
    action.setChecked(checked)
