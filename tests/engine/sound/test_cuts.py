"""No cut clicks: scenes x edges of clips, with sounds that are loud from their first to their last sample."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from engine.scene import edits
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import LAYOUT_IDS, PROJECT_RATES, LayoutId, Timeline
from engine.sound.render import Renderer
from engine.sound.waveform import Waveform

MOST_STEP = 0.02
TONE, HELD = "a" * 64, "b" * 64
SECONDS = 2


def takes(digest: str) -> tuple[Waveform, int]:
    """A tone of 40 Hz at full scale that begins at its peak, and a constant: neither has a step of its own."""
    time = np.arange(SECONDS * 48_000) / 48_000
    samples = np.cos(2 * np.pi * 40 * time) if digest == TONE else np.full(len(time), 0.9)
    return samples.astype(np.float32)[None], 48_000


def scene(rate: int, layout: LayoutId = "stereo") -> Scene:
    """Two takes on two tracks: clips 3 and 4 a second apart, whole and cut at both ends."""
    records = (
        TakeRecord(d, "Tone", (), n, 48_000, 1, SECONDS * 48_000, "{}") for n, d in enumerate((TONE, HELD), 1)
    )
    made = Scene(timeline=Timeline(rate=rate, layout=layout))
    for record in records:
        made = edits.attach_take(made, record)
    made = edits.add_track(edits.add_track(made, "One"), "Two")
    made = edits.place_take(made, 1, TONE, rate // 10)
    return edits.place_take(made, 1, HELD, 3 * rate, offset=rate // 3, length=rate // 2)


def trimmed(made: Scene, rate: int) -> Scene:
    return edits.trim_end(edits.trim_start(made, 3, rate // 2 + 7), 3, rate + 13)


def split(made: Scene, rate: int) -> Scene:
    return edits.split_clip(edits.split_clip(made, 3, rate), 4, 3 * rate + 999)


def split_and_moved(made: Scene, rate: int) -> Scene:
    made = split(made, rate)
    return edits.move_clip(edits.set_clip_gain(made, 5, -6.0), 6, 3 * rate + 1000)


def touching(made: Scene, rate: int) -> Scene:
    return edits.move_clip(made, 4, rate // 10 + SECONDS * rate)


def overlapping(made: Scene, rate: int) -> Scene:
    return edits.move_clip(made, 4, rate // 10 + SECONDS * rate - rate // 4)


def barely_overlapping(made: Scene, rate: int) -> Scene:
    return edits.move_clip(made, 4, rate // 10 + SECONDS * rate - 3)


def inside(made: Scene, rate: int) -> Scene:
    return edits.set_clip_gain(edits.move_clip(made, 4, rate), 4, -12.0)


def slipped(made: Scene, rate: int) -> Scene:
    return edits.slip_clip(trimmed(made, rate), 3, 4321)


def rippled(made: Scene, rate: int) -> Scene:
    return edits.ripple_delete(split(made, rate), [3])


def short(made: Scene, rate: int) -> Scene:
    return edits.trim_end(made, 4, 3 * rate + rate // 200)


def muted_between(made: Scene, rate: int) -> Scene:
    return edits.mute_clip(split(made, rate), 5)


def three_at_once(made: Scene, rate: int) -> Scene:
    made = overlapping(made, rate)
    return edits.place_take(made, 1, TONE, rate // 10 + SECONDS * rate - rate // 3)


def tiny_fades(made: Scene, rate: int) -> Scene:
    return edits.set_fade_out(edits.set_fade_in(made, 3, 2), 3, 1, "exponential")


ARRANGEMENTS = (
    *(
        trimmed,
        split,
        split_and_moved,
        touching,
        overlapping,
        barely_overlapping,
        inside,
        slipped,
        rippled,
        short,
    ),
    *(muted_between, three_at_once, tiny_fades),
)


@pytest.mark.parametrize(
    ("arrange", "rate"),
    list(product(ARRANGEMENTS, PROJECT_RATES)),
    ids=lambda v: getattr(v, "__name__", str(v)),
)
def test_no_stem_has_a_step_at_any_cut(arrange: object, rate: int) -> None:
    made = arrange(scene(rate), rate)  # type: ignore[operator]
    renderer = Renderer(made.timeline, takes)
    cuts = {at for track in made.timeline.tracks for clip in track.clips for at in (clip.start, clip.end)}
    for track in made.timeline.tracks:
        stem = renderer.stem(track.id, 0, made.timeline.length + 10)
        steps = np.abs(np.diff(stem, axis=1)).max(axis=0)
        worst = {at: float(steps[at - 1]) for at in cuts if at > 0}
        assert max(worst.values()) < MOST_STEP, worst
        assert steps.max() < MOST_STEP


@pytest.mark.parametrize("layout", LAYOUT_IDS)
def test_no_layout_has_a_step_at_any_cut(layout: LayoutId) -> None:
    made = overlapping(scene(48_000, layout), 48_000)
    stem = Renderer(made.timeline, takes).stem(1, 0, made.timeline.length + 10)
    assert np.abs(np.diff(stem, axis=1)).max() < MOST_STEP


def test_without_automatic_fades_the_same_cuts_do_step() -> None:
    made = scene(48_000)
    made = replace(made, timeline=replace(made.timeline, edge_fade_ms=0.0, auto_crossfade=False))
    stem = Renderer(made.timeline, takes).stem(1, 0, made.timeline.length + 10)
    assert np.abs(np.diff(stem, axis=1)).max() > 0.5


def test_an_edit_renders_anew_what_its_neighbours_fades_change() -> None:
    made = touching(scene(48_000), 48_000)
    renderer = Renderer(made.timeline, takes)
    renderer.mix(0, made.timeline.length)
    moved = overlapping(made, 48_000)
    again = renderer.updated(moved.timeline)
    fresh = Renderer(moved.timeline, takes)
    assert np.array_equal(again.mix(0, moved.timeline.length), fresh.mix(0, moved.timeline.length))
