"""Devices: PortAudio's when it is there, silence with a reason when it is not."""

import sys
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from desktop.playback.output_devices import (
    NO_OUTPUT,
    NO_PORTAUDIO,
    PortAudioDevice,
    SilentDevice,
    open_device,
    open_with,
)
from desktop.playback.ring import Frames


class PortAudioError(Exception):
    """As in the library."""


@dataclass
class Stream:
    """An output stream that notes what becomes of it."""

    samplerate: int
    channels: int
    dtype: str
    latency: float
    callback: Any
    active: bool = False
    events: list[str] = field(default_factory=list)
    time: float = 7.0

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

    channels: int = 2
    rates: tuple[int, ...] = (44_100, 48_000)
    outputs: bool = True
    opens: bool = True
    streams: list[Stream] = field(default_factory=list)
    PortAudioError: type[Exception] = PortAudioError

    def query_devices(self, kind: str) -> dict[str, Any]:
        if not self.outputs:
            raise PortAudioError("Error querying device -1")
        return {"max_output_channels": self.channels, "default_samplerate": 44_100.0}

    def check_output_settings(self, samplerate: int, channels: int, dtype: str) -> None:
        if samplerate not in self.rates:
            raise PortAudioError("Invalid sample rate")

    def OutputStream(self, **how: Any) -> Stream:  # noqa: N802 - the library's name
        if not self.opens:
            raise PortAudioError("Device unavailable")
        self.streams.append(Stream(**how))
        return self.streams[-1]


@dataclass
class Moment:
    """What the callback is told of time."""

    outputBufferDacTime: float = 3.5  # noqa: N815 - PortAudio's name
    currentTime: float = 3.0  # noqa: N815


class Caller:
    """Is pulled, and notes when."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.frames = 0

    def __call__(self, out: Frames, when: float) -> None:
        out[:, 0], out[:, 1] = 1.0, 0.5
        self.times.append(when)
        self.frames += len(out)


def test_portaudio_pulls_in_its_callback_with_the_time_it_will_be_heard() -> None:
    library, caller = Library(), Caller()
    device = open_with(library, 48_000, caller)
    assert isinstance(device, PortAudioDevice)
    assert device.reason == ""
    device.start()
    device.start()
    out = np.zeros((64, 2), np.float32)
    library.streams[0].callback(out, 64, Moment(), None)
    assert caller.times == [3.5]
    assert np.array_equal(out[0], [1.0, 0.5])
    assert library.streams[0].events == ["start"]


def test_a_host_that_tells_no_output_time_is_taken_to_be_late_by_its_latency() -> None:
    library, caller = Library(), Caller()
    open_with(library, 48_000, caller)
    library.streams[0].callback(np.zeros((64, 2), np.float32), 64, Moment(outputBufferDacTime=0.0), None)
    assert caller.times == [3.0 + library.streams[0].latency]


def test_one_speaker_hears_both_sides() -> None:
    library = Library(channels=1)
    open_with(library, 48_000, Caller())
    out = np.zeros((64, 1), np.float32)
    library.streams[0].callback(out, 64, Moment(), None)
    assert out[0, 0] == pytest.approx(0.75)


def test_a_device_that_will_not_take_the_rate_runs_at_its_own() -> None:
    assert open_with(Library(), 96_000, Caller()).rate == 44_100


def test_a_device_that_stops_by_itself_is_lost_and_one_that_was_stopped_is_not() -> None:
    library = Library()
    device = open_with(library, 48_000, Caller())
    assert not device.lost()
    device.start()
    library.streams[0].active = False
    assert device.lost()
    device.stop()
    assert not device.lost()


def test_a_closed_device_is_not_asked_for_the_time() -> None:
    library = Library()
    device = open_with(library, 48_000, Caller())
    assert device.time() == 7.0
    device.close()
    assert device.time() == 0.0


def test_without_an_output_there_is_silence_with_a_reason() -> None:
    assert open_with(Library(outputs=False), 48_000, Caller()).reason == NO_OUTPUT


def test_an_output_that_does_not_open_says_why() -> None:
    assert "Device unavailable" in open_with(Library(opens=False), 48_000, Caller()).reason


def test_without_portaudio_there_is_silence_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def find_spec(self, name: str, path: object, target: object = None) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    assert open_device(48_000, Caller()).reason == NO_PORTAUDIO


def test_the_silent_device_pulls_in_time_and_ends() -> None:
    caller = Caller()
    device = SilentDevice(48_000, caller)
    begun = time.perf_counter()
    device.start()
    time.sleep(0.2)
    device.stop()
    elapsed = time.perf_counter() - begun
    assert 0 < caller.frames <= elapsed * 48_000 + 1024
    assert np.diff(caller.times) == pytest.approx(512 / 48_000)
    assert not device.lost()
    device.close()
