"""The parts of the real window among each other: whose is a key, what a setting does, what leaves as a file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.export.drags import FileDrags, mime_of
from desktop.main_window.main_window import MainWindow
from desktop.objects.edits import object_track
from engine.scene.edits import add_object
from tests.desktop.e2e.house import CONTROL, NONE, House, drag
from tests.desktop.export.fakes import Launches
from tests.desktop.objects.toy import FakeGenerationBackend, toy_mask, toy_project

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path) -> Iterator[House]:
    """With a project of three objects, of which the first has a take."""
    maker = FakeGenerationBackend()
    made = House(qtbot, lambda _: maker)
    project, _, _ = toy_project(tmp_path)
    project.close()
    made.window.open_path(tmp_path / "Street.foley")
    made.until(lambda: made.services.document.still is not None)
    made.until(lambda: maker.warmed == 1)
    made.services.document.select((0,))
    made.press(Qt.Key.Key_G, CONTROL)
    made.until(lambda: made.clips(0) == 1 and made.at_rest())
    yield made
    maker.go.set()


def clip_at(house: House) -> QPoint:
    """The middle of the first clip, on the timeline."""
    timeline = house.scene.timeline
    row = next(row for row, track in enumerate(timeline.tracks) if track.clips)
    geometry = house.timeline.view.track_view.view.geometry
    left, top, width, height = geometry.rect_of(timeline.tracks[row].clips[0], row)
    return QPoint(round(left + width / 2), round(top + height * 0.7))


def test_delete_removes_clips_in_the_timeline_and_objects_elsewhere(house: House) -> None:
    surface = house.timeline.view.track_view
    house.qtbot.mouseClick(surface, Qt.MouseButton.LeftButton, NONE, clip_at(house))
    surface.setFocus()
    assert len(house.timeline.view.selected) == 1
    house.press(Qt.Key.Key_Delete)
    assert house.clips(0) == 0
    assert len(house.scene.objects) == 3
    house.canvas.canvas.setFocus()
    house.press(Qt.Key.Key_Delete)
    assert len(house.scene.objects) == 2


def test_solo_and_mute_act_on_the_tracks_of_selected_clips_where_those_are_meant(house: House) -> None:
    surface = house.timeline.view.track_view
    house.qtbot.mouseClick(surface, Qt.MouseButton.LeftButton, NONE, clip_at(house))
    [number] = [track.id for track in house.scene.timeline.tracks if track.clips]

    def states() -> tuple[bool, bool]:
        track = house.scene.track(number)
        assert track is not None
        return track.soloed, track.muted

    house.services.document.select(())
    house.canvas.canvas.setFocus()
    for key, after in ((Qt.Key.Key_S, (True, False)), (Qt.Key.Key_M, (True, True))):
        house.press(key)
        assert states() == after
    house.services.document.undo()
    house.services.document.undo()
    assert states() == (False, False)

    house.services.document.select((1,))
    surface.setFocus()
    house.press(Qt.Key.Key_M)
    assert states() == (False, True)
    house.press(Qt.Key.Key_M)
    house.canvas.canvas.setFocus()
    house.press(Qt.Key.Key_M)
    assert states() == (False, False)
    track = object_track(house.scene, 1)
    assert track is not None and track.muted


def test_space_plays_wherever_the_keyboard_is(house: House) -> None:
    house.until(lambda: bool(house.shelf.devices))
    player = house.timeline.player
    for place in (house.canvas.canvas, house.timeline.view.track_view, house.objects.panel.card(0)):
        place.setFocus()
        house.press(Qt.Key.Key_Space)
        house.until(lambda: player.playing)
        house.press(Qt.Key.Key_Space)
        assert not player.playing


def test_a_clip_with_alt_and_a_track_by_its_head_are_dragged_out_as_files(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launches = Launches()
    set_launch(house.window.exports.drags, launches, monkeypatch)
    begin = clip_at(house)
    drag(house.timeline.view.track_view, begin, begin + QPoint(30, 0), ALT)
    house.until(lambda: len(launches.paths) == 1)
    number = next(track.id for track in house.scene.timeline.tracks if track.clips)
    head = house.timeline.view.headers.header(number)
    drag(head, QPoint(2, 20), QPoint(40, 20))
    house.until(lambda: len(launches.paths) == 2)
    assert all(path.suffix == ".wav" and path.is_file() for path in launches.paths)
    assert house.scene.timeline.tracks[0].clips[0].start == 0


def test_a_take_is_dragged_from_the_list_onto_the_timeline_and_is_a_file_for_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    launches = Launches()
    set_launch(house.window.exports.drags, launches, monkeypatch)
    row = house.objects.panel.card(0).rows[0]
    middle = row.wave.rect().center()
    drag(row.wave, middle, middle - QPoint(60, 0))
    house.until(lambda: len(launches.paths) == 1)
    assert "take1" in launches.paths[0].name and launches.paths[0].is_file()
    surface = house.timeline.view.track_view
    tracks = len(house.scene.timeline.tracks)
    below = surface.height() - 2
    place_of = surface.view.geometry.scale.x_of
    data = launches.data[0]
    drop(surface, data, QPoint(round(place_of(house.scene.timeline.rate * 4)), below))
    assert house.clips(0) == 2 and len(house.scene.timeline.tracks) == tracks
    house.services.document.undo()
    assert house.clips(0) == 1


def test_a_drag_that_began_in_the_window_is_no_still_for_it(house: House, tmp_path: Path) -> None:
    assert not enters(house.window, mime_of(tmp_path / "take.wav"), house.window)
    assert enters(house.window, mime_of(tmp_path / "still.png"), None)


class Entering(QDragEnterEvent):
    """As if from a widget of this program, or from another program."""

    def __init__(self, data: QMimeData, source: QObject | None) -> None:
        super().__init__(QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NONE)
        self._source = source
        self.ignore()

    def source(self) -> QObject:
        return self._source  # type: ignore[return-value]  # Qt gives None for another program.


def enters(window: MainWindow, data: QMimeData, source: QObject | None) -> bool:
    event = Entering(data, source)
    window.dragEnterEvent(event)
    return event.isAccepted()


def drop(track_view: QWidget, data: QMimeData, at: QPoint) -> None:
    given: tuple[Any, ...] = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NONE)
    QApplication.sendEvent(track_view, QDragEnterEvent(at, *given))
    QApplication.sendEvent(track_view, QDragMoveEvent(at, *given))
    QApplication.sendEvent(track_view, QDropEvent(QPointF(at), *given))


def set_launch(drags: FileDrags, launches: Launches, monkeypatch: pytest.MonkeyPatch) -> None:
    def launch(one: QDrag) -> Any:
        launches(one)

    monkeypatch.setattr(drags, "_launch", launch)
    monkeypatch.setattr(drags, "_held", lambda: True)


def test_settings_act_on_what_is_made_next(house: House) -> None:
    settings = house.services.settings
    changed = replace(
        settings.preferences, variations=3, final=True, duration=2.5, negative="wind", hover=False
    )
    settings.set(changed, settings.keys)
    choice = house.objects.panel.footer.choice
    assert (choice.takes, choice.quality.steps) == (3, changed.final_steps)
    house.canvas.canvas.accepted.emit(toy_mask(5))
    thing = house.scene.objects[-1]
    assert (thing.duration, thing.negative) == (2.5, "wind")
    waited = house.canvas.vision.waiting
    house.canvas.canvas.hovered.emit(10.0, 10.0)
    assert house.canvas.vision.waiting <= waited


def test_another_project_while_a_sound_is_made_keeps_the_sound_with_the_first(
    house: House, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    project, scene, _ = toy_project(other, ("Train",))
    project.save(add_object(scene, toy_mask(40), "Bell"))
    project.close()
    house.press(Qt.Key.Key_R)
    house.person.answer = "save"
    house.window.open_path(other / "Street.foley")
    house.until(lambda: [thing.name for thing in house.scene.objects] == ["Train", "Bell"])
    house.until(house.at_rest)
    assert house.scene.takes == ()
    house.person.answer = "discard"
    house.window.open_path(tmp_path / "Street.foley")
    house.until(lambda: len(house.scene.objects) == 3 and len(house.scene.takes) == 2)


def test_opening_the_open_project_again_goes_back_to_what_was_saved(house: House, tmp_path: Path) -> None:
    house.person.answer, house.person.wants_recovery = "discard", False
    house.window.open_path(tmp_path / "Street.foley")
    house.until(lambda: not any(track.clips for track in house.scene.timeline.tracks) and house.at_rest())
    house.press(Qt.Key.Key_A, CONTROL)
    house.press(Qt.Key.Key_Delete)
    house.window.save()
    house.until(lambda: not house.services.document.unsaved and house.at_rest())
    assert [message.text for message in house.said if message.kind == "error"] == []


def test_a_clip_at_the_start_is_nudged_no_further_and_nothing_is_said(house: House) -> None:
    house.timeline.view.execute("select_all")
    house.window.actions_.action("nudge_left").trigger()
    assert house.scene.timeline.tracks[0].clips[0].start == 0
    assert [message.text for message in house.said if message.kind == "error"] == []
