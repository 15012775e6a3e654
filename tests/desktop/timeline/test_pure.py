"""Time and pixels, ticks, pyramids, columns, snapping, hits and gestures, without a widget."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from desktop.timeline import clip_edits
from desktop.timeline.interaction import gestures
from desktop.timeline.interaction.drag_controller import PressModifiers
from desktop.timeline.interaction.gestures import (
    DragContext,
    GestureEdit,
    LoopChange,
    PlayheadMove,
    PointerPosition,
    RubberBand,
)
from desktop.timeline.interaction.hit_test import Hit, HitPart, PlayheadAndLoop, gain_y, handles, hit
from desktop.timeline.interaction.snapping import snapper
from desktop.timeline.layout.ruler_ticks import ticks, timecode
from desktop.timeline.layout.time_scale import COARSEST, FINEST, LEAD, TimeScale
from desktop.timeline.layout.track_layout import ClipIndex, ClipIndexCache
from desktop.timeline.painting import peak_pyramid, spectrogram
from desktop.timeline.painting.ruler_painter import flags
from desktop.timeline.painting.waveform_columns import waveform_columns
from desktop.timeline.timeline_commands import command_of
from engine.errors import BadInput
from engine.scene.edits import add_marker, mute_clip, set_clip_gain, set_fade_in
from engine.scene.scene import Scene
from engine.scene.timecode import RATES
from engine.scene.timeline import Clip, Timeline
from tests.desktop.key_maps import key_map
from tests.desktop.timeline.bench import DOG, RAIN, RATE, clips, two_tracks
from tests.desktop.timeline.pointer_drag import GEOMETRY, MIDDLE, Drag, dragged

FRAME = RATE // 25


def test_a_sample_turned_into_a_pixel_and_back_is_the_same() -> None:
    scale = TimeScale(12_345.0, 77.0)
    assert scale.sample_at(scale.x_of(1_000_000)) == pytest.approx(1_000_000)


def test_zooming_keeps_the_sample_under_the_pointer() -> None:
    scale = TimeScale(100_000.0, 100.0)
    for factor in (3.0, 0.5, 40.0):
        assert scale.zoomed(factor, 300).sample_at(300) == pytest.approx(scale.sample_at(300))


def test_zoom_ends_at_single_samples_and_at_days() -> None:
    assert TimeScale().zoomed(1e12, 0).per_pixel == FINEST
    assert TimeScale().zoomed(1e-12, 0).per_pixel == COARSEST


def test_nothing_is_scrolled_far_before_the_beginning() -> None:
    scale = TimeScale(0.0, 10.0).scrolled(-1e9)
    assert scale.x_of(0) == pytest.approx(LEAD)


def test_a_stretch_can_be_shown_whole() -> None:
    scale = TimeScale().showing(0, 48_000, 1000)
    assert scale.x_of(0) > 0 and scale.x_of(48_000) < 1000


@pytest.mark.parametrize("per_pixel", [FINEST, 0.5, 20.0, 480.0, 48_000.0, 1e6, COARSEST])
@pytest.mark.parametrize("rate", ["23.976", "25", "29.97df", "60"])
def test_ticks_are_few_in_order_and_their_labels_leave_room(per_pixel: float, rate: str) -> None:
    scale = TimeScale(10 * RATE, per_pixel)
    found = ticks(scale, 1000, Timeline(frame_rate=RATES[rate], start_frame=0))
    labelled = [scale.x_of(tick.at) for tick in found if tick.label]
    assert [tick.at for tick in found] == sorted({tick.at for tick in found})
    assert len(found) < 250
    if per_pixel >= FRAME / 90:
        assert all(b - a > 80 for a, b in pairwise(labelled))


def test_the_ruler_reads_timecode_from_the_scenes_start() -> None:
    assert timecode(0, Timeline()) == "01:00:00:00"
    assert timecode(RATE + FRAME, Timeline()) == "01:00:01:01"


def test_a_pyramid_keeps_the_extremes_of_every_level() -> None:
    samples = np.random.default_rng(0).normal(0, 1, (2, 10_001)).astype(np.float32)
    made = peak_pyramid.build_peaks(samples, RATE)
    for low, high in made.levels:
        assert low.min() == samples.min() and high.max() == samples.max()
    assert len(made.levels[1][0]) == 2501


def test_columns_find_the_peak_wherever_it_is_and_at_every_zoom() -> None:
    samples = np.zeros((1, 200_000), np.float32)
    samples[0, 123_456] = 0.75
    clip = Clip(1, DOG, 50_000, 1000, 190_000)
    scene = two_tracks()
    lane = ClipIndex(replace(scene.timeline.tracks[0], clips=(clip,)))
    place = 50_000 + 123_456 - 1000
    for per_pixel in (0.25, 1.0, 7.0, 64.0, 500.0, 3000.0):
        scale = TimeScale(max(0.0, place - 90 * per_pixel), per_pixel)
        found = waveform_columns(lane, {DOG: peak_pyramid.build_peaks(samples, RATE)}, scale, 400, RATE)
        there = int(scale.x_of(place))
        assert found.high.max() == pytest.approx(0.75)
        assert abs(int(found.high.argmax()) - there) <= 4
        assert found.low.min() == 0.0


def test_a_waveform_ends_where_its_clip_is_drawn_to_end_and_loses_no_peak_by_it() -> None:
    samples = np.zeros((1, 48_000), np.float32)
    samples[0, [0, -1]] = 0.75, -0.5
    made = peak_pyramid.build_peaks(samples, RATE)
    for start, length, left, right in (
        (960, 48_000, 2, 101),
        (1_100, 47_800, 2, 101),
        (1_400, 47_500, 3, 101),
    ):
        clip = Clip(1, DOG, start, 48_000 - length, length)
        found = waveform_columns(
            ClipIndex(replace(two_tracks().timeline.tracks[0], clips=(clip,))),
            {DOG: made},
            TimeScale(0.0, 480.0),
            200,
            RATE,
        )
        drawn = np.flatnonzero(found.weight)
        assert (drawn[0], drawn[-1]) == (left, right - 1)
        assert found.low[right - 1] == -0.5


def test_at_single_samples_a_waveform_is_the_line_of_its_values_not_filled_from_silence() -> None:
    made = peak_pyramid.build_peaks(np.full((1, 16_000), 0.5, np.float32), RATE)
    clip = Clip(1, DOG, 10, 0, 16_000)
    lane = ClipIndex(replace(two_tracks().timeline.tracks[0], clips=(clip,)))
    found = waveform_columns(lane, {DOG: made}, TimeScale(0.0, 0.05), 1000, RATE)
    assert set(found.low[300:]) == set(found.high[300:]) == {0.5}
    assert not found.low[:199].any() and not found.weight[:199].any()


def test_the_name_of_a_marker_has_room_until_the_next_flag() -> None:
    scene = add_marker(add_marker(add_marker(two_tracks(), 50 * 480, "b"), 10 * 480, "a"), 900 * 480, "c")
    found = list(flags(scene.timeline.markers, GEOMETRY))
    assert [mark.name for mark, _, _ in found] == ["a", "b", "c"]
    assert found[0][2] < 40 < found[1][2] and found[2][1] == pytest.approx(900)
    [(only, _, _)] = flags(scene.timeline.markers, replace(GEOMETRY, width=40))
    assert only.name == "a"
    assert list(flags((), GEOMETRY)) == []


def test_columns_follow_gain_and_fades_and_dim_what_is_muted() -> None:
    scene = two_tracks()
    clip = clips(scene)[0]
    scene = set_fade_in(set_clip_gain(scene, clip.id, -6.0), clip.id, 2 * RATE, "linear")
    ones = peak_pyramid.build_peaks(np.ones((1, 64_000), np.float32), 16_000)
    scale = TimeScale(RATE, 4 * RATE / 400)

    def shown(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
        found = waveform_columns(ClipIndex(scene.timeline.tracks[0]), {DOG: ones}, scale, 400, RATE)
        return found.high, found.weight

    high, weight = shown(scene)
    assert high[300] == pytest.approx(0.501, abs=0.01)
    assert high[100] == pytest.approx(0.25, abs=0.01)
    assert shown(mute_clip(scene, clip.id))[1][300] < weight[300]


def test_clips_without_a_pyramid_yet_are_left_out() -> None:
    found = waveform_columns(ClipIndex(two_tracks().timeline.tracks[0]), {}, TimeScale(0, 1000), 100, RATE)
    assert not found.weight.any()


def test_a_spectrogram_is_brightest_at_its_tone_and_halves_in_time() -> None:
    time = np.arange(64_000) / 16_000
    made = spectrogram.build_spectrogram(np.sin(2 * np.pi * 1000 * time).astype(np.float32)[None], 16_000)
    first = made.levels[0][0]
    green = (first[:, 100] >> np.uint32(8)) & np.uint32(255)
    assert 0.42 < int(green.argmax()) / spectrogram.ROWS < 0.69
    widths = [sum(tile.shape[1] for tile in level) for level in made.levels]
    assert all(b == -(-a // 2) for a, b in pairwise(widths))
    assert made.level_for(0.001) == 0 and made.level_for(1.0) == len(made.levels) - 1
    assert [number for number, _, _ in made.tiles(0, 0.1, 0.2)] == [0]


def test_a_time_near_an_edge_goes_there_and_else_to_a_frame() -> None:
    scene = two_tracks()
    found = snapper(scene.timeline, extra=(12_345,))
    assert found.snapped(12_400, 100).at == 12_345 and found.snapped(12_400, 100).edge
    assert found.snapped(RATE + 30, 100).at == RATE
    assert found.snapped(20_000, 10).at == round(20_000 / FRAME) * FRAME


def test_the_end_of_what_is_moved_can_catch_an_edge_too() -> None:
    found = snapper(two_tracks().timeline, besides={clips(two_tracks())[0].id})
    by, edge = found.moved((RATE, 5 * RATE), RATE - 90, 200)
    assert (by, edge) == (RATE, 6 * RATE)


@pytest.mark.parametrize(
    ("x", "y", "part"),
    [
        (101, MIDDLE, HitPart.START),
        (498, MIDDLE, HitPart.END),
        (300, MIDDLE, HitPart.BODY),
        (700, MIDDLE, HitPart.NOTHING),
        (300, 30, HitPart.RULER),
        (50, 30, HitPart.PLAYHEAD),
        (200, 8, HitPart.LOOP_START),
        (260, 8, HitPart.LOOP_END),
    ],
)
def test_what_is_under_the_pointer(x: float, y: float, part: HitPart) -> None:
    standing = PlayheadAndLoop(50 * 480, (200 * 480, 260 * 480))
    assert hit(GEOMETRY, two_tracks(), ClipIndexCache(), standing, x, y).part is part


def test_handles_gain_line_and_markers_are_found_where_they_are_drawn() -> None:
    scene = add_marker(two_tracks(), 700 * 480, "door")
    clip = clips(scene)[0]
    rect = GEOMETRY.rect_of(clip, 0)
    rise, fall = handles(clip, rect)

    def part(x: float, y: float) -> HitPart:
        return hit(GEOMETRY, scene, ClipIndexCache(), PlayheadAndLoop(), x, y).part

    assert part(rise, rect[1] + 5) is HitPart.FADE_IN
    assert part(fall, rect[1] + 5) is HitPart.FADE_OUT
    assert part(300, gain_y(0.0, rect)) is HitPart.GAIN
    assert part(703, 8) is HitPart.MARKER


def test_a_dragged_clip_follows_the_pointer_and_stops_at_the_beginning() -> None:
    assert clips(dragged(HitPart.BODY, 300, 340, 350))[0].start == RATE + 50 * 480
    assert clips(dragged(HitPart.BODY, 300, -2000))[0].start == 0


def test_a_clip_dragged_with_snapping_lands_on_frames() -> None:
    assert clips(dragged(HitPart.BODY, 300, 333, snap=True))[0].start % FRAME == 0


def test_a_clip_can_be_dragged_to_another_track_but_not_past_the_last() -> None:
    drag = Drag(two_tracks(), Hit(HitPart.BODY, 0, clips(two_tracks())[0].id), 300)
    drag.press()
    drag.to(300, MIDDLE + 500)
    assert [len(track.clips) for track in drag.scene.timeline.tracks] == [0, 2]


def test_nothing_moves_before_a_drag_has_begun() -> None:
    assert dragged(HitPart.BODY, 300, 302) == two_tracks()


def test_an_edge_is_trimmed_no_further_than_the_take_or_the_clip_goes() -> None:
    assert clips(dragged(HitPart.START, 100, 150))[0].start == RATE + 50 * 480
    assert clips(dragged(HitPart.START, 100, 20))[0].start == RATE
    assert clips(dragged(HitPart.END, 500, 900))[0].end == 5 * RATE
    assert clips(dragged(HitPart.END, 500, 0))[0].length == 1


def test_a_fade_shortened_by_a_trim_comes_back_when_the_trim_goes_back() -> None:
    scene = set_fade_in(two_tracks(), clips(two_tracks())[0].id, 3 * RATE)
    assert clips(dragged(HitPart.END, 500, 150, 500, scene=scene))[0].fade_in.samples == 3 * RATE


def test_fade_handles_and_the_gain_line_change_what_they_say() -> None:
    assert clips(dragged(HitPart.FADE_IN, 100, 200))[0].fade_in.samples == 100 * 480
    assert clips(dragged(HitPart.FADE_OUT, 500, 450))[0].fade_out.samples == 50 * 480
    drag = Drag(two_tracks(), Hit(HitPart.GAIN, 0, clips(two_tracks())[0].id), 300)
    drag.press()
    drag.to(300, MIDDLE + 10)
    assert clips(drag.scene)[0].gain_db == -5.0


def test_cancelling_a_drag_gives_the_scene_back_as_it_was() -> None:
    scene = two_tracks()
    drag = Drag(scene, Hit(HitPart.BODY, 0, clips(scene)[0].id), 300)
    drag.press()
    drag.to(400)
    undo = drag.hand.cancel()
    assert undo is not None and drag.scene != scene
    assert undo.change(drag.scene) == scene


def test_the_ruler_seeks_by_click_and_draws_a_loop_by_drag() -> None:
    drag = Drag(two_tracks(), Hit(HitPart.RULER), 300, 30)
    assert drag.press() is None
    assert drag.hand.release(drag.point(300, 30)) == PlayheadMove(300 * 480)
    drag.press()
    assert drag.to(200, 30) == LoopChange(200 * 480, 300 * 480)
    assert drag.hand.release(drag.point(200, 30)) is None


def test_a_rubber_band_chooses_what_it_touches() -> None:
    scene = two_tracks()
    drag = Drag(scene, Hit(HitPart.NOTHING, 0), 520)
    drag.press()
    assert isinstance(drag.to(700, MIDDLE + 60), RubberBand)
    assert drag.hand.selected == {clips(scene)[1].id}


def test_clips_are_added_to_what_is_chosen_with_shift_or_control() -> None:
    one, other = clips(two_tracks())
    drag = Drag(two_tracks(), Hit(HitPart.BODY, 0, one.id), 300)
    drag.hand.selected = frozenset({other.id})
    drag.press(PressModifiers(control=True))
    drag.hand.release(drag.point(300, MIDDLE))
    assert drag.hand.selected == {one.id, other.id}
    drag.press(PressModifiers(shift=True))
    assert drag.hand.selected == {other.id}


def test_a_gesture_leaves_alone_what_changed_meanwhile() -> None:
    scene = two_tracks()
    clip, other = clips(scene)
    press = PointerPosition(0, 0, 0)
    gesture = gestures.move(DragContext(press, {scene.timeline.tracks[0].id: (clip,)}, clip, (1, 3), None))
    next(gesture)
    edit = gesture.send(replace(press, x=50, at=4800))
    assert isinstance(edit, GestureEdit)
    assert clips(edit.change(set_clip_gain(scene, other.id, -3.0)))[1].gain_db == -3.0


def test_copies_keep_their_distances_and_tracks() -> None:
    scene = two_tracks()
    numbers = {clip.id for clip in clips(scene)}
    copied = clip_edits.copy_clips(scene, numbers)
    pasted = clip_edits.paste(scene, copied, 20 * RATE, 0)
    assert [clip.start // RATE for clip in clips(pasted)] == [1, 20, 6, 25]
    assert len({clip.id for clip in clips(pasted)}) == 4
    doubled = clip_edits.duplicate_all(scene, numbers)
    assert [clip.start // RATE for clip in clips(doubled)] == [1, 10, 6, 15]


def test_pasting_where_there_is_no_track_says_so() -> None:
    with pytest.raises(BadInput, match="no track"):
        clip_edits.paste(Scene(), clip_edits.copy_clips(two_tracks(), {clips(two_tracks())[0].id}), 0, 0)


def test_a_take_dropped_below_the_tracks_goes_to_its_objects_own() -> None:
    scene = clip_edits.drop_take(two_tracks(), RAIN, 0, 99)
    assert [clip.take for clip in scene.timeline.tracks[1].clips] == [RAIN, RAIN]


def test_keys_mean_what_the_windows_table_says() -> None:
    assert command_of("Ctrl+B", key_map()) == "split"
    assert command_of("Del", key_map()) == "delete" == command_of("Backspace", key_map())
    assert command_of("Ctrl+G", key_map()) is None
    assert command_of("X", key_map({"split": ("X",)})) == "split"
