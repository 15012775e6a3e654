"""Builds waveforms and spectrograms of takes in a thread, the last requested first, and caches them."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from desktop.document.messages import message_of
from desktop.threads.background import Background
from desktop.timeline.painting import peak_pyramid, spectrogram
from desktop.timeline.painting.peak_pyramid import PeakPyramid
from desktop.timeline.painting.spectrogram import Spectrogram
from engine.sound.cache import TakeSource

Kind = Literal["pyramid", "spectrogram"]
Key = tuple[str, Kind]

KEPT = 4096
"""Most entries kept; the pyramid of a take of 10 s at 16 kHz has 0.9 MB."""
MOST_BYTES = 512 << 20


class WaveformLoader(QObject):
    """Waveforms and spectrograms of takes.

    Args:
        source: returns samples and rate of a digest; called in the thread.

    Signals:
        ready(str): a waveform or spectrogram of this take is available.
        failed(Message): a take cannot be read; emitted once per take.
    """

    ready = Signal(str)
    failed = Signal(object)

    def __init__(self, source: TakeSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._thread = Background(self)
        self._kept: OrderedDict[Key, PeakPyramid | Spectrogram] = OrderedDict()
        self._bytes = 0
        self._waiting: dict[Key, None] = {}
        self._unreadable: set[Key] = set()
        self._running: Key | None = None
        self._closed = False

    def pyramid(self, digest: str) -> PeakPyramid | None:
        """Return a take's peaks, or None; then they are built, unless the take cannot be read."""
        found = self._get((digest, "pyramid"))
        return found if isinstance(found, PeakPyramid) else None

    def spectrogram(self, digest: str) -> Spectrogram | None:
        """Return a take's spectrogram, or None; then it is built, unless the take cannot be read."""
        found = self._get((digest, "spectrogram"))
        return found if isinstance(found, Spectrogram) else None

    def unreadable(self, digest: str) -> bool:
        return (digest, "pyramid") in self._unreadable

    def retry(self) -> None:
        """Try takes again that could not be read."""
        self._unreadable.clear()

    def close(self) -> None:
        """End the thread after the current task."""
        self._closed = True
        self._waiting.clear()
        self._thread.close()

    def _get(self, key: Key) -> PeakPyramid | Spectrogram | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        if not self._closed and key not in self._unreadable and key != self._running:
            self._waiting.pop(key, None)
            self._waiting[key] = None
            self._next()
        return None

    def _next(self) -> None:
        if self._running is not None or not self._waiting:
            return
        key, _ = self._waiting.popitem()
        self._running = key
        self._thread.run(
            _making(self._source, key),
            lambda made: self._keep(key, made),
            lambda error: self._fail(key, error),
        )

    def _keep(self, key: Key, made: PeakPyramid | Spectrogram) -> None:
        self._running = None
        self._kept[key] = made
        self._bytes += _bytes(made)
        while len(self._kept) > 1 and (len(self._kept) > KEPT or self._bytes > MOST_BYTES):
            self._bytes -= _bytes(self._kept.popitem(last=False)[1])
        self._next()
        self.ready.emit(key[0])

    def _fail(self, key: Key, error: BaseException) -> None:
        self._running = None
        said = self.unreadable(key[0]) or (key[0], "spectrogram") in self._unreadable
        self._unreadable.add(key)
        self._next()
        self.ready.emit(key[0])
        if not said:
            self.failed.emit(message_of(error))


def _making(source: TakeSource, key: Key) -> Callable[[], Any]:
    digest, kind = key
    build = peak_pyramid.build_peaks if kind == "pyramid" else spectrogram.build_spectrogram
    return lambda: build(*source(digest))


def _bytes(made: PeakPyramid | Spectrogram) -> int:
    if isinstance(made, PeakPyramid):
        return made.bytes
    return sum(tile.nbytes for level in made.levels for tile in level)
