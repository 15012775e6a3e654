"""What is kept of waveforms."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from engine.errors import Failed
from engine.sound.cache import TakesAtRate, WaveformCache
from engine.sound.waveform import Waveform


def wave(samples: int) -> Waveform:
    return np.zeros((1, samples), np.float32)


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache: WaveformCache[str] = WaveformCache(1000)
    for name in "ab":
        cache.put(name, wave(100))
    cache.get("a")
    cache.put("c", wave(100))
    assert "a" in cache and "c" in cache and "b" not in cache
    assert cache.bytes == 800


def test_replacing_counts_once_and_the_too_large_is_handed_back_unkept() -> None:
    cache: WaveformCache[str] = WaveformCache(1000)
    cache.put("a", wave(100))
    cache.put("a", wave(200))
    assert cache.bytes == 800
    assert cache.put("b", wave(300)).shape == (1, 300)
    assert "b" not in cache and "a" in cache


def test_what_is_kept_cannot_be_written_in() -> None:
    cache: WaveformCache[str] = WaveformCache(1000)
    with pytest.raises(ValueError, match="read-only"):
        cache.put("a", wave(10))[0, 0] = 1.0


def test_a_part_of_a_cache_is_a_cache_of_its_own() -> None:
    cache: WaveformCache[int] = WaveformCache(1000)
    for number in range(2):
        cache.put(number, wave(100))
    part = cache.where(lambda number: number > 0)
    cache.put(2, wave(200))
    assert part.bytes == 400 and part.get(1) is not None and part.get(0) is None
    assert part.get(2) is None


class CountingTakes:
    """One take for every digest; counts, and can be made to wait or fail."""

    def __init__(self, rate: int = 16_000) -> None:
        self.rate = rate
        self.reads: list[str] = []
        self.may_go_on = Event()
        self.may_go_on.set()
        self.broken = False
        self.samples = np.linspace(-0.5, 0.5, 1600, dtype=np.float32)[None]

    def __call__(self, digest: str) -> tuple[Waveform, int]:
        self.reads.append(digest)
        self.may_go_on.wait(5.0)
        if self.broken:
            raise Failed("The take cannot be read.")
        return self.samples, self.rate


def test_a_take_is_read_and_resampled_once() -> None:
    source = CountingTakes()
    takes = TakesAtRate(source, 48_000, 1 << 20)
    assert takes.get("a").shape == (1, 4800)
    assert takes.get("a") is takes.get("a")
    assert source.reads == ["a"]
    assert takes.bytes == 4 * 4800


def test_two_who_ask_at_the_same_time_share_one_reading() -> None:
    source = CountingTakes()
    source.may_go_on.clear()
    takes = TakesAtRate(source, 48_000, 1 << 20)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(takes.get, "a") for _ in range(4)]
        source.may_go_on.set()
        results = [future.result() for future in asked]
    assert source.reads == ["a"]
    assert all(np.array_equal(result, results[0]) for result in results)


def test_a_take_that_failed_once_can_be_asked_for_again() -> None:
    source = CountingTakes()
    source.broken = True
    takes = TakesAtRate(source, 48_000, 1 << 20)
    with pytest.raises(Failed, match="cannot be read"):
        takes.get("a")
    source.broken = False
    assert takes.get("a").shape == (1, 4800)


def test_past_the_limit_takes_are_read_again_and_the_same() -> None:
    source = CountingTakes()
    takes = TakesAtRate(source, 48_000, 4 * 4800)
    first = takes.get("a")
    takes.get("b")
    assert np.array_equal(takes.get("a"), first)
    assert source.reads == ["a", "b", "a"]


def test_the_callers_own_samples_stay_writeable() -> None:
    source = CountingTakes(rate=48_000)
    TakesAtRate(source, 48_000, 1 << 20).get("a")
    source.samples[0, 0] = 0.25
    assert source.samples.flags.writeable
