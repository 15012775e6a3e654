"""The thread that measures what was heard, apart from the audio callback and the GUI thread."""

import threading
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from desktop.playback.meter_reading import MeterReading, PlaybackMeter
from desktop.playback.output_thread import OpenStream

EVERY_SECONDS = 0.04


class MeterThread(QThread):
    """Measures playback at a fixed interval.

    Args:
        stream: returns the open stream, or None.

    Signals:
        read(MeterReading): new meter values.
    """

    read = Signal(object)

    def __init__(self, stream: Callable[[], OpenStream | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("meters")
        self._stream = stream
        self._measuring: OpenStream | None = None
        self._meter: PlaybackMeter | None = None
        self._anew = threading.Event()
        self._closing = threading.Event()
        self._last = MeterReading()

    def prepare(self) -> None:
        """Start the thread, so that its slow imports are done when playback starts."""
        if not self.isRunning() and not self._closing.is_set():
            self.start()

    def restart(self) -> None:
        """Start a new measurement."""
        self._anew.set()
        self.prepare()

    def close(self) -> None:
        self._closing.set()
        self.wait()

    def run(self) -> None:
        # The filter's matrices are made at the first block.
        PlaybackMeter(48_000).take([np.zeros((480, 2), np.float32)])
        while not self._closing.wait(EVERY_SECONDS):
            reading = self._measure()
            if reading != self._last:
                self._last = reading
                self.read.emit(reading)

    def _measure(self) -> MeterReading:
        stream = self._stream()
        if stream is None:
            return MeterReading()
        if self._meter is None or stream is not self._measuring or self._anew.is_set():
            self._anew.clear()
            stream.reader.heard.clear()
            self._measuring, self._meter = stream, PlaybackMeter(stream.reader.rate, stream.reader.layout)
        heard = stream.reader.heard
        return self._meter.take([heard.popleft() for _ in range(len(heard))])
