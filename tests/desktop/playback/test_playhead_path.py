"""The way through time: no sample is left out or heard twice, at any speed, round any loop."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.playback.playhead_path import PlayheadPath, Segment


def walked(path: PlayheadPath, frames: int, cut: int) -> list[float]:
    """Every place, frame by frame, asked for in stretches of ``cut``."""
    found: list[float] = []
    while len(found) < frames:
        pieces, path = path.advance(min(cut, frames - len(found)))
        if not pieces:
            break
        found += [piece.at + n * piece.step for piece in pieces for n in range(piece.frames)]
    return found


def test_without_a_loop_it_goes_straight_on() -> None:
    pieces, after = PlayheadPath(100.0, 1.0).advance(512)
    assert pieces == (Segment(512, 100.0, 1.0),)
    assert after.at == 612.0


def test_a_loop_turns_exactly_at_its_end() -> None:
    assert walked(PlayheadPath(8.0, 1.0, (5, 10)), 9, 512) == [8, 9, 5, 6, 7, 8, 9, 5, 6]


def test_a_loop_turns_backwards_exactly_at_its_start() -> None:
    assert walked(PlayheadPath(6.0, -1.0, (5, 10)), 9, 512) == [6, 5, 9, 8, 7, 6, 5, 9, 8]


def test_what_begins_before_a_loop_runs_into_it_and_stays() -> None:
    assert walked(PlayheadPath(3.0, 1.0, (5, 8)), 8, 512) == [3, 4, 5, 6, 7, 5, 6, 7]


def test_what_begins_after_a_loop_is_not_drawn_into_it() -> None:
    assert walked(PlayheadPath(9.0, 1.0, (5, 8)), 4, 512) == [9, 10, 11, 12]


def test_backwards_it_ends_with_the_first_sample() -> None:
    pieces, after = PlayheadPath(2.0, -1.0).advance(512)
    assert pieces == (Segment(3, 2.0, -1.0),)
    assert after.advance(512)[0] == ()


def test_at_double_speed_the_rest_over_a_loop_is_kept() -> None:
    assert walked(PlayheadPath(6.0, 2.0, (5, 10)), 5, 512) == [6, 8, 5, 7, 9]


@settings(max_examples=100, deadline=None)
@given(
    at=st.integers(0, 300),
    step=st.sampled_from([-4.0, -2.0, -1.0, 1.0, 2.0, 4.0, 0.91875]),
    start=st.integers(0, 100),
    length=st.integers(10, 200),
    cut=st.integers(1, 64),
)
def test_how_it_is_cut_up_changes_nothing(at: int, step: float, start: int, length: int, cut: int) -> None:
    path = PlayheadPath(float(at), step, (start, start + length))
    assert walked(path, 400, cut) == pytest.approx(walked(path, 400, 512))


@settings(max_examples=100, deadline=None)
@given(
    step=st.sampled_from([-4.0, -2.0, -1.0884353741496597, -1.0, 1.0, 2.0, 4.0, 0.91875, 1.0884353741496597]),
    start=st.integers(0, 100),
    length=st.integers(10, 200),
    within=st.floats(0, 0.99),
)
def test_inside_a_loop_it_never_leaves_it(step: float, start: int, length: int, within: float) -> None:
    at = float(start + int(within * length))
    found = walked(PlayheadPath(at, step, (start, start + length)), 600, 100)
    assert len(found) == 600
    assert all(start <= place < start + length for place in found)
