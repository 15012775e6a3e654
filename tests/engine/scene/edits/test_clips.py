"""Edits of whole clips, and what they refuse."""

import math
from typing import Any

import pytest

from engine.errors import BadInput
from engine.scene import edits
from engine.scene.scene import Scene
from engine.scene.timecode import RATES, sample_of
from engine.scene.timeline import MOST_SAMPLES
from tests.engine.scene.edits.small_scenes import clip_of, digest_of, one_clip, take_record, two_objects


def test_a_take_is_placed_whole_unless_a_part_of_it_is_named() -> None:
    scene = edits.place_take(one_clip(), 2, digest_of(3), 50)
    clip = clip_of(scene, 4)
    assert (clip.start, clip.offset, clip.length) == (50, 0, 1000)
    part = clip_of(edits.place_take(scene, 2, digest_of(3), 0, offset=900), 5)
    assert (part.offset, part.length) == (900, 100)


def test_a_take_at_another_rate_is_placed_with_its_length_at_the_timelines() -> None:
    scene = edits.attach_take(one_clip(), take_record(9, samples=1000, rate=16_000))
    assert clip_of(edits.place_take(scene, 1, digest_of(9), 0), 4).length == 3000


@pytest.mark.parametrize(
    ("at", "offset", "length", "sentence"),
    [
        (-1, 0, None, "not wholly on the timeline"),
        (MOST_SAMPLES, 0, 1, "not wholly on the timeline"),
        (math.nan, 0, 1, "not wholly on the timeline"),
        (0, 0, 1001, "past the end of its take"),
        (0, 1000, None, "would last 0 samples"),
        (0, 0, 0, "would last 0 samples"),
        (0, -1, 10, "before its take"),
        (0, math.inf, None, "would last -inf samples"),
    ],
)
def test_clips_that_reach_past_the_take_or_the_timeline_are_refused(
    at: Any, offset: Any, length: Any, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        edits.place_take(one_clip(), 1, digest_of(1), at, offset=offset, length=length)


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(BadInput, match="no track 9"):
        edits.place_take(one_clip(), 9, digest_of(1), 0)
    with pytest.raises(BadInput, match="There is no take"):
        edits.place_take(one_clip(), 1, digest_of(9), 0)
    for edit in (edits.remove_clip, edits.duplicate_clip, edits.mute_clip):
        with pytest.raises(BadInput, match="There is no clip 1"):
            edit(one_clip(), 1)


def test_a_clip_moves_in_time_and_across_tracks_and_keeps_its_number() -> None:
    scene = edits.move_clip(one_clip(), 3, 70, 2)
    assert [[clip.id for clip in track.clips] for track in scene.timeline.tracks] == [[], [3]]
    assert clip_of(scene, 3).start == 70
    for wrong in (-1, 0.5, math.nan, 10**400):
        with pytest.raises(BadInput, match="not wholly on the timeline"):
            edits.move_clip(one_clip(), 3, wrong)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="no track 9"):
        edits.move_clip(one_clip(), 3, 0, 9)


def test_clips_are_kept_in_the_order_of_their_starts_and_nothing_ripples() -> None:
    scene = edits.duplicate_clip(one_clip(), 3)
    assert [(clip.id, clip.start) for clip in scene.timeline.tracks[0].clips] == [(3, 1000), (4, 1600)]
    scene = edits.move_clip(scene, 4, 10)
    assert [(clip.id, clip.start) for clip in scene.timeline.tracks[0].clips] == [(4, 10), (3, 1000)]
    scene = edits.remove_clip(scene, 4)
    assert [(clip.id, clip.start) for clip in scene.timeline.tracks[0].clips] == [(3, 1000)]
    assert clip_of(edits.duplicate_clip(scene, 3, 0), 5).start == 0


@pytest.mark.parametrize("rate", list(RATES.values()), ids=list(RATES))
def test_a_clip_on_a_frame_is_nudged_from_frame_to_frame_and_back_without_drift(rate: Any) -> None:
    scene = edits.set_frame_rate(edits.move_clip(one_clip(), 3, 0), rate)
    there = scene
    for frame in range(1, 8):
        there = edits.nudge_clip(there, 3, 1)
        assert clip_of(there, 3).start == sample_of(frame, rate, 48_000)
    assert edits.nudge_clip(there, 3, -7) == scene


def test_a_clip_between_frames_keeps_its_distance_when_nudged() -> None:
    scene = edits.nudge_clip(edits.move_clip(one_clip(), 3, 1921), 3, 2)
    assert clip_of(scene, 3).start == 3 * 1920 + 1


def test_nudges_off_the_timeline_or_by_no_number_are_refused() -> None:
    with pytest.raises(BadInput, match="not wholly on the timeline"):
        edits.nudge_clip(one_clip(), 3, -1)
    for wrong in (math.nan, 1.5, 10**400):
        with pytest.raises(BadInput, match="whole frames"):
            edits.nudge_clip(one_clip(), 3, wrong)  # type: ignore[arg-type]


