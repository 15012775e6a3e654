"""Dither: what it adds is noise, and never more than it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.export.dither import MOST_ERROR, dithered, headroom
from engine.scene.takes import Waveform

FULL16 = 1 << 15


def constant(level: float, samples: int = 200_000) -> Waveform:
    return np.full((1, samples), level / FULL16, np.float32)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([16, 24]), st.integers(0, 2**32), st.floats(1e-6, 0.99))
def test_no_sample_moves_farther_than_the_error_that_headroom_is_left_for(
    bits: int, seed: int, level: float
) -> None:
    samples = np.random.default_rng(seed).uniform(-level, level, (2, 500)).astype(np.float32)
    steps = dithered(samples, bits, np.random.default_rng(seed))
    assert np.abs(steps - samples.astype(np.float64) * (1 << (bits - 1))).max() <= MOST_ERROR


@pytest.mark.parametrize("level", [0.1, 0.25, 0.5, 7.77])
def test_mean_and_power_of_the_error_do_not_depend_on_the_sound(level: float) -> None:
    error = dithered(constant(level), 16, np.random.default_rng(1)) - level
    # TPDF: no bias, and a quarter step squared whatever the level; without dither both would follow it.
    assert error.mean() == pytest.approx(0.0, abs=0.006)
    assert error.var() == pytest.approx(0.25, abs=0.006)


def test_a_tone_below_one_step_survives_in_the_noise() -> None:
    tone = 0.4 / FULL16 * np.sin(2 * np.pi * 1000 * np.arange(48_000) / 48_000)
    steps = dithered(tone.astype(np.float32)[None], 16, np.random.default_rng(2))
    spectrum = np.abs(np.fft.rfft(steps[0])) / 24_000
    assert int(spectrum.argmax()) == 1000
    assert spectrum[1000] == pytest.approx(0.4, abs=0.02)
    # No harmonics, which rounding alone would make.
    assert spectrum[3000] < 0.02


def test_the_same_seed_gives_the_same_noise() -> None:
    samples = constant(3.3, 100)
    first, again, other = (dithered(samples, 24, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_where_nothing_sounds_no_noise_is_written() -> None:
    assert not dithered(np.zeros((2, 1000), np.float32), 16, np.random.default_rng(1)).any()


@pytest.mark.parametrize("value", [1.0, -1.1, np.nan, np.inf])
def test_what_would_clip_is_an_error_and_never_silently_cut(value: float) -> None:
    with pytest.raises(ValueError, match="clip"):
        dithered(np.full((1, 100), value, np.float32), 16, np.random.default_rng(1))


def test_headroom_grows_with_the_stems_and_floats_need_none() -> None:
    assert headroom(64, 16) == pytest.approx(64 * 1.5 / 32768)
    assert headroom(64, 32) == 0.0
