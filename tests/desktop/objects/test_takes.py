"""The list of takes: what each key, button and menu entry of a row does, what is shown of what is heard, the bin."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.objects.recipe_tip import recipe_tip
from desktop.objects.reveal import reveal_command
from desktop.objects.take_commander import TakeHeard
from desktop.objects.take_filter import ORPHANS, TakeFilter
from desktop.objects.take_menu import ENTRIES, KeyOf, take_menu
from desktop.objects.take_row import TakeRow
from desktop.objects.takes_commands import SCOPE, TAKES_COMMANDS
from desktop.playback.ab_compare import TakePair
from engine.generation.add_to_project import attach
from engine.project.recordings import add_recording
from engine.scene.edits import remove_object
from engine.scene.scene import TakeRecord
from tests.desktop.objects.toy import Bench, bench, toy_take, with_takes

NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


class Listener:
    """A bench with three takes of the dog, two of the bird and one of both, and what was asked of the player."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.it: Bench = bench(folder, takes=3)
        scene = with_takes(self.it.project, self.it.document.scene, 1, 2)
        both = self.it.project.add_take(toy_take("Dog + Bird", (0, 1), 1, seed=5), (0, 1))
        scene = attach(scene, both)
        self.it.project.save(scene)
        self.it.document.replace(scene, self.it.document.still, self.it.project)
        self.panel, self.takes = self.it.panel, self.it.panel.takes
        self.played: list[tuple[str, float]] = []
        self.asked: list[str] = []
        self.takes.play_requested.connect(
            lambda digest, place: self.played.append((self.name(digest), place))
        )
        for name in ("stop", "loop", "place", "again", "export", "file"):
            signal = getattr(self.takes, f"{name}_requested")
            signal.connect(lambda *_, name=name: self.asked.append(name))
        qtbot.addWidget(self.panel)
        self.panel.resize(360, 900)
        self.panel.show()
        self.panel.activateWindow()
        qtbot.waitExposed(self.panel)
        self.it.document.select((0,))

    def record(self, digest: str) -> TakeRecord:
        take = self.it.document.scene.take(digest)
        assert take is not None
        return take

    def name(self, digest: str) -> str:
        take = self.record(digest)
        return f"{take.name} {take.number}"

    @property
    def here(self) -> str:
        """The take that has the keyboard."""
        row = QApplication.focusWidget()
        assert isinstance(row, TakeRow)
        assert self.takes.current_digest == row.take.digest
        return self.name(row.take.digest)

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
        where = QApplication.focusWidget()
        assert where is not None
        self.qtbot.keyClick(where, key, held)

    def press_all(self, keys: str) -> None:
        for letter in keys:
            self.press(Qt.Key[f"Key_{letter}"])


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Listener]:
    made = Listener(qtbot, tmp_path)
    yield made
    made.it.close()


def test_up_and_down_go_through_the_takes_of_all_objects_and_play_each_at_once(desk: Listener) -> None:
    desk.takes.enter()
    assert (desk.here, desk.played) == ("Dog + Bird 1", [])
    order = ["Dog 3", "Dog 2", "Dog 1", "Dog + Bird 1", "Bird 2", "Bird 1"]
    for name in order:
        desk.press(Qt.Key.Key_Down)
        assert desk.here == name and desk.played[-1] == (name, 0.0)
    assert desk.it.document.selection == (1,)
    desk.press(Qt.Key.Key_Down)
    assert len(desk.played) == len(order), "at the end of the list it stays"
    desk.press(Qt.Key.Key_Up)
    assert desk.here == "Bird 2"


def test_a_star_a_use_and_a_rejection_are_a_key_each_and_are_seen_in_the_row(desk: Listener) -> None:
    desk.takes.enter()
    desk.press(Qt.Key.Key_Down)
    row = desk.panel.take_row
    assert row is not None
    desk.press(Qt.Key.Key_S)
    assert row.take.starred and row.star.isChecked()
    desk.press(Qt.Key.Key_Return)
    assert row.chooser.text() == "In use" and desk.it.document.scene.chosen_of(0) == row.take
    desk.press(Qt.Key.Key_X)
    assert row.take.rejected and not row.star.isChecked() and row.chooser.text() == "Use"
    assert desk.here == "Dog 2" and desk.played[-1] == ("Dog 2", 0.0)
    names = [step.name for step in desk.it.document.history.past]
    assert names == ["Star take", "Use take", "Reject take"]
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Down)
    assert desk.here == "Dog 3"
    desk.press(Qt.Key.Key_X)
    assert not row.take.rejected and desk.here == "Dog 3"


