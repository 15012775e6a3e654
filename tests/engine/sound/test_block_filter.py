"""The filter by matrix products against scipy's, sample by sample."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sound.block_filter import BlockFilter
from engine.sound.bs1770 import k_weighting


def as_scipy_filters(samples: np.ndarray, rate: int) -> np.ndarray:
    from scipy.signal import sosfilt

    return np.asarray(sosfilt([[*b, *a] for b, a in k_weighting(rate)], samples.astype(np.float64), axis=1))


@pytest.mark.parametrize("rate", [4_000, 16_000, 44_100, 48_000, 192_000])
def test_it_filters_as_scipy_does_at_every_rate(rate: int) -> None:
    samples = np.random.default_rng(1).normal(0.5, 0.3, (3, 40_000)).astype(np.float32)
    found = BlockFilter(k_weighting(rate), 3).feed(samples)
    assert np.abs(found - as_scipy_filters(samples, rate)).max() < 1e-8


@given(st.lists(st.integers(0, 1500), min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_how_the_stream_is_cut_up_changes_nothing(sizes: list[int]) -> None:
    sizes = [*sizes, 1]
    samples = np.random.default_rng(2).normal(0.0, 0.3, (2, sum(sizes))).astype(np.float32)
    stream, at, parts = BlockFilter(k_weighting(48_000), 2), 0, []
    for size in sizes:
        parts.append(stream.feed(samples[:, at : at + size]))
        at += size
    assert np.abs(np.hstack(parts) - as_scipy_filters(samples, 48_000)).max(initial=0.0) < 1e-9


def test_rows_that_are_not_fed_stay_where_they_were() -> None:
    samples = np.random.default_rng(3).normal(0.0, 0.3, (3, 4_000)).astype(np.float32)
    stream = BlockFilter(k_weighting(48_000), 3)
    stream.feed(samples[:, :1000])
    stream.feed(samples[[0, 2], 1000:], np.array([0, 2]))
    later = stream.feed(samples[[1], 1000:], np.array([1]))
    assert np.abs(later - as_scipy_filters(samples, 48_000)[1:2, 1000:]).max() < 1e-9


def test_after_a_long_silence_the_state_is_zero() -> None:
    stream = BlockFilter(k_weighting(48_000), 1)
    stream.feed(np.ones((1, 1000), np.float32))
    stream.feed(np.zeros((1, 48_000), np.float32))
    assert not stream.state.any()
