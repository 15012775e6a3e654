"""The curve of an object: drawn, tapped, read from a recording, and given to the next take."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.objects.curve_dialog import CurveDialog
from desktop.objects.objects_panel import ObjectsPanel
from engine.generation.object_aware import object_aware_info
from engine.scene.sound_controls import FREE, SoundControls
from tests.desktop.objects.toy import PATIENCE, Bench

LEFT = Qt.MouseButton.LeftButton


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def controls_of(it: Bench) -> SoundControls:
    found = it.document.scene.object(0)
    assert found is not None
    return found.controls


def offered(panel: ObjectsPanel, over_time: bool) -> None:
    panel.footer.set_generators((object_aware_info("toy", over_time=over_time),))


@pytest.fixture
def opened(made: Bench, qtbot: QtBot) -> CurveDialog:
    offered(made.panel, True)
    dialog = made.panel.card(0).open_curve()
    qtbot.waitExposed(dialog)
    return dialog


def place(dialog: CurveDialog, second: float, level: float) -> QPoint:
    return dialog.pad.point(second, level).toPoint()


def drawn(dialog: CurveDialog) -> None:
    QTest.mousePress(dialog.pad, LEFT, pos=place(dialog, 0.0, -60))
    QTest.mouseMove(dialog.pad, place(dialog, 2.5, 0))
    QTest.mouseMove(dialog.pad, place(dialog, 5.0, -30))
    QTest.mouseRelease(dialog.pad, LEFT, pos=place(dialog, 5.0, -30))


def test_a_stroke_of_the_pen_is_the_loudness_of_the_object_and_one_step_of_undo(
    made: Bench, opened: CurveDialog
) -> None:
    drawn(opened)
    levels = dict(controls_of(made).levels)
    assert levels[0.0] == pytest.approx(-60, abs=1)
    assert levels[2.5] == pytest.approx(0, abs=1)
    assert levels[5.0] == pytest.approx(-30, abs=1)
    made.document.undo()
    assert controls_of(made) == FREE
    assert opened.pad.controls == FREE


def test_a_right_click_sets_a_hit_point_and_another_takes_it_away(made: Bench, opened: CurveDialog) -> None:
    QTest.mouseClick(opened.pad, Qt.MouseButton.RightButton, pos=place(opened, 1.0, -20))
    assert controls_of(made).hits == pytest.approx((1.0,), abs=0.02)
    QTest.mouseClick(opened.pad, LEFT, Qt.KeyboardModifier.ShiftModifier, place(opened, 1.0, -40))
    assert controls_of(made).hits is None


def test_the_cursor_keys_and_h_set_a_hit_point(made: Bench, opened: CurveDialog, qtbot: QtBot) -> None:
    for _ in range(4):
        qtbot.keyClick(opened.pad, Qt.Key.Key_Right)
    qtbot.keyClick(opened.pad, Qt.Key.Key_Left)
    qtbot.keyClick(opened.pad, Qt.Key.Key_H)
    assert controls_of(made).hits == pytest.approx((0.15,))


def test_hit_points_are_tapped_while_the_take_plays(heard: Bench, qtbot: QtBot) -> None:
    offered(heard.panel, True)
    clock, played, card = Clock(), [], heard.panel.card(0)
    dialog = CurveDialog(card.thing, lambda: played.append(1), card, clock)
    qtbot.addWidget(dialog)
    dialog.tap.click()
    for clock.now in (0.4, 1.1):
        qtbot.keyClick(dialog.tap, Qt.Key.Key_Space)
    assert played == [1]
    assert dialog.pad.controls.hits == (0.4, 1.1)
    clock.now = 6.0
    qtbot.waitUntil(lambda: not dialog.tap.isChecked(), timeout=PATIENCE)


def test_tapping_plays_the_take_in_use(heard: Bench, qtbot: QtBot) -> None:
    offered(heard.panel, True)
    used = heard.document.scene.takes[0].digest
    heard.panel.takes.make_current((0, used))
    heard.panel.takes.use()
    with qtbot.waitSignal(heard.panel.takes.play_requested, timeout=PATIENCE) as asked:
        heard.panel.card(0).open_curve().tap.click()
    assert asked.args == [used, 0.0]


def test_a_recording_is_followed_and_what_cannot_be_read_is_said(
    made: Bench, opened: CurveDialog, tmp_path: Path
) -> None:
    wave = np.zeros(32_000, np.float32)
    wave[8_000:9_000] = np.random.default_rng(0).normal(0, 0.3, 1_000)
    soundfile.write(tmp_path / "sung.wav", wave, 16_000)
    opened.read(tmp_path / "sung.wav")
    assert controls_of(made).hits == pytest.approx((0.5,), abs=0.03)
    opened.read(tmp_path / "none.wav")
    assert "There is no file" in opened.words.text()


def test_a_saved_curve_comes_back(made: Bench, opened: CurveDialog, tmp_path: Path) -> None:
    assert not opened.save.isEnabled()
    drawn(opened)
    before = controls_of(made)
    opened.write(tmp_path / "curve.json")
    opened.clear.click()
    assert controls_of(made) == FREE
    opened.read(tmp_path / "curve.json")
    assert controls_of(made) == before


def test_curve_and_loop_are_offered_by_what_the_generator_can_do(made: Bench) -> None:
    card = made.panel.card(0)
    offered(made.panel, False)
    assert "Curve…" not in [action.text() for action in card.menu().actions()]
    offered(made.panel, True)
    actions = {action.text(): action for action in card.menu().actions()}
    assert "Curve…" in actions
    actions["Loop"].trigger()
    assert controls_of(made).loop
    actions = {action.text(): action for action in card.menu().actions()}
    assert actions["Loop"].isChecked()


def test_the_next_take_follows_the_curve(made: Bench, opened: CurveDialog, qtbot: QtBot) -> None:
    made.maker.generators = (object_aware_info(made.maker.model, over_time=True),)
    drawn(opened)
    made.panel.generate_requested.emit((0,), False)
    qtbot.waitUntil(lambda: bool(made.maker.requests), timeout=PATIENCE)
    assert made.maker.requests[0].targets[0].controls.levels == controls_of(made).levels