def test_space_plays_the_take_and_stops_it_and_escape_gives_the_keyboard_back(desk: Listener) -> None:
    desk.takes.enter()
    desk.press(Qt.Key.Key_Space)
    assert desk.played == [("Dog + Bird 1", 0.0)]
    desk.takes.show_heard(TakeHeard(desk.takes.current_digest))
    desk.press(Qt.Key.Key_Space)
    assert desk.asked == ["stop"]
    desk.press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is desk.panel.card(0)


def test_a_playing_take_shows_a_line_a_time_and_a_stop_and_the_compared_ones_their_letters(
    desk: Listener,
) -> None:
    first, second, *_ = desk.panel.card(0).rows
    icon = first.player.icon().cacheKey()
    assert (first.wave.place, first.wave.words) == (None, "0.1 s")
    pair = TakePair(second.take.digest, first.take.digest, second=True)
    desk.takes.show_heard(TakeHeard(first.take.digest, pair))
    desk.panel.show_take_seconds(first.take.digest, 0.05)
    assert first.wave.place == pytest.approx(0.5) and first.wave.words == "0.1 / 0.1 s"
    assert first.player.icon().cacheKey() != icon
    assert (first.side.text(), second.side.text()) == ("B", "A") and second.wave.place is None
    assert "playing" in first.accessibleName()
    desk.takes.show_heard(TakeHeard())
    assert first.wave.place is None and first.side.isHidden()
    assert first.player.icon().cacheKey() == icon


def test_a_name_and_a_note_are_written_in_the_row_and_the_keyboard_comes_back(desk: Listener) -> None:
    desk.takes.enter()
    row = desk.panel.take_row
    assert row is not None
    for key, text in ((Qt.Key.Key_F2, "both far away"), (Qt.Key.Key_N, "sx for reel 2")):
        desk.press(key)
        assert row.field is not None and QApplication.focusWidget() is row.field
        desk.qtbot.keyClicks(row.field, text)
        desk.press(Qt.Key.Key_Return)
        assert QApplication.focusWidget() is row and row.field is None
    assert (row.take.title, row.take.note) == ("both far away", "sx for reel 2")
    assert row.words.text() == "both far away · together with Bird · sx for reel 2"
    desk.press(Qt.Key.Key_F2)
    desk.qtbot.keyClicks(QApplication.focusWidget(), "something else")
    desk.press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is row and row.take.title == "both far away"
    assert not row.take.starred and not row.take.rejected


def test_every_entry_of_the_menu_does_what_it_says(desk: Listener) -> None:
    desk.takes.enter()
    desk.press(Qt.Key.Key_Down)
    row = desk.panel.take_row
    assert row is not None
    menu = take_menu(row.take, False, lambda _: row.player.icon(), KeyOf(), row.commanded.emit, row)
    entries = {
        action.text().split("\t")[0].replace("&", ""): action for action in menu.actions() if action.text()
    }
    assert len(entries) == sum(map(len, ENTRIES))
    for name in (
        "Play or stop take",
        "Place at playhead",
        "Loop takes",
        "Generate like this",
        "Show file",
        "Export take…",
    ):
        entries[name].trigger()
    assert desk.played[-1] == ("Dog 3", 0.0)
    assert desk.asked == ["place", "loop", "again", "file", "export"]
    entries["Use take"].trigger()
    entries["Star"].trigger()
    assert row.take.starred and row.chooser.text() == "In use"
    for name, what in (("Rename take", "Name of this take"), ("Note", "Note")):
        entries[name].trigger()
        assert row.field is not None and row.field.accessibleName() == what
        desk.press(Qt.Key.Key_Escape)
    entries["Move to bin"].trigger()
    assert desk.record(row.take.digest).deleted


