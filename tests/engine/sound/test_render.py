"""Stems and mix of a timeline, against a slow renderer that does each thing in the plainest way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.scene.automatic_fades import with_automatic_fades
from engine.scene.timeline import FADE_SHAPES, Clip, Fade, Timeline, Track
from engine.sound.fades import fade_in, fade_out
from engine.sound.panning import balance_gains, mono_gains
from engine.sound.render import BLOCK, Renderer
from engine.sound.resample import resample
from engine.sound.waveform import Waveform, from_db

RATE = 48_000
LENGTH = 3 * BLOCK


class Takes:
    """A mono take at 16 kHz, a stereo one at 44.1 and a mono one at 48; counts the readings."""

    def __init__(self) -> None:
        rng = np.random.default_rng(5)
        self.kept = {
            "low": (rng.normal(0, 0.1, (1, 16_000)).astype(np.float32), 16_000),
            "stereo": (rng.normal(0, 0.1, (2, 44_100)).astype(np.float32), 44_100),
            "full": (rng.normal(0, 0.1, (1, 48_000)).astype(np.float32), 48_000),
        }
        self.reads: list[str] = []

    def __call__(self, digest: str) -> tuple[Waveform, int]:
        self.reads.append(digest)
        return self.kept[digest]


TAKES = Takes()


def plain_stem(track: Track, master_gain_db: float) -> Waveform:
    """The whole stem at once, in float64."""
    whole = np.zeros((2, LENGTH + RATE))
    for clip in track.clips:
        if clip.muted:
            continue
        samples, rate = TAKES.kept[clip.take]
        part = resample(samples, rate, RATE)[:, clip.offset : clip.offset + clip.length].astype(np.float64)
        law = mono_gains if part.shape[0] == 1 else balance_gains
        gain = law(clip.pan) * balance_gains(track.pan)
        gain = gain * from_db(clip.gain_db) * from_db(track.gain_db) * from_db(master_gain_db)
        part = part * gain[:, None]
        part[:, : clip.fade_in.samples] *= fade_in(clip.fade_in.samples, clip.fade_in.shape)
        out = clip.fade_out.samples
        part[:, clip.length - out :] *= fade_out(out, clip.fade_out.shape)
        whole[:, clip.start : clip.end] += part
    return whole[:, :LENGTH].astype(np.float32)


@st.composite
def clips(draw: st.DrawFn) -> Clip:
    length = draw(st.integers(1, 40_000))
    rise = draw(st.integers(0, length))
    shape = st.sampled_from(FADE_SHAPES)
    return Clip(
        id=draw(st.integers(0, 10**6)),
        take=draw(st.sampled_from(sorted(TAKES.kept))),
        start=draw(st.integers(0, LENGTH)),
        offset=draw(st.integers(0, 48_000 - length)),
        length=length,
        gain_db=draw(st.floats(-20, 6)),
        pan=draw(st.floats(-1, 1)),
        fade_in=Fade(rise, draw(shape)),
        fade_out=Fade(draw(st.integers(0, length - rise)), draw(shape)),
        muted=draw(st.booleans()) and draw(st.booleans()),
    )


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    tracks = tuple(
        Track(
            id=10 + number,
            name=str(number),
            clips=tuple(draw(st.lists(clips(), max_size=4, unique_by=lambda clip: clip.id))),
            gain_db=draw(st.floats(-12, 6)),
            pan=draw(st.floats(-1, 1)),
            muted=draw(st.booleans()) and draw(st.booleans()),
            soloed=draw(st.booleans()) and draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 4)))
    )
    return Timeline(tracks=tracks, master_gain_db=draw(st.floats(-6, 6)))


@given(timelines())
@settings(max_examples=30, deadline=None)
def test_every_stem_is_its_takes_at_their_places_with_all_gains_and_fades(timeline: Timeline) -> None:
    renderer = Renderer(timeline, TAKES)
    for track in with_automatic_fades(timeline).tracks:
        expected = plain_stem(track, timeline.master_gain_db)
        assert np.abs(renderer.stem(track.id, 0, LENGTH) - expected).max() < 2e-6


@given(timelines(), st.integers(1000, 60_000))
@settings(max_examples=30, deadline=None)
def test_the_mix_is_the_float32_sum_of_its_stems_to_the_last_bit(timeline: Timeline, size: int) -> None:
    renderer = Renderer(timeline, TAKES)
    stems = renderer.stems(0, LENGTH)
    assert list(stems) == [track.id for track in timeline.audible()]
    total = np.zeros((2, LENGTH), np.float32)
    for stem in stems.values():
        total = total + stem
    mix = renderer.mix(0, LENGTH)
    assert mix.dtype == np.float32
    assert np.array_equal(mix, total)
    blocks = list(Renderer(timeline, TAKES).blocks(0, LENGTH, size, threads=2))
    assert np.array_equal(np.hstack([block.mix for block in blocks]), total)
    for number, stem in stems.items():
        assert np.array_equal(np.hstack([block.stems[number] for block in blocks]), stem)


@given(timelines(), st.integers(-1000, LENGTH), st.integers(0, LENGTH))
@settings(max_examples=30, deadline=None)
def test_a_stretch_is_the_same_whatever_is_asked_for_around_it(
    timeline: Timeline, start: int, length: int
) -> None:
    whole = np.pad(Renderer(timeline, TAKES).mix(0, 2 * LENGTH), ((0, 0), (1000, 0)))
    part = Renderer(timeline, TAKES).mix(start, start + length, threads=2)
    assert np.array_equal(part, whole[:, start + 1000 : start + 1000 + length])


def with_track(timeline: Timeline, track: Track) -> Timeline:
    return replace(timeline, tracks=tuple(track if old.id == track.id else old for old in timeline.tracks))


def dense_timeline() -> Timeline:
    """Four tracks, each with three clips over each other in places: sums of many in every block."""
    tracks = []
    for number in range(4):
        places = [(0, "low"), (9_000, "full"), (25_000, "stereo")]
        clips = (
            Clip(10 * number + i, take, start + 500 * number, 3, 20_000, pan=0.3, fade_in=Fade(5_000))
            for i, (start, take) in enumerate(places)
        )
        tracks.append(Track(number, str(number), clips=tuple(clips), gain_db=-1.0 * number, pan=-0.2))
    return Timeline(tracks=tuple(tracks))


def on_track(index: int, change: Callable[[Track], Track]) -> Callable[[Timeline], Timeline]:
    return lambda timeline: with_track(timeline, change(timeline.tracks[index]))


def on_clip(**change: Any) -> Callable[[Timeline], Timeline]:
    return on_track(2, lambda t: replace(t, clips=(t.clips[0], replace(t.clips[1], **change), t.clips[2])))


EDITS: dict[str, Callable[[Timeline], Timeline]] = {
    "clip gain": on_clip(gain_db=-7.0),
    "clip pan": on_clip(pan=-1.0),
    "clip moved": on_clip(start=31_000),
    "clip trimmed": on_clip(offset=100, length=900),
    "clip fade": on_clip(fade_out=Fade(700, "linear")),
    "clip muted": on_clip(muted=True),
    "another take": on_clip(take="stereo"),
    "clip removed": on_track(1, lambda track: replace(track, clips=track.clips[1:])),
    "track gain": on_track(1, lambda track: replace(track, gain_db=-9.0)),
    "track pan": on_track(1, lambda track: replace(track, pan=0.9)),
    "track muted": on_track(3, lambda track: replace(track, muted=True)),
    "track soloed": on_track(0, lambda track: replace(track, soloed=True)),
    "track removed": lambda timeline: replace(timeline, tracks=timeline.tracks[1:]),
    "tracks reordered": lambda timeline: replace(timeline, tracks=timeline.tracks[::-1]),
    "master gain": lambda timeline: replace(timeline, master_gain_db=-2.0),
}


@pytest.mark.parametrize("name", EDITS)
def test_after_an_edit_and_its_undoing_everything_sounds_as_if_rendered_anew(name: str) -> None:
    first = dense_timeline()
    second = EDITS[name](first)
    renderer = Renderer(first, TAKES)
    before = renderer.mix(0, LENGTH)
    assert not np.array_equal(before, Renderer(second, TAKES).mix(0, LENGTH))
    for timeline in (second, first):
        renderer.stems(0, LENGTH)
        renderer, fresh = renderer.updated(timeline), Renderer(timeline, TAKES)
        assert np.array_equal(renderer.mix(0, LENGTH), fresh.mix(0, LENGTH))
        for track in timeline.tracks:
            assert np.array_equal(renderer.stem(track.id, 0, LENGTH), fresh.stem(track.id, 0, LENGTH))


@given(timelines(), timelines())
@settings(max_examples=30, deadline=None)
def test_from_any_timeline_to_any_other_nothing_stale_is_heard(first: Timeline, second: Timeline) -> None:
    renderer = Renderer(first, TAKES)
    renderer.mix(0, LENGTH)
    after, fresh = renderer.updated(second), Renderer(second, TAKES)
    assert np.array_equal(after.mix(0, LENGTH), fresh.mix(0, LENGTH))


def long_timeline() -> Timeline:
    """Two tracks with a clip of a quarter second at every second, for 20 s."""
    tracks = [
        Track(
            number,
            str(number),
            clips=tuple(Clip(100 * number + s, "full", s * RATE, 0, 12_000) for s in range(20)),
        )
        for number in (1, 2)
    ]
    return Timeline(tracks=tuple(tracks))


def test_changing_one_clip_leaves_all_blocks_but_those_it_touches() -> None:
    timeline = long_timeline()
    renderer = Renderer(timeline, TAKES)
    renderer.mix(0, timeline.length)
    track = timeline.tracks[0]
    moved = replace(track.clips[5], start=12 * RATE)
    clips = (*track.clips[:5], *track.clips[6:], moved)
    after = renderer.updated(with_track(timeline, replace(track, clips=clips)))
    touched = {
        index
        for start in (5 * RATE, 12 * RATE)
        for index in range(start // BLOCK, (start + 11_999) // BLOCK + 1)
    }
    kept = {i for i in range(timeline.length // BLOCK) if after.is_rendered(i * BLOCK, (i + 1) * BLOCK)}
    assert kept == set(range(timeline.length // BLOCK)) - touched
    assert renderer.is_rendered(0, timeline.length)


def test_renaming_and_markers_render_nothing_again() -> None:
    timeline = long_timeline()
    renderer = Renderer(timeline, TAKES)
    renderer.mix(0, timeline.length)
    renamed = with_track(timeline, replace(timeline.tracks[0], name="Door"))
    assert renderer.updated(renamed).is_rendered(0, timeline.length)


def test_another_rate_starts_anew_at_that_rate() -> None:
    source = Takes()
    timeline = Timeline(tracks=(Track(1, "a", clips=(Clip(1, "low", 0, 0, 20_000),)),), edge_fade_ms=0.0)
    renderer = Renderer(timeline, source)
    renderer.mix(0, BLOCK)
    faster = renderer.updated(replace(timeline, rate=96_000))
    samples, rate = source.kept["low"]
    expected = resample(samples, rate, 96_000)[0, :BLOCK] * np.float32(np.sqrt(0.5))
    assert np.abs(faster.mix(0, BLOCK)[0] - expected).max() < 1e-6


def test_a_take_is_read_once_for_all_clips_tracks_and_edits() -> None:
    source = Takes()
    timeline = long_timeline()
    renderer = Renderer(timeline, source)
    list(renderer.mix_blocks(0, timeline.length, 10_000, threads=2))
    renderer.updated(replace(timeline, master_gain_db=-3.0)).mix(0, timeline.length)
    assert source.reads == ["full"]


def test_a_clip_begins_and_ends_at_its_very_sample() -> None:
    clip = Clip(1, "full", BLOCK - 1, 7, 3)
    renderer = Renderer(Timeline(tracks=(Track(1, "a", clips=(clip,)),), edge_fade_ms=0.0), TAKES)
    expected = TAKES.kept["full"][0][0, 7:10] * np.float32(np.sqrt(0.5))
    found = renderer.mix(BLOCK - 3, BLOCK + 4)
    assert np.array_equal(found[0], np.array([0, 0, *expected, 0, 0], np.float32))
    assert np.array_equal(found[0], found[1])


def test_a_clip_that_reaches_past_the_end_of_its_take_ends_in_silence() -> None:
    clip = Clip(1, "full", 0, 47_990, 30)
    renderer = Renderer(Timeline(tracks=(Track(1, "a", clips=(clip,)),)), TAKES)
    mix = renderer.mix(0, 40)
    assert mix[0, :10].all() and not mix[0, 10:].any()


def test_soloed_tracks_alone_are_in_the_mix_and_a_muted_stem_can_still_be_heard() -> None:
    timeline = long_timeline()
    solo = with_track(timeline, replace(timeline.tracks[1], soloed=True))
    renderer = Renderer(solo, TAKES)
    assert list(renderer.stems(0, RATE)) == [2]
    assert np.array_equal(renderer.mix(0, RATE), renderer.stem(2, 0, RATE))
    assert renderer.stem(1, 0, RATE).any()


def test_what_is_handed_out_may_be_written_in_without_harm() -> None:
    renderer = Renderer(long_timeline(), TAKES)
    before = renderer.mix(0, BLOCK)
    before[:] = 9.0
    assert renderer.mix(0, BLOCK).max() < 2.0


def test_an_empty_timeline_is_silent_and_an_unknown_track_is_named() -> None:
    renderer = Renderer(Timeline(), TAKES)
    assert not renderer.mix(0, 1000).any()
    assert list(renderer.blocks(0, 0)) == []
    with pytest.raises(BadInput, match="no track 3"):
        renderer.stem(3, 0, 10)
