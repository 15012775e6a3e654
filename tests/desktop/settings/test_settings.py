"""Settings: sparse and atomic on disk, forgiving of what they find there, every one with a control that sets it."""

import json
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialogButtonBox, QDoubleSpinBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from desktop.main_window.all_commands import ALL_COMMANDS
from desktop.settings.keys_page import KeysPage
from desktop.settings.preferences_dialog import PreferencesDialog
from desktop.settings.store import JsonFile, SettingsStore, settings_file, state_file, unsaved_folder
from desktop.settings.table import SECTIONS, Preferences, field_info, fits, read_preferences
from tests.desktop.key_maps import key_map


@pytest.fixture
def file(tmp_path: Path) -> JsonFile:
    return JsonFile(tmp_path / "deep" / "settings.json")


def test_the_usual_settings_fit_their_own_limits() -> None:
    for entry in fields(Preferences):
        assert fits(entry, entry.default), entry.name
        assert field_info(entry).section in SECTIONS
        assert field_info(entry).help.endswith(".")


def test_only_what_differs_is_written_and_it_comes_back(file: JsonFile) -> None:
    settings = SettingsStore(file, ALL_COMMANDS)
    settings.set(replace(Preferences(), draft_steps=24), key_map().with_keys("play", ("P",)))
    assert json.loads(file.path.read_text()) == {"draft_steps": 24, "keys": {"play": ["P"], "next_mask": []}}
    again = SettingsStore(file, ALL_COMMANDS)
    assert again.preferences == replace(Preferences(), draft_steps=24)
    assert again.keys.action_of("P") == "play"


def test_what_another_version_wrote_is_left_as_it_is(file: JsonFile) -> None:
    file.write({"from_the_future": [1, 2], "draft_steps": 9})
    SettingsStore(file, ALL_COMMANDS).set(Preferences())
    assert file.read() == {"from_the_future": [1, 2]}


@pytest.mark.parametrize(
    "facts",
    [
        {"draft_steps": 0},
        {"draft_steps": "many"},
        {"draft_steps": True},
        {"device": "abacus"},
        {"duration": 1e9},
        {"negative": None},
    ],
)
def test_a_value_that_does_not_fit_is_the_usual_one(facts: dict[str, object]) -> None:
    assert read_preferences(facts) == Preferences()


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"keys": 5}', '{"keys": {"play": "P"}}'])
def test_a_damaged_file_counts_as_none(file: JsonFile, text: str) -> None:
    file.path.parent.mkdir(parents=True)
    file.path.write_text(text)
    settings = SettingsStore(file, ALL_COMMANDS)
    assert settings.preferences == Preferences()
    assert settings.keys.changed == {}


def test_settings_that_cannot_be_written_are_in_force_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = SettingsStore(JsonFile(tmp_path / "file" / "settings.json"), ALL_COMMANDS)
    failure = settings.set(replace(Preferences(), scale=150))
    assert failure is not None
    assert settings.preferences.scale == 150


def test_a_change_is_heard_once_and_no_change_is_not_heard(file: JsonFile) -> None:
    settings = SettingsStore(file, ALL_COMMANDS)
    heard: list[object] = []
    settings.changed.connect(heard.append)
    settings.keys_changed.connect(heard.append)
    settings.set(replace(Preferences(), scale=150))
    settings.set(replace(Preferences(), scale=150))
    assert len(heard) == 1


def test_every_file_is_in_the_persons_own_folders(home: Path) -> None:
    for path in (settings_file().path, state_file().path, unsaved_folder()):
        assert path.is_relative_to(home)
        assert "foleyscape" in path.parts


class OneMicrophone:
    """Stands in for ``sounddevice``."""

    def query_devices(self) -> list[dict[str, object]]:
        return [{"name": "Microphone", "max_input_channels": 1}]