def test_the_licence_of_a_recording_is_written_in_its_row_and_that_of_a_generated_take_is_not(
    desk: Listener,
) -> None:
    def entry(row: TakeRow) -> QAction:
        menu = take_menu(row.take, False, lambda _: row.player.icon(), KeyOf(), row.commanded.emit, row)
        [found] = [action for action in menu.actions() if action.text().replace("&", "") == "Licence"]
        return found

    desk.takes.enter()
    made = desk.panel.take_row
    assert made is not None and not entry(made).isEnabled() and not desk.takes.has_recording
    desk.takes.run("take_licence")
    assert made.field is None
    sound = replace(toy_take("Gate", (0,), 9), kind="recording", licence="not cleared")
    scene, record = add_recording(desk.it.project, desk.it.document.scene, sound)
    desk.it.document.edit("Import sound", lambda _: scene)
    desk.takes.make_current((0, record.digest))
    desk.takes.enter()
    row = desk.panel.take_row
    assert row is not None and row.take.digest == record.digest and desk.takes.has_recording
    entry(row).trigger()
    assert row.field is not None and row.field.text() == "not cleared"
    row.field.setText("CC0-1.0")
    desk.press(Qt.Key.Key_Return)
    assert desk.record(record.digest).licence == "CC0-1.0"
    assert "CC0-1.0" in recipe_tip(desk.record(record.digest))
    desk.it.document.undo()
    assert desk.record(record.digest).licence == "not cleared"


def test_a_deleted_take_is_in_the_bin_until_that_is_emptied_and_undo_brings_both_back(desk: Listener) -> None:
    bar, document = desk.panel.filter_bar, desk.it.document
    assert bar.bin.isHidden()
    desk.takes.enter()
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Delete)
    assert desk.here == "Dog 2" and len(document.scene.takes) == 6
    assert desk.panel.card(0).caption.text() == "2 takes · 1 together"
    desk.qtbot.mouseClick(bar.bin, LEFT)
    [row] = desk.panel.card(0).rows
    assert row.chooser.text() == "Restore" and desk.panel.card(0).caption.text() == "1 in the bin"
    assert desk.panel.card(1).isHidden()
    desk.qtbot.mouseClick(row.chooser, LEFT)
    assert not document.scene.take(row.take.digest).deleted  # type: ignore[union-attr]
    document.undo()
    desk.qtbot.mouseClick(bar.empty, LEFT)
    assert len(document.scene.takes) == 5 and not bar.bin.isChecked()
    document.undo()
    document.undo()
    assert len(document.scene.takes) == 6 and not any(take.deleted for take in document.scene.takes)


def test_a_take_on_the_timeline_stays_in_the_bin_when_it_is_emptied(desk: Listener) -> None:
    desk.takes.enter()
    desk.press_all("XX")
    used = desk.it.document.scene.timeline.tracks[0].clips[0].take
    desk.takes.make_current((0, used))
    desk.takes.delete()
    desk.takes.empty_bin()
    assert desk.record(used).deleted
    assert "1 of the takes in the bin is on the timeline" in desk.it.said[-1].text


def test_takes_are_found_by_words_star_and_object_and_walked_through_as_they_are_shown(
    desk: Listener,
) -> None:
    bar = desk.panel.filter_bar
    desk.takes.find()
    assert QApplication.focusWidget() is bar.words
    desk.qtbot.keyClicks(bar.words, "bird")
    shown = [desk.name(row.take.digest) for card in desk.panel.cards for row in card.rows if card.isVisible()]
    assert shown == ["Dog + Bird 1", "Dog + Bird 1", "Bird 2", "Bird 1"]
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Down)
    assert desk.here == "Bird 2"
    desk.press(Qt.Key.Key_S)
    desk.qtbot.mouseClick(bar.star, LEFT)
    assert desk.takes.order == ((1, desk.takes.current_digest),)
    desk.qtbot.mouseClick(bar.star, LEFT)
    bar.words.clear()
    assert desk.takes.filter == TakeFilter()
    bar.object.setCurrentIndex(2)
    assert [card.isVisible() for card in desk.panel.cards] == [False, True, False]
    assert desk.panel.card(1).caption.text() == "3 of 3 takes"


