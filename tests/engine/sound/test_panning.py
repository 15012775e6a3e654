"""Where sounds stand between left and right."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.sound.layout import STEREO
from engine.sound.panning import balance_gains, mono_gains, source_gains

pans = st.floats(-1.0, 1.0)


@given(pans)
@settings(max_examples=40, deadline=None)
def test_one_channel_keeps_its_power_wherever_it_is_panned(pan: float) -> None:
    assert float((mono_gains(pan) ** 2).sum()) == pytest.approx(1.0)


def test_one_channel_at_the_centre_is_3_db_down_on_each_side() -> None:
    assert mono_gains(0.0).tolist() == pytest.approx([1 / math.sqrt(2)] * 2, abs=1e-15)


def test_what_is_panned_hard_leaves_the_other_side_silent() -> None:
    assert mono_gains(-1.0).tolist() == [1.0, 0.0]
    assert mono_gains(1.0).tolist() == [0.0, 1.0]
    assert balance_gains(-1.0).tolist() == [1.0, 0.0]
    assert balance_gains(1.0).tolist() == [0.0, 1.0]


@given(pans)
@settings(max_examples=40, deadline=None)
def test_a_balance_leaves_the_centre_alone_and_never_raises_a_side(pan: float) -> None:
    left, right = balance_gains(pan)
    assert max(left, right) == 1.0 and min(left, right) >= 0.0
    assert (left >= right) if pan < 0 else (right >= left)
    assert balance_gains(0.0).tolist() == [1.0, 1.0]


@given(pans)
@settings(max_examples=40, deadline=None)
def test_left_and_right_are_mirrored(pan: float) -> None:
    for law in (mono_gains, balance_gains):
        assert law(pan).tolist() == pytest.approx(law(-pan)[::-1].tolist())


def test_a_take_of_six_channels_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="6 channels"):
        source_gains(6, 0.0, STEREO)
