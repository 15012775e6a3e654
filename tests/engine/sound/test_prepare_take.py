"""Takes leave without DC, clicks or clipping, at the level asked for."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.sound.limiter import limit_peaks
from engine.sound.loudness import integrated_lufs, level_lufs
from engine.sound.prepare_take import CEILING_DBTP, fade_ends, normalize_loudness, prepare_take, remove_dc
from engine.sound.truepeak import true_peak_dbtp

RATE = 16_000
Wave = NDArray[np.float32]


def noise(seconds: float, gain: float = 0.1, seed: int = 1) -> Wave:
    rng = np.random.default_rng(seed)
    return np.asarray(gain * rng.normal(size=(1, round(seconds * RATE))), np.float32)


def barks(gain: float) -> Wave:
    """Short loud bursts in silence: much peak, little loudness."""
    wave = noise(4, gain, 2) * 0.001
    for start in (0.4, 1.5, 1.9, 3.0):
        burst = noise(0.15, gain, 3) * np.exp(-np.arange(2400) / 300)
        wave[:, round(start * RATE) :][:, :2400] += burst
    return np.asarray(wave, np.float32)


def test_an_offset_and_a_rumble_below_hearing_go_and_the_rest_stays() -> None:
    t = np.arange(4 * RATE) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 200 * t)
    clean = remove_dc(np.asarray(tone + 0.2 + 0.1 * np.sin(2 * np.pi * 2 * t), np.float32)[None], RATE)
    middle = slice(RATE, -RATE)
    assert abs(clean.mean()) < 1e-4
    assert np.abs(clean[0, middle] - tone[middle]).max() < 0.005


def test_even_a_very_short_sound_loses_its_offset() -> None:
    assert abs(remove_dc(noise(0.05) + np.float32(0.5), RATE).mean()) < 1e-6


def test_the_ends_are_at_zero_and_do_not_jump() -> None:
    steady = np.full((2, RATE), 0.5, np.float32)
    soft = fade_ends(steady, RATE)
    assert soft[:, 0].tolist() == soft[:, -1].tolist() == [0.0, 0.0]
    assert np.abs(np.diff(soft, axis=1)).max() < 0.01
    assert (soft[:, 200:-200] == 0.5).all()


@pytest.mark.parametrize("samples", [0, 1, 2, 5])
def test_fading_what_is_shorter_than_the_fades_does_not_fail(samples: int) -> None:
    assert fade_ends(np.ones((1, samples), np.float32), RATE).shape == (1, samples)


@pytest.mark.parametrize("lufs", [-35.0, -23.0, -16.0])
@pytest.mark.parametrize("gain", [0.001, 0.1, 0.9])
def test_a_steady_sound_meets_its_level_within_a_tenth(lufs: float, gain: float) -> None:
    ready = prepare_take(noise(3, gain), RATE, lufs)
    assert integrated_lufs(ready, RATE) == pytest.approx(lufs, abs=0.1)
    assert true_peak_dbtp(ready) <= CEILING_DBTP + 1e-3


def test_a_peaky_sound_meets_its_level_by_limiting_and_never_clips() -> None:
    before = barks(0.3)
    plain_gain = -20.0 - (level_lufs(before, RATE) or 0.0)
    assert true_peak_dbtp(before) + plain_gain > 0
    ready = normalize_loudness(before, RATE, -20.0)
    assert integrated_lufs(ready, RATE) == pytest.approx(-20.0, abs=0.1)
    assert true_peak_dbtp(ready) <= CEILING_DBTP + 1e-3


def test_a_single_click_stays_quieter_rather_than_distort() -> None:
    click = np.zeros((1, 4 * RATE), np.float32)
    click[0, 3000] = 0.8
    ready = normalize_loudness(click, RATE, -10.0)
    assert true_peak_dbtp(ready) <= CEILING_DBTP + 1e-3
    assert (level_lufs(ready, RATE) or 0.0) < -20


def test_the_limiter_leaves_alone_what_is_far_from_a_peak() -> None:
    wave = noise(1, 0.01)
    wave[0, 8000:8010] = 2.0
    held = limit_peaks(wave, RATE)
    assert true_peak_dbtp(held) <= CEILING_DBTP + 1e-3
    assert np.allclose(held[:, :7000], wave[:, :7000], rtol=1e-3)
    assert (limit_peaks(wave[:, :7000], RATE) == wave[:, :7000]).all()


def test_silence_stays_silence() -> None:
    assert not prepare_take(np.zeros((1, RATE), np.float32), RATE, -23.0).any()


def test_short_sounds_are_brought_to_their_energy() -> None:
    ready = prepare_take(noise(0.3), RATE, -30.0)
    assert level_lufs(ready, RATE) == pytest.approx(-30.0, abs=0.1)
