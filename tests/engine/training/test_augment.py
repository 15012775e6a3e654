"""Making many examples of one recording."""

import numpy as np
import pytest

from engine.training.augment import RATE, at_peak, placed, trimmed, varied, with_colour, with_speed
from tests.engine.training.toy_sounds import tone


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_trimming_takes_the_silence_and_leaves_the_sound(rng: np.random.Generator) -> None:
    sound = tone(400, 0.5, rng)
    padded = np.concatenate([np.zeros(RATE, np.float32), sound, np.zeros(RATE, np.float32)])
    out = trimmed(padded)
    assert len(sound) - 400 <= len(out) <= len(sound) + 2 * 640
    assert np.abs(out).max() == np.abs(sound).max()


def test_a_short_sound_is_laid_out_and_a_long_one_cut(rng: np.random.Generator) -> None:
    short = placed(tone(400, 0.2, rng), RATE * 2, rng)
    assert short.shape == (RATE * 2,)
    assert np.abs(short).max() > 0.05
    long = tone(400, 3.0, rng)
    cut = placed(long, RATE, rng)
    starts = [
        n
        for n in range(len(long) - RATE + 1)
        if long[n] == cut[0] and np.array_equal(long[n : n + RATE], cut)
    ]
    assert len(starts) == 1


def test_speed_moves_the_pitch(rng: np.random.Generator) -> None:
    at = np.arange(RATE) / RATE
    wave = np.sin(2 * np.pi * 1_000 * at).astype(np.float32)
    lengths, peaks = [], []
    for _ in range(4):
        out = with_speed(wave, rng)
        lengths.append(len(out) / RATE)
        peaks.append(np.abs(np.fft.rfft(out)).argmax() / len(out) * RATE)
    assert len({round(x, 3) for x in lengths}) == 4
    np.testing.assert_allclose(np.array(peaks) * np.array(lengths), 1_000, rtol=0.01)


def test_colour_changes_the_spectrum_but_not_the_length(rng: np.random.Generator) -> None:
    noise = rng.standard_normal(RATE).astype(np.float32)
    out = with_colour(noise, rng)
    assert out.shape == noise.shape
    ratio = np.abs(np.fft.rfft(out)) / np.abs(np.fft.rfft(noise))
    assert ratio.max() / ratio.min() > 1.1


def test_silence_survives_levelling() -> None:
    assert np.abs(at_peak(np.zeros(100, np.float32), 0.5)).max() == 0


def test_no_two_examples_of_a_recording_are_alike(rng: np.random.Generator) -> None:
    sound = tone(400, 0.5, rng)
    some = [varied(sound, RATE, rng) for _ in range(6)]
    assert all(abs(np.abs(one).max() - 0.5) < 1e-3 for one in some)
    assert len({one.tobytes() for one in some}) == 6