def test_another_take_sounds_at_the_same_place_and_the_clip_is_only_shortened_when_it_must_be() -> None:
    same = clip_of(edits.swap_take(one_clip(), 3, digest_of(4)), 3)
    assert (same.take, same.start, same.offset, same.length) == (digest_of(4), 1000, 200, 600)
    faded = edits.set_fade_out(edits.set_fade_in(one_clip(), 3, 300), 3, 300)
    shorter = clip_of(edits.swap_take(faded, 3, digest_of(2)), 3)
    assert (shorter.start, shorter.offset, shorter.length) == (1000, 0, 400)
    assert (shorter.fade_in.samples, shorter.fade_out.samples) == (200, 200)


def test_a_take_too_short_to_sound_at_this_rate_is_refused() -> None:
    scene = edits.set_sample_rate(two_objects(), 44_100)
    scene = edits.attach_take(edits.add_track(scene, "Dog"), take_record(9, samples=1, rate=96_000))
    with pytest.raises(BadInput, match="would last 0 samples"):
        edits.place_take(scene, 1, digest_of(9), 0)


def test_a_clip_is_levelled_panned_and_muted() -> None:
    scene = edits.set_clip_pan(edits.set_clip_gain(one_clip(), 3, -3.0), 3, 1.0)
    clip = clip_of(edits.mute_clip(scene, 3), 3)
    assert (clip.gain_db, clip.pan, clip.muted) == (-3.0, 1.0, True)
    assert not clip_of(edits.mute_clip(scene, 3, muted=False), 3).muted


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, 10**400, -97, 24.5])
def test_gains_and_pans_out_of_range_are_refused(wrong: Any) -> None:
    with pytest.raises(BadInput, match="gains are from -96 to 24"):
        edits.set_clip_gain(one_clip(), 3, wrong)
    with pytest.raises(BadInput, match="pans are from -1"):
        edits.set_clip_pan(one_clip(), 3, wrong)


def test_tracks_that_an_edit_does_not_touch_are_shared() -> None:
    scene = one_clip()
    assert edits.set_clip_gain(scene, 3, -3.0).timeline.tracks[1] is scene.timeline.tracks[1]


def test_a_clip_has_the_name_of_its_take_until_it_is_given_one() -> None:
    scene = edits.rename_clip(one_clip(), 3, "  paw ")
    assert clip_of(scene, 3).name == "paw"
    assert clip_of(edits.rename_clip(scene, 3, " "), 3).name is None


def test_slipping_moves_the_sound_as_far_as_the_take_goes() -> None:
    scene = one_clip()
    assert [clip_of(edits.slip_clip(scene, 3, by), 3).offset for by in (50, -50, 9999, -9999)] == [
        150,
        250,
        0,
        400,
    ]
    slipped = clip_of(edits.slip_clip(scene, 3, 50), 3)
    assert (slipped.start, slipped.length) == (1000, 600)
    with pytest.raises(BadInput, match="whole samples"):
        edits.slip_clip(scene, 3, float("nan"))  # type: ignore[arg-type]


def test_a_group_is_made_of_two_or_more_and_left_again() -> None:
    scene = edits.duplicate_clip(edits.duplicate_clip(one_clip(), 3), 3)
    scene = edits.group_clips(scene, [3, 4])
    assert [clip_of(scene, n).group for n in (3, 4, 5)] == [1, 1, None]
    again = edits.group_clips(scene, [4, 5])
    assert [clip_of(again, n).group for n in (3, 4, 5)] == [1, 2, 2]
    assert clip_of(edits.ungroup_clips(again, [4, 5]), 5).group is None
    assert clip_of(edits.duplicate_clip(scene, 3), scene.next_id).group is None
    with pytest.raises(BadInput, match="two clips"):
        edits.group_clips(scene, [3, 3])


def ripple_scene() -> Scene:
    """Clips 3 to 6 on track 1: 1000 to 1600, 2000 to 2600, 2500 to 3100, 4000 to 4600."""
    scene = one_clip()
    for at in (2000, 2500, 4000):
        scene = edits.duplicate_clip(scene, 3, at)
    return scene


@pytest.mark.parametrize(
    ("gone", "starts"),
    [
        ([3], [1400, 1900, 3400]),
        ([4], [1000, 2000, 3500]),
        ([4, 5], [1000, 2900]),
        ([3, 6], [1400, 1900]),
        ([3, 4, 5, 6], []),
        ([], [1000, 2000, 2500, 4000]),
    ],
)
def test_ripple_delete_closes_gaps_as_far_as_nothing_else_sounds_there(
    gone: list[int], starts: list[int]
) -> None:
    scene = edits.ripple_delete(ripple_scene(), gone)
    assert [clip.start for clip in scene.timeline.tracks[0].clips] == starts


def test_ripple_delete_leaves_other_tracks_alone() -> None:
    scene = edits.move_clip(ripple_scene(), 6, 4000, 2)
    assert clip_of(edits.ripple_delete(scene, [3]), 6).start == 4000
