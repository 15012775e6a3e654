"""Nothing of one scene is left in the window when another is opened."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.playback.meter_reading import MeterReading, level_text
from tests.desktop.e2e.house import CONTROL, House, toy_house
from tests.desktop.objects.toy import FakeGenerationBackend, toy_project


@pytest.fixture
def maker() -> FakeGenerationBackend:
    return FakeGenerationBackend()


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path, maker: FakeGenerationBackend) -> Iterator[House]:
    """A scene with a take, a loop that is on, and loudness that was measured; another project beside it."""
    (tmp_path / "other").mkdir()
    toy_project(tmp_path / "other")[0].close()
    made = toy_house(qtbot, tmp_path, maker)
    made.services.document.select((0,))
    made.press(Qt.Key.Key_G, CONTROL)
    made.until(lambda: made.clips(0) == 1 and made.at_rest())
    made.timeline.player.set_looping(True)
    made.timeline._playback.strip.meters.show_reading(MeterReading(-21.0, -21.0, -21.0, -4.0))
    made.person.answer = "discard"
    yield made
    maker.go.set()


def open_other(house: House, folder: Path) -> None:
    house.window.open_path(folder / "other" / "Street.foley")
    house.until(lambda: house.services.document.project is not None and house.at_rest())
    project = house.services.document.project
    assert project is not None and project.path.parent.name == "other"


def test_queue_loop_and_loudness_begin_anew(house: House, tmp_path: Path) -> None:
    strip = house.timeline._playback.strip
    assert house.objects.queue.jobs and house.timeline.player.looping
    assert strip.meters.values["integrated"].text() != level_text(None)
    open_other(house, tmp_path)
    assert house.objects.queue.jobs == ()
    assert not house.timeline.player.looping and house.timeline.player.loop is None
    assert not strip.transport.buttons["loop"].isChecked()
    assert {label.text() for label in strip.meters.values.values()} == {level_text(None)}
    assert not house.window.messages.isVisible()


def test_a_job_that_still_runs_for_the_scene_before_is_shown_but_not_at_the_new_objects(
    house: House, tmp_path: Path, maker: FakeGenerationBackend
) -> None:
    maker.go.clear()
    house.press(Qt.Key.Key_R)
    house.until(lambda: house.objects.queue.running is not None)
    house.window.open_path(tmp_path / "other" / "Street.foley")
    house.until(
        lambda: "other" in str(house.services.document.project and house.services.document.project.path)
    )
    card = house.objects.panel.card(0)
    assert [job.label for job in house.objects.queue.jobs] == ["Dog"]
    assert card.caption.text() == "No takes yet"
    maker.go.set()
    house.until(lambda: house.objects.queue.jobs == ())
    house.until(house.at_rest)
    assert house.scene.takes == ()
