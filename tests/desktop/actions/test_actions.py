"""The table of keys, what a person may change in it, and who gets a key that is pressed."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.actions.actions import Actions, tooltip
from desktop.actions.command_spec import MENUS, Command, Route, always_enabled
from desktop.actions.key_map import same_key
from desktop.actions.shared_commands import SHARED_COMMANDS
from desktop.actions.shortcut_guard import FocusGuard
from desktop.main_window.all_commands import ALL_COMMANDS, key_table_markdown, key_table_text
from desktop.main_window.window_commands import WINDOW_ROUTES
from desktop.objects.objects_commands import OBJECTS_ROUTES
from desktop.playback.transport_commands import TRANSPORT_ROUTES
from desktop.theme.icons import icon_names
from desktop.timeline.timeline_commands import TIMELINE_ROUTES
from tests.desktop.key_maps import key_map

SPACE, LEFT = Qt.Key.Key_Space, Qt.Key.Key_Left


def test_every_action_is_named_once_in_a_known_menu_with_an_icon_that_exists() -> None:
    assert len({action.id for action in ALL_COMMANDS}) == len(ALL_COMMANDS)
    assert {action.menu for action in ALL_COMMANDS} == set(MENUS)
    assert {action.icon for action in ALL_COMMANDS if action.icon} <= set(icon_names())
    assert all(action.tip and not action.tip.endswith(".") for action in ALL_COMMANDS)


def test_no_two_actions_of_one_part_of_the_window_share_a_key() -> None:
    counts = Counter((action.scope, same_key(key)) for action in ALL_COMMANDS for key in action.keys)
    assert {key for key, count in counts.items() if count > 1} == set()


def test_a_part_of_the_window_comes_before_the_window_where_it_has_the_keyboard() -> None:
    assert key_map().action_of("Backspace") == "delete"
    assert key_map().action_of("Backspace", "canvas") == "hint_back"
    assert key_map().action_of("Backspace", "timeline") == "delete"
    assert key_map().action_of("Tab") is None


def test_a_key_is_taken_only_from_actions_of_the_same_part() -> None:
    keys = key_map().with_keys("hint_back", ("Tab",))
    assert keys.keys("next_here") == () and keys.keys("delete") == ("Del", "Backspace")
    assert key_map().with_keys("regenerate", ("Tab",)).action_of("Tab", "canvas") == "next_here"


def test_no_two_entries_of_a_menu_share_a_letter() -> None:
    for menu in MENUS:
        letters = Counter(
            spec.text[spec.text.index("&") + 1].lower()
            for spec in ALL_COMMANDS
            if spec.menu == menu and "&" in spec.text
        )
        assert {letter for letter, count in letters.items() if count > 1} == set(), menu


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("Space", "play"),
        ("J", "shuttle_back"),
        ("K", "shuttle_stop"),
        ("L", "shuttle_on"),
        ("I", "mark_in"),
        ("O", "mark_out"),
        ("Left", "frame_back"),
        ("S", "solo"),
        ("M", "mute"),
        ("Ctrl+G", "generate"),
        ("R", "regenerate"),
        ("Ctrl+Z", "undo"),
        ("Ctrl+Y", "redo"),
        ("Ctrl+S", "save"),
        ("Ctrl+E", "export"),
    ],
)
def test_the_keys_of_editing_rooms_are_where_hands_expect_them(key: str, action: str) -> None:
    assert key_map().action_of(key) == action


def test_a_changed_key_is_taken_from_the_action_that_had_it_and_only_changes_are_kept() -> None:
    keys = key_map().with_keys("regenerate", ("S",))
    assert keys.action_of("S") == "regenerate"
    assert keys.keys("solo") == ()
    assert keys.action_of("R") is None
    assert set(keys.changed) == {"regenerate", "solo"}
    back = keys.with_keys("regenerate", ("R",)).with_keys("solo", ("S",))
    assert back.changed == {}


def test_unknown_actions_and_usual_keys_in_the_settings_are_no_changes() -> None:
    assert key_map({"gone": ("X",), "play": ("Space",)}).changed == {}


def test_one_key_has_one_spelling() -> None:
    assert same_key("Shift+Ctrl+Z") == same_key("ctrl+shift+z")
    assert same_key("Ctrl++") != same_key("Ctrl+=")
    assert same_key("+") != same_key("=") and same_key("Num++") == same_key("+")
    assert same_key("Num+Enter") == same_key("Enter")
    assert same_key("Backtab") == same_key("Shift+Backtab") == same_key("Shift+Tab")


def counter_of(id_: str) -> Callable[[Counter[str]], None]:
    return lambda done: done.update([id_])


def counting(command: Command[Any]) -> Command[Counter[str]]:
    """The same command, always possible, that counts how often it was run."""
    checked = None if command.checked is None else (lambda _: False)
    return replace(command, run=counter_of(command.id), enabled=always_enabled, checked=checked)


class Bench:
    """A window with every kind of control, and a count of what the keys did."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        middle = QWidget()
        middle.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        rows = QVBoxLayout(middle)
        self.middle, self.line, self.text, self.spin = middle, QLineEdit(), QPlainTextEdit(), QSpinBox()
        self.button, self.slider, self.combo = (
            QPushButton("Go"),
            QSlider(Qt.Orientation.Horizontal),
            QComboBox(),
        )
        self.combo.addItems(["one", "two"])
        for control in (self.line, self.text, self.spin, self.button, self.slider, self.combo):
            rows.addWidget(control)
        self.window.setCentralWidget(middle)
        self.actions = Actions(self.window, key_map())
        self.done: Counter[str] = Counter()
        own = [counting(spec) for spec in ALL_COMMANDS if spec.run is not None]
        shared = [Route(spec.id, counter_of(spec.id)) for spec in ALL_COMMANDS if spec.run is None]
        self.actions.register(own, self.done)
        self.actions.route(shared, self.done, None)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication) -> Iterator[Bench]:
    guard = FocusGuard(qapp)
    yield Bench(qtbot)
    qapp.focusChanged.disconnect(guard._follow)
    guard.deleteLater()


