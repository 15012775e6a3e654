"""Loudness against the standard's own signals and another implementation of it."""

import math

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from engine.sound.loudness import energy_lufs, integrated_lufs, level_lufs
from engine.sound.truepeak import true_peak_dbtp
from engine.sound.waveform import from_db, to_db

Wave = NDArray[np.float32]


def sine(hz: float, seconds: float, rate: int, peak_db: float = 0.0) -> Wave:
    t = np.arange(round(seconds * rate)) / rate
    return np.asarray(from_db(peak_db) * np.sin(2 * np.pi * hz * t), np.float32)[None]


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
@pytest.mark.parametrize("peak_db", [-23.0, -33.0])
def test_a_stereo_tone_at_1_khz_reads_its_own_level(rate: int, peak_db: float) -> None:
    """EBU Tech 3341, cases 1 and 2."""
    tone = np.repeat(sine(1000, 20, rate, peak_db), 2, axis=0)
    assert integrated_lufs(tone, rate) == pytest.approx(peak_db, abs=0.05)


def test_quiet_passages_fall_under_the_relative_gate() -> None:
    """EBU Tech 3341, case 3: 10 s at -36, 60 s at -23, 10 s at -36 reads -23."""
    parts = [sine(1000, seconds, 48_000, level) for seconds, level in [(10, -36), (60, -23), (10, -36)]]
    assert integrated_lufs(np.repeat(np.hstack(parts), 2, axis=0), 48_000) == pytest.approx(-23.0, abs=0.1)


def test_at_48_khz_it_agrees_with_pyloudnorm_on_a_changing_sound() -> None:
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 0.05, (2, 48_000 * 6)) * (1 + np.sin(np.arange(48_000 * 6) / 9000))
    theirs = pyloudnorm.Meter(48_000, filter_class="DeMan").integrated_loudness(noise.T.copy())
    assert integrated_lufs(noise.astype(np.float32), 48_000) == pytest.approx(theirs, abs=0.02)


def test_every_rate_reads_the_same_sound_alike() -> None:
    low, high = sine(300, 3, 16_000, -20), sine(300, 3, 48_000, -20)
    assert integrated_lufs(low, 16_000) == pytest.approx(integrated_lufs(high, 48_000), abs=0.02)


def test_under_400_ms_there_is_no_integrated_value_but_a_level() -> None:
    short = sine(1000, 0.3, 48_000, -20)
    assert integrated_lufs(short, 48_000) is None
    assert level_lufs(short, 48_000) == energy_lufs(short, 48_000) == pytest.approx(-23.0, abs=0.2)


def test_silence_has_no_level_and_what_is_under_the_gate_has_only_its_energy() -> None:
    assert level_lufs(np.zeros((1, 48_000), np.float32), 48_000) is None
    assert level_lufs(np.zeros((1, 0), np.float32), 48_000) is None
    faint = sine(1000, 2, 48_000, -80)
    assert integrated_lufs(faint, 48_000) is None
    assert level_lufs(faint, 48_000) == pytest.approx(-83.0, abs=0.1)


def test_the_low_frequency_channel_does_not_count_in_surround() -> None:
    tone = sine(1000, 2, 48_000, -20)
    quiet = np.zeros_like(tone)
    front = np.vstack([tone, quiet, quiet, quiet, quiet, quiet])
    with_low = np.vstack([tone, quiet, quiet, tone, quiet, quiet])
    assert integrated_lufs(with_low, 48_000) == integrated_lufs(front, 48_000)


def test_a_peak_between_the_samples_is_found() -> None:
    """EBU Tech 3341, case 17: a quarter of the rate, 45 degrees off, has samples at 0.707 of its peak."""
    n = np.arange(48_000)
    wave = np.asarray(0.5 * np.sin(np.pi / 2 * n + np.pi / 4), np.float32)[None]
    assert to_db(float(np.abs(wave).max())) == pytest.approx(-9.03, abs=0.01)
    assert true_peak_dbtp(wave[:, 1000:-1000]) == pytest.approx(-6.0, abs=0.3)


def test_decibels_and_factors_are_each_others_inverse() -> None:
    assert from_db(-6.0206) == pytest.approx(0.5, abs=1e-5)
    assert to_db(from_db(3.5)) == pytest.approx(3.5)
    assert to_db(0.0) == true_peak_dbtp(np.zeros((1, 9), np.float32)) == -math.inf
