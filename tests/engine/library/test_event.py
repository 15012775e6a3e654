"""The event in a recording is what sounds, up to a length."""

import numpy as np
import pytest

from engine.library.event import event_of
from tests.engine.library.tones import RATE, tone


def with_silence(before: float, sound: float, after: float) -> np.ndarray:
    parts: list[np.ndarray] = [
        np.zeros(round(before * RATE)),
        tone(300, sound),
        np.zeros(round(after * RATE)),
    ]
    return np.concatenate(parts).astype(np.float32)[None]


@pytest.mark.parametrize(
    ("before", "sound", "after"), [(0.0, 1.0, 0.0), (0.7, 1.0, 2.0), (2.0, 0.5, 0.0), (0.0, 4.0, 3.0)]
)
def test_silence_round_the_sound_is_left_out(before: float, sound: float, after: float) -> None:
    start, seconds = event_of(with_silence(before, sound, after), RATE, 0.0, 5.0)
    assert start == pytest.approx(max(before - 0.03, 0), abs=0.02)
    assert start + seconds == pytest.approx(before + sound, abs=0.06)


def test_a_long_sound_is_cut_to_the_length() -> None:
    assert event_of(with_silence(0, 20, 0), RATE, 10.0, 3.0) == pytest.approx((9.97, 3.0), abs=0.02)


def test_an_event_never_leaves_the_recording() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        samples = with_silence(rng.uniform(0, 1), rng.uniform(0.02, 2), rng.uniform(0, 1))
        total = samples.shape[1] / RATE
        start, seconds = event_of(samples, RATE, rng.uniform(0, total), rng.uniform(0.25, 6))
        assert 0 <= start <= total
        assert 0 < seconds <= total - start + 1e-9


def test_silence_is_taken_as_it_is() -> None:
    start, seconds = event_of(np.zeros((2, RATE), np.float32), RATE, 0.0, 0.5)
    assert (start, seconds) == (0.0, 0.5)
