"""Where sound goes: PortAudio where there is one, else a clock that pulls frames and lets them fall."""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from desktop.playback.ring import CHUNK, Frames

Pull = Callable[[Frames, float], None]
"""Fills float32 (frames, 2), which will be heard from that time of the device's clock on."""

LATENCY_SECONDS = 0.04
"""Asked of PortAudio. More is safer, but together with two chunks it must stay well under 100 ms."""

NO_PORTAUDIO = "No sound: PortAudio is not installed (libportaudio2). Everything else works."
NO_OUTPUT = "No sound: there is no audio output on this machine. Everything else works."


class OutputDevice(Protocol):
    """Something that pulls frames at a steady rate.

    Attributes:
        rate: frames a second.
        latency: seconds from a pull until its first frame is heard.
        reason: why nothing is heard, as a sentence for the status line; empty where it is.
    """

    rate: int
    latency: float
    reason: str

    def start(self) -> None: ...

    def stop(self) -> None:
        """Pulls no more, until it is started again."""

    def close(self) -> None: ...

    def time(self) -> float:
        """Seconds on the clock by which pulls are told when they are heard."""

    def lost(self) -> bool:
        """Whether it was started and has stopped by itself, as when it is unplugged."""


class PullSwitch:
    """What a device pulls from, once something is put into it; until then, silence."""

    def __init__(self) -> None:
        self.pull: Pull = _silence

    def __call__(self, out: Frames, when: float) -> None:
        self.pull(out, when)


class SilentDevice:
    """Pulls as a device would, by the clock, in a thread of its own; nothing is heard.

    Args:
        rate: frames a second.
        pull: asked for every block.
        reason: why there is nothing better.
        block: frames of a block.
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
        rate: frames a second to ask for; where the device will not, it runs at its own.
        pull: asked for every block, in PortAudio's callback.
        library: the module ``sounddevice``.

    Raises:
        OSError: it will not open.
    """

    reason = ""

    def __init__(self, rate: int, pull: Pull, library: Any) -> None:
        facts = library.query_devices(kind="output")
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
        # Never of a closed stream: PortAudio would look at memory that it has given back.
        with self._closing:
            return 0.0 if self._closed else float(self._stream.time)

    def lost(self) -> bool:
        return self._started and not self._stream.active

    def _call(self, out: Frames, frames: int, moment: Any, status: Any) -> None:  # noqa: ARG002 - PortAudio's
        # Some hosts leave the time of output at 0.
        when = float(moment.outputBufferDacTime) or float(moment.currentTime) + self.latency
        if self._channels == 2:
            self._pull(out, when)
            return
        both = np.empty((frames, 2), np.float32)
        self._pull(both, when)
        out[:, 0] = both.mean(axis=1)


def open_device(rate: int, pull: Pull) -> OutputDevice:
    """The machine's audio output, or one that is silent and says why."""
    try:
        import sounddevice
    except OSError:
        return SilentDevice(rate, pull, NO_PORTAUDIO)
    return open_with(sounddevice, rate, pull)


def open_with(library: Any, rate: int, pull: Pull) -> OutputDevice:
    """The same, through a library that was found."""
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