def test_every_setting_has_a_control_that_sets_it_and_nothing_else(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", OneMicrophone())
    dialog = PreferencesDialog(Preferences(), key_map())
    qtbot.addWidget(dialog)
    for entry in fields(Preferences):
        before = dialog.preferences
        control = dialog.control(entry.name)
        assert control.accessibleName()
        assert control.toolTip()
        if isinstance(control, QComboBox):
            control.setCurrentIndex((control.currentIndex() + 1) % control.count())
        elif isinstance(control, QCheckBox):
            control.toggle()
        elif isinstance(control, QSpinBox | QDoubleSpinBox):
            control.stepUp()
        elif isinstance(control, QLineEdit):
            qtbot.keyClicks(control, "x")
        changed = {
            other.name
            for other in fields(Preferences)
            if getattr(dialog.preferences, other.name) != getattr(before, other.name)
        }
        assert changed == {entry.name}


def test_restoring_the_usual_sets_everything_back(qtbot: QtBot) -> None:
    changed = replace(Preferences(), scale=200, negative="wind", final=True)
    dialog = PreferencesDialog(changed, key_map().with_keys("play", ("P",)))
    qtbot.addWidget(dialog)
    assert dialog.preferences == changed
    box = dialog.findChild(QDialogButtonBox)
    assert isinstance(box, QDialogButtonBox)
    qtbot.mouseClick(box.button(QDialogButtonBox.StandardButton.RestoreDefaults), Qt.MouseButton.LeftButton)
    assert dialog.preferences == Preferences()
    assert dialog.keys.changed == {}


def test_a_key_is_changed_by_pressing_it_and_the_action_that_lost_it_is_named(qtbot: QtBot) -> None:
    page = KeysPage(key_map())
    qtbot.addWidget(page)
    page.select("regenerate")
    qtbot.keyClick(page.edit, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: page.keys.action_of("S") == "regenerate", timeout=3000)
    assert "Solo" in page.note.text()
    qtbot.mouseClick(page.usual, Qt.MouseButton.LeftButton)
    assert page.keys.keys("regenerate") == ("R",)
    qtbot.mouseClick(page.remove, Qt.MouseButton.LeftButton)
    assert page.keys.keys("regenerate") == ()


@pytest.mark.parametrize(
    ("id_", "key", "said"),
    [
        ("snap", Qt.Key.Key_Minus, "On the still the key stays with Still smaller."),
        ("closer", Qt.Key.Key_S, "Elsewhere the key stays with Solo."),
    ],
)
def test_a_key_that_another_part_of_the_window_keeps_is_said(
    qtbot: QtBot, id_: str, key: Qt.Key, said: str
) -> None:
    page = KeysPage(key_map())
    qtbot.addWidget(page)
    page.select(id_)
    qtbot.keyClick(page.edit, key)
    qtbot.waitUntil(lambda: page.note.text() == said, timeout=3000)
    assert page.keys.action_in("-", "canvas") == "farther" and page.keys.action_in("S", "") == "solo"


def test_searching_keys_hides_what_does_not_match(qtbot: QtBot) -> None:
    page = KeysPage(key_map())
    qtbot.addWidget(page)
    qtbot.keyClicks(page.search, "regen")
    assert page.shown() == ["regenerate"]


def test_an_action_can_have_several_keys_and_escape_keeps_the_key_it_has(qtbot: QtBot) -> None:
    page = KeysPage(key_map())
    qtbot.addWidget(page)
    page.show()
    page.select("play")
    page.keep.setChecked(True)
    page.edit.setFocus()
    qtbot.keyClick(page.edit, Qt.Key.Key_F9)
    page.edit.editingFinished.emit()
    assert page.keys.keys("play") == (*key_map().keys("play"), "F9")
    before = page.keys.keys("play")
    page.edit.setFocus()
    qtbot.keyClick(page.edit, Qt.Key.Key_Escape)
    page.edit.editingFinished.emit()
    assert page.keys.keys("play") == before
