"""Versions of takes, as clips play them: reversed, faster or slower, higher or lower; each rendered once."""

from concurrent.futures import Future
from threading import Lock

import numpy as np

from engine.scene.take_version import TakeVersion, read_version_key
from engine.sound.cache import TakeSource, WaveformCache
from engine.sound.stretch import stretch
from engine.sound.waveform import Waveform

MOST_BYTES = 256 << 20


def version_of(samples: Waveform, rate: int, version: TakeVersion) -> Waveform:
    """Return a version of a take's samples, float32 (channels, samples).

    Raises:
        Failed: speed or pitch is changed, and the library that does it is not installed or has failed.
    """
    turned = samples[:, ::-1] if version.reverse else samples
    if not version.stretched:
        return np.ascontiguousarray(turned)
    return stretch(turned, rate, version.speed, version.pitch)


class TakeVersions:
    """A source of takes that also has their versions, by ``engine.scene.take_version.version_key``; thread-safe.

    Args:
        takes: the takes as they are, by digest.
        most_bytes: limit on the versions kept; a version that was dropped is rendered again.
    """

    def __init__(self, takes: TakeSource, most_bytes: int = MOST_BYTES) -> None:
        self._takes = takes
        self._kept: WaveformCache[str] = WaveformCache(most_bytes)
        self._rates: dict[str, int] = {}
        self._rendering: dict[str, Future[Waveform]] = {}
        self._lock = Lock()

    def is_ready(self, key: str) -> bool:
        """Return whether nothing has to be rendered for a key."""
        return not read_version_key(key).stretched or key in self._kept

    def __call__(self, key: str) -> tuple[Waveform, int]:
        """Return a take or a version of it, float32 (channels, samples), read-only, and its rate.

        Raises:
            Failed: a version cannot be rendered.
            FoleyscapeError: whatever the source of the takes raises.
        """
        version = read_version_key(key)
        if version == TakeVersion(version.take):
            return self._takes(key)
        found = self._kept.get(key)
        return (found, self._rates[key]) if found is not None else self._shared(key, version)

    def _shared(self, key: str, version: TakeVersion) -> tuple[Waveform, int]:
        """Render a version once for all who ask for it at the same time."""
        with self._lock:
            waiting = self._rendering.get(key)
            mine = self._rendering.setdefault(key, Future()) if waiting is None else None
        if mine is None:
            assert waiting is not None
            return waiting.result(), self._rates[key]
        try:
            samples, self._rates[key] = self._takes(version.take)
            made = self._kept.put(key, version_of(samples, self._rates[key], version))
            mine.set_result(made)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                self._rendering.pop(key, None)
        return made, self._rates[key]
