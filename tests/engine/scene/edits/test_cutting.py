"""Trims, splits, joins, fades and crossfades, and what they refuse."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.scene import edits
from engine.scene.scene import Scene
from engine.scene.timeline import Clip, Fade
from tests.engine.scene.edits.small_scenes import clip_of, digest_of, one_clip


def shape_of(clip: Clip) -> tuple[int, int, int]:
    return clip.start, clip.offset, clip.length


def faded(into: int, out: int) -> Scene:
    """Clip 3, samples 1000 to 1600, with these fades."""
    return edits.set_fade_out(edits.set_fade_in(one_clip(), 3, into, "linear"), 3, out, "s_curve")


def test_a_trimmed_start_leaves_what_sounds_where_it_is() -> None:
    scene = edits.trim_start(one_clip(), 3, 1100)
    assert shape_of(clip_of(scene, 3)) == (1100, 300, 500)
    assert shape_of(clip_of(edits.trim_start(scene, 3, 800), 3)) == (800, 0, 800)


def test_a_trimmed_end_reaches_no_further_than_the_take() -> None:
    assert shape_of(clip_of(edits.trim_end(one_clip(), 3, 1100), 3)) == (1000, 200, 100)
    assert shape_of(clip_of(edits.trim_end(one_clip(), 3, 1800), 3)) == (1000, 200, 800)


@pytest.mark.parametrize(
    ("edit", "at", "sentence"),
    [
        (edits.trim_start, 1600, "would last 0 samples"),
        (edits.trim_start, 1700, "would last -100 samples"),
        (edits.trim_start, 799, "before its take"),
        (edits.trim_start, math.nan, "would last nan samples"),
        (edits.trim_end, 1000, "would last 0 samples"),
        (edits.trim_end, 1801, "past the end of its take"),
        (edits.trim_end, 10**400, "far too many digits"),
        (edits.split_clip, 1000, "only be split inside"),
        (edits.split_clip, 1600, "only be split inside"),
        (edits.split_clip, math.nan, "only be split inside"),
        (edits.split_clip, 1100.5, "would last 100.5 samples"),
    ],
)
def test_cuts_that_leave_nothing_or_reach_past_the_take_are_refused(
    edit: Callable[[Scene, int, Any], Scene], at: Any, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        edit(one_clip(), 3, at)


def test_fades_shrink_in_proportion_when_a_trim_leaves_them_no_room() -> None:
    clip = clip_of(edits.trim_end(faded(200, 400), 3, 1300), 3)
    assert (clip.fade_in, clip.fade_out) == (Fade(100, "linear"), Fade(200, "s_curve"))
    clip = clip_of(edits.trim_end(faded(200, 100), 3, 1300), 3)
    assert (clip.fade_in.samples, clip.fade_out.samples) == (200, 100)


def test_a_split_leaves_the_outer_fades_and_makes_none_at_the_cut() -> None:
    scene = edits.split_clip(faded(100, 300), 3, 1400)
    first, second = clip_of(scene, 3), clip_of(scene, 4)
    assert (shape_of(first), shape_of(second)) == ((1000, 200, 400), (1400, 600, 200))
    assert (first.fade_in, first.fade_out.samples) == (Fade(100, "linear"), 0)
    assert (second.fade_in.samples, second.fade_out) == (0, Fade(200, "s_curve"))


@given(st.integers(1001, 1599), st.integers(0, 300), st.integers(0, 300))
def test_joining_what_was_split_gives_the_clip_back(at: int, into: int, out: int) -> None:
    scene = faded(min(into, at - 1000), min(out, 1600 - at))
    joined = edits.join_clips(edits.split_clip(scene, 3, at), 4, 3)
    assert joined == replace(scene, next_id=5)


def test_only_clips_that_follow_on_each_other_are_joined() -> None:
    scene = edits.split_clip(one_clip(), 3, 1300)
    apart = edits.move_clip(scene, 4, 1301)
    louder = edits.set_clip_gain(scene, 4, 1.0)
    away = edits.move_clip(scene, 4, 1300, 2)
    cases = [(apart, 4, "that were one"), (louder, 4, "gain, pan or mute"), (away, 4, "different tracks")]
    for wrong, other, sentence in [*cases, (scene, 3, "one clip twice"), (scene, 9, "no clip 9")]:
        with pytest.raises(BadInput, match=sentence):
            edits.join_clips(wrong, 3, other)


def test_a_fade_keeps_its_shape_unless_another_is_named() -> None:
    clip = clip_of(edits.set_fade_in(faded(100, 100), 3, 50), 3)
    assert clip.fade_in == Fade(50, "linear")
    assert clip_of(edits.set_fade_out(one_clip(), 3, 600, "exponential"), 3).fade_out == Fade(
        600, "exponential"
    )


@pytest.mark.parametrize("edit", [edits.set_fade_in, edits.set_fade_out])
def test_fades_that_make_no_sense_are_refused(edit: Any) -> None:
    for scene, samples in ((one_clip(), 601), (faded(300, 300), 301)):
        with pytest.raises(BadInput, match="together longer than the clip"):
            edit(scene, 3, samples)
    odd: list[Any] = [-1, math.nan, math.inf, 1.5]
    for samples in odd:
        with pytest.raises(BadInput, match="no whole number of samples"):
            edit(one_clip(), 3, samples)
    with pytest.raises(BadInput, match="fade of shape 'steep'"):
        edit(one_clip(), 3, 10, "steep")


def test_a_crossfade_fills_the_overlap_and_shortens_what_reaches_into_it() -> None:
    scene = edits.place_take(faded(500, 50), 1, digest_of(3), 1400)
    scene = edits.set_fade_out(scene, 4, 950)
    scene = edits.crossfade(scene, 4, 3, "linear")
    first, second = clip_of(scene, 3), clip_of(scene, 4)
    assert (first.fade_in.samples, first.fade_out) == (400, Fade(200, "linear"))
    assert (second.fade_in, second.fade_out.samples) == (Fade(200, "linear"), 800)


def test_only_an_end_and_a_beginning_can_be_crossed() -> None:
    for at, length, sentence in ((1600, 10, "do not overlap"), (1000, 10, "inside"), (1100, 500, "inside")):
        scene = edits.place_take(one_clip(), 1, digest_of(3), at, length=length)
        with pytest.raises(BadInput, match=sentence):
            edits.crossfade(scene, 3, 4)
    scene = edits.place_take(one_clip(), 1, digest_of(3), 1400)
    with pytest.raises(BadInput, match="fade of shape"):
        edits.crossfade(scene, 3, 4, "steep")  # type: ignore[arg-type]
