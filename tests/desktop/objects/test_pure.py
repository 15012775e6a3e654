"""What needs no window: selections, drops, peaks, cut-outs, recipes, edits."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop.objects.edits import (
    clicked,
    drop_place,
    in_use,
    place_at,
    shift_object,
    takes_with,
    use_take,
)
from desktop.objects.preview_images import crop_box, cut_out, peaks
from desktop.objects.recipe_tip import recipe_rows, recipe_tip
from desktop.objects.take_filter import TakeFilter, order_of
from desktop.objects.wave_strip import wave_outline
from engine.generation.add_to_project import attach
from engine.generation.object_aware import object_aware_info
from engine.generation.recipe import request_text
from engine.generation.request_builder import request_for, targets_of, together_target
from engine.scene.edits import (
    choose_take,
    note_take,
    reject_take,
    remove_clip,
    remove_track,
    rename_take,
    star_take,
)
from engine.scene.scene import Scene
from tests.desktop.objects.toy import toy_mask, toy_project, toy_take, with_takes


@pytest.mark.parametrize(
    ("selection", "number", "toggle", "span", "after"),
    [
        ((), 3, False, False, (3,)),
        ((1, 2), 3, False, False, (3,)),
        ((1, 2), 3, True, False, (1, 2, 3)),
        ((1, 2, 3), 2, True, False, (1, 3)),
        ((4,), 2, False, True, (3, 4, 2)),
        ((), 2, False, True, (2,)),
        ((9,), 2, False, True, (2,)),
    ],
)
def test_a_click_selects(
    selection: tuple[int, ...], number: int, toggle: bool, span: bool, after: tuple[int, ...]
) -> None:
    assert clicked(selection, (1, 2, 3, 4), number, toggle=toggle, span=span) == after


def test_a_dragged_card_stands_behind_those_whose_middle_it_passed() -> None:
    middles = [10.0, 30.0, 50.0]
    assert [drop_place(y, middles, 0) for y in (0, 29, 31, 51)] == [0, 0, 1, 2]
    assert [drop_place(y, middles, 2) for y in (0, 11, 31, 99)] == [0, 1, 2, 2]


def test_peaks_keep_the_lowest_and_highest_of_every_channel() -> None:
    samples = np.zeros((2, 1000), np.float32)
    samples[0, 5], samples[1, 995] = 0.75, -0.5
    found = peaks(samples, 10)
    assert found.shape == (2, 10)
    assert (found[1, 0], found[0, 9]) == (0.75, -0.5)
    assert not found[:, 1:9].any()
    assert peaks(np.zeros((1, 0), np.float32)).shape == (2, 1)
    assert peaks(np.ones((1, 3), np.float32), 10).shape == (2, 3)


def test_a_waveform_stays_within_its_strip_and_silence_is_a_line() -> None:
    loud = wave_outline(np.array([[-1.0, -0.2], [0.9, 0.1]], np.float32), 100, 20)
    assert len(loud) == 4
    assert all(0 <= x <= 100 and 0 <= y <= 20 for x, y in loud)
    flat = wave_outline(np.zeros((2, 5), np.float32), 100, 20)
    assert {y for _, y in flat} == {9.5, 10.5}


def test_an_object_is_cut_out_as_a_square_inside_the_still() -> None:
    mask = np.zeros((60, 80), np.bool_)
    mask[0:10, 70:80] = True
    x0, y0, x1, y1 = crop_box(mask)
    assert x1 == 80
    assert y0 == 0
    assert x1 - x0 == y1 - y0 == 12
    pixels = np.full((60, 80, 3), 200, np.uint8)
    small = cut_out(pixels, mask, 24)
    assert small.shape == (24, 24, 3)
    assert (small[2, 20].tolist(), small[22, 1].tolist()) == ([200] * 3, [60] * 3)
    whole = np.ones((60, 80), np.bool_)
    assert cut_out(pixels, whole, 40).shape == (30, 40, 3)


def test_a_recipe_is_told_in_words(tmp_path: Path) -> None:
    project, scene, _ = toy_project(tmp_path)
    with project:
        take = with_takes(project, scene, 0, 1).takes[0]
    request = request_for(object_aware_info("pocket-1"), "s", (together_target(scene.objects[:2]),))
    rows = dict(recipe_rows(replace(take, recipe=request_text(request))))
    assert rows["Prompt"] == "dog + bird"
    assert rows["Steps"] == "16, draft"
    assert (rows["Seed"], rows["Model"], rows["Length"]) == ("0", "pocket-1", "0.10 s, 16 kHz")
    alone = request_for(
        object_aware_info("pocket-1"), "s", targets_of([replace(scene.objects[0], prompt=None)])
    )
    assert dict(recipe_rows(replace(take, recipe=request_text(alone))))["Prompt"] == "from the picture"


@pytest.mark.parametrize(
    "recipe",
    [
        "",
        "[]",
        "nonsense",
        "[" * 5000,
        '{"subjects": 3}',
        '{"subjects": [{"parts": 7}]}',
        '{"seed": "x", "subjects": []}',
        '{"schema": 2, "targets": 3}',
        '{"schema": 2, "targets": [{"parts": 7}]}',
        '{"schema": 9}',
    ],
)
def test_a_recipe_of_no_known_form_tells_what_it_can(recipe: str, tmp_path: Path) -> None:
    project, scene, _ = toy_project(tmp_path)
    with project:
        take = with_takes(project, scene, 0, 1).takes[0]
    assert recipe_rows(replace(take, recipe=recipe))[-1][0] == "Length"


def test_words_of_a_recipe_are_never_markup(tmp_path: Path) -> None:
    project, scene, _ = toy_project(tmp_path)
    with project:
        take = with_takes(project, scene, 0, 1).takes[0]
    tip = recipe_tip(replace(take, name="<b>Dog", recipe=json.dumps({"negative": "<img src=x>"})))
    assert "&lt;b&gt;Dog" in tip
    assert "<img" not in tip


def test_takes_stand_newest_first_and_rejected_ones_last(tmp_path: Path) -> None:
    project, scene, _ = toy_project(tmp_path)
    with project:
        scene = with_takes(project, scene, 0, 3)
    scene = reject_take(scene, scene.takes[2].digest)
    scene = star_take(scene, scene.takes[0].digest)
    assert [take.number for take in takes_with(scene, 0)] == [2, 1, 3]


def test_a_used_take_replaces_only_the_one_that_was_in_use(tmp_path: Path) -> None:
    project, scene, _ = toy_project(tmp_path)
    with project:
        scene = with_takes(project, scene, 0, 3)
    first, second, third = (take.digest for take in scene.takes)
    scene = use_take(scene, 0, second)
    assert [clip.take for clip in scene.timeline.tracks[0].clips] == [second]
    other = choose_take(scene, 0, first)
    assert [clip.take for clip in use_take(other, 0, third).timeline.tracks[0].clips] == [second]
    bare = remove_clip(scene, scene.timeline.tracks[0].clips[0].id)
    assert [clip.take for clip in use_take(bare, 0, third).timeline.tracks[0].clips] == [third]
    assert use_take(scene, 0, second) == scene


def together(tmp_path: Path) -> tuple[Scene, str, dict[int, str]]:
    """A scene with two takes of the dog, one of the bird and one of both; the digest of that, and of the newest."""
    project, scene, _ = toy_project(tmp_path)
    with project:
        scene = with_takes(project, with_takes(project, scene, 0, 2), 1, 1)
        both = project.add_take(toy_take("Dog + Bird", (0, 1), 1, seed=5), (0, 1))
    return attach(scene, both), both.digest, {take.objects[0]: take.digest for take in scene.takes}


def heard(scene: Scene) -> set[str]:
    """The names of what sounds, as the takes are called."""
    clips = (clip for track in scene.timeline.audible() for clip in track.clips if not clip.muted)
    takes = (scene.take(clip.take) for clip in clips)
    return {f"{take.name} {take.number}" for take in takes if take is not None}


def test_a_take_of_several_together_is_used_instead_of_theirs_and_theirs_instead_of_it(
    tmp_path: Path,
) -> None:
    before, both, newest = together(tmp_path)
    assert heard(before) == {"Dog 1", "Bird 1"}
    scene = use_take(before, 0, both)
    assert heard(scene) == {"Dog + Bird 1"}
    record = scene.take(both)
    assert record is not None and in_use(scene, 0, record) and in_use(scene, 1, record)
    assert use_take(scene, 1, both) == scene
    back = use_take(scene, 0, newest[0])
    assert heard(back) == {"Dog 2", "Bird 1"} and not in_use(back, 0, record)
    assert heard(use_take(back, 1, both)) == {"Dog + Bird 1"}


def test_a_take_of_several_together_gets_its_track_back_and_its_clip(tmp_path: Path) -> None:
    before, both, _ = together(tmp_path)
    track = next(track for track in before.timeline.tracks if track.object is None)
    for scene in (remove_track(before, track.id), remove_clip(before, track.clips[0].id)):
        assert heard(use_take(scene, 1, both)) == {"Dog + Bird 1"}
    placed = place_at(remove_track(before, track.id), 0, both, 4000)
    assert [(track.name, track.clips[0].start) for track in placed.timeline.tracks][-1] == (
        "Dog + Bird",
        4000,
    )


def test_a_take_is_placed_at_a_time_on_the_track_of_its_object(tmp_path: Path) -> None:
    before, _, newest = together(tmp_path)
    placed = place_at(before, 1, newest[1], 700)
    track = next(track for track in placed.timeline.tracks if track.object == 1)
    assert [(clip.take, clip.start) for clip in track.clips] == [(newest[1], 0), (newest[1], 700)]


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        (TakeFilter(), "Dog 2, Dog 1, Dog + Bird 1, Bird 1"),
        (TakeFilter("bird"), "Dog + Bird 1, Bird 1"),
        (TakeFilter("GATE far"), "Dog 1"),
        (TakeFilter("reel 2"), "Dog 1"),
        (TakeFilter("howling"), "Dog 2"),
        (TakeFilter("nothing like it"), ""),
        (TakeFilter(starred=True), "Dog 2"),
        (TakeFilter("gate", starred=True), ""),
        (TakeFilter(number=1), "Dog + Bird 1, Bird 1"),
        (TakeFilter(deleted=True), "Dog 3"),
    ],
)
def test_takes_are_found_by_words_star_object_and_in_the_bin(
    chosen: TakeFilter, shown: str, tmp_path: Path
) -> None:
    scene, _, _ = together(tmp_path)
    first, second = (take.digest for take in scene.takes[:2])
    third = replace(scene.takes[0], digest="f" * 64, number=3, deleted=True)
    prompted = replace(scene.takes[1], recipe=json.dumps({"targets": [{"prompt": "howling"}], "schema": 2}))
    scene = replace(scene, takes=(scene.takes[0], prompted, *scene.takes[2:], third))
    scene = star_take(note_take(rename_take(scene, first, "Far bark"), first, "gate, reel 2"), second)
    found = [scene.take(digest) for _, digest in order_of(scene, chosen)]
    names = list(dict.fromkeys(f"{take.name} {take.number}" for take in found if take is not None))
    assert sorted(names) == sorted(filter(None, shown.split(", ")))
    assert chosen.active == (chosen != TakeFilter())


def test_an_object_moved_past_the_end_stays_there(tmp_path: Path) -> None:
    project, scene, _ = toy_project(tmp_path)
    project.close()
    assert [thing.index for thing in shift_object(scene, 0, 9).objects] == [1, 2, 0]
    assert [thing.index for thing in shift_object(scene, 0, -9).objects] == [0, 1, 2]


def test_a_request_of_several_together_is_as_loud_as_the_loudest() -> None:
    from engine.scene.objects import SoundingObject

    quiet = SoundingObject(0, toy_mask(0), "a", level_lufs=-40.0)
    loud = SoundingObject(1, toy_mask(30), "b", level_lufs=-18.0)
    target = together_target([quiet, loud], "both")
    assert (target.name, target.level_lufs, len(target.parts)) == ("both", -18.0, 2)
