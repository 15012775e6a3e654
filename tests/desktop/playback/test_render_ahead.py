"""Tap and feeder together, by hand: what is pulled is what was wished for, to the sample."""

from dataclasses import replace

import numpy as np
import pytest

from desktop.playback.callback_reader import CROSSFADE, FADE_IN, CallbackReader
from desktop.playback.render_ahead import MAX_AHEAD, SAFE_CHUNKS, PlaybackRequest, RenderAhead
from desktop.playback.ring import CAPACITY, CHUNK, Frames
from desktop.playback.varispeed import ReadSamples
from engine.sound.waveform import Waveform

RATE = 48_000


class Numbers:
    """A sound whose sample n is n / 2**20, plus 1 for each edit."""

    def __init__(self, plus: float = 0.0) -> None:
        self.plus = plus
        self.opened = self.warmed = 0
        self.fails = False

    def open(self) -> ReadSamples:
        self.opened += 1
        return self._read

    def warm(self, at: int) -> bool:
        self.warmed += 1
        return False

    def _read(self, start: int, stop: int) -> Waveform:
        if self.fails:
            raise RuntimeError("out of luck")
        return np.tile(np.arange(start, stop, dtype=np.float32) / 2**20 + np.float32(self.plus), (2, 1))


class Rig:
    """A tap, a feeder and the wish; pulled by hand."""

    def __init__(self, ratio: float = 1.0) -> None:
        self.reader = CallbackReader(RATE)
        self.failures: list[Exception] = []
        self.render_ahead = RenderAhead(self.reader, ratio, self.failures.append)
        self.request = PlaybackRequest()
        self.frames = 0

    def play(self, sound: Numbers, start: int = 0, speed: float = 1.0, **more: object) -> None:
        wish = PlaybackRequest(sound, self.request.seek_id + 1, start, speed)
        self.request = replace(wish, **more)  # type: ignore[arg-type]
        self.feed()

    def change(self, **changes: object) -> None:
        self.request = replace(self.request, **changes)  # type: ignore[arg-type]
        self.feed()

    def feed(self, most: int = 10_000) -> None:
        for _ in range(most):
            if not self.render_ahead.feed(self.request):
                return

    def pull(self, frames: int) -> Frames:
        out = np.full((frames, 2), np.nan, np.float32)
        self.reader.pull(out, self.frames / RATE)
        self.frames += frames
        return out

    def places(self, frames: int) -> list[int]:
        return [round(value) for value in (self.pull(frames)[:, 0] * 2**20).tolist()]

    def at(self) -> float | None:
        return self.reader.position(self.frames / RATE, self.request.seek_id)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_before_anything_is_wished_there_is_silence_and_no_underrun(rig: Rig) -> None:
    assert not rig.pull(1000).any()
    assert rig.reader.underruns == 0


@pytest.mark.parametrize("block", [64, 480, 512, 1000, 2048])
def test_every_sample_is_heard_once_in_order_whatever_the_device_asks_for(rig: Rig, block: int) -> None:
    rig.play(Numbers(), start=777)
    heard: list[int] = []
    while len(heard) < 40_000:
        heard += rig.places(block)
        rig.feed()
    assert heard[FADE_IN:] == list(range(777 + FADE_IN, 777 + len(heard)))
    assert rig.reader.underruns == 0


def test_the_beginning_comes_in_without_a_click(rig: Rig) -> None:
    rig.play(Numbers(plus=0.5))
    out = rig.pull(CHUNK)[:, 0]
    assert out[0] == 0.0
    assert np.abs(np.diff(out)).max() < 0.05


def test_the_position_is_that_of_the_next_frame_to_be_heard(rig: Rig) -> None:
    rig.play(Numbers(), start=1000)
    for frames in (100, 511, 1, 2000, 37):
        before = 1000 + rig.frames
        assert rig.places(frames)[-1] == before + frames - 1 or rig.frames <= FADE_IN
        rig.feed()
        assert rig.at() == 1000 + rig.frames


def test_an_edit_is_heard_within_two_chunks_and_the_place_goes_on(rig: Rig) -> None:
    rig.play(Numbers())
    rig.pull(10 * CHUNK + 100)
    rig.change(sound=Numbers(plus=1.0))
    out = rig.pull(4 * CHUNK)[:, 0]
    first = int(np.flatnonzero(out > 0.5)[0])
    assert first < 2 * CHUNK
    there = 10 * CHUNK + 100 + len(out) - 1
    assert out[-1] == pytest.approx(1.0 + there / 2**20, abs=1e-6)
    assert np.abs(np.diff(out)).max() < 2.0 / CROSSFADE


def test_an_edit_that_changes_nothing_cannot_be_heard(rig: Rig) -> None:
    rig.play(Numbers())
    rig.pull(5 * CHUNK)
    rig.change(sound=Numbers())
    assert rig.places(4 * CHUNK) == list(range(5 * CHUNK, 9 * CHUNK))