def test_every_key_of_the_table_does_its_action_once(bench: Bench, qtbot: QtBot) -> None:
    bench.middle.setFocus()
    for spec in [spec for spec in ALL_COMMANDS if not spec.scope]:
        for key in spec.keys:
            bench.done.clear()
            qtbot.keySequence(bench.middle, key)
            assert bench.done == {spec.id: 1}, f"{key} of {spec.id}"


@pytest.mark.parametrize("field", ["line", "text", "spin"])
def test_typing_into_a_field_does_nothing_else(bench: Bench, qtbot: QtBot, field: str) -> None:
    control: QWidget = getattr(bench, field)
    control.setFocus()
    qtbot.keyClicks(control, "jkl iosmr[]" if field != "spin" else "12")
    qtbot.keyClick(control, LEFT)
    qtbot.keyClick(control, Qt.Key.Key_Delete)
    qtbot.keyClick(control, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert bench.done == {}


def test_commands_that_no_field_knows_work_while_typing(bench: Bench, qtbot: QtBot) -> None:
    bench.line.setFocus()
    qtbot.keyClick(bench.line, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(bench.line, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert bench.done == {"save": 1, "generate": 1}
    assert bench.line.text() == ""


def test_space_plays_after_a_button_was_clicked_and_presses_one_reached_by_tab(
    bench: Bench, qtbot: QtBot
) -> None:
    presses: list[str] = []
    bench.button.clicked.connect(lambda checked: presses.append(repr(checked)))
    qtbot.mouseClick(bench.button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(bench.button, SPACE)
    assert (len(presses), bench.done["play"]) == (1, 1)
    bench.middle.setFocus()
    bench.button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(bench.button, SPACE)
    assert (len(presses), bench.done["play"]) == (2, 1)


def test_a_slider_and_a_choice_keep_their_arrows(bench: Bench, qtbot: QtBot) -> None:
    bench.slider.setValue(5)
    bench.slider.setFocus()
    qtbot.keyClick(bench.slider, LEFT)
    assert bench.slider.value() == 4
    bench.combo.setFocus()
    qtbot.keyClick(bench.combo, Qt.Key.Key_Down)
    assert bench.combo.currentText() == "two"
    assert bench.done == {}


def test_an_action_that_nothing_is_bound_to_does_not_show(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window, key_map())
    able = [False]
    actions.register(
        [Command("play", "&Play or stop", "&Play", run=lambda _: None, enabled=lambda a: a[0])], able
    )
    actions.fill(window.menuBar())
    assert [action.text() for action in window.menuBar().actions()] == ["&Play"]
    assert not actions.action("play").isEnabled()
    able[0] = True
    actions.refresh()
    assert actions.action("play").isEnabled()
    assert not actions.action("solo").isVisible()


def test_a_menu_shows_the_key_of_a_part_of_the_window_and_leaves_the_key_to_it(
    bench: Bench, qtbot: QtBot
) -> None:
    closer = bench.actions.action("closer")
    assert closer.text() == "Still &larger\t+" and closer.shortcuts() == []
    bench.actions.set_keys(key_map({"closer": ("U",)}))
    assert closer.text() == "Still &larger\tU"
    bench.middle.setFocus()
    qtbot.keyClick(bench.middle, Qt.Key.Key_U)
    assert bench.done == {}


def test_the_tooltip_names_the_key_that_is_in_force() -> None:
    spec = next(spec for spec in ALL_COMMANDS if spec.id == "play")
    assert tooltip(spec, key_map()).endswith("(Space)")
    assert tooltip(spec, key_map({"play": ("P",)})).endswith("(P)")
    assert "(" not in tooltip(spec, key_map({"play": ()}))


def test_a_command_bound_twice_is_refused(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window, key_map())
    play: list[Command[None]] = [Command("play", "&Play", "&Play", run=lambda _: None)]
    actions.register(play, None)
    with pytest.raises(ValueError, match="'play' is bound already"):
        actions.register(play, None)


def test_a_command_that_is_not_of_the_window_is_refused(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    with pytest.raises(ValueError, match="no command 'dance'"):
        Actions(window, key_map()).register([Command("dance", "Dance", "&Play", run=lambda _: None)], None)


def test_only_shared_commands_are_routed_and_they_only_by_routes(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window, key_map())
    with pytest.raises(ValueError, match="not shared"):
        actions.route([Route("play", lambda _: None)], None, None)
    with pytest.raises(ValueError, match="is shared"):
        actions.register(SHARED_COMMANDS[:1], None)


class Routed:
    """Two fields side by side that both can delete."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        middle = QWidget()
        self.first, self.second, self.other = (QPushButton(name) for name in ("first", "second", "other"))
        column = QVBoxLayout(middle)
        for button in (self.first, self.second, self.other):
            column.addWidget(button)
        self.window.setCentralWidget(middle)
        self.able = {"first": True, "second": True}
        self.done: list[str] = []
        self.actions = Actions(self.window, key_map())
        for name, widget in (("first", self.first), ("second", self.second)):
            self.actions.route([self.route(name)], self.done, widget)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def route(self, name: str) -> Route[list[str]]:
        return Route("delete", lambda done: done.append(name), lambda _: self.able[name])


@pytest.mark.parametrize(
    ("focus", "able", "expected"),
    [
        ("first", ("first", "second"), ["first"]),
        ("second", ("first", "second"), ["second"]),
        ("other", ("first", "second"), ["first"]),
        ("second", ("first",), ["first"]),
        ("first", ("second",), ["second"]),
        ("second", (), []),
    ],
)
def test_a_shared_command_goes_to_the_part_with_the_focus_or_else_the_first_that_can(
    qtbot: QtBot, focus: str, able: tuple[str, ...], expected: list[str]
) -> None:
    routed = Routed(qtbot)
    routed.able = {name: name in able for name in ("first", "second")}
    getattr(routed, focus).setFocus()
    routed.actions.refresh()
    assert routed.actions.action("delete").isEnabled() == bool(expected)
    qtbot.keyClick(getattr(routed, focus), Qt.Key.Key_Delete)
    assert routed.done == expected


def test_the_tables_of_the_parts_hold_every_command_and_every_shared_one_has_a_route() -> None:
    tables: tuple[tuple[Route[Any], ...], ...] = (
        WINDOW_ROUTES,
        OBJECTS_ROUTES,
        TIMELINE_ROUTES,
        TRANSPORT_ROUTES,
    )
    routed = {route.id for table in tables for route in table}
    assert routed == {command.id for command in ALL_COMMANDS if command.run is None}


def test_the_help_names_every_command_that_has_a_key() -> None:
    text, markdown = key_table_text(), key_table_markdown()
    for command in ALL_COMMANDS:
        for key in command.keys:
            assert f"`{key}`" in markdown
            assert command.plain in text
