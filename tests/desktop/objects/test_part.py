"""The part of the window: its keys, its settings, the status line, and one sound by the real model."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.generation.requests import Quality
from engine.scene.edits import set_duration
from tests.desktop.objects.house import House
from tests.desktop.objects.toy import PATIENCE, FakeGenerationBackend

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def maker() -> FakeGenerationBackend:
    return FakeGenerationBackend()


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path, maker: FakeGenerationBackend) -> House:
    return House(tmp_path, qtbot, lambda _: maker)


def test_every_action_of_objects_has_its_key(
    house: House, maker: FakeGenerationBackend, qtbot: QtBot
) -> None:
    document, window = house.document, house.window
    qtbot.keyClick(window, Qt.Key.Key_A, CONTROL)
    assert document.selection == (0, 1, 2)
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.keyClick(window, Qt.Key.Key_M)
    assert all(track.soloed and track.muted for track in document.scene.timeline.tracks)
    qtbot.keyClick(window, Qt.Key.Key_G, CONTROL)
    qtbot.waitUntil(lambda: len(document.scene.takes) == 6, timeout=PATIENCE)
    qtbot.keyClick(window, Qt.Key.Key_G, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: len(document.scene.takes) == 8, timeout=PATIENCE)
    maker.go.clear()
    qtbot.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: house.part.queue.running is not None, timeout=PATIENCE)
    house.actions.refresh()
    qtbot.keyClick(window, Qt.Key.Key_Period, CONTROL)
    qtbot.waitUntil(lambda: house.part.queue.running is None, timeout=PATIENCE)
    qtbot.keyClick(window, Qt.Key.Key_F2)
    assert house.part.panel.card(2).name.hasFocus()


def test_the_settings_decide_how_many_takes_and_steps(house: House, qtbot: QtBot) -> None:
    footer = house.part.panel.footer
    assert footer.choice.takes == 2
    footer.quality.setCurrentIndex(1)
    assert footer.choice.quality == Quality("ddim", 9)
    house.settings.set(replace(house.settings.preferences, final_steps=12))
    assert footer.choice.quality == Quality("ddim", 12)
    assert footer.choice.candidates is None
    house.settings.set(replace(house.settings.preferences, candidates=4))
    assert footer.choice.candidates == 4


def test_the_status_line_tells_what_is_being_made_only_while_the_queue_is_hidden(
    house: House, maker: FakeGenerationBackend, qtbot: QtBot
) -> None:
    maker.go.clear()
    house.document.select((0,))
    house.part.panel.generate()
    house.part.panel.generate()
    qtbot.waitUntil(lambda: "1 waiting" in house.services.activity.work, timeout=PATIENCE)
    assert house.services.activity.work.startswith("Making Dog")
    assert house.services.activity.shown == ""
    house.part.panel.hide()
    house.part.panel.generate()
    qtbot.waitUntil(lambda: house.services.activity.shown.startswith("Making Dog"), timeout=PATIENCE)
    maker.go.set()
    qtbot.waitUntil(lambda: not house.services.activity.work, timeout=PATIENCE)


def test_the_status_line_names_the_device_once_a_still_is_open(house: House, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: house.services.activity.fact("device") == "Toy GPU", timeout=PATIENCE)


def test_the_bundled_model_makes_a_take_that_is_in_the_project(qtbot: QtBot, tmp_path: Path) -> None:
    house = House(tmp_path, qtbot, None)
    house.settings.set(replace(house.settings.preferences, draft_steps=2, variations=1))
    house.part.panel.footer.takes.setValue(1)
    house.document.edit("Change duration", lambda scene: set_duration(scene, 0, 0.5))
    house.document.select((0,))
    house.part.panel.generate()

    def failures() -> list[str]:
        """What was said but for the listener's remark on a take, which depends on the weights."""
        return [message.text for message in house.said if "sounds more like" not in message.text]

    qtbot.waitUntil(lambda: bool(house.document.scene.takes) or bool(failures()), timeout=60_000)
    assert failures() == []
    (take,) = house.document.scene.takes
    samples, rate = house.project.takes(take.digest)
    assert samples.shape[1] == round(0.5 * rate)
    assert abs(samples).max() > 0
