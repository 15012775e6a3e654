"""A generator of another package, in the window: offered, with its own controls, kept, told and exported."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.objects.part import ObjectsPart
from desktop.objects.recipe_tip import recipe_rows
from engine.cli.main import main
from engine.project.folder import Project
from engine.scene.edits import set_duration
from engine.studio import Studio
from tests.desktop.objects.house import House
from tests.desktop.objects.toy import PATIENCE
from tests.engine.generation.fakes import FakeParts

pytestmark = pytest.mark.usefixtures("sine_installed")


@pytest.fixture
def parts() -> FakeParts:
    return FakeParts()


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path, parts: FakeParts) -> Iterator[House]:
    made = House(tmp_path, qtbot, lambda _: Studio(parts=parts))
    made.document.select((0, 1))
    made.part.worker.open()
    qtbot.waitUntil(lambda: made.part.panel.footer.generator.count() == 3, timeout=PATIENCE)
    yield made


def choose(house: House, name: str) -> None:
    footer = house.part.panel.footer
    footer.generator.setCurrentIndex(footer.generator.findData(name))


def test_a_control_is_there_only_for_what_the_generator_takes(house: House) -> None:
    footer, card = house.part.panel.footer, house.part.panel.card(1)
    editor = card.editor
    assert editor is not None
    for name, shown in (("object-aware", True), ("sine", False), ("object-aware", True)):
        choose(house, name)
        assert footer.generator.isVisible()
        assert footer.quality.isVisible() is shown
        assert footer.together.isVisible() is shown
        assert editor.negative.isVisible() is shown
        assert editor.prompt.isVisible()
        assert house.actions.action("together").isEnabled() is shown


def test_its_takes_are_kept_told_exported_and_there_again(
    house: House, parts: FakeParts, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(house, "sine")
    house.document.edit("Duration", lambda scene: set_duration(scene, 0, 1.0))
    house.document.select((0,))
    house.part.panel.generate(False)
    qtbot.waitUntil(lambda: len(house.document.scene.takes) == 2, timeout=PATIENCE)
    assert parts.loaded == []
    take = house.document.scene.takes[0]
    rows = dict(recipe_rows(take))
    assert (rows["Generator"], rows["Model"], rows["Lowest hz"]) == ("sine", "sine-1", "220")
    house.project.save(house.document.scene)
    folder = house.project.path
    house.project.close()
    assert Project.open(folder, writing=False).scene == house.document.scene
    assert main(["project", "export", str(folder), "--out", str(tmp_path / "delivery")]) == 0
    waves = list((tmp_path / "delivery").rglob("*.wav"))
    assert len(waves) == 2
    # The licence that the generator gives its sounds goes with them.
    assert all(b"CC0-1.0" in wave.read_bytes() for wave in waves)


def test_the_generator_chosen_last_is_chosen_next_time(house: House, qtbot: QtBot, parts: FakeParts) -> None:
    footer = house.part.panel.footer
    assert footer.choice.generator == "object-aware"
    QTest.keyClick(footer.generator, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: house.services.state.read().get("generator") == "sine")
    again = ObjectsPart(house.services, house.window, lambda _: Studio(parts=parts))
    again.worker.open()
    qtbot.waitUntil(lambda: again.panel.footer.generator.count() == 3, timeout=PATIENCE)
    assert again.panel.footer.choice.generator == "sine"
    again.close()


def test_what_it_cannot_do_is_one_message(house: House, qtbot: QtBot) -> None:
    choose(house, "sine")
    house.document.edit("Duration", lambda scene: set_duration(scene, 0, 20.0))
    house.document.select((0,))
    house.part.panel.generate(False)
    qtbot.waitUntil(lambda: bool(house.said), timeout=PATIENCE)
    assert "0.5 to 8 seconds" in house.said[-1].text
