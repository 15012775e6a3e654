"""The time to go is measured from the last steps."""

import pytest

from engine.jobs.time_left import TimeLeftEstimator


def test_loading_is_forgotten_after_a_few_steps() -> None:
    estimator = TimeLeftEstimator()
    assert estimator.at(0.0, 0.0) is None
    assert estimator.at(30.0, 0.05) is None
    assert estimator.at(31.0, 0.15) is None
    assert estimator.at(32.0, 0.25) == pytest.approx(7.5)
    assert estimator.at(33.0, 0.35) == pytest.approx(6.5)
    assert estimator.at(34.0, 0.35) is not None


def test_steps_that_slow_down_are_followed() -> None:
    estimator = TimeLeftEstimator()
    now = 0.0
    for step in range(40):
        left = estimator.at(now, step / 100)
        now += 1 if step < 20 else 3
    assert left == pytest.approx(61 * 3)
