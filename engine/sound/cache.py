"""Caches of waveforms, limited by size in bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

from engine.sound.resample import resample
from engine.sound.waveform import Waveform

Key = TypeVar("Key", bound=Hashable)

TakeSource = Callable[[str], tuple[Waveform, int]]
"""Maps the key of a take (``Clip.sound``; a digest where it is played as it is) to its samples, float32
(channels, samples), and their rate.
"""


class WaveformCache(Generic[Key]):
    """Read-only waveforms by key; the least recently used are dropped first. Thread-safe.

    Args:
        most_bytes: limit on all samples together; a larger waveform is not cached.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._kept: OrderedDict[Key, Waveform] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def __contains__(self, key: Key) -> bool:
        return key in self._kept

    @property
    def bytes(self) -> int:
        """Bytes in the cache."""
        return self._bytes

    def get(self, key: Key) -> Waveform | None:
        """Return the waveform with this key, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Key, samples: Waveform) -> Waveform:
        """Store the waveform, make it read-only, and return it."""
        samples.setflags(write=False)
        if samples.nbytes > self.most_bytes:
            return samples
        with self._lock:
            before = self._kept.pop(key, None)
            self._bytes += samples.nbytes - (0 if before is None else before.nbytes)
            self._kept[key] = samples
            while self._bytes > self.most_bytes:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return samples

    def where(self, holds: Callable[[Key], bool]) -> "WaveformCache[Key]":
        """Return a new cache with the keys for which ``holds`` is true; the samples are shared."""
        other: WaveformCache[Key] = WaveformCache(self.most_bytes)
        with self._lock:
            other._kept.update((key, samples) for key, samples in self._kept.items() if holds(key))
        other._bytes = sum(samples.nbytes for samples in other._kept.values())
        return other


class TakesAtRate:
    """Takes at one rate, each read and resampled once as long as it is cached.

    Args:
        source: source of the takes.
        rate: samples per second of the result.
        most_bytes: limit on resampled takes. If more than that sounds at one time, takes are resampled again
            and again, which is correct but slow.
    """

    def __init__(self, source: TakeSource, rate: int, most_bytes: int) -> None:
        self._source = source
        self._rate = rate
        self._kept: WaveformCache[str] = WaveformCache(most_bytes)
        self._loading: dict[str, Future[Waveform]] = {}
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """Bytes in the cache."""
        return self._kept.bytes

    def has(self, digest: str) -> bool:
        """Return whether a take is kept."""
        return digest in self._kept

    def get(self, digest: str) -> Waveform:
        """Return the take, float32 (channels, samples), read-only. Concurrent callers wait for one read.

        Raises:
            FoleyscapeError: whatever the source raises.
        """
        found = self._kept.get(digest)
        if found is not None:
            return found
        with self._lock:
            waiting = self._loading.get(digest)
            mine = self._loading.setdefault(digest, Future()) if waiting is None else None
        if mine is None:
            assert waiting is not None
            return waiting.result()
        return self._load(digest, mine)

    def _load(self, digest: str, waiting: "Future[Waveform]") -> Waveform:
        try:
            samples, rate = self._source(digest)
            # A view, so that the caller's own array stays writable.
            taken = self._kept.put(digest, resample(samples, rate, self._rate)[:])
            waiting.set_result(taken)
        except BaseException as error:
            waiting.set_exception(error)
            raise
        finally:
            with self._lock:
                self._loading.pop(digest, None)
        return taken
