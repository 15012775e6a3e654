"""The pure parts: shuttle speeds, typed timecodes, matched levels, pairs, gauges."""

import math
from dataclasses import replace

import numpy as np
import pytest

from desktop.playback.ab_compare import (
    AUDITION_LUFS,
    TakeLevels,
    TakePair,
    audition_gain_db,
    matching_gains_db,
    pair_to_compare,
)
from desktop.playback.meter_reading import PlaybackMeter, bar_fraction, level_text
from desktop.playback.meter_widgets import scale_marks
from desktop.playback.timecode_entry import frame_of_entry
from desktop.playback.transport_math import (
    loop_between,
    loop_from,
    loop_until,
    next_speed,
    play_from,
    step_frames,
)
from engine.errors import BadInput
from engine.scene.timecode import RATES, from_text
from engine.sound.loudness import level_lufs
from engine.sound.mixing import MIX_CEILING_DBTP
from engine.sound.truepeak import true_peak_dbtp
from engine.sound.waveform import from_db
from tests.desktop.playback.fakes import RATE, Takes, counting, scene_of, timeline_of, tone

HOUR = 25 * 3600


@pytest.mark.parametrize(
    ("speed", "direction", "after"),
    [
        (0, 1, 1),
        (0, -1, -1),
        (1, 1, 2),
        (2, 1, 4),
        (4, 1, 4),
        (-4, -1, -4),
        (-1, 1, 1),
        (2, -1, 1),
        (1, -1, -1),
    ],
)
def test_each_press_is_one_speed_on(speed: float, direction: int, after: float) -> None:
    assert next_speed(speed, direction) == after


@pytest.mark.parametrize(
    ("typed", "frame"),
    [
        ("01:00:02:05", HOUR + 55),
        ("1:0:2:5", HOUR + 55),
        ("2:05", HOUR + 55),
        ("205", HOUR + 55),
        ("1.00", HOUR + 25),
        ("12", HOUR + 12),
        ("01000205", HOUR + 55),
        ("+10", HOUR + 1010),
        ("-1:00", HOUR + 975),
        ("+100", HOUR + 1025),
        (" +5 ", HOUR + 1005),
        ("-02:00:00:00", 0),
    ],
)
def test_a_typed_place_is_understood(typed: str, frame: int) -> None:
    assert frame_of_entry(typed, HOUR + 1000, RATES["25"]) == frame


@pytest.mark.parametrize("typed", ["", "x", "1:2:3:4:5", "00:61:00:00", "123456789", "12:30", "--1", "+"])
def test_what_is_no_place_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        frame_of_entry(typed, HOUR, RATES["25"])


def test_a_short_entry_stays_in_the_hour_of_drop_frame_timecode() -> None:
    rate = RATES["29.97df"]
    now = from_text("01:59:59;29", rate)
    assert frame_of_entry("10:00:00", now, rate) == from_text("01:10:00;00", rate)


def test_the_louder_is_turned_down_to_the_quieter() -> None:
    loud, soft = tone(2, 0.5), tone(2, 0.1, 700)
    first, second = matching_gains_db(TakeLevels.of(loud, RATE), TakeLevels.of(soft, RATE))
    assert second == 0.0
    levels = [
        level_lufs(loud * np.float32(from_db(first)), RATE),
        level_lufs(soft * np.float32(from_db(second)), RATE),
    ]
    assert levels[0] == pytest.approx(levels[1], abs=0.01)


def test_neither_of_two_that_are_compared_clips() -> None:
    peaky = tone(2, 0.01)
    peaky[0, RATE] = 2.0
    pair = [TakeLevels.of(peaky, RATE), TakeLevels.of(tone(2, 0.9), RATE)]
    for samples, gain_db in zip((peaky, tone(2, 0.9)), matching_gains_db(*pair), strict=True):
        assert true_peak_dbtp(samples * np.float32(from_db(gain_db))) <= 0.0
    difference = matching_gains_db(*pair)[0] - matching_gains_db(*pair)[1]
    assert pair[0].lufs is not None
    assert pair[1].lufs is not None
    assert difference == pytest.approx(pair[1].lufs - pair[0].lufs)


def test_silence_is_left_as_it_is() -> None:
    silence = TakeLevels.of(np.zeros((1, RATE), np.float32), RATE)
    assert matching_gains_db(silence, TakeLevels.of(tone(1, 0.5), RATE)) == (0.0, 0.0)


def test_the_take_in_use_is_compared_with_the_newest_other() -> None:
    scene = scene_of(Takes(a=counting(1), b=counting(1), c=counting(1)), timeline_of(RATE, "a"))
    assert pair_to_compare(scene, (0,)) == TakePair("a", "c")
    assert pair_to_compare(replace(scene, chosen=((0, "c"),)), (0,)) == TakePair("c", "b")
    rejected = replace(scene, takes=(*scene.takes[:2], replace(scene.takes[2], rejected=True)))
    assert pair_to_compare(rejected, (0,)) == TakePair("a", "b")


def test_there_is_no_pair_without_two_takes_or_a_selection() -> None:
    scene = scene_of(Takes(a=counting(1)), timeline_of(RATE, "a"))
    assert pair_to_compare(scene, (0,)) is None
    assert pair_to_compare(scene, ()) is None


def test_switching_a_pair_forgets_the_gain_of_the_other() -> None:
    pair = TakePair("a", "b", gain_db=-3.0).switched()
    assert (pair.heard, pair.other, pair.gain_db) == ("b", "a", None)


