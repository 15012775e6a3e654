"""The real window with empty panels: every way in, every way out, and what stands where."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal, cast

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFrame, QLabel, QMessageBox, QPushButton, QTextBrowser, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import create_services
from desktop.document.messages import Message
from desktop.document.project_io import Recoverable
from desktop.main_window.all_commands import ALL_COMMANDS
from desktop.main_window.dialogs import unsaved_box
from desktop.main_window.drops import local_paths
from desktop.main_window.help_dialogs import HelpDialog
from desktop.main_window.main_window import MainWindow
from desktop.main_window.panels import Panels
from desktop.main_window.status_bar import StatusBar
from desktop.main_window.welcome.samples import SampleStill, sample_stills
from desktop.main_window.window_state import sizes_of
from desktop.settings.store import SettingsStore, settings_file, state_file, unsaved_folder
from engine.logs import logging_to
from engine.scene.scene import Scene
from tests.desktop.fakes import FakeDialogs, FakePanel

CONTROL = Qt.KeyboardModifier.ControlModifier


class Bench:
    """The window, the person before it, and what is needed to work on it."""

    def __init__(
        self, qtbot: QtBot, samples: tuple[SampleStill, ...] = (), room: QRect | None = None
    ) -> None:
        self.qtbot = qtbot
        self.person = FakeDialogs()
        self.told: list[str] = []
        self.services = create_services(SettingsStore(settings_file(), ALL_COMMANDS))
        panels = Panels(FakePanel, FakePanel, FakePanel)
        self.window = MainWindow(self.services, panels, samples=samples, ask=self.person, room=room)
        qtbot.addWidget(self.window, before_close_func=lambda window: cast(MainWindow, window).abandon())
        self.services.messages.shown.connect(lambda message: self.told.append(message.text))
        self.window.show()
        qtbot.waitExposed(self.window)

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.services.background.busy, timeout=10_000)

    def open(self, path: Path) -> None:
        self.window.open_path(path)
        self.settle()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = CONTROL) -> None:
        self.qtbot.keyClick(self.window, key, modifier)
        self.settle()

    def rename(self, name: str) -> None:
        self.services.document.edit("Rename scene", lambda scene: replace(scene, name=name))

    def panel(self, name: str) -> FakePanel:
        return cast(FakePanel, self.window.panels[name])

    @property
    def scene(self) -> Scene:
        return self.services.document.scene

    @property
    def on_welcome(self) -> bool:
        return self.window.welcome.isVisible()


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    yield Bench(qtbot)
    QGuiApplication.clipboard().clear()


@pytest.fixture
def still(tmp_path: Path) -> Path:
    path = tmp_path / "street.png"
    Image.fromarray(np.full((40, 60, 3), 90, np.uint8)).save(path)
    return path


def dropped(bench: Bench, data: QMimeData, offered: Qt.DropAction = Qt.DropAction.CopyAction) -> bool:
    """Drops onto the window; whether it was taken, as a copy with a frame shown while it is over the window."""
    action, button, none = offered, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), action, data, button, none)
    enter.ignore()
    bench.window.dragEnterEvent(enter)
    frame = next(frame for frame in bench.window.findChildren(QFrame) if frame.objectName() == "dropFrame")
    assert frame.isVisible() is enter.isAccepted()
    if enter.isAccepted():
        drop = QDropEvent(QPointF(50, 50), action, data, button, none)
        bench.window.dropEvent(drop)
        assert enter.dropAction() == drop.dropAction() == Qt.DropAction.CopyAction
        assert not frame.isVisible()
        bench.settle()
    return enter.isAccepted()


def test_it_begins_with_the_welcome_page_and_only_what_can_be_done(bench: Bench) -> None:
    assert bench.on_welcome
    assert bench.window.windowTitle() == "[*]Foleyscape"
    for id_ in ("save", "save_as", "close", "undo", "redo"):
        assert not bench.window.actions_.action(id_).isEnabled(), id_
    assert bench.window.actions_.action("open").isEnabled()


def test_a_still_is_opened_by_key_through_the_dialog(bench: Bench, still: Path) -> None:
    bench.person.picture = still
    bench.press(Qt.Key.Key_O)
    assert bench.person.asked == ["still"]
    assert bench.scene.name == "street"
    assert not bench.on_welcome
    assert bench.window.windowTitle() == "street[*] - Foleyscape"
    assert not bench.window.isWindowModified()


def test_a_dialog_that_is_cancelled_opens_nothing(bench: Bench) -> None:
    bench.press(Qt.Key.Key_O)
    assert bench.on_welcome


def test_a_dropped_file_is_opened_and_a_dropped_word_is_not_taken(bench: Bench, still: Path) -> None:
    words = QMimeData()
    words.setText("hello")
    assert not dropped(bench, words)
    file = QMimeData()
    file.setUrls([QUrl.fromLocalFile(str(still))])
    assert dropped(bench, file)
    assert bench.scene.name == "street"


def test_a_file_that_is_offered_to_be_moved_is_copied_and_of_several_one_is_opened_and_it_is_said(
    bench: Bench, still: Path
) -> None:
    others = [still.with_name(f"other{number}.png") for number in range(2)]
    for count, words in ((1, "other0.png was left out"), (2, "2 others were left out")):
        files = QMimeData()
        files.setUrls([QUrl.fromLocalFile(str(path)) for path in (still, *others[:count])])
        assert dropped(bench, files, Qt.DropAction.MoveAction | Qt.DropAction.CopyAction)
        assert not dropped(bench, files, Qt.DropAction.MoveAction), "its source would remove the file"
        assert bench.scene.name == "street"
        assert words in bench.told[-1]


def test_pasting_over_an_open_scene_asks_first(bench: Bench, still: Path) -> None:
    bench.open(still)
    before = bench.services.document.project
    picture = QImage(50, 40, QImage.Format.Format_RGB32)
    QGuiApplication.clipboard().setImage(picture)
    bench.person.wants_replacement = False
    bench.press(Qt.Key.Key_V)
    assert bench.person.asked == ["replace street"]
    assert bench.services.document.project is before
    bench.person.wants_replacement = True
    bench.press(Qt.Key.Key_V)
    assert bench.services.document.project is not before


def test_pasting_in_the_timeline_speaks_of_clips_not_of_pictures(bench: Bench, still: Path) -> None:
    bench.open(still)
    timeline = bench.panel("timeline").widget
    timeline.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    timeline.setFocus()
    QGuiApplication.clipboard().setImage(QImage(50, 40, QImage.Format.Format_RGB32))
    bench.window.paste()
    assert "No clips are copied" in bench.told[-1]
    assert bench.scene.name == "street"


def test_a_picture_in_the_clipboard_is_pasted_as_a_still(bench: Bench) -> None:
    picture = QImage(50, 40, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(picture)
    bench.press(Qt.Key.Key_V)
    assert bench.services.document.still is not None
    assert bench.services.document.still.width == 50


def test_pasting_nothing_says_what_to_do(bench: Bench) -> None:
    QGuiApplication.clipboard().setText("words")
    bench.press(Qt.Key.Key_V)
    assert bench.on_welcome
    assert bench.window.messages.shown is not None
    assert "Copy one first" in bench.window.messages.shown.text


def test_undo_and_redo_name_the_step_and_work_by_key(bench: Bench, still: Path) -> None:
    bench.open(still)
    bench.rename("Alley")
    assert bench.window.isWindowModified()
    assert bench.window.actions_.action("undo").text() == "&Undo Rename scene"
    bench.press(Qt.Key.Key_Z)
    assert bench.scene.name == "street"
    assert bench.window.actions_.action("redo").text() == "&Redo Rename scene"
    bench.press(Qt.Key.Key_Y)
    assert bench.scene.name == "Alley"


def test_the_first_save_asks_where_and_the_next_does_not(bench: Bench, still: Path, tmp_path: Path) -> None:
    bench.open(still)
    bench.rename("Alley")
    bench.person.place = tmp_path / "Alley.foley"
    bench.press(Qt.Key.Key_S)
    assert bench.person.asked == ["save as Alley"]
    assert not bench.window.isWindowModified()
    bench.rename("Lane")
    bench.press(Qt.Key.Key_S)
    assert bench.person.asked == ["save as Alley"]
    assert not bench.window.isWindowModified()
    saved = json.loads((tmp_path / "Alley.foley" / "scene.json").read_text())
    assert "Lane" in json.dumps(saved)


@pytest.mark.parametrize(("answer", "stays"), [("cancel", True), ("discard", False), ("save", False)])
def test_leaving_unsaved_changes_asks_first(
    bench: Bench, still: Path, tmp_path: Path, answer: str, stays: bool
) -> None:
    bench.open(still)
    bench.rename("Alley")
    bench.person.answer = answer  # type: ignore[assignment]
    bench.person.place = tmp_path / "Alley.foley"
    bench.press(Qt.Key.Key_W)
    assert bench.person.asked[0] == "unsaved Alley"
    assert (bench.services.document.project is not None) is stays
    assert (tmp_path / "Alley.foley").exists() is (answer == "save")


def test_a_scene_without_changes_is_left_without_a_question(bench: Bench, still: Path) -> None:
    bench.open(still)
    bench.press(Qt.Key.Key_W)
    assert bench.person.asked == []
    assert bench.on_welcome


def test_closing_the_window_asks_and_a_refusal_keeps_it(bench: Bench, still: Path) -> None:
    bench.open(still)
    bench.rename("Alley")
    bench.window.close()
    assert bench.window.isVisible()
    assert bench.panel("canvas").counts["closed"] == 0
    bench.person.answer = "discard"
    bench.window.close()
    assert not bench.window.isVisible()
    assert {name: bench.panel(name).counts["closed"] for name in bench.window.panels} == {
        "canvas": 1,
        "objects": 1,
        "timeline": 1,
    }
    assert list(unsaved_folder().iterdir()) == []


def test_closing_saves_first_when_asked_to(bench: Bench, still: Path, tmp_path: Path) -> None:
    bench.open(still)
    bench.rename("Alley")
    bench.person.answer, bench.person.place = "save", tmp_path / "Alley.foley"
    bench.window.close()
    bench.qtbot.waitUntil(lambda: not bench.window.isVisible(), timeout=10_000)
    assert (tmp_path / "Alley.foley" / "scene.json").is_file()


def test_it_stands_as_it_stood_and_remembers_what_was_open(qtbot: QtBot, still: Path) -> None:
    first = Bench(qtbot)
    first.open(still)
    first.window.resize(960, 655)
    first.window._splits["across"].setSizes([600, 370])
    sizes = first.window._splits["across"].sizes()
    first.window.close()
    second = Bench(qtbot)
    assert second.window.height() == 655
    assert [card.accessibleName() for card in second.window.welcome.cards()] == ["Open street"]
    second.open(still)
    assert second.window._splits["across"].sizes() == sizes


def test_on_a_small_screen_the_first_window_is_wholly_on_it(qtbot: QtBot) -> None:
    room = QRect(4, 34, 952, 502)
    window = Bench(qtbot, room=room).window
    assert room.contains(window.geometry())


def test_what_was_opened_and_where_the_window_stood_is_written_at_once(bench: Bench, still: Path) -> None:
    """A killed program writes nothing when it ends."""
    bench.open(still)
    assert state_file().read()["recent"] == [str(still)]
    bench.window.resize(1000, 650)
    assert bench.window._state._clock.isActive()
    bench.window._state._clock.timeout.emit()
    bench.settle()
    assert Bench(bench.qtbot).window.height() == 650


def test_two_windows_share_one_list_of_what_was_opened(qtbot: QtBot, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.png", "two.png", "three.png")]
    for path in paths:
        Image.fromarray(np.full((40, 60, 3), 90, np.uint8)).save(path)
    first, second = Bench(qtbot), Bench(qtbot)
    first.open(paths[0])
    second.open(paths[1])
    first.open(paths[2])
    second.window.close()
    first.window.close()
    assert state_file().read()["recent"] == [str(path) for path in reversed(paths)]


def test_the_file_menu_opens_the_last_ten_again(bench: Bench, still: Path, tmp_path: Path) -> None:
    bench.open(still)
    for number in range(14):
        bench.window._state.note_recent(tmp_path / f"gone{number}.png")
    bench.window._state.note_recent(still)
    bench.settle()
    menu = bench.window._recent_menu
    menu.aboutToShow.emit()
    entries = [action for action in menu.actions() if action.toolTip().endswith(".png")]
    assert [Path(action.toolTip()).name for action in entries][:3] == [
        "street.png",
        "gone13.png",
        "gone12.png",
    ]
    assert len(entries) == 10
    assert [action.isEnabled() for action in entries] == [True] + [False] * 9
    before = bench.services.document.project
    entries[0].trigger()
    bench.settle()
    assert bench.services.document.project is not before
    menu.actions()[-1].trigger()
    bench.settle()
    assert state_file().read()["recent"] == []


def test_a_project_is_called_after_its_folder_also_after_it_was_copied(
    bench: Bench, still: Path, tmp_path: Path
) -> None:
    bench.open(still)
    bench.person.place = tmp_path / "Garage.foley"
    bench.press(Qt.Key.Key_S)
    bench.press(Qt.Key.Key_W)
    shutil.copytree(tmp_path / "Garage.foley", tmp_path / "G4.foley")
    bench.open(tmp_path / "G4.foley")
    assert bench.window.windowTitle() == "G4[*] - Foleyscape"
    assert not bench.window.isWindowModified()


def test_a_damaged_memory_of_the_window_does_no_harm(qtbot: QtBot) -> None:
    state_file().write({"geometry": "???", "splits": {"across": ["a"], "down": [-1, 2]}, "recent": {"no": 1}})
    assert Bench(qtbot).window.isVisible()


def test_a_recent_card_opens_what_it_shows(bench: Bench, still: Path) -> None:
    bench.open(still)
    bench.press(Qt.Key.Key_W)
    [card] = bench.window.welcome.cards()
    bench.settle()
    bench.qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    bench.settle()
    assert bench.scene.name == "street"


def test_a_sample_is_one_click_away(qtbot: QtBot) -> None:
    bench = Bench(qtbot, sample_stills())
    bench.settle()
    cards = bench.window.welcome.findChildren(QToolButton)
    assert len(cards) >= 4
    bench.qtbot.mouseClick(cards[0], Qt.MouseButton.LeftButton)
    bench.settle()
    assert bench.scene.name == "Cat"


def test_a_scene_that_was_never_saved_is_offered_on_the_welcome_page(
    bench: Bench, still: Path, qtbot: QtBot
) -> None:
    other = create_services(SettingsStore(settings_file(), ALL_COMMANDS))
    other.session.open(still)
    qtbot.waitUntil(lambda: other.document.project is not None, timeout=10_000)
    other.document.edit("Rename", lambda scene: replace(scene, name="Nearly lost"))
    other.session.autosave()
    other.background.close()
    assert other.document.project is not None
    other.document.project.close()
    other.session._timer.stop()
    bench.services.session.look_for_recoverable()
    bench.settle()
    [recover, _] = [
        button
        for button in bench.window.welcome.findChildren(QPushButton)
        if "Nearly lost" in button.accessibleName()
    ]
    assert recover.isVisible()
    bench.qtbot.mouseClick(recover, Qt.MouseButton.LeftButton)
    bench.settle()
    assert bench.scene.name == "Nearly lost"
    assert bench.window.isWindowModified()


@pytest.mark.parametrize(("takes", "agrees"), [(0, False), (3, True), (3, False)])
def test_refusing_recovery_removes_what_was_kept_but_takes_only_after_a_question(
    bench: Bench, tmp_path: Path, takes: int, agrees: bool
) -> None:
    kept = tmp_path / "kept.foley"
    kept.mkdir()
    bench.person.wants_deletion = agrees
    bench.window.welcome.show_recoverable([Recoverable(kept, "Old", "yesterday", takes)])
    heading = next(
        label for label in bench.window.welcome.findChildren(QLabel) if label.text() == "NOT SAVED LAST TIME"
    )
    [delete] = [
        button
        for button in bench.window.welcome.findChildren(QPushButton)
        if button.accessibleName() == "Delete Old"
    ]
    bench.qtbot.mouseClick(delete, Qt.MouseButton.LeftButton)
    bench.settle()
    gone = agrees or not takes
    assert bench.person.asked == ([f"delete Old with {takes}"] if takes else [])
    assert kept.exists() is not gone
    assert heading.isVisible() is not gone, "a heading must not stand over nothing"


def test_the_question_before_leaving_has_a_key_for_every_answer_and_says_what_becomes_of_takes(
    qtbot: QtBot,
) -> None:
    for takes, words in ((0, "loses"), (1, "the new take is kept"), (4, "the 4 new takes are kept")):
        box = unsaved_box(None, "Alley", takes)
        qtbot.addWidget(box)
        assert sorted(button.text() for button in box.buttons()) == ["&Cancel", "&Discard", "&Save"]
        assert words in box.informativeText()
        with qtbot.waitActive(box):
            box.show()
        qtbot.keyClick(box, Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
        discard = box.button(QMessageBox.StandardButton.Discard)
        qtbot.waitUntil(lambda box=box, discard=discard: box.clickedButton() is discard)  # type: ignore[misc]


def test_panels_are_hidden_and_shown_by_key(bench: Bench, still: Path) -> None:
    bench.open(still)
    for name, key in (("objects", Qt.Key.Key_F7), ("timeline", Qt.Key.Key_F8)):
        bench.press(key, Qt.KeyboardModifier.NoModifier)
        assert bench.panel(name).widget.isHidden()
        assert not bench.window.actions_.action(f"show_{name}").isChecked()
        bench.press(key, Qt.KeyboardModifier.NoModifier)
        assert not bench.panel(name).widget.isHidden()
        assert bench.window.actions_.action(f"show_{name}").isChecked()


@pytest.mark.parametrize("kind", ["info", "warning", "error"])
def test_every_message_goes_by_button_by_escape_by_itself_and_with_its_scene(
    bench: Bench, still: Path, kind: Literal["info", "warning", "error"]
) -> None:
    bar = bench.window.messages
    ends: tuple[Callable[[], object], ...] = (
        bar.dismiss.click,
        lambda: bench.qtbot.keyClick(bench.window, Qt.Key.Key_Escape),
        bar._clock.timeout.emit,
        lambda: bench.open(still),
    )
    for end in ends:
        bench.services.messages.show(Message(kind, "The disk is full: make room and save again."))
        assert bar.isVisible()
        assert bar._clock.isActive() and bar._clock.interval() <= 20_000
        end()
        assert not bar.isVisible()


def test_a_long_message_is_whole_and_inside_the_window(bench: Bench) -> None:
    bench.services.messages.warn("What was not sound of the project was left out. " * 8)
    bar = bench.window.messages
    pages = cast(QWidget, bar.parentWidget())
    assert pages.rect().contains(bar.geometry())
    assert bar.height() > 60


def test_the_status_line_tells_what_runs_with_the_time_to_go(bench: Bench) -> None:
    status = cast(StatusBar, bench.window.statusBar())
    running = bench.services.activity
    assert status.work.text() == "Ready"
    running.set_task("generation", "dog, step 3 of 16", 65)
    running.set_task("vision", "Looking at the still")
    assert status.work.text() == "dog, step 3 of 16, 1 min 5 s to go   ·   Looking at the still"
    assert status.bar.isVisible()
    running.set_task("generation", "")
    running.set_task("vision", "")
    assert status.work.text() == "Ready"
    assert not status.bar.isVisible()


def test_the_status_line_says_why_there_is_no_sound_and_on_which_device_it_works(bench: Bench) -> None:
    facts = cast(StatusBar, bench.window.statusBar()).facts
    assert facts["model"].text() == "Pocket model"
    assert facts["device"].text() == "", "nothing is known before a model is there"
    bench.services.activity.set_fact("device", "CPU, 2 threads")
    assert facts["device"].text() == "CPU, 2 threads"
    assert not facts["sound"].isVisible()
    bench.services.activity.set_fact("sound", "No sound: there is no audio device")
    assert facts["sound"].isVisible()


def test_a_fact_of_the_status_line_has_a_tip_and_opens_the_preferences(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(bench.window, "show_preferences", lambda page="": shown.append(page))
    status = cast(StatusBar, bench.window.statusBar())
    for name, fact in status.facts.items():
        bench.services.activity.set_fact(name, "CPU, 1 thread")
        assert fact.toolTip() and fact.accessibleName()
        bench.qtbot.mouseClick(fact, Qt.MouseButton.LeftButton)
    assert len(shown) == len(status.facts) == 3


def test_changed_preferences_and_keys_are_in_force_at_once(bench: Bench, still: Path) -> None:
    settings = bench.services.settings
    bench.window._set(
        replace(settings.preferences, autosave_seconds=90), settings.keys.with_keys("close", ("Ctrl+K",))
    )
    assert bench.services.session._timer.interval() == 90_000
    bench.open(still)
    bench.press(Qt.Key.Key_W)
    assert not bench.on_welcome
    bench.press(Qt.Key.Key_K)
    assert bench.on_welcome


def test_about_says_versions_model_licence_and_leads_to_the_credits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    bench.window.actions_.action("about").trigger()
    dialog = bench.window.findChild(HelpDialog)
    assert dialog is not None
    page = dialog.findChild(QLabel)
    assert page is not None
    for words in ("Foleyscape", "Pocket model", "Qt", "numpy", "Apache-2.0", "Credits"):
        assert words in page.text()
    page.linkActivated.emit("credits")
    assert Path(opened[0].toLocalFile()).is_file()
    assert all(button.icon().isNull() for button in dialog.findChildren(QPushButton))
    dialog.reject()


def test_the_quick_tour_names_the_keys_that_are_in_force(bench: Bench) -> None:
    settings = bench.services.settings
    bench.window._set(
        settings.preferences, settings.keys.with_keys("find", ("Ctrl+J",)).with_keys("export", ())
    )
    bench.window.actions_.action("tour").trigger()
    dialog = bench.window.findChild(HelpDialog)
    assert dialog is not None
    page = dialog.findChild(QTextBrowser)
    assert page is not None
    text = page.toPlainText()
    assert "Ctrl+J finds things by itself" in text
    assert "File > Export" in text
    assert "{" not in text
    dialog.reject()


def test_every_control_of_the_window_has_a_name_for_those_who_do_not_see_it(qtbot: QtBot) -> None:
    bench = Bench(qtbot, sample_stills())
    bench.settle()
    for button in [
        *bench.window.welcome.findChildren(QPushButton),
        *bench.window.welcome.findChildren(QToolButton),
        bench.window.messages.dismiss,
    ]:
        assert button.accessibleName()
        assert button.focusPolicy() != Qt.FocusPolicy.NoFocus


def test_of_what_is_dropped_the_first_file_of_this_machine_counts(tmp_path: Path) -> None:
    far, near = QUrl("https://example.org/x.png"), QUrl.fromLocalFile(str(tmp_path / "x.png"))
    assert local_paths([far, near, near]) == [tmp_path / "x.png"] * 2
    assert local_paths([far]) == []
    assert sizes_of([1, 2], 2) == [1, 2]
    assert sizes_of([1, True], 2) == sizes_of([0, 0], 2) == sizes_of(None, 2) == []


def test_diagnostics_are_copied_with_the_last_error_and_without_the_persons_paths(
    bench: Bench, tmp_path: Path
) -> None:
    with logging_to(tmp_path / "Ann" / "foleyscape.log"):
        bench.services.activity.set_fact("device", "CPU, 2 threads")
        bench.services.messages.fail(OSError(28, "No space left on device", "/home/ann/Scene.foley"))
        bench.window.actions_.action("copy_diagnostics").trigger()
        bench.settle()
    report = QGuiApplication.clipboard().text()
    assert "device: CPU, 2 threads" in report
    assert "No space left on device" in report
    assert "ann" not in report.lower().replace("channel", "")
    assert bench.window.messages.shown is not None
    assert "clipboard" in bench.window.messages.shown.text


def test_the_log_file_is_shown_where_it_is(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    with logging_to(tmp_path / "foleyscape.log"):
        bench.window.actions_.action("show_log").trigger()
    assert opened == [str(tmp_path)]


def test_whatever_is_shown_to_the_person_is_in_the_log(bench: Bench, tmp_path: Path) -> None:
    with logging_to(tmp_path / "foleyscape.log"):
        bench.services.messages.tell("Saved.")
        bench.services.messages.warn("The take is quiet.")
        bench.services.messages.fail(ValueError("odd"))
    text = (tmp_path / "foleyscape.log").read_text(encoding="utf-8")
    assert "Shown: Saved." in text
    assert "Shown: The take is quiet." in text
    assert "ValueError: odd" in text