def test_a_take_together_says_whose_it_is_and_is_used_instead_of_theirs(desk: Listener) -> None:
    row = desk.panel.card(1).takes
    assert not row.rows, "a folded card has no rows"
    desk.takes.enter()
    own = desk.panel.take_row
    assert own is not None and own.words.text() == "together with Bird"
    assert "mute the tracks of Dog and Bird" in own.chooser.toolTip()
    assert desk.panel.card(0).caption.text() == "3 takes · 1 together"
    desk.press(Qt.Key.Key_Return)
    assert own.chooser.text() == "In use"
    assert "their tracks are muted" in desk.it.said[-1].text
    muted = {track.name: track.muted for track in desk.it.document.scene.timeline.tracks}
    assert muted == {"Dog": True, "Bird": True, "Dog + Bird": False}
    desk.press(Qt.Key.Key_Down)
    single = desk.panel.take_row
    assert single is not None and "mute Dog + Bird, which has that sound too" in single.chooser.toolTip()
    desk.press(Qt.Key.Key_Return)
    muted = {track.name: track.muted for track in desk.it.document.scene.timeline.tracks}
    assert muted == {"Dog": False, "Bird": False, "Dog + Bird": True}
    assert own.chooser.text() == "Use"


def test_takes_whose_object_was_removed_stay_within_reach_and_can_be_used(desk: Listener) -> None:
    desk.it.document.edit("Remove", lambda scene: remove_object(scene, 1, tracks=True))
    orphans = desk.panel.orphans
    assert orphans.heading.text() == "Takes without an object · 2" and not orphans.takes.rows
    desk.takes.make_current((0, desk.takes.order[3][1]))
    desk.takes.step(1)
    assert desk.here == "Bird 2" and desk.takes.current == (ORPHANS, desk.takes.current_digest)
    row = desk.panel.take_row
    assert row is not None and row.words.text() == "Bird"
    desk.press(Qt.Key.Key_Return)
    track = desk.it.document.scene.timeline.tracks[-1]
    assert (track.name, [clip.take for clip in track.clips]) == ("Bird", [row.take.digest])


def test_the_panel_says_which_keys_act_where_the_keyboard_is(desk: Listener) -> None:
    hint = desk.panel.take_hint
    desk.panel.card(0).setFocus()
    assert hint.text() == "D: go to the takes, and through them by keys"
    desk.takes.enter()
    assert hint.text() == "↑↓ hear · S star · X reject · ↵ use · Space stop · Esc back"


def test_every_key_of_the_list_is_caught_before_the_windows_and_no_other(desk: Listener) -> None:
    keys = KeyOf()
    own = {key for command in TAKES_COMMANDS if command.scope == SCOPE for key in command.keys}
    assert {"Up", "Down", "Space", "Return", "S", "X", "Esc"} <= own
    assert all(keys.command_of(key) is not None for key in own)
    assert [key for key in ("M", "R", "A", "J", "K", "L", "Ctrl+G", "Ctrl+S") if keys.command_of(key)] == []


@pytest.mark.parametrize(("platform", "first"), [("win32", "explorer"), ("darwin", "open"), ("linux", "")])
def test_the_file_of_a_take_is_shown_by_the_file_manager_of_the_system(platform: str, first: str) -> None:
    command = reveal_command(Path("/p/takes/a.wav"), platform)
    assert (command[0] if command else "") == first
    assert not command or "a.wav" in command[-1]


def test_no_label_of_a_row_is_cut_at_the_least_width(desk: Listener) -> None:
    desk.panel.resize(desk.panel.minimumWidth(), 700)
    QApplication.processEvents()
    for row in desk.panel.card(0).rows:
        for button in (row.player, row.star, row.reject, row.chooser, row.more):
            assert button.width() >= button.minimumSizeHint().width(), button.accessibleName()
        assert row.wave.width() > 220 and row.wave.height() >= 36
