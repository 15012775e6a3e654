"""Edits of how a clip plays its take: which stretch of it sounds, and what they refuse."""

import math
from dataclasses import replace
from typing import Any

import pytest

from engine.errors import BadInput
from engine.scene import edits
from engine.scene.take_version import TakeVersion, read_version_key, version_key, version_length
from engine.scene.timeline import Clip, Fade
from engine.scene.validity import problems
from tests.engine.scene.edits.small_scenes import clip_of, digest_of, one_clip


def span(clip: Clip) -> tuple[int, int, int]:
    return clip.start, clip.offset, clip.length


def test_a_reversed_clip_plays_the_same_stretch_from_its_end_and_twice_is_as_before() -> None:
    scene = edits.reverse_clip(one_clip(), 3)
    # The clip played samples 200 to 800 of 1000; from the end, 200 are skipped as well.
    assert span(clip_of(edits.trim_end(one_clip(), 3, 1500), 3)) == (1000, 200, 500)
    assert span(clip_of(scene, 3)) == (1000, 200, 600)
    shorter = edits.reverse_clip(edits.trim_end(one_clip(), 3, 1500), 3)
    assert (span(clip_of(shorter, 3)), clip_of(shorter, 3).reversed) == ((1000, 300, 500), True)
    assert edits.reverse_clip(scene, 3) == one_clip()


@pytest.mark.parametrize(("speed", "wanted"), [(2.0, (1000, 100, 300)), (0.5, (1000, 400, 1200))])
def test_a_clip_at_another_speed_starts_where_it_did_and_plays_the_same_stretch(
    speed: float, wanted: tuple[int, int, int]
) -> None:
    scene = edits.set_clip_speed(one_clip(), 3, speed)
    assert span(clip_of(scene, 3)) == wanted
    assert edits.set_clip_speed(scene, 3, 1.0) == one_clip()
    assert problems(scene) == ()


def test_fades_that_no_longer_fit_a_faster_clip_are_shortened() -> None:
    scene = edits.set_fade_in(edits.set_fade_out(one_clip(), 3, 300), 3, 300)
    clip = clip_of(edits.set_clip_speed(scene, 3, 4.0), 3)
    assert clip.length == 150
    assert (clip.fade_in.samples, clip.fade_out.samples) == (75, 75)
    assert clip.fade_in == Fade(75)


def test_pitch_leaves_the_length() -> None:
    scene = edits.set_clip_pitch(one_clip(), 3, -7.5)
    assert clip_of(scene, 3) == replace(clip_of(one_clip(), 3), pitch=-7.5)


def test_a_slow_clip_can_be_trimmed_to_the_end_of_its_slow_take_and_no_further() -> None:
    scene = edits.set_clip_speed(one_clip(), 3, 0.5)
    assert clip_of(edits.trim_end(scene, 3, 1000 + 1600), 3).length == 1600
    with pytest.raises(BadInput, match="past the end of its take"):
        edits.trim_end(scene, 3, 1000 + 1601)


def test_parts_of_a_split_reversed_clip_join_again_and_not_with_one_that_is_not_reversed() -> None:
    scene = edits.reverse_clip(one_clip(), 3)
    apart = edits.split_clip(scene, 3, 1300)
    assert clip_of(edits.join_clips(apart, 3, 4), 3) == clip_of(scene, 3)
    with pytest.raises(BadInput, match="clips that were one"):
        edits.join_clips(edits.reverse_clip(apart, 4), 3, 4)


def test_another_take_in_a_fast_clip_is_as_long_as_it_is_at_that_speed() -> None:
    fast = edits.set_clip_speed(one_clip(), 3, 2.0)
    clip = clip_of(edits.swap_take(fast, 3, digest_of(2)), 3)
    assert (clip.speed, clip.offset, clip.length) == (2.0, 0, 200)


def test_a_timeline_at_another_rate_keeps_slow_clips_inside_their_takes() -> None:
    scene = edits.set_sample_rate(edits.set_clip_speed(one_clip(), 3, 0.3), 44_100)
    assert problems(scene) == ()


@pytest.mark.parametrize("speed", [0.0, 0.24, 4.01, -1.0, math.nan, math.inf, True, "2"])
def test_speeds_out_of_range_are_refused(speed: Any) -> None:
    with pytest.raises(BadInput, match=r"speed of 0\.25 to 4"):
        edits.set_clip_speed(one_clip(), 3, speed)


@pytest.mark.parametrize("pitch", [24.5, -25, math.nan, None])
def test_pitches_out_of_range_are_refused(pitch: Any) -> None:
    with pytest.raises(BadInput, match="-24 to 24 semitones"):
        edits.set_clip_pitch(one_clip(), 3, pitch)


@pytest.mark.parametrize("edit", [edits.reverse_clip, lambda s, n: edits.set_clip_speed(s, n, 2.0)])
def test_what_is_not_there_is_refused(edit: Any) -> None:
    with pytest.raises(BadInput, match="There is no clip 9"):
        edit(one_clip(), 9)


def test_a_key_names_a_version_and_that_of_an_unchanged_take_is_its_digest() -> None:
    assert version_key("ab") == "ab"
    assert read_version_key("ab") == TakeVersion("ab")
    key = version_key("ab", speed=0.3, pitch=-2.5, reverse=True)
    assert read_version_key(key) == TakeVersion("ab", 0.3, -2.5, True)
    assert version_length(1, 4.0) == 1


def test_the_licence_of_a_take_is_set_and_refused_where_it_cannot_be_stored() -> None:
    take = edits.set_licence(one_clip(), digest_of(1), " CC0-1.0 ").take(digest_of(1))
    assert take is not None
    assert take.licence == "CC0-1.0"
    with pytest.raises(BadInput, match="needs a licence of at most"):
        edits.set_licence(one_clip(), digest_of(1), "x" * 20_000)
