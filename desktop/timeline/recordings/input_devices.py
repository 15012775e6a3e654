"""Audio inputs through PortAudio."""

import threading
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from desktop.playback.ring import Frames
from engine.errors import Failed

Push = Callable[[Frames, float], None]
"""Receives float32 (frames, channels), the first of which came in at the given time of the device's clock."""

OpenInput = Callable[[int, Push, str], "InputDevice"]
"""Opens an input from a rate, a push function and the name of a device, "" for the system's; may take long."""

LATENCY_SECONDS = 0.02
NO_PORTAUDIO_INPUT = "Nothing can be recorded: PortAudio is not installed (libportaudio2)."
NO_INPUT = "Nothing can be recorded: there is no microphone or other audio input on this machine."


class InputDevice(Protocol):
    """An input that pushes frames at a steady rate.

    Attributes:
        rate: frames per second.
        channels: one or two.
        name: name of the device.
    """

    rate: int
    channels: int
    name: str

    def start(self) -> None: ...

    def close(self) -> None:
        """Stop and release the device."""

    def time(self) -> float:
        """Return the stream time in seconds, the clock of ``Push``."""

    def lost(self) -> bool:
        """Return whether it was started and has stopped by itself, for example because it was unplugged."""


class PortAudioInput:
    """A PortAudio input.

    Args:
        rate: requested frames per second; if the device refuses it, its own rate is used.
        push: called for every block, in PortAudio's callback.
        library: the module ``sounddevice``.
        name: name of the device; "" is the system's.
    """

    def __init__(self, rate: int, push: Push, library: Any, name: str = "") -> None:
        facts = library.query_devices(name or None, kind="input")
        self.name = str(facts["name"])
        self.channels = min(2, int(facts["max_input_channels"]))
        self._push = push
        self._started = self._closed = False
        self._closing = threading.Lock()
        device = name or None
        self.rate = rate if _takes(library, device, rate, self.channels) else int(facts["default_samplerate"])
        self._stream = library.InputStream(
            device=device,
            samplerate=self.rate,
            channels=self.channels,
            dtype="float32",
            latency=LATENCY_SECONDS,
            callback=self._call,
        )

    def start(self) -> None:
        self._stream.start()
        self._started = True

    def close(self) -> None:
        with self._closing:
            self._started, self._closed = False, True
            self._stream.stop()
            self._stream.close()

    def time(self) -> float:
        # No lock: the callback asks, and closing waits for the callback.
        return 0.0 if self._closed else float(self._stream.time)

    def lost(self) -> bool:
        return self._started and not self._stream.active

    def _call(self, data: Frames, frames: int, moment: Any, status: Any) -> None:  # noqa: ARG002 - PortAudio's
        # Some host APIs leave the input time at 0.
        when = float(moment.inputBufferAdcTime) or float(moment.currentTime) - float(self._stream.latency)
        self._push(np.array(data, np.float32), when)


def open_input(rate: int, push: Push, name: str = "") -> InputDevice:
    """Open an audio input.

    Raises:
        Failed: there is none, or it does not open.
    """
    try:
        import sounddevice
    except OSError as error:
        raise Failed(NO_PORTAUDIO_INPUT) from error
    return open_with(sounddevice, rate, push, name)


def open_with(library: Any, rate: int, push: Push, name: str = "") -> InputDevice:
    """Open an input through a given ``sounddevice`` module.

    Raises:
        Failed: there is none, or it does not open.
    """
    try:
        facts = library.query_devices(name or None, kind="input")
        if int(facts["max_input_channels"]) < 1:
            raise Failed(NO_INPUT)
    except (library.PortAudioError, ValueError) as error:
        if name:
            raise Failed(f"The input {name} is not there: choose another in the preferences.") from error
        raise Failed(NO_INPUT) from error
    try:
        return PortAudioInput(rate, push, library, name)
    except (library.PortAudioError, ValueError) as error:
        first = str(error).strip().splitlines()[0]
        raise Failed(f"Nothing can be recorded: the input does not open ({first}).") from error


def _takes(library: Any, device: str | None, rate: int, channels: int) -> bool:
    try:
        library.check_input_settings(device=device, samplerate=rate, channels=channels, dtype="float32")
    except (library.PortAudioError, ValueError):
        return False
    return True
