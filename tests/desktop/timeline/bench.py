"""A scene with sounds to arrange and a timeline to do it in, for the tests of the timeline."""

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.document.document import Document
from desktop.timeline.layout.track_layout import RULER_HEIGHT
from desktop.timeline.painting.waveform_loader import WaveformLoader
from desktop.timeline.view import TimelineView
from engine.errors import Failed
from engine.scene.edits import attach_take, place_take, track_for_object
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Clip, Timeline
from engine.sound.waveform import Waveform

RATE = 48_000
DOG, RAIN, GONE = "d" * 64, "a" * 64, "0" * 64
SECONDS = 4
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
FRAME = RATE // 25
BODY = RULER_HEIGHT + 42


class Sounds:
    """Takes, and how often each was read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, digest: str) -> tuple[Waveform, int]:
        self.read.append(digest)
        if digest == GONE:
            raise Failed("The take is not in the project folder.")
        time = np.arange(SECONDS * 16_000) / 16_000
        return (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[None], 16_000


def record(digest: str, name: str, index: int) -> TakeRecord:
    return TakeRecord(digest, name, (index,), 1, 16_000, 1, SECONDS * 16_000, "{}")


def two_tracks() -> Scene:
    """A dog's clip from 1 s to 5 s on the first track; rain's from 6 s to 10 s on the second."""
    mask = np.ones((4, 4), np.bool_)
    mask.setflags(write=False)
    scene = Scene(
        objects=(SoundingObject(0, mask, "dog"), SoundingObject(1, mask, "rain")),
        next_object=2,
        timeline=Timeline(rate=RATE),
    )
    for index, (digest, name, at) in enumerate(((DOG, "dog", 1), (RAIN, "rain", 6))):
        scene = track_for_object(attach_take(scene, record(digest, name, index)), index)
        scene = place_take(scene, scene.timeline.tracks[index].id, digest, at * RATE)
    return scene


def clips(scene: Scene) -> list[Clip]:
    return [clip for track in scene.timeline.tracks for clip in track.clips]


class TimelineBench:
    """A timeline over a document, and a person with a mouse and a keyboard."""

    def __init__(self, qtbot: QtBot, scene: Scene | None = None) -> None:
        self.sounds = Sounds()
        self.document = Document()
        self.document.replace(scene or two_tracks(), None, None)
        self.waveforms = WaveformLoader(self.sounds)
        self.view = TimelineView(self.document, self.waveforms)
        qtbot.addWidget(self.view)
        self.view.resize(1100, 320)
        self.view.show()
        self.view.zoom_all()
        self.seek_requested: list[int] = []
        self.loops: list[tuple[int, int]] = []
        self.scrubbed: list[int] = []
        self.view.scrubbed.connect(self.scrubbed.append)
        self.view.seek_requested.connect(self.seek_requested.append)
        self.view.loop_changed.connect(lambda start, stop: self.loops.append((start, stop)))

    @property
    def steps(self) -> int:
        return len(self.document.history.past)

    def clips(self) -> list[Clip]:
        return clips(self.document.scene)

    def x(self, seconds: float) -> int:
        return round(self.view.track_view.view.geometry.scale.x_of(seconds * RATE))

    def press(self, x: float, y: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.mousePress(self.view.track_view, LEFT, modifiers, QPoint(round(x), round(y)))

    def drag(
        self, start: tuple[float, float], *to: tuple[float, float], modifiers: Qt.KeyboardModifier = NONE
    ) -> None:
        self.press(*start, modifiers)
        for x, y in to:
            QTest.mouseMove(self.view.track_view, QPoint(round(x), round(y)))
        at = QPoint(round(to[-1][0]), round(to[-1][1]))
        QTest.mouseRelease(self.view.track_view, LEFT, modifiers, at)

    def click(self, x: float, y: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.view.track_view, LEFT, modifiers, QPoint(round(x), round(y)))

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view.track_view, key, modifiers)

    def wheel(self, x: float, turn: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        at = QPointF(x, BODY)
        event = QWheelEvent(
            at, at, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.view.track_view, event)

    def drop(self, data: QMimeData, x: float, y: float) -> bool:
        surface, copy = self.view.track_view, Qt.DropAction.CopyAction
        enter = QDragEnterEvent(QPoint(round(x), round(y)), copy, data, LEFT, NONE)
        QApplication.sendEvent(surface, enter)
        if not enter.isAccepted():
            return False
        QApplication.sendEvent(surface, QDropEvent(QPointF(x, y), copy, data, LEFT, NONE))
        return True
