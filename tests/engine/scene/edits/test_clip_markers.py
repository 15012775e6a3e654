"""Markers of clips: where they are, and what moves them."""

import pytest

from engine.errors import BadInput
from engine.scene import edits
from engine.scene.edits.clip_markers import place_of_marker
from engine.scene.scene import Scene
from engine.scene.timeline import ClipMarker
from tests.engine.scene.edits.small_scenes import clip_of, digest_of, one_clip


def places(scene: Scene, number: int = 3) -> list[int | None]:
    clip = clip_of(scene, number)
    return [place_of_marker(clip, marker) for marker in clip.markers]


@pytest.fixture
def marked() -> Scene:
    """A marker at sample 1100 of the timeline, in clip 3, which plays 200 to 800 of its take from 1000 on."""
    return edits.add_clip_marker(one_clip(), 3, 1100, " paw  down ")


def test_a_marker_is_kept_at_its_place_in_the_take(marked: Scene) -> None:
    assert clip_of(marked, 3).markers == (ClipMarker(300, "paw down"),)
    assert places(marked) == [1100]


@pytest.mark.parametrize("at", [999, 1600, -1, 10**15])
def test_a_marker_outside_its_clip_is_refused(at: int) -> None:
    with pytest.raises(BadInput, match="outside clip 3"):
        edits.add_clip_marker(one_clip(), 3, at)


def test_a_marker_moves_with_its_clip_its_sound_and_its_copies(marked: Scene) -> None:
    assert places(edits.move_clip(marked, 3, 5000)) == [5100]
    assert places(edits.slip_clip(marked, 3, 50)) == [1150]
    assert places(edits.duplicate_clip(marked, 3, 9000), marked.next_id) == [9100]
    assert places(edits.trim_start(marked, 3, 1050)) == [1100]


def test_a_marker_that_is_trimmed_away_comes_back_with_the_sound(marked: Scene) -> None:
    trimmed = edits.trim_start(marked, 3, 1200)
    assert places(trimmed) == [None]
    assert places(edits.trim_start(trimmed, 3, 1000)) == [1100]


def test_both_parts_of_a_split_clip_keep_the_markers_and_so_does_what_joins_them(marked: Scene) -> None:
    split = edits.split_clip(marked, 3, 1300)
    split = edits.add_clip_marker(split, 4, 1400, "up")
    assert (places(split), places(split, 4)) == ([1100], [None, 1400])
    assert places(edits.join_clips(split, 3, 4)) == [1100, 1400]


def test_another_take_and_another_rate_leave_a_marker_where_it_is_heard(marked: Scene) -> None:
    assert places(edits.swap_take(marked, 3, digest_of(2))) == [1300 - 200]
    assert places(edits.set_sample_rate(marked, 96_000)) == [2200]


def test_markers_are_renamed_replaced_and_removed(marked: Scene) -> None:
    assert clip_of(edits.add_clip_marker(marked, 3, 1100, "claw"), 3).markers == (ClipMarker(300, "claw"),)
    assert clip_of(edits.rename_clip_marker(marked, 3, 300, "claw"), 3).markers == (ClipMarker(300, "claw"),)
    assert clip_of(edits.remove_clip_marker(marked, 3, 300), 3).markers == ()
    for edit in (
        edits.remove_clip_marker,
        lambda scene, clip, at: edits.rename_clip_marker(scene, clip, at, "a"),
    ):
        with pytest.raises(BadInput, match="no marker"):
            edit(marked, 3, 301)
    with pytest.raises(BadInput, match="name"):
        edits.rename_clip_marker(marked, 3, 300, " ")


def test_markers_stay_on_their_sound_when_it_is_turned_or_slowed(marked: Scene) -> None:
    assert places(edits.reverse_clip(marked, 3)) == [1000 + 600 - 1 - 100]
    assert places(edits.reverse_clip(edits.reverse_clip(marked, 3), 3)) == [1100]
    assert places(edits.set_clip_speed(marked, 3, 0.5)) == [1200]
