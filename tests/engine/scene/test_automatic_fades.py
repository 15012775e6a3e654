"""Fades that clips have by themselves: at their edges, and where they overlap."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.scene.automatic_fades import (
    MOST_AT_ONCE,
    FadedTracks,
    FadeRule,
    faded_clips,
    with_automatic_fades,
)
from engine.scene.timeline import Clip, Fade, Timeline, Track

RULE = FadeRule(240, crossfade=True)
EDGE = Fade(240, "linear")


def clip(number: int, start: int, length: int, take: str = "a", offset: int = 0, **fields: object) -> Clip:
    return replace(Clip(number, take, start, offset, length), **fields)  # type: ignore[arg-type]


def fades(*clips: Clip, rule: FadeRule = RULE) -> list[tuple[Fade, Fade]]:
    return [(one.fade_in, one.fade_out) for one in faded_clips(clips, rule)]


def test_a_new_timeline_fades_edges_over_5_ms_and_crossfades() -> None:
    assert FadeRule.of(Timeline()) == FadeRule(240, crossfade=True)
    assert FadeRule.of(Timeline(rate=44_100)).edge == 220
    assert FadeRule.of(Timeline(rate=96_000, edge_fade_ms=0.0, auto_crossfade=False)) == FadeRule()


def test_edges_of_a_clip_that_stands_alone_fade() -> None:
    assert fades(clip(1, 0, 10_000)) == [(EDGE, EDGE)]


def test_a_longer_fade_of_the_user_stays_and_a_shorter_one_keeps_its_shape() -> None:
    one = clip(1, 0, 10_000, fade_in=Fade(1000, "s_curve"), fade_out=Fade(7, "exponential"))
    assert fades(one) == [(Fade(1000, "s_curve"), Fade(240, "exponential"))]


def test_fades_of_a_short_clip_are_shortened_to_fit() -> None:
    assert fades(clip(1, 0, 100)) == [(Fade(50, "linear"), Fade(50, "linear"))]
    assert fades(clip(1, 0, 1)) == [(Fade(0, "linear"), Fade(1, "linear"))]


def test_overlapping_clips_cross_over_their_overlap() -> None:
    assert fades(clip(1, 0, 5000), clip(2, 4000, 5000, "b")) == [
        *((EDGE, Fade(1000, "equal_power")), (Fade(1000, "equal_power"), EDGE))
    ]


def test_the_same_sound_at_the_same_place_crosses_with_gains_whose_sum_is_one() -> None:
    first, second = fades(clip(1, 0, 5000), clip(2, 4000, 5000, offset=4000))
    assert (first[1], second[0]) == (Fade(1000, "linear"), Fade(1000, "linear"))


def test_a_crossfade_keeps_the_shape_that_the_user_chose() -> None:
    first, second = fades(clip(1, 0, 5000, fade_out=Fade(10, "s_curve")), clip(2, 4000, 5000, "b"))
    assert (first[1], second[0]) == (Fade(1000, "s_curve"), Fade(1000, "equal_power"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(clip(1, 0, 5000), clip(2, 1000, 1000, "b"), id="inside"),
        pytest.param(clip(1, 0, 5000), clip(2, 0, 9000, "b"), id="begin together"),
        pytest.param(clip(1, 0, 5000), clip(2, 2000, 3000, "b"), id="end together"),
        pytest.param(clip(1, 0, 5000), clip(2, 4000, 5000, "b", muted=True), id="muted"),
        pytest.param(clip(1, 0, 5000), clip(2, 5000, 5000, "b"), id="touch"),
        pytest.param(clip(1, 0, 5000), clip(2, 4900, 5000, "b"), id="overlap less than an edge"),
    ],
)
def test_clips_that_do_not_cross_have_edges_only(one: Clip, other: Clip) -> None:
    assert fades(one, other) == [(EDGE, EDGE), (EDGE, EDGE)]


def test_a_clip_can_be_left_out() -> None:
    plain = (Fade(), Fade())
    alone = clip(1, 0, 5000, auto_fades=False)
    assert fades(alone, clip(2, 4000, 5000, "b")) == [plain, (EDGE, EDGE)]


def test_parts_of_a_split_clip_go_on_without_a_fade() -> None:
    first, second, third = (clip(n, 1000 * n, 1000, offset=1000 * n) for n in range(3))
    assert fades(first, second, third) == [(EDGE, Fade()), (Fade(), Fade()), (Fade(), EDGE)]


@pytest.mark.parametrize(
    "change",
    [{"gain_db": -3.0}, {"pan": 0.1}, {"muted": True}, {"take": "b"}, {"offset": 1001}, {"start": 1001}],
    ids=str,
)
def test_parts_that_differ_fade_at_the_cut(change: dict[str, object]) -> None:
    first, second = clip(1, 0, 1000), replace(clip(2, 1000, 1000, offset=1000), **change)  # type: ignore[arg-type]
    assert fades(first, second) == [(EDGE, EDGE), (EDGE, EDGE)]


def test_parts_fade_at_the_cut_where_one_of_them_fades_or_crosses() -> None:
    first, second = clip(1, 0, 1000, fade_out=Fade(300)), clip(2, 1000, 1000, offset=1000)
    assert fades(first, second) == [(EDGE, Fade(300)), (EDGE, EDGE)]
    over = clip(3, 800, 600, "b")
    found = fades(clip(1, 0, 1000), over, clip(2, 1000, 1000, offset=1000))
    assert found[0][1].samples == 240
    assert found[2][0].samples == 400


def test_nothing_is_done_where_nothing_is_asked_for() -> None:
    clips = (clip(1, 0, 5000), clip(2, 4000, 5000, "b"))
    assert faded_clips(clips, FadeRule()) == clips
    assert fades(*clips, rule=FadeRule(240)) == [(EDGE, EDGE)] * 2
    assert fades(*clips, rule=FadeRule(0, crossfade=True))[0] == (Fade(), Fade(1000, "equal_power"))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3000), st.integers(1, 2000), st.sampled_from("ab"), st.booleans(), st.booleans()
        ),
        max_size=8,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_clips_stay_as_they_are_but_for_fades_that_fit(
    parts: list[tuple[int, int, str, bool, bool]],
) -> None:
    made = [
        clip(n, start, length, take, muted=muted, auto_fades=auto)
        for n, (start, length, take, muted, auto) in enumerate(sorted(parts), 1)
    ]
    found = faded_clips(made, RULE)
    for before, after in zip(made, found, strict=True):
        assert replace(after, fade_in=before.fade_in, fade_out=before.fade_out) == before
        assert after.fade_in.samples + after.fade_out.samples <= after.length


def test_many_clips_at_one_place_take_no_longer_than_few() -> None:
    clips = [clip(n, n, 100_000 + n, "b" if n % 2 else "a") for n in range(4 * MOST_AT_ONCE)]
    assert faded_clips(clips, RULE)[-1].fade_in.samples > 0


def test_tracks_are_faded_once_for_as_long_as_they_are_the_same() -> None:
    cache = FadedTracks()
    line = Timeline(tracks=(Track(1, "a", clips=(clip(1, 0, 9000),)), Track(2, "b")))
    before = cache.timeline(line)
    after = cache.timeline(replace(line, tracks=(line.tracks[0], Track(2, "c"))))
    assert after.tracks[0] is before.tracks[0]
    assert after.tracks[1].name == "c"
    assert cache.timeline(replace(line, edge_fade_ms=1.0)).tracks[0].clips[0].fade_in.samples == 48
    assert with_automatic_fades(line) == before
