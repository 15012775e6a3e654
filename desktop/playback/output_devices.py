"""Audio outputs: PortAudio, or a silent device with the same timing where there is no sound."""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from desktop.playback.ring import CHUNK, Frames

Pull = Callable[[Frames, float], None]
"""Fills float32 (frames, 2), which will be heard from the given time of the device's clock."""

LATENCY_SECONDS = 0.04
"""Latency requested from PortAudio. Together with two chunks it must stay well under 100 ms."""

NO_PORTAUDIO = "No sound: PortAudio is not installed (libportaudio2). Everything else works."
NO_OUTPUT = "No sound: there is no audio output on this machine. Everything else works."


class OutputDevice(Protocol):
    """An output that pulls frames at a steady rate.

    Attributes:
        rate: frames per second.
        latency: seconds from a pull until its first frame is heard.
        reason: why nothing is heard, as a sentence for the status bar; empty if there is sound.
    """

    rate: int
    latency: float
    reason: str

    def start(self) -> None: ...

    def stop(self) -> None:
        """Stop pulling until it is started again."""

    def close(self) -> None: ...

    def time(self) -> float:
        """Return the stream time in seconds, the clock of ``Pull``'s ``when``."""

    def lost(self) -> bool:
        """Return whether it was started and has stopped by itself, for example because it was unplugged."""


class PullSwitch:
    """Forwards pulls to ``pull`` once that is set; silence until then."""

    def __init__(self) -> None:
        self.pull: Pull = _silence

    def __call__(self, out: Frames, when: float) -> None:
        self.pull(out, when)


class SilentDevice:
    """Pulls by the system clock in a thread of its own and discards the frames.

    Args:
        rate: frames per second.
        pull: called for every block.
        reason: why there is no sound.
        block: frames per block.
    """

    latency = 0.0

    def __init__(self, rate: int, pull: Pull, reason: str = "", block: int = CHUNK) -> None:
        self.rate = rate
        self.reason = reason
        self._pull = pull
        self._block = block
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()

    def start(self) -> None:
        if self._thread is None:
            self._ending.clear()
            self._thread = threading.Thread(target=self._run, name="silent audio device", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        if self._thread is not None:
            self._ending.set()
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        self.stop()

    def time(self) -> float:
        return time.perf_counter()

    def lost(self) -> bool:
        return False

    def _run(self) -> None:
        block = np.zeros((self._block, 2), np.float32)
        due = self.time()
        while not self._ending.wait(max(0.0, due - self.time())):
            self._pull(block, due)
            due = max(due + self._block / self.rate, self.time() - 1.0)


class PortAudioDevice:
    """A PortAudio output.

    Args:
        rate: requested frames per second; if the device refuses it, its own rate is used.
        pull: called for every block, in PortAudio's callback.
        library: the module ``sounddevice``.

    Raises:
        OSError: the device cannot be opened.
    """

    reason = ""

    def __init__(self, rate: int, pull: Pull, library: Any) -> None:
        facts = library.query_devices(kind="output")
        self.name = str(facts.get("name", ""))
        self._channels = min(2, int(facts["max_output_channels"]))
        self._pull = pull
        self._started = self._closed = False
        self._closing = threading.Lock()
        own = int(facts["default_samplerate"])
        self.rate = rate if _takes(library, rate, self._channels) else own
        self._stream = library.OutputStream(
            samplerate=self.rate,
            channels=self._channels,
            dtype="float32",
            latency=LATENCY_SECONDS,
            callback=self._call,
        )
        self.latency = float(self._stream.latency)

    def start(self) -> None:
        if not self._started:
            self._stream.start()
            self._started = True

    def stop(self) -> None:
        if self._started:
            self._started = False
            self._stream.stop()

    def close(self) -> None:
        self._started = False
        with self._closing:
            self._closed = True
            self._stream.close()

    def time(self) -> float:
        # Not on a closed stream: PortAudio would read freed memory.
        with self._closing:
            return 0.0 if self._closed else float(self._stream.time)

    def lost(self) -> bool:
        return self._started and not self._stream.active

    def _call(self, out: Frames, frames: int, moment: Any, status: Any) -> None:  # noqa: ARG002 - PortAudio's
        # Some host APIs leave the output time at 0.
        when = float(moment.outputBufferDacTime) or float(moment.currentTime) + self.latency
        if self._channels == 2:
            self._pull(out, when)
            return
        both = np.empty((frames, 2), np.float32)
        self._pull(both, when)
        out[:, 0] = both.mean(axis=1)


def open_device(rate: int, pull: Pull) -> OutputDevice:
    """Open the machine's audio output, or a silent device that says why there is no sound."""
    try:
        import sounddevice
    except OSError:
        return SilentDevice(rate, pull, NO_PORTAUDIO)
    return open_with(sounddevice, rate, pull)


def open_with(library: Any, rate: int, pull: Pull) -> OutputDevice:
    """Open the output through a given ``sounddevice`` module."""
    try:
        library.query_devices(kind="output")
    except (library.PortAudioError, ValueError):
        return SilentDevice(rate, pull, NO_OUTPUT)
    try:
        return PortAudioDevice(rate, pull, library)
    except (library.PortAudioError, ValueError) as error:
        first = str(error).strip().splitlines()[0]
        return SilentDevice(rate, pull, f"No sound: the audio output does not open ({first}).")


def _takes(library: Any, rate: int, channels: int) -> bool:
    try:
        library.check_output_settings(samplerate=rate, channels=channels, dtype="float32")
    except (library.PortAudioError, ValueError):
        return False
    return True


def _silence(out: Frames, when: float) -> None:  # noqa: ARG001
    out[:] = 0.0
