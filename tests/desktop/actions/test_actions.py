"""The table of keys, what a person may change in it, and who gets a key that is pressed."""

from collections import Counter
from collections.abc import Iterator

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

from desktop.actions.action_table import ACTIONS, MENUS, KeyMap, same_key
from desktop.actions.actions import Actions, tooltip
from desktop.actions.shortcut_guard import FocusGuard
from desktop.theme.icons import icon_names

SPACE, LEFT = Qt.Key.Key_Space, Qt.Key.Key_Left


def test_every_action_is_named_once_in_a_known_menu_with_an_icon_that_exists() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    assert {action.menu for action in ACTIONS} == set(MENUS)
    assert {action.icon for action in ACTIONS if action.icon} <= set(icon_names())
    assert all(action.tip and not action.tip.endswith(".") for action in ACTIONS)


def test_no_two_actions_of_one_part_of_the_window_share_a_key() -> None:
    counts = Counter((action.scope, same_key(key)) for action in ACTIONS for key in action.keys)
    assert {key for key, count in counts.items() if count > 1} == set()


def test_a_part_of_the_window_comes_before_the_window_where_it_has_the_keyboard() -> None:
    assert KeyMap().action_of("Backspace") == "delete"
    assert KeyMap().action_of("Backspace", "canvas") == "hint_back"
    assert KeyMap().action_of("Backspace", "timeline") == "delete"
    assert KeyMap().action_of("Tab") is None


def test_a_key_is_taken_only_from_actions_of_the_same_part() -> None:
    keys = KeyMap().with_keys("hint_back", ("Tab",))
    assert keys.keys("next_here") == () and keys.keys("delete") == ("Del", "Backspace")
    assert KeyMap().with_keys("regenerate", ("Tab",)).action_of("Tab", "canvas") == "next_here"


def test_no_two_entries_of_a_menu_share_a_letter() -> None:
    for menu in MENUS:
        letters = Counter(
            spec.text[spec.text.index("&") + 1].lower()
            for spec in ACTIONS
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
    assert KeyMap().action_of(key) == action


def test_a_changed_key_is_taken_from_the_action_that_had_it_and_only_changes_are_kept() -> None:
    keys = KeyMap().with_keys("regenerate", ("S",))
    assert keys.action_of("S") == "regenerate"
    assert keys.keys("solo") == ()
    assert keys.action_of("R") is None
    assert set(keys.changed) == {"regenerate", "solo"}
    back = keys.with_keys("regenerate", ("R",)).with_keys("solo", ("S",))
    assert back.changed == {}


def test_unknown_actions_and_usual_keys_in_the_settings_are_no_changes() -> None:
    assert KeyMap({"gone": ("X",), "play": ("Space",)}).changed == {}


def test_one_key_has_one_spelling() -> None:
    assert same_key("Shift+Ctrl+Z") == same_key("ctrl+shift+z")
    assert same_key("Ctrl++") != same_key("Ctrl+=")
    assert same_key("+") != same_key("=") and same_key("Num++") == same_key("+")
    assert same_key("Num+Enter") == same_key("Enter")
    assert same_key("Backtab") == same_key("Shift+Backtab") == same_key("Shift+Tab")


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
        self.actions = Actions(self.window, KeyMap())
        self.done: Counter[str] = Counter()
        for spec in ACTIONS:
            self.actions.bind(spec.id, lambda id_=spec.id: self.done.update([id_]))  # type: ignore[misc]
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
    for spec in [spec for spec in ACTIONS if not spec.scope]:
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
    actions = Actions(window, KeyMap())
    able = [False]
    actions.bind("play", lambda: None, lambda: able[0])
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
    bench.actions.set_keys(KeyMap({"closer": ("U",)}))
    assert closer.text() == "Still &larger\tU"
    bench.middle.setFocus()
    qtbot.keyClick(bench.middle, Qt.Key.Key_U)
    assert bench.done == {}


def test_the_tooltip_names_the_key_that_is_in_force() -> None:
    spec = next(spec for spec in ACTIONS if spec.id == "play")
    assert tooltip(spec, KeyMap()).endswith("(Space)")
    assert tooltip(spec, KeyMap({"play": ("P",)})).endswith("(P)")
    assert "(" not in tooltip(spec, KeyMap({"play": ()}))
