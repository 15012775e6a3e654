"""Algorithm 1 of *Seeing Sound*: the pool and the draw."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.library.draw import draw_order, pool_of, signed_square_root

SCORES = st.lists(st.floats(-1, 1, allow_nan=False, width=32), min_size=1, max_size=60)
SIZES = st.integers(1, 30)


def test_the_root_keeps_signs_and_order() -> None:
    assert signed_square_root([-0.25, 0.0, 0.04, 1.0]) == pytest.approx([-0.5, 0.0, 0.2, 1.0])


@given(SCORES, SIZES)
def test_the_pool_is_never_empty_and_holds_the_best(scores: list[float], size: int) -> None:
    pool = pool_of(scores, size)
    assert len(pool)
    assert scores[pool[0]] == max(scores)
    assert len(set(pool.tolist())) == len(pool)


@given(SCORES, SIZES)
def test_the_pool_is_at_most_k_and_those_equal_to_its_last(scores: list[float], size: int) -> None:
    pool = pool_of(scores, size)
    values = signed_square_root(scores)
    assert sum(values > values[pool[-1]] + 1e-9) < size


@given(SCORES, SIZES)
def test_the_root_only_makes_the_pool_larger_among_likely_ones(scores: list[float], size: int) -> None:
    likely = [abs(score) for score in scores]
    raw, flattened = pool_of(likely, size, flatten=False), pool_of(likely, size)
    assert set(raw.tolist()) <= set(flattened.tolist())


@given(st.floats(-1, 1, width=32), st.integers(1, 40), SIZES)
def test_equal_scores_are_all_in_the_pool(score: float, count: int, size: int) -> None:
    assert sorted(pool_of([score] * count, size)) == list(range(count))


def test_few_good_ones_among_mediocre_ones_make_a_small_pool() -> None:
    assert len(pool_of([0.9, 0.88, *[0.2] * 30], 20)) == 2


@given(SCORES, SIZES, st.integers(0, 2**32 - 1))
def test_a_draw_is_an_order_of_the_pool(scores: list[float], size: int, seed: int) -> None:
    assert sorted(draw_order(scores, seed, size)) == sorted(pool_of(scores, size))
    assert draw_order(scores, seed, size).tolist() == draw_order(scores, seed, size).tolist()


def test_the_root_spreads_the_draws() -> None:
    scores = [0.9, 0.5, 0.4, 0.35, 0.3, 0.3]

    def share(*, flatten: bool) -> float:
        first = [draw_order(scores, seed, 6, flatten=flatten)[0] for seed in range(3_000)]
        return float(np.bincount(first).max() / len(first))

    assert share(flatten=True) < share(flatten=False) - 0.05


def test_draws_are_in_proportion_to_the_flattened_scores() -> None:
    scores = np.asarray([0.36, 0.36, 0.35])
    first = [draw_order(scores, seed, 3)[0] for seed in range(4_000)]
    counts = np.bincount(first, minlength=3) / len(first)
    assert counts[:2] == pytest.approx([0.5, 0.5], abs=0.03)
