"""Opening, saving, autosave and recovery on real project folders."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktop.document.document import Document
from desktop.document.messages import Message, Messages
from desktop.document.project_io import LoadedProject, Recoverable
from desktop.document.project_session import ProjectSession, SceneDefaults
from desktop.document.recent import MOST, Recent, read_recent
from desktop.threads.background import Background
from engine.errors import Failed
from engine.project.folder import Project
from engine.scene.edits import receive_take
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take


class Desk:
    """A session with everything real, and what it said."""

    def __init__(self, unsaved: Path, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.messages = Messages()
        self.said: list[Message] = []
        self.messages.shown.connect(self.said.append)
        self.document = Document(self.messages)
        self.background = Background()
        self.unsaved = unsaved
        self.session = ProjectSession(
            self.document, self.background, self.messages, unsaved, lambda: SceneDefaults(96_000, "29.97df")
        )
        self.offers: list[LoadedProject] = []
        self.session.recovery_offered.connect(self.offers.append)

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.background.busy, timeout=10_000)

    def open(self, path: Path) -> None:
        self.session.open(path)
        self.settle()

    def rename(self, name: str) -> None:
        self.document.edit("Rename scene", lambda scene: replace(scene, name=name))

    def crash(self) -> None:
        """Leaves as a killed program does: only the system lets go of the lock."""
        self.background.close()
        if self.document.project is not None:
            self.document.project.close()

    def leave(self) -> None:
        self.session.close_scene()
        self.background.close()


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(tmp_path / "unsaved", qtbot)
    yield made
    made.leave()


@pytest.fixture
def still(tmp_path: Path) -> Path:
    path = tmp_path / "street.png"
    Image.fromarray(np.full((40, 60, 3), 90, np.uint8)).save(path)
    return path


def test_a_still_opens_as_a_scene_that_has_a_place_but_nothing_to_save(desk: Desk, still: Path) -> None:
    desk.open(still)
    assert desk.said == []
    assert desk.document.still is not None
    assert (desk.document.still.width, desk.document.still.height) == (60, 40)
    assert desk.document.scene.name == "street"
    assert desk.document.scene.timeline.rate == 96_000
    assert desk.document.scene.timeline.frame_rate.name == "29.97df"
    assert not desk.document.unsaved
    assert desk.session.untitled


def test_a_pasted_picture_opens_as_a_still(desk: Desk) -> None:
    picture = QImage(50, 40, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    desk.session.open_picture(picture, "pasted picture")
    desk.settle()
    assert desk.document.still is not None
    assert tuple(desk.document.still.pixels[5, 5]) == (255, 0, 0)


def test_what_cannot_be_opened_is_one_message_and_leaves_the_scene(
    desk: Desk, still: Path, tmp_path: Path
) -> None:
    desk.open(still)
    before = desk.document.scene
    for name in ("absent.png", "text.png"):
        (tmp_path / "text.png").write_text("no picture")
        desk.open(tmp_path / name)
    assert [message.kind for message in desk.said] == ["error", "error"]
    assert desk.document.scene is before
    assert len(list(desk.unsaved.iterdir())) == 1


def test_saving_as_gives_the_scene_a_place_that_opens_again(desk: Desk, still: Path, tmp_path: Path) -> None:
    desk.open(still)
    take = Take(np.zeros((1, 800), np.float32), 16_000, "dog", (0,), 1, "{}")
    project = desk.document.project
    assert project is not None
    record = project.add_take(take)
    desk.document.adopt(lambda scene: replace(scene, takes=(record,)))
    desk.session.save_as(tmp_path / "Night.foley")
    desk.settle()
    assert desk.said == []
    assert not desk.document.unsaved
    assert not desk.session.untitled
    assert desk.document.scene.name == "Night"
    assert list(desk.unsaved.iterdir()) == []
    desk.session.close_scene()
    desk.open(tmp_path / "Night.foley")
    assert desk.document.scene.takes == (record,)
    assert desk.document.still is not None


def test_saving_again_goes_to_the_same_place(desk: Desk, still: Path, tmp_path: Path) -> None:
    desk.open(still)
    saved: list[Path] = []
    desk.session.saved.connect(saved.append)
    desk.session.save_as(tmp_path / "Night.foley")
    desk.settle()
    desk.rename("Day")
    done: list[str] = []
    desk.session.save(lambda: done.append("then"))
    desk.settle()
    assert saved == [tmp_path / "Night.foley"] * 2
    assert done == ["then"]
    with Project.open(tmp_path / "Night.foley", writing=False).project:
        assert Project.open(tmp_path / "Night.foley", writing=False).scene.name == "Day"


def test_a_save_that_fails_says_so_and_the_scene_stays_unsaved(
    desk: Desk, still: Path, tmp_path: Path
) -> None:
    desk.open(still)
    desk.rename("Day")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").write_text("")
    done: list[str] = []
    desk.session.save_as(tmp_path / "full" / "something" / "x.foley", lambda: done.append("then"))
    desk.settle()
    assert [message.kind for message in desk.said] == ["error"]
    assert done == []
    assert desk.document.unsaved


def test_after_a_crash_the_scene_is_found_and_recovered(
    desk: Desk, still: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    first = Desk(desk.unsaved, qtbot)
    first.open(still)
    first.rename("Nearly lost")
    first.session.autosave()
    first.crash()
    found: list[tuple[Recoverable, ...]] = []
    desk.session.recoverable_found.connect(found.append)
    desk.session.look_for_recoverable()
    desk.settle()
    [[one]] = found
    assert one.name == "Nearly lost"
    desk.session.recover(one)
    desk.settle()
    assert desk.document.scene.name == "Nearly lost"
    assert desk.document.unsaved
    assert desk.document.still is not None
    first.session._timer.stop()


def test_a_scene_that_another_program_has_open_is_not_offered(
    desk: Desk, still: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = Desk(desk.unsaved, qtbot)
    other.open(still)
    other.rename("Being worked on")
    other.session.autosave()
    other.settle()
    found: list[tuple[Recoverable, ...]] = []
    desk.session.recoverable_found.connect(found.append)
    desk.session.look_for_recoverable()
    desk.settle()
    assert found == [()]
    assert len(list(desk.unsaved.iterdir())) == 1
    other.leave()


def test_a_project_with_changes_that_were_never_saved_offers_them(
    desk: Desk, still: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    first = Desk(desk.unsaved, qtbot)
    first.open(still)
    first.session.save_as(tmp_path / "Night.foley")
    first.settle()
    first.rename("Later")
    first.session.autosave()
    first.crash()
    first.session._timer.stop()
    desk.open(tmp_path / "Night.foley")
    assert desk.document.scene.name == "Night"
    [offer] = desk.offers
    desk.session.recover_newest(offer)
    desk.settle()
    assert desk.document.scene.name == "Later"
    assert desk.document.unsaved


def test_an_edit_is_autosaved_by_itself_and_saving_stops_the_clock(
    desk: Desk, still: Path, tmp_path: Path
) -> None:
    desk.session.set_autosave(0.05)
    desk.open(still)
    desk.rename("Day")
    project = desk.document.project
    assert project is not None
    desk.qtbot.waitUntil(lambda: len(Project.autosaves(project.path)) == 1, timeout=5000)
    desk.session.save()
    desk.settle()
    assert not desk.session._timer.isActive()


@pytest.fixture
def projects(tmp_path: Path, still: Path) -> tuple[Path, Path]:
    """Two saved projects."""
    made = []
    for folder in ("one", "two"):
        path = tmp_path / folder / f"{folder}.foley"
        path.parent.mkdir()
        Project.create(path, folder, still).project.close()
        made.append(path)
    return made[0], made[1]


def is_free(path: Path) -> bool:
    """Whether nobody writes into a project."""
    try:
        Project.open(path).project.close()
    except Failed:
        return False
    return True


def test_the_open_project_opened_again_goes_back_to_what_was_saved(
    desk: Desk, projects: tuple[Path, Path]
) -> None:
    desk.open(projects[0])
    desk.rename("Changed")
    desk.open(projects[0])
    assert desk.document.scene.name == "one"
    assert not desk.document.unsaved
    desk.rename("Changed again")
    desk.session.save()
    desk.settle()
    assert not desk.said


def test_what_arrives_while_the_open_project_is_opened_again_stays_and_can_be_saved(
    desk: Desk, projects: tuple[Path, Path]
) -> None:
    desk.open(projects[0])
    desk.session.open(projects[0])
    desk.rename("Arrived")
    desk.settle()
    assert desk.document.scene.name == "Arrived"
    desk.session.save()
    desk.settle()
    assert not desk.document.unsaved
    assert not desk.said


def test_of_two_projects_asked_for_at_once_the_later_is_shown_and_the_other_is_free(
    desk: Desk, projects: tuple[Path, Path]
) -> None:
    desk.session.open(projects[0])
    desk.open(projects[1])
    assert desk.document.scene.name == "two"
    assert is_free(projects[0])
    assert not desk.said


def test_going_back_to_the_open_project_while_another_opens_leaves_it_writable(
    desk: Desk, projects: tuple[Path, Path]
) -> None:
    desk.open(projects[0])
    desk.session.open(projects[1])
    desk.open(projects[0])
    assert desk.document.scene.name == "one"
    desk.rename("Changed")
    desk.session.save()
    desk.settle()
    assert not desk.document.unsaved
    assert is_free(projects[1])
    assert not desk.said


def test_a_project_that_is_not_shown_because_saving_failed_is_free(
    desk: Desk, projects: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open(projects[0])
    assert desk.document.project is not None

    def full(_: Scene) -> None:
        raise Failed("The disk is full: free some space.")

    monkeypatch.setattr(desk.document.project, "save", full)
    desk.session.open(projects[1])
    desk.rename("Arrived")
    desk.settle()
    assert desk.document.scene.name == "Arrived"
    assert [message.text for message in desk.said] == ["The disk is full: free some space."]
    assert is_free(projects[1])


def test_closing_leaves_nothing_of_what_was_never_saved(desk: Desk, still: Path) -> None:
    desk.open(still)
    desk.rename("Day")
    desk.session.close_scene()
    desk.settle()
    assert desk.document.scene == Scene()
    assert desk.document.still is None
    assert list(desk.unsaved.iterdir()) == []


def test_recent_paths_are_each_there_once_the_newest_first() -> None:
    recent = Recent()
    for name in ("a", "b", "a"):
        recent = recent.with_path(Path("/x") / name)
    assert recent.texts() == ["/x/a", "/x/b"]
    for number in range(MOST + 5):
        recent = recent.with_path(Path(f"/y/{number}"))
    assert len(recent.paths) == MOST
    assert read_recent(recent.texts()) == recent
    assert read_recent(["/x", 5, "", "relative", "/x"]).texts() == ["/x"]
    assert read_recent("x") == Recent()


def with_take(desk: Desk) -> TakeRecord:
    """A take that was made in the open scene."""
    project = desk.document.project
    assert project is not None
    record = project.add_take(Take(np.zeros((1, 800), np.float32), 16_000, "dog", (), 1, "{}"))
    change = partial(receive_take, take=record)
    desk.document.receive(change, change)
    return record


def test_takes_of_a_scene_that_is_discarded_wait_and_are_offered(desk: Desk, still: Path) -> None:
    desk.open(still)
    record = with_take(desk)
    assert desk.document.new_takes == 1
    desk.session.close_scene()
    desk.settle()
    found: list[tuple[Recoverable, ...]] = []
    desk.session.recoverable_found.connect(found.append)
    desk.session.look_for_recoverable()
    desk.settle()
    ((offered,),) = found
    assert offered.takes == 1
    desk.session.recover(offered)
    desk.settle()
    assert desk.document.scene.takes == (record,)


@pytest.mark.parametrize("way", ["close", "open another", "open it again"])
def test_takes_of_a_saved_project_wait_in_its_autosave_however_it_is_left(
    desk: Desk, projects: tuple[Path, Path], way: str
) -> None:
    desk.open(projects[0])
    record = with_take(desk)
    if way == "close":
        desk.session.close_scene()
    elif way == "open another":
        desk.open(projects[1])
    desk.open(projects[0])
    (offer,) = desk.offers
    assert [take.digest for take in desk.document.scene.takes] == []
    desk.session.recover_newest(offer)
    desk.settle()
    assert desk.document.scene.takes == (record,)


def test_going_on_as_saved_keeps_the_takes_of_the_autosave_set_aside(
    desk: Desk, projects: tuple[Path, Path]
) -> None:
    desk.open(projects[0])
    record = with_take(desk)
    desk.rename("Never saved")
    desk.session.close_scene()
    desk.open(projects[0])
    desk.session.decline_recovery(desk.offers[0])
    desk.settle()
    assert desk.document.scene.name == "one"
    assert desk.document.scene.takes == (replace(record, rejected=True),)


def test_a_new_scene_has_the_automatic_fades_of_the_preferences() -> None:
    line = SceneDefaults(edge_fade_ms=2.5, auto_crossfade=False).begin(Scene()).timeline
    assert (line.edge_fade_ms, line.auto_crossfade) == (2.5, False)
    assert SceneDefaults().begin(Scene()).timeline.edge_fade_ms == 5.0
