"""The thread that owns the audio device: opens it, starts and stops it, and renders ahead of it."""

import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from desktop.playback.callback_reader import CallbackReader
from desktop.playback.output_devices import OutputDevice, Pull, PullSwitch, SilentDevice
from desktop.playback.render_ahead import PlaybackRequest, RenderAhead
from engine.errors import Failed
from engine.logs import log_failure
from engine.sound.layout import STEREO, ChannelLayout

log = logging.getLogger(__name__)

OpenDevice = Callable[[int, Pull], OutputDevice]
"""Opens a device from a rate and a pull function. Called in the output thread, because it may take long."""

LINGER_SECONDS = 4.0
"""Keep the stream open for 4 s after stop; reopening takes longer."""

SWITCH_SECONDS = 0.001
"""Python's thread switch interval while this thread runs. With Python's default of 5 ms, every numpy call beside a busy
thread waits that long, and rendering falls behind.
"""

REST_SECONDS = 0.02
NEVER = sys.maxsize
LOST = "No sound: the audio output has gone. Press play to look for it again."


@dataclass(frozen=True)
class OpenStream:
    """An open device and the reader that it pulls from."""

    device: OutputDevice
    reader: CallbackReader

    def position(self, seek_id: int) -> float | None:
        """Return the timeline position heard now, or None if nothing since this seek has been heard."""
        return self.reader.position(self.device.time(), seek_id)


class OutputThread:
    """Owns the device, the callback reader and render-ahead. Requests come from one thread; the rest runs in its own.

    Args:
        open_device: opens the audio output.
        opened: called in this thread with each device that was opened.
        failed: called in this thread with each error.

    Attributes:
        stream: the open stream; None until a device is open.
    """

    def __init__(
        self,
        open_device: OpenDevice,
        opened: Callable[[OutputDevice], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.stream: OpenStream | None = None
        self._open_device = open_device
        self._opened = opened
        self._failed = failed
        self._render_ahead: RenderAhead | None = None
        self._rate, self._layout = 0, STEREO
        self._lost_in = NEVER
        self._requested: tuple[PlaybackRequest, int, ChannelLayout] = (PlaybackRequest(), 0, STEREO)
        self._wake = threading.Event()
        self._closing = False
        self._idle_since = 0.0
        self._thread = threading.Thread(target=self._run, name="playback", daemon=True)

    def request(self, request: PlaybackRequest, rate: int, layout: ChannelLayout = STEREO) -> None:
        """Request playback at the timeline's ``rate`` and in its ``layout``; replaces the previous request."""
        self._requested = (request, rate, layout)
        self._wake.set()
        if not self._thread.is_alive() and not self._closing:
            self._thread.start()

    def close(self) -> None:
        """End the thread and close the device."""
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        try:
            self._go_on()
        finally:
            sys.setswitchinterval(before)

    def _go_on(self) -> None:
        while not self._closing:
            self._wake.clear()
            if not self._work():
                self._wake.wait(REST_SECONDS if self._sounding() else 0.5)
        if self.stream is not None:
            self.stream.device.close()

    def _sounding(self) -> bool:
        return self._requested[0].speed != 0.0

    def _work(self) -> bool:
        request, rate, layout = self._requested
        if (rate, layout) != (self._rate, self._layout) or (
            request.speed != 0.0 and request.seek_id > self._lost_in
        ):
            self._layout = layout
            self._open(rate)
        worked = self._render_ahead is not None and self._render_ahead.feed(request)
        try:
            self._check_device(request)
        except Exception as error:  # noqa: BLE001 - edge: a driver may raise anything
            log_failure(log, "Checking the sound output", error)
            self._replace(error)
        return worked

    def _open(self, rate: int) -> None:
        self._rate, self._lost_in = rate, NEVER
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.device.close()
        socket = PullSwitch()
        device = self._opened_or_silent(rate, socket)
        self._connect(device, socket)

    def _opened_or_silent(self, rate: int, socket: PullSwitch) -> OutputDevice:
        try:
            return self._open_device(rate, socket)
        except Exception as error:  # noqa: BLE001 - as above
            log_failure(log, "Opening the sound output", error)
            self._failed(error)
            return SilentDevice(rate, socket, LOST)

    def _connect(self, device: OutputDevice, socket: PullSwitch) -> None:
        reader = CallbackReader(device.rate, self._layout)
        self._render_ahead = RenderAhead(reader, self._rate / device.rate, self._failed)
        socket.pull = reader.pull
        self.stream = OpenStream(device, reader)
        self._opened(device)

    def _check_device(self, request: PlaybackRequest) -> None:
        """Start the device while something plays; stop it ``LINGER_SECONDS`` after."""
        if self.stream is None:
            return
        device = self.stream.device
        if request.speed != 0.0:
            if device.lost():
                raise Failed(LOST)
            device.start()
            self._idle_since = time.monotonic()
        elif time.monotonic() - self._idle_since > LINGER_SECONDS:
            device.stop()

    def _replace(self, error: Exception) -> None:
        """Continue with a silent device after an error; the next seek tries to open a device again."""
        self._failed(
            error
            if isinstance(error, Failed)
            else Failed(f"{LOST} The system says: {str(error).rstrip('.')}.")
        )
        self._lost_in = self._requested[0].seek_id
        socket = PullSwitch()
        self._connect(SilentDevice(self._rate, socket, LOST), socket)
