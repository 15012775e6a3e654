"""What the tests of the canvas share: its still, its objects, a listener, and the pointer."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.canvas.canvas import Canvas
from desktop.vision.outline import trace_outline
from engine.scene.hints import Hints
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject
from tests.desktop.vision.fake_backend import square, still_of

NONE = Qt.KeyboardModifier.NoModifier
ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
STILL = still_of(320, 240)
DOG = SoundingObject(0, square(STILL, 100, 100, 30), "dog")
TREE = SoundingObject(4, square(STILL, 250, 60, 25), "tree")


class Heard:
    """What a canvas said."""

    def __init__(self, canvas: Canvas) -> None:
        self.hints: list[Hints] = []
        self.hovers: list[tuple[float, float]] = []
        self.accepted: list[Mask] = []
        self.picked: list[tuple[int, bool]] = []
        self.edited: list[tuple[int, Mask]] = []
        self.advice: list[str] = []
        self.counts = {"cleared": 0, "find": 0, "tapped": 0}
        canvas.hints_changed.connect(self.hints.append)
        canvas.hovered.connect(lambda x, y: self.hovers.append((x, y)))
        canvas.accepted.connect(self.accepted.append)
        canvas.object_clicked.connect(lambda index, extend: self.picked.append((index, extend)))
        canvas.mask_edited.connect(lambda index, mask: self.edited.append((index, mask)))
        canvas.hint_shown.connect(self.advice.append)
        for name, signal in (
            ("cleared", canvas.cleared), ("find", canvas.find_requested), ("tapped", canvas.space_tapped)
        ):  # fmt: skip
            signal.connect(lambda name=name: self._count(name))

    def _count(self, name: str) -> None:
        self.counts[name] += 1


def at(canvas: Canvas, x: float, y: float) -> QPoint:
    view = canvas.viewport.to_view((x, y))
    return QPoint(round(view[0]), round(view[1]))


def click(canvas: Canvas, x: float, y: float, held: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseClick(canvas, LEFT, held, at(canvas, x, y))


def drag(
    canvas: Canvas,
    start: QPoint,
    end: QPoint,
    button: Qt.MouseButton = LEFT,
    held: Qt.KeyboardModifier = NONE,
) -> None:
    QTest.mousePress(canvas, button, held, start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(canvas, start + (end - start) * share)
    QTest.mouseRelease(canvas, button, held, end)


def wheel(canvas: Canvas, place: QPoint, notches: int, held: Qt.KeyboardModifier = NONE) -> None:
    event = QWheelEvent(
        QPointF(place), QPointF(canvas.mapToGlobal(place)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, held, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def propose(canvas: Canvas) -> list[Mask]:
    masks = [square(STILL, 200, 150, half) for half in (20, 10, 30)]
    click(canvas, 200, 150)
    canvas.show_proposal(masks, 0, [trace_outline(mask) for mask in masks])
    return masks


def pixel(canvas: Canvas, x: float, y: float) -> tuple[int, int, int]:
    colour = canvas.grab().toImage().pixelColor(at(canvas, x, y))
    return colour.red(), colour.green(), colour.blue()