def test_a_gauge_reads_what_the_standard_says_of_a_sine() -> None:
    frames = np.repeat(tone(4, from_db(-23.0), 1000).T, 2, axis=1)
    gauge = PlaybackMeter(RATE)
    reading = gauge.take([frames[at : at + 512] for at in range(0, len(frames), 512)])
    assert reading.momentary == pytest.approx(-23.0, abs=0.1)
    assert reading.short_term == pytest.approx(-23.0, abs=0.1)
    assert reading.integrated == pytest.approx(-23.0, abs=0.1)
    assert reading.true_peak == pytest.approx(-23.0, abs=0.1)
    assert reading.left == pytest.approx(-23.0, abs=0.1)


def test_the_bars_fall_slowly_and_the_true_peak_stays() -> None:
    gauge = PlaybackMeter(RATE)
    gauge.take([np.full((480, 2), 0.5, np.float32)])
    later = gauge.take([np.zeros((RATE // 2, 2), np.float32)])
    assert later.left == pytest.approx(-6.0 - 12.0, abs=0.1)
    assert later.true_peak > -6.1
    assert gauge.take([np.zeros((RATE * 3, 2), np.float32)]).left == -math.inf


def test_nothing_heard_reads_as_nothing() -> None:
    reading = PlaybackMeter(RATE).take([])
    assert reading.momentary is None
    assert reading.true_peak == -math.inf


def test_readings_are_shown_with_one_place_and_a_true_minus() -> None:
    assert (level_text(-23.06), level_text(None), level_text(-math.inf), level_text(0.0)) == (
        "−23.1",
        "–",
        "–",
        "0.0",
    )


def test_the_scale_of_the_bars_rises_from_nothing_to_one() -> None:
    heights = [bar_fraction(db) for db in range(-70, 3)]
    assert heights == sorted(heights)
    assert (heights[0], heights[-1]) == (0.0, 1.0)


def test_play_begins_in_the_loop_and_at_the_end_starts_over() -> None:
    whole = timeline_of(RATE)
    assert play_from(50, (100, 200), whole) == 100
    assert play_from(150, (100, 200), whole) == 150
    assert play_from(RATE, None, whole) == 0
    assert play_from(RATE - 1, None, whole) == RATE - 1
    assert play_from(70, None, replace(whole, tracks=())) == 70


@pytest.mark.parametrize("name", ["23.976", "25", "29.97df", "60"])
def test_a_frame_on_and_a_frame_back_is_where_one_was(name: str) -> None:
    whole = replace(timeline_of(RATE), frame_rate=RATES[name])
    place = 0
    for _ in range(50):
        there = step_frames(place, 1, whole)
        assert step_frames(there, -1, whole) == place
        assert step_frames(there + 1, -1, whole) == there
        place = there
    assert step_frames(0, -1, whole) == 0


def test_a_loop_that_nobody_could_hear_is_none() -> None:
    assert loop_between(0, 100, RATE) is None
    assert loop_between(-500, RATE, RATE) == (0, RATE)


def test_the_ends_of_a_loop_never_cross() -> None:
    whole = timeline_of(4 * RATE)
    assert loop_from(RATE, (0, 2 * RATE), whole) == (RATE, 2 * RATE)
    assert loop_from(3 * RATE, (0, 2 * RATE), whole) == (3 * RATE, 4 * RATE)
    assert loop_from(4 * RATE, None, whole) == (4 * RATE, 5 * RATE)
    assert loop_until(RATE, (2 * RATE, 3 * RATE)) == (0, RATE)


@pytest.mark.parametrize("value", [-0.0, 0.0, -0.04, 0.04, -1e-9])
def test_no_level_is_a_negative_nothing(value: float) -> None:
    assert level_text(value) == "0.0"


@pytest.mark.parametrize("width", range(40, 400, 7))
def test_the_numbers_of_the_scale_never_touch(width: int) -> None:
    marks = scale_marks(width, lambda text: 7 * len(text))
    edges = [edge for left, wide, _ in reversed(marks) for edge in (left, left + wide)]
    assert edges == sorted(edges) and marks[0][2] == "0"
    assert edges[0] >= 0 and edges[-1] <= width


@pytest.mark.parametrize("gain_db", [-50.0, -30.0, -12.0, 0.0])
def test_auditioned_takes_come_to_one_loudness_but_never_over_the_ceiling(gain_db: float) -> None:
    levels = TakeLevels.of(tone(1, from_db(gain_db)), RATE)
    assert levels.lufs is not None
    after = levels.lufs + audition_gain_db(levels)
    assert after == pytest.approx(AUDITION_LUFS if gain_db > -45 else levels.lufs + 24.0)
    peaky = replace(levels, peak_dbtp=levels.lufs + 40.0)
    assert peaky.peak_dbtp + audition_gain_db(peaky) <= MIX_CEILING_DBTP + 1e-9
    assert audition_gain_db(TakeLevels(None, -math.inf)) == 0.0


def test_the_take_at_which_the_keyboard_is_is_b_and_the_one_in_use_a() -> None:
    scene = scene_of(Takes(a=tone(1, 0.1), b=tone(1, 0.1), c=tone(1, 0.1)), timeline_of(RATE))
    assert pair_to_compare(scene, (0,), "b") == TakePair("a", "b")
    assert pair_to_compare(scene, (0,), "a") == TakePair("b", "a")
    chosen = replace(scene, chosen=((0, "b"),))
    assert pair_to_compare(chosen, (0,), "a") == TakePair("b", "a")
    assert pair_to_compare(chosen, (0,), "b") == TakePair("b", "c")
    gone = replace(chosen, takes=tuple(replace(take, deleted=take.digest == "c") for take in chosen.takes))
    assert pair_to_compare(gone, (0,), "b") == TakePair("b", "a")
