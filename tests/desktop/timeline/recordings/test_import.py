"""Sound files become takes at the real window: dropped on the timeline, the still and the cards, and by the menu."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.timeline.recordings import importer
from desktop.timeline.recordings.importer import NO_PROJECT, Place
from desktop.timeline.recordings.sound_drops import sounds_in
from engine.scene.edits import add_track
from engine.scene.validity import problems
from tests.desktop.e2e.house import House, toy_house
from tests.desktop.objects.toy import FakeGenerationBackend

COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path) -> Iterator[House]:
    made = toy_house(qtbot, tmp_path, FakeGenerationBackend())
    made.until(lambda: made.services.document.project is not None and made.at_rest())
    made.timeline.recordings.importer._hear = None
    yield made


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "gate.wav", np.random.default_rng(0).normal(0, 0.1, (22_050, 1)), 44_100)
    return tmp_path / "gate.wav"


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(os.fspath(path)) for path in paths])
    return data


def drop(widget: QWidget, data: QMimeData, at: QPointF) -> bool:
    """As a drag from another program does it."""
    enter = QDragEnterEvent(at.toPoint(), COPY, data, LEFT, NONE)
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(at, COPY, data, LEFT, NONE)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def settle(house: House) -> None:
    house.until(lambda: not house.timeline.recordings.importer.busy)


def recordings(house: House) -> list[str]:
    return [take.name for take in house.scene.takes if take.kind == "recording"]


def test_a_file_dropped_on_an_object_in_the_still_is_a_take_of_it(house: House, sound: Path) -> None:
    thing = house.scene.objects[0]
    y, x = (int(axis.mean()) for axis in np.nonzero(thing.mask))
    place = house.canvas.canvas.viewport.to_view((x + 0.5, y + 0.5))
    assert drop(house.canvas.canvas, files(sound), QPointF(*place))
    settle(house)
    [take] = [take for take in house.scene.takes if take.kind == "recording"]
    assert (take.objects, take.name) == ((thing.index,), thing.name)
    assert problems(house.scene) == ()


def test_a_file_dropped_on_a_card_is_a_take_of_its_object(house: House, sound: Path) -> None:
    panel = house.objects.panel
    card = panel.cards[1]
    at = card.mapTo(panel, QPoint(20, 12))
    assert drop(panel, files(sound), QPointF(at))
    settle(house)
    [take] = [take for take in house.scene.takes if take.kind == "recording"]
    assert take.objects == (card.thing.index,)


def test_files_dropped_on_a_track_follow_each_other_there_and_undo_keeps_the_takes(
    house: House, sound: Path, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "b.flac", np.random.default_rng(1).normal(0, 0.1, (48_000, 2)), 96_000)
    view = house.timeline.view
    house.services.document.edit("Add track", lambda scene: add_track(scene, "Foley"))
    track = house.scene.timeline.tracks[0]
    before = {clip.id for clip in track.clips}
    x = view.track_view.view.geometry.scale.x_of(6 * 48_000)
    y = view.track_view.view.geometry.top_of(0) + 20
    assert drop(view.track_view, files(sound, tmp_path / "b.flac"), QPointF(x, y))
    settle(house)
    new = [clip for clip in house.scene.timeline.tracks[0].clips if clip.id not in before]
    assert [clip.length for clip in new] == [24_000, 24_000]
    assert new[1].start == new[0].end
    assert len(recordings(house)) == 2
    for _ in new:
        house.services.document.undo()
    assert {clip.id for clip in house.scene.timeline.tracks[0].clips} == before
    assert len(recordings(house)) == 2


def test_the_menu_imports_for_the_selected_object_else_at_the_playhead(house: House, sound: Path) -> None:
    part = house.timeline.recordings
    part.choose = lambda: [sound]
    house.services.document.select([house.scene.objects[1].index])
    house.window.actions_.action("import_sound").trigger()
    settle(house)
    house.services.document.select([])
    house.timeline.player.seek(48_000)
    house.window.actions_.action("import_sound").trigger()
    settle(house)
    of_object, of_none = (take for take in house.scene.takes if take.kind == "recording")
    assert of_object.objects == (house.scene.objects[1].index,)
    assert (of_none.objects, of_none.name) == ((), "gate")
    track = house.scene.timeline.tracks[-1]
    assert (track.name, track.object, [clip.start for clip in track.clips]) == ("gate", None, [48_000])
    assert problems(house.scene) == ()


def test_imported_takes_are_saved_and_open_again(house: House, sound: Path) -> None:
    house.timeline.recordings.import_for([sound], None)
    settle(house)
    house.window.save()
    house.until(lambda: house.at_rest() and not house.services.document.unsaved)
    scene = house.scene
    project = house.services.document.project
    assert project is not None
    assert project.reload().scene == scene


def test_what_is_no_sound_is_said_and_the_others_are_imported(
    house: House, sound: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.wav").write_bytes(b"RIFF")
    house.timeline.recordings.import_for([tmp_path / "bad.wav", sound], None)
    settle(house)
    assert any("bad.wav is not a sound" in message.text for message in house.said)
    assert len(recordings(house)) == 1


def test_a_long_file_is_asked_about_before_it_is_read(
    house: House, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.project.recordings.MOST_SECONDS", 0.25)
    monkeypatch.setattr(importer, "MOST_SECONDS", 0.25)
    asked: list[str] = []
    part = house.timeline.recordings

    def refuse(words: str) -> bool:
        asked.append(words)
        return False

    part.ask = refuse
    part.import_for([sound], None)
    settle(house)
    assert len(asked) == 1
    assert "a take holds at most" in asked[0]
    assert recordings(house) == []
    part.ask = lambda words: True
    part.import_for([sound], None)
    settle(house)
    [take] = [take for take in house.scene.takes if take.kind == "recording"]
    assert take.samples == 12_000


def test_what_a_recording_sounds_like_names_it_and_its_track(house: House, sound: Path) -> None:
    house.timeline.recordings.importer._hear = lambda path: "bell"
    house.timeline.recordings.import_for([sound], None)
    house.until(lambda: recordings(house) == ["bell"])
    assert house.scene.timeline.tracks[-1].name == "bell"
    assert house.said[-1].text == "gate.wav sounds like bell, and is called so."


def test_the_same_file_twice_is_one_take(house: House, sound: Path) -> None:
    for _ in range(2):
        house.timeline.recordings.importer.import_files([sound], Place(0))
        settle(house)
    assert len(recordings(house)) == 1
    assert house.said[-1].text == "gate.wav is a take of this project already."


def test_without_a_project_there_is_a_sentence(qtbot: QtBot, sound: Path) -> None:
    house = House(qtbot)
    house.timeline.recordings.import_for([sound], None)
    assert house.said[-1].text == NO_PROJECT
    assert not house.window.actions_.action("import_sound").isEnabled()


def test_pictures_and_mixed_drags_are_left_to_the_window(house: House, sound: Path, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    assert sounds_in(files(tmp_path / "a.png")) == []
    assert sounds_in(files(sound, tmp_path / "a.png")) == []
    assert sounds_in(files(sound)) == [sound]
    for widget in (house.canvas.canvas, house.timeline.view.track_view):
        house.said.clear()
        drop(widget, files(tmp_path / "a.png"), QPointF(5, 5))
        house.until(house.at_rest)
        assert "is not a picture" in house.said[-1].text
    assert recordings(house) == []