def test_edits_at_every_chunk_leave_no_gap(rig: Rig) -> None:
    rig.play(Numbers())
    heard: list[int] = []
    for count in range(200):
        rig.request = replace(rig.request, sound=Numbers(plus=0.0))
        for _ in range(3 + count % 4):
            rig.render_ahead.feed(rig.request)
        heard += rig.places(CHUNK)
    assert heard[FADE_IN:] == list(range(FADE_IN, len(heard)))
    assert rig.reader.underruns == 0


def test_a_change_waits_until_enough_lies_ahead(rig: Rig) -> None:
    rig.play(Numbers())
    rig.pull(3 * CHUNK)
    other = Numbers()
    rig.request = replace(rig.request, sound=other)
    rig.render_ahead.feed(rig.request)
    assert other.opened == 1
    third = Numbers()
    rig.request = replace(rig.request, sound=third)
    rig.render_ahead.feed(rig.request)
    assert third.opened == 0
    rig.feed(SAFE_CHUNKS)
    assert third.opened == 1


def test_a_jump_does_not_wait_and_begins_at_its_sample(rig: Rig) -> None:
    rig.play(Numbers())
    rig.pull(1000)
    rig.play(Numbers(), start=200_000)
    heard = rig.places(3 * CHUNK)
    change = heard.index(200_000 + CROSSFADE) - CROSSFADE
    assert change <= CHUNK
    assert heard[change + CROSSFADE :] == list(range(200_000 + CROSSFADE, 200_000 + 3 * CHUNK - change))


def test_the_speed_changes_where_it_is(rig: Rig) -> None:
    rig.play(Numbers(), start=100_000)
    rig.pull(10 * CHUNK)
    rig.change(speed=-1.0)
    rig.pull(2 * CHUNK)
    here = rig.at()
    assert here is not None
    assert 100_000 + 8 * CHUNK <= here < 100_000 + 11 * CHUNK
    heard = rig.places(1000)
    assert heard == list(range(heard[0], heard[0] - 1000, -1))


def test_a_loop_is_gone_round_to_the_sample(rig: Rig) -> None:
    rig.play(Numbers(), start=1000, loop=(1000, 2000))
    heard = rig.places(3000)
    assert heard[FADE_IN:] == (list(range(1000, 2000)) * 3)[FADE_IN:]
    assert rig.at() == 2000


def test_what_is_limited_ends_there_and_that_is_no_underrun(rig: Rig) -> None:
    rig.play(Numbers(plus=1.0), seconds=700 / RATE)
    out = rig.pull(3000)[:, 0]
    assert np.count_nonzero(out) == 700 - 1
    assert rig.reader.finished == rig.request.seek_id
    assert rig.reader.underruns == 0


def test_backwards_it_ends_before_the_first_sample(rig: Rig) -> None:
    rig.play(Numbers(plus=1.0), start=600, speed=-1.0)
    out = rig.pull(2000)[:, 0]
    assert np.count_nonzero(out) == 601 - 1
    assert rig.reader.finished == rig.request.seek_id


def test_stopping_fades_out(rig: Rig) -> None:
    rig.play(Numbers(plus=1.0))
    rig.pull(5 * CHUNK)
    rig.request = PlaybackRequest(Numbers(), rig.request.seek_id + 1, 0, 0.0)
    rig.feed()
    out = rig.pull(3 * CHUNK)[:, 0]
    assert np.abs(np.diff(out)).max() < 2.0 / CROSSFADE
    assert not out[CROSSFADE:].any()
    assert rig.reader.underruns == 0


def test_when_the_feeder_is_late_time_stands_still_and_it_is_counted_once(rig: Rig) -> None:
    rig.play(Numbers())
    rig.pull(MAX_AHEAD * CHUNK)
    assert not rig.pull(4 * CHUNK)[CHUNK:].any()
    assert rig.reader.underruns == 1
    stood = rig.at()
    rig.feed()
    heard = rig.places(2 * CHUNK)
    assert stood is not None
    assert heard[-1] == int(stood) + 2 * CHUNK - 1
    assert rig.reader.underruns == 1


def test_no_more_is_kept_ahead_than_the_ring_holds(rig: Rig) -> None:
    sound = Numbers()
    rig.play(sound)
    assert MAX_AHEAD < CAPACITY
    assert rig.render_ahead.feed(rig.request) is False
    assert sound.warmed > 0


def test_an_error_is_told_once_and_silence_is_heard(rig: Rig) -> None:
    sound = Numbers(plus=1.0)
    sound.fails = True
    rig.play(sound)
    assert not rig.pull(CHUNK).any()
    assert [str(failure) for failure in rig.failures] == ["out of luck"]
    sound.fails = False
    rig.play(sound)
    assert rig.pull(CHUNK).any()


def test_a_device_at_another_rate_hears_the_same_time() -> None:
    rig = Rig(ratio=48_000 / 44_100)
    rig.play(Numbers(), start=1000)
    heard: list[int] = []
    for _ in range(100):
        heard += rig.places(441)
        rig.feed()
    assert heard[-1] == pytest.approx(1000 + 48_000, abs=2)


def test_what_was_heard_is_there_for_the_meters(rig: Rig) -> None:
    rig.play(Numbers())
    first, second = rig.pull(300), rig.pull(300)
    assert np.array_equal(np.concatenate(list(rig.reader.heard)), np.concatenate([first, second]))
