"""Peaks between samples against oversampling everything."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sound.truepeak import (
    LIFTS,
    MOST_LIFT,
    REACH,
    TruePeakMeter,
    _filters,
    peaks_between,
    true_peak_dbtp,
)
from engine.sound.waveform import Waveform, to_db

SOUNDS = ["noise", "tone at a quarter of the rate", "clicks", "quiet after loud", "rising"]


def sound(name: str, samples: int = 20_000) -> Waveform:
    rng = np.random.default_rng(len(name))
    n = np.arange(samples)
    made = {
        "noise": rng.normal(0, 0.1, (2, samples)),
        "tone at a quarter of the rate": 0.5 * np.sin(np.pi / 2 * n + np.pi / 4) * np.ones((2, 1)),
        "clicks": (rng.random((2, samples)) > 0.999) * rng.choice([-1.0, 1.0], (2, samples)),
        "quiet after loud": rng.normal(0, 0.1, (2, samples)) * np.where(n < samples // 3, 1.0, 0.05),
        "rising": rng.normal(0, 0.1, (2, samples)) * n / samples,
    }
    return made[name].astype(np.float32)


def oversampled(samples: Waveform) -> np.ndarray:
    """At four times the rate, as the filter was designed with scipy."""
    from scipy.signal import firwin, resample_poly

    low_pass = firwin(81, 0.25, window=("kaiser", 5.0))
    return np.abs(resample_poly(samples.astype(np.float64), 4, 1, axis=1, window=low_pass))


@pytest.mark.parametrize("name", SOUNDS)
def test_the_peak_is_that_of_oversampling_everything(name: str) -> None:
    samples = sound(name)
    assert true_peak_dbtp(samples) == pytest.approx(to_db(float(oversampled(samples).max())), abs=1e-9)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=8), st.sampled_from(SOUNDS))
@settings(max_examples=25, deadline=None)
def test_how_the_stream_is_cut_up_changes_nothing(sizes: list[int], name: str) -> None:
    samples, at = sound(name, sum(sizes)), 0
    meter = TruePeakMeter(2)
    for size in sizes:
        meter.feed(samples[:, at : at + size])
        at += size
    assert meter.dbtp == true_peak_dbtp(samples)


@pytest.mark.parametrize("length", [1, 15, 16, 17, 1000, 4096])
def test_every_peak_between_samples_is_that_of_oversampling(length: int) -> None:
    samples = sound("noise", length + 2 * REACH)
    expected = oversampled(samples)[:, 4 * REACH : -4 * REACH].reshape(2, length, 4).max(axis=(0, 2))
    assert np.abs(peaks_between(samples) - expected).max() < 1e-6


def test_the_bounds_hold_for_the_filter_as_it_is() -> None:
    """Whatever the samples: a sum of factors cannot be passed."""
    factors = np.abs(_filters())
    assert factors.sum(axis=1).max() <= MOST_LIFT
    nearest, others = factors[:, 9:11], np.delete(factors, [9, 10], axis=1).sum(axis=1)
    for phase, (next_to, around) in zip((1, 0), LIFTS, strict=True):
        assert nearest[phase].min() <= next_to
        assert others[phase] + (nearest[phase] - nearest[phase].min()).sum() <= around


@pytest.mark.parametrize("samples", [np.zeros((2, 0), np.float32), np.zeros((2, 500), np.float32)])
def test_silence_has_no_peak(samples: Waveform) -> None:
    assert true_peak_dbtp(samples) == float("-inf")
