"""Another model or device in the preferences acts at once: on what is made next, and on what looks at the still."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.document.messages import Message
from engine.generation.model_parts import FolderParts
from engine.scene.edits import set_duration
from engine.scene.recipe_facts import RecipeFacts
from tests.desktop.e2e.house import CONTROL, House
from tests.desktop.objects.toy import toy_project
from tests.engine.generation.toy_model import write_toy_model


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path) -> Iterator[House]:
    """With a project of three objects, the bundled model, and drafts of two steps."""
    made = House(qtbot)
    settings = made.services.settings
    settings.set(replace(settings.preferences, draft_steps=2, variations=1, device="cpu"))
    project, _, _ = toy_project(tmp_path)
    project.close()
    made.window.open_path(tmp_path / "Street.foley")
    made.until(lambda: made.services.document.still is not None)
    made.services.document.edit("Change duration", lambda scene: set_duration(scene, 0, 0.5))
    made.services.document.select((0,))
    yield made


def generate(house: House) -> None:
    before = len(house.scene.takes)
    house.press(Qt.Key.Key_G, CONTROL)
    house.until(lambda: len(house.scene.takes) == before + 1 or bool(failures(house)))


def failures(house: House) -> list[Message]:
    """What was said but for the listener's remarks on takes, which depend on the weights."""
    return [message for message in house.said if "sounds more like" not in message.text]


def test_the_next_take_is_made_by_the_model_that_is_chosen_now(house: House, tmp_path: Path) -> None:
    settings, pool = house.services.settings, house.services.models
    generate(house)
    other = write_toy_model(tmp_path / "other")
    settings.set(replace(settings.preferences, model=str(other)))
    assert house.services.activity.fact("model") == "other"
    generate(house)
    assert failures(house) == []
    models = [RecipeFacts.of(take.recipe).model for take in house.scene.takes]
    assert models == [FolderParts().fingerprint, FolderParts(other).fingerprint]
    house.until(lambda: house.canvas.vision.ready)
    assert all(key.model.startswith("other") for key in pool.loaded if key.part == "diffusion")
    settings.set(replace(settings.preferences, model=""))
    generate(house)
    assert RecipeFacts.of(house.scene.takes[-1].recipe).model == models[0]


def test_a_device_that_is_not_there_is_said_at_the_next_take_and_the_one_before_works_again(
    house: House,
) -> None:
    settings = house.services.settings
    settings.set(replace(settings.preferences, device="mps"))
    house.press(Qt.Key.Key_G, CONTROL)
    house.until(lambda: bool(house.said))
    assert "no device 'mps'" in house.said[-1].text
    house.said.clear()
    settings.set(replace(settings.preferences, device="cpu"))
    generate(house)
    assert failures(house) == []
    assert len(house.scene.takes) == 1


def test_the_still_is_looked_at_through_the_model_that_is_chosen_now(house: House, tmp_path: Path) -> None:
    settings, pool = house.services.settings, house.services.models
    house.until(lambda: house.canvas.vision.ready)
    before = {key.model for key in pool.loaded if key.part == "segmenter"}
    settings.set(replace(settings.preferences, model=str(write_toy_model(tmp_path / "other"))))
    assert not house.canvas.vision.ready
    house.until(lambda: house.canvas.vision.ready)
    after = {key.model for key in pool.loaded if key.part == "segmenter"}
    assert len(before) == len(after) == 1
    assert before != after


def test_both_threads_share_the_parts_that_both_use(house: House) -> None:
    house.until(lambda: house.canvas.vision.ready)
    thing = house.scene.objects[0]
    still = house.services.document.still
    assert still is not None
    house.canvas.vision.label(still, thing.mask, 1)
    generate(house)
    house.until(house.at_rest)
    parts = [key.part for key in house.services.models.loaded]
    assert sorted(parts) == ["diffusion", "encoder", "listener", "namer", "segmenter", "text_encoder"]
