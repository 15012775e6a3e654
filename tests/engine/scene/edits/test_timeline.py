"""Edits of the timeline as a whole: rates, timecode, loudness, master gain."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.scene import edits
from engine.scene.timecode import RATES, to_text
from engine.scene.timeline import MOST_SAMPLES
from engine.scene.validity import problems
from tests.engine.scene.edits.small_scenes import clip_of, digest_of, one_clip, take_record


@pytest.mark.parametrize("rate", list(RATES.values()), ids=list(RATES))
def test_another_frame_rate_moves_no_sound_and_keeps_the_start_timecode(rate: Any) -> None:
    scene = edits.set_frame_rate(one_clip(), rate)
    assert to_text(scene.timeline.start_frame, rate)[:8] == "01:00:00"
    assert scene.timeline.tracks == one_clip().timeline.tracks


def test_frames_of_the_start_timecode_keep_their_part_of_the_second() -> None:
    scene = edits.set_start_timecode(one_clip(), "10:00:00:20")
    scene = edits.set_frame_rate(scene, RATES["50"])
    assert to_text(scene.timeline.start_frame, RATES["50"]) == "10:00:00:40"


def test_a_start_timecode_that_drop_frame_leaves_out_becomes_the_next_one() -> None:
    scene = edits.set_start_timecode(one_clip(), "10:01:00:00")
    scene = edits.set_frame_rate(scene, RATES["59.94df"])
    assert to_text(scene.timeline.start_frame, RATES["59.94df"]) == "10:01:00;04"


def test_a_start_timecode_that_does_not_exist_is_refused() -> None:
    for wrong in ("24:00:00:00", "10:00:00:25", "soon"):
        with pytest.raises(BadInput, match="timecode"):
            edits.set_start_timecode(one_clip(), wrong)


def test_every_time_is_rescaled_with_the_sample_rate() -> None:
    scene = edits.set_fade_in(edits.add_marker(one_clip(), 480), 3, 100)
    doubled = edits.set_sample_rate(scene, 96_000)
    clip = clip_of(doubled, 3)
    assert (clip.start, clip.offset, clip.length, clip.fade_in.samples) == (2000, 400, 1200, 200)
    assert doubled.timeline.markers[0].at == 960
    assert edits.set_sample_rate(doubled, 48_000) == scene


# Two samples apart at least: a single one has no neighbour at half the rate.
places = st.integers(501, 799).map(lambda half: 2 * half)


@given(st.lists(places, max_size=6, unique=True), st.sampled_from([44_100, 96_000]))
def test_parts_of_a_split_clip_still_meet_after_a_change_of_rate(cuts: list[int], rate: int) -> None:
    scene = one_clip()
    number = 3
    for at in sorted(cuts):
        following = scene.next_id
        scene, number = edits.split_clip(scene, number, at), following
    scene = edits.set_sample_rate(scene, rate)
    assert problems(scene) == ()
    for other in [clip.id for clip in scene.timeline.tracks[0].clips][1:]:
        scene = edits.join_clips(scene, 3, other)
    assert clip_of(scene, 3).length == pytest.approx(600 * rate / 48_000, abs=1)


def test_nothing_may_fall_off_the_timeline_or_vanish_when_the_rate_changes() -> None:
    late = edits.move_clip(one_clip(), 3, MOST_SAMPLES - 600)
    with pytest.raises(BadInput, match="not wholly on the timeline"):
        edits.set_sample_rate(late, 96_000)
    with pytest.raises(BadInput, match="not on the timeline"):
        edits.set_sample_rate(edits.add_marker(one_clip(), MOST_SAMPLES), 96_000)
    tiny = edits.attach_take(
        edits.set_sample_rate(one_clip(), 96_000), take_record(9, samples=1, rate=96_000)
    )
    tiny = edits.place_take(tiny, 1, digest_of(9), 0)
    with pytest.raises(BadInput, match="would last 0 samples"):
        edits.set_sample_rate(tiny, 44_100)


@pytest.mark.parametrize("wrong", [0, -48_000, 22_050, math.nan, math.inf, 48_000.0, 10**400])
def test_rates_that_no_project_has_are_refused(wrong: Any) -> None:
    with pytest.raises(BadInput, match="sample rate of 44100, 48000, 96000"):
        edits.set_sample_rate(one_clip(), wrong)


def test_loudness_and_master_gain_are_set_or_refused() -> None:
    scene = edits.set_master_gain(edits.set_loudness(one_clip(), "r128"), -4.5)
    assert (scene.timeline.loudness, scene.timeline.master_gain_db) == ("r128", -4.5)
    with pytest.raises(BadInput, match="no loudness 'loud'"):
        edits.set_loudness(scene, "loud")  # type: ignore[arg-type]
    for wrong in (math.nan, 24.5, -97.0):
        with pytest.raises(BadInput, match="The master has a gain"):
            edits.set_master_gain(scene, wrong)
