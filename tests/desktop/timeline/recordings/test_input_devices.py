"""Inputs: PortAudio's when there is one, a sentence when there is none."""

import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.playback.ring import Frames
from desktop.settings.preferences_dialog import PreferencesDialog
from desktop.settings.sound_inputs import SYSTEM, input_choices, input_names
from desktop.settings.table import Preferences, read_preferences
from desktop.timeline.recordings.input_devices import NO_INPUT, NO_PORTAUDIO_INPUT, open_input, open_with
from engine.errors import Failed
from tests.desktop.key_maps import key_map


class PortAudioError(Exception):
    """As in the library."""


@dataclass
class Stream:
    """An input stream that notes what becomes of it."""

    how: dict[str, Any]
    active: bool = False
    latency: float = 0.02
    time: float = 5.0
    events: list[str] = field(default_factory=list)

    def start(self) -> None:
        self.active = True
        self.events.append("start")

    def stop(self) -> None:
        self.active = False
        self.events.append("stop")

    def close(self) -> None:
        self.events.append("close")


@dataclass
class Library:
    """Stands in for ``sounddevice``."""

    channels: int = 4
    rates: tuple[int, ...] = (44_100, 48_000)
    inputs: bool = True
    opens: bool = True
    streams: list[Stream] = field(default_factory=list)
    PortAudioError: type[Exception] = PortAudioError

    def query_devices(self, device: str | None = None, kind: str | None = None) -> Any:
        if kind is None:
            return [{"name": "Mic", "max_input_channels": 2}, {"name": "Out", "max_input_channels": 0}]
        if not self.inputs or device not in {None, "Mic"}:
            raise PortAudioError("Error querying device -1")
        return {"name": "Mic", "max_input_channels": self.channels, "default_samplerate": 44_100.0}

    def check_input_settings(self, device: str | None, samplerate: int, channels: int, dtype: str) -> None:
        if samplerate not in self.rates:
            raise PortAudioError("Invalid sample rate")

    def InputStream(self, **how: Any) -> Stream:  # noqa: N802 - the library's name
        if not self.opens:
            raise PortAudioError("Device unavailable\nsecond line")
        self.streams.append(Stream(how))
        return self.streams[-1]


@dataclass
class Moment:
    """What the callback is told of time."""

    inputBufferAdcTime: float = 2.5  # noqa: N815 - PortAudio's name
    currentTime: float = 3.0  # noqa: N815


class Pushed:
    """Keeps what is pushed."""

    def __init__(self) -> None:
        self.blocks: list[tuple[Frames, float]] = []

    def __call__(self, frames: Frames, when: float) -> None:
        self.blocks.append((frames, when))


def test_portaudio_pushes_copies_with_the_time_they_came_in() -> None:
    library, pushed = Library(), Pushed()
    device = open_with(library, 48_000, pushed)
    device.start()
    data = np.full((64, 2), 0.5, np.float32)
    how = library.streams[0].how
    how["callback"](data, 64, Moment(), None)
    data[:] = 0.0
    how["callback"](data, 64, Moment(inputBufferAdcTime=0.0), None)
    assert (how["channels"], how["samplerate"], device.rate, device.name) == (2, 48_000, 48_000, "Mic")
    assert pushed.blocks[0][0].mean() == 0.5
    assert [when for _, when in pushed.blocks] == [2.5, 3.0 - 0.02]
    assert device.time() == 5.0
    library.streams[0].active = False
    assert device.lost()
    device.close()
    assert library.streams[0].events == ["start", "stop", "close"]
    assert not device.lost()
    assert device.time() == 0.0


def test_a_rate_that_is_refused_is_replaced_by_the_device_s_own() -> None:
    device = open_with(Library(), 96_000, Pushed(), "Mic")
    assert device.rate == 44_100
    assert open_with(Library(channels=1), 48_000, Pushed()).channels == 1


@pytest.mark.parametrize(
    ("library", "name", "sentence"),
    [
        (Library(inputs=False), "", NO_INPUT),
        (Library(channels=0), "", NO_INPUT),
        (Library(), "Gone", "The input Gone is not there: choose another in the preferences."),
        (Library(opens=False), "", "Nothing can be recorded: the input does not open (Device unavailable)."),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(library: Library, name: str, sentence: str) -> None:
    with pytest.raises(Failed) as told:
        open_with(library, 48_000, Pushed(), name)
    assert str(told.value) == sentence


def test_without_portaudio_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def find_spec(self, name: str, path: object, target: object = None) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(Failed, match="PortAudio is not installed"):
        open_input(48_000, Pushed())
    assert NO_PORTAUDIO_INPUT.endswith(".")


def test_the_preferences_list_the_inputs_that_are_there_and_keep_one_that_is_not(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", Library())
    assert input_choices() == (SYSTEM, ("Mic", "Mic"))
    dialog = PreferencesDialog(Preferences(input_device="Gone"), key_map())
    qtbot.addWidget(dialog)
    box = dialog.control("input_device")
    texts = [box.itemText(place) for place in range(box.count())]  # type: ignore[attr-defined]
    assert texts == ["The system's", "Mic", "Gone (not there)"]
    assert dialog.preferences.input_device == "Gone"
    box.setCurrentIndex(1)  # type: ignore[attr-defined]
    assert dialog.preferences.input_device == "Mic"
    assert read_preferences({"input_device": "Anything"}).input_device == "Anything"


def test_before_portaudio_is_loaded_only_the_system_s_input_is_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    assert input_choices() == (SYSTEM,)

    class Dead(Library):
        def query_devices(self, device: str | None = None, kind: str | None = None) -> Any:
            raise PortAudioError("no")

    assert input_names(Dead()) == ()
