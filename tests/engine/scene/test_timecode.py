"""Frames, samples and timecode at every rate that post-production uses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.scene.timecode import (
    RATES,
    FrameRate,
    frame_of,
    frame_rate,
    from_text,
    nearest_frame,
    sample_of,
    to_text,
)

rates = st.sampled_from(list(RATES.values()))


@given(rates, st.integers(0, 23 * 3600 * 24))
def test_a_frame_survives_the_way_to_text_and_back(rate: FrameRate, frame: int) -> None:
    assert from_text(to_text(frame, rate), rate) == frame


@given(rates, st.integers(0, 10**7), st.sampled_from([44_100, 48_000, 96_000]))
def test_a_frame_survives_the_way_to_samples_and_back(rate: FrameRate, frame: int, sample_rate: int) -> None:
    sample = sample_of(frame, rate, sample_rate)
    assert frame_of(sample, rate, sample_rate) == frame
    assert nearest_frame(sample, rate, sample_rate) == frame


def test_ten_hours_of_drop_frame_land_on_the_right_sample() -> None:
    rate = RATES["29.97df"]
    frame = from_text("10:00:00;00", rate)
    # 10 h less what dropping leaves over: 1,078,920 frames of 1001/30000 s.
    assert frame == 1_078_920
    assert sample_of(frame, rate, 48_000) == 1_078_920 * 48_000 * 1001 // 30_000 == 1_727_998_272


def test_without_dropping_an_hour_of_timecode_lasts_three_and_a_half_seconds_more() -> None:
    rate = RATES["29.97"]
    assert sample_of(from_text("01:00:00:00", rate), rate, 48_000) == 3600 * 48_000 * 1001 // 1000


def test_the_timecodes_that_drop_frame_leaves_out_are_refused() -> None:
    for text in ("00:01:00;00", "00:01:00;01", "09:59:00;01"):
        with pytest.raises(BadInput, match="leaves out"):
            from_text(text, RATES["29.97df"])
    assert to_text(1800, RATES["29.97df"]) == "00:01:00;02"
    assert to_text(17_982, RATES["29.97df"]) == "00:10:00;00"


@pytest.mark.parametrize(
    "text", ["", "1:2:3:4", "01:00:00", "01:60:00:00", "24:00:00:00", "00:00:00:25", "a"]
)
def test_what_is_no_timecode_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="timecode"):
        from_text(text, RATES["25"])


def test_rates_that_nobody_uses_are_refused() -> None:
    with pytest.raises(BadInput, match="frame rate"):
        frame_rate("26")
    with pytest.raises(BadInput, match="frame rate"):
        FrameRate(25, drop=True)
    with pytest.raises(BadInput, match="negative"):
        to_text(-1, RATES["25"])


def test_every_rate_is_found_by_its_name() -> None:
    for name, rate in RATES.items():
        assert frame_rate(name) is rate
        assert rate.name == name
