"""The curves of fades."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.scene.timeline import FADE_SHAPES, FadeShape
from engine.sound import fades
from engine.sound.fades import Curves, fade_in, fade_out

shapes = st.sampled_from(FADE_SHAPES)


@given(st.integers(1, 5000))
@settings(max_examples=40, deadline=None)
def test_an_equal_power_crossfade_keeps_its_power_at_every_sample(length: int) -> None:
    rise, fall = (np.asarray(f(length, "equal_power"), np.float64) for f in (fade_in, fade_out))
    assert np.abs(rise**2 + fall**2 - 1.0).max() < 2e-7


@pytest.mark.parametrize("shape", ["linear", "s_curve"])
def test_linear_and_s_curve_crossfades_keep_their_amplitude(shape: FadeShape) -> None:
    assert np.abs(fade_in(777, shape) + fade_out(777, shape) - 1.0).max() < 2e-7


@given(st.integers(2, 3000), shapes)
@settings(max_examples=40, deadline=None)
def test_every_shape_rises_from_near_0_to_near_1_and_falls_as_its_mirror(
    length: int, shape: FadeShape
) -> None:
    rise = fade_in(length, shape)
    assert (np.diff(rise) >= 0).all() and rise[0] < rise[-1]
    assert rise[0] >= 0.0 and rise[-1] <= 1.0
    assert np.array_equal(fade_out(length, shape), rise[::-1])
    assert rise.dtype == np.float32


def test_an_exponential_fade_is_straight_in_decibels_for_most_of_its_way() -> None:
    level = 20 * np.log10(fade_in(1000, "exponential")[300:].astype(np.float64))
    assert level[0] < -38 and np.abs(np.diff(level) - 0.06).max() < 0.01


@given(st.data(), shapes)
@settings(max_examples=40, deadline=None)
def test_a_part_of_a_fade_is_that_part_of_the_whole(data: st.DataObject, shape: FadeShape) -> None:
    length = data.draw(st.integers(1, 4000))
    start = data.draw(st.integers(0, length))
    stop = data.draw(st.integers(start, length))
    curves = Curves()
    assert np.array_equal(fade_in(length, shape, start, stop), fade_in(length, shape)[start:stop])
    assert np.array_equal(curves.rise(length, shape, start, stop), fade_in(length, shape)[start:stop])
    assert np.array_equal(curves.fall(length, shape, start, stop), fade_out(length, shape)[start:stop])


def test_fades_longer_than_a_piece_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fades, "PIECE", 10)
    assert np.array_equal(Curves().fall(500, "equal_power", 21, 90), fade_out(500, "equal_power")[21:90])
    assert np.array_equal(Curves().rise(95, "linear", 0, 95), fade_in(95, "linear"))
