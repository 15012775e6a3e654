"""The strip: every button and every key does what it says, and the meters show what was heard."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from desktop.actions.actions import Actions
from desktop.document.activity import Activity
from desktop.document.messages import Message, Messages
from desktop.playback.meter_reading import MeterReading
from desktop.playback.playback_strip import PlaybackPart, PlaybackStrip
from desktop.playback.player import Player
from desktop.theme.dark_colours import DARK
from tests.desktop.key_maps import key_map
from tests.desktop.playback.fakes import (
    RATE,
    Shelf,
    Takes,
    counting,
    document_of,
    scene_of,
    timeline_of,
    tone,
)

FRAME = RATE // 25


class Desk:
    """A window with nothing in it but the strip, bound to its keys."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        takes = Takes(loud=tone(4, 0.5), soft=tone(4, 0.125), count=counting(4))
        self.document = document_of(scene_of(takes, timeline_of(4 * RATE, "loud")))
        self.messages = Messages()
        self.said: list[Message] = []
        self.messages.shown.connect(self.said.append)
        self.shelf = Shelf()
        self.player = Player(self.document, takes, self.messages, self.shelf)
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.strip = PlaybackStrip(self.player, self.document, self.messages, key_map(), self.window)
        self.actions = Actions(self.window, key_map())
        self.strip.bind(self.actions)
        self.window.setCentralWidget(self.strip)
        self.window.show()
        self.window.setFocus()

    def click(self, button: QAbstractButton) -> None:
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.window, key, held)

    def type(self, text: str) -> None:
        field = self.strip.transport.timecode
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def pulled(self, frames: int) -> None:
        """Lets the device pull, once there is something for it."""
        line = self.player.stream
        self.qtbot.waitUntil(lambda: self.player.stream is not None)
        line = self.player.stream
        assert line is not None
        self.qtbot.waitUntil(lambda: line.reader.offered.seek_id == self.player._request.seek_id)
        for _ in range(frames // 2048):
            self.shelf.device.pull(2048)
            self.qtbot.wait(12)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(qtbot)
    yield made
    made.strip.close_down()


def test_the_play_button_plays_and_then_stops(desk: Desk) -> None:
    play = desk.strip.transport.buttons["play"]
    desk.click(play)
    assert desk.player.playing
    assert play.accessibleName() == "Stop"
    desk.click(play)
    assert not desk.player.playing
    assert play.accessibleName() == "Play"


def test_the_other_buttons_move_and_shuttle(desk: Desk) -> None:
    buttons = desk.strip.transport.buttons
    desk.click(buttons["to_end"])
    assert desk.player.position == 4 * RATE
    desk.click(buttons["shuttle_back"])
    assert desk.player.speed == -1
    desk.click(buttons["shuttle_back"])
    assert desk.strip.transport.speed.text() == "−2×"
    desk.player.stop()
    desk.click(buttons["to_start"])
    assert desk.player.position == 0
    desk.click(buttons["shuttle_on"])
    assert desk.player.speed == 1
    desk.click(buttons["loop"])
    assert desk.player.looping
    assert buttons["loop"].isChecked()
    desk.click(buttons["loop"])
    assert not desk.player.looping


def test_every_key_of_the_play_menu_does_what_it_says(desk: Desk) -> None:
    player = desk.player
    desk.press(Qt.Key.Key_Right)
    assert player.position == FRAME
    desk.press(Qt.Key.Key_Left)
    assert player.position == 0
    desk.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert player.position == RATE
    desk.press(Qt.Key.Key_I)
    desk.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    desk.press(Qt.Key.Key_O)
    assert player.loop == (RATE, 2 * RATE)
    desk.press(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    desk.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert player.looping
    assert desk.actions.action("loop").isChecked()
    desk.press(Qt.Key.Key_Space)
    assert player.playing
    desk.press(Qt.Key.Key_L)
    assert player.speed == 2
    desk.press(Qt.Key.Key_J)
    assert player.speed == 1
    desk.press(Qt.Key.Key_K)
    assert player.speed == 0
    desk.press(Qt.Key.Key_End)
    assert player.position == 4 * RATE
    desk.press(Qt.Key.Key_Home)
    assert player.position == 0


def test_a_compares_the_selected_objects_takes_and_then_goes_from_one_to_the_other(desk: Desk) -> None:
    desk.press(Qt.Key.Key_A)
    assert [message.kind for message in desk.said] == ["info"]
    desk.document.select([0])
    desk.press(Qt.Key.Key_A)
    first, second = desk.strip.transport.sides
    assert first.isChecked()
    assert desk.player.take_heard == "loud"
    desk.press(Qt.Key.Key_A)
    assert second.isChecked()
    assert desk.player.take_heard == "count"
    desk.click(first)
    assert desk.player.take_heard == "loud"
    desk.qtbot.waitUntil(lambda: desk.strip.transport.gain.text().endswith("dB"))


def test_clicking_b_first_hears_b(desk: Desk) -> None:
    desk.document.select([0])
    desk.click(desk.strip.transport.sides[1])
    assert desk.player.take_heard == "count"


def test_a_side_that_cannot_be_heard_does_not_look_pressed(desk: Desk) -> None:
    desk.click(desk.strip.transport.sides[0])
    assert not desk.strip.transport.sides[0].isChecked()


def test_the_timecode_follows_and_goes_where_one_types(desk: Desk) -> None:
    field = desk.strip.transport.timecode
    desk.player.seek(RATE + 3 * FRAME)
    assert field.text() == "00:00:01:03"
    desk.type("2:10")
    assert desk.player.position == 2 * RATE + 10 * FRAME
    desk.type("+5")
    assert desk.player.position == 2 * RATE + 15 * FRAME
    assert not field.hasFocus()


def test_a_typed_place_that_is_none_is_told_of_and_changes_nothing(desk: Desk) -> None:
    desk.player.seek(RATE)
    desk.type("never")
    assert desk.player.position == RATE
    assert desk.strip.transport.timecode.text() == "00:00:01:00"
    assert [message.kind for message in desk.said] == ["error"]


def test_escape_takes_back_what_was_typed(desk: Desk) -> None:
    field = desk.strip.transport.timecode
    field.setFocus()
    desk.qtbot.keyClicks(field, "99")
    desk.player.seek(RATE)
    assert "99" in field.text()
    desk.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "00:00:01:00"


def test_the_meters_show_what_was_heard(desk: Desk) -> None:
    desk.strip.prepare()
    desk.click(desk.strip.transport.buttons["play"])
    desk.qtbot.wait(200)
    desk.pulled(RATE)
    values = desk.strip.meters.values
    desk.qtbot.waitUntil(lambda: values["momentary"].text() != "–")
    # The hand may pull faster than it is fed, and a gap in a sine peaks higher than the sine.
    assert float(values["true_peak"].text().replace("−", "-")) == pytest.approx(-9.0, abs=1.5)
    assert desk.strip.meters.bars.levels[0] > -12.0


def test_the_button_of_the_meters_begins_anew(desk: Desk) -> None:
    meters = desk.strip.meters
    meters.show_reading(MeterReading(momentary=-20.0, true_peak=0.5, left=-3.0, right=-3.0))
    assert DARK.error.lstrip("#") in meters.values["true_peak"].styleSheet()
    with desk.qtbot.waitSignal(meters.restart_requested):
        desk.click(meters.reset)
    assert meters.values["momentary"].text() == "–"


def test_the_bars_are_drawn_as_far_as_the_level(desk: Desk) -> None:
    bars = desk.strip.meters.bars
    bars.show_levels(-1.0, -40.0)
    picture = bars.grab().toImage()
    rows = [[picture.pixelColor(x, y).lightness() for x in range(bars.width())] for y in (5, 28)]
    lit = [int(np.count_nonzero(np.array(row) > 80)) for row in rows]
    assert lit[0] > 0.9 * bars.width()
    assert lit[1] < 0.3 * bars.width()


def test_every_control_has_a_name_and_a_tooltip_and_can_be_reached(desk: Desk) -> None:
    controls = [*desk.strip.findChildren(QAbstractButton), *desk.strip.findChildren(QLineEdit)]
    assert len(controls) == 10
    for control in controls:
        assert control.accessibleName()
        assert control.toolTip()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_tooltips_name_the_keys_and_follow_them(desk: Desk) -> None:
    transport = desk.strip.transport
    assert "(Space)" in transport.buttons["play"].toolTip()
    transport.set_keys(key_map({"play": ("Ctrl+P",)}))
    assert "(Ctrl+P)" in transport.buttons["play"].toolTip()


def test_the_panel_says_in_the_status_line_why_there_is_no_sound(qtbot: QtBot) -> None:
    settings, document, running = Settings(), document_of(scene_of(Takes(), timeline_of(RATE))), Activity()
    services: Any = SimpleNamespace(
        document=document, messages=Messages(), settings=settings, activity=running
    )
    parent = QWidget()
    qtbot.addWidget(parent)
    panel = PlaybackPart(services, parent)
    panel.strip.prepare()
    qtbot.waitUntil(lambda: panel.player.stream is not None)
    qtbot.waitUntil(lambda: running.fact("sound") == panel.player.reason)
    settings.keys_changed.emit(key_map({"play": ("Ctrl+P",)}))
    assert "(Ctrl+P)" in panel.strip.transport.buttons["play"].toolTip()
    assert panel.widget is panel.strip
    panel.close()


class Settings(QObject):
    """Only what the panel asks of settings."""

    keys_changed = Signal(object)
    keys = key_map()
