"""The measures of hearing, against cases whose answers are known."""

import numpy as np
import pytest

from engine.evaluation.hearing import average_precision, measure_hearing

IDS = ("dog", "cat", "rain")


def test_perfect_hearing_and_hearing_that_mixes_two_up() -> None:
    right = [0, 0, 1, 1, 2]
    perfect = np.eye(3)[right]
    report = measure_hearing(IDS, right, perfect, perfect, sure=0.5)
    assert (report.first, report.third, report.retrieval, report.named, report.precision) == (1, 1, 1, 1, 1)
    mixed = np.eye(3)[[1, 1, 0, 0, 2]]
    report = measure_hearing(IDS, right, mixed, mixed, sure=0.5)
    assert report.first == pytest.approx(1 / 3)
    assert report.precision == pytest.approx(1 / 5)
    assert report.each.tolist() == [0, 0, 1]
    assert "5 clips of 3 concepts" in report.text()


def test_concepts_count_alike_however_many_clips_they_have() -> None:
    right = [0] * 9 + [1]
    likeness = np.tile([1.0, 0.5, 0.0], (10, 1))
    report = measure_hearing(IDS, right, likeness, likeness, sure=2.0)
    assert report.first == pytest.approx(0.5)
    assert report.concepts == ("dog", "cat")
    assert report.named == 0
    assert np.isnan(report.precision)


def test_average_precision_is_that_of_the_textbook() -> None:
    # Right ones at ranks 1 and 3: (1/1 + 2/3) / 2.
    likeness, relevant = np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, False, True, False])
    assert average_precision(likeness, relevant) == pytest.approx((1 + 2 / 3) / 2)
    assert np.isnan(average_precision(likeness, np.zeros(4, bool)))
