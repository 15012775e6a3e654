"""What is handed over is the scene's timeline, at the rate of the media files."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.export.interchange.export import media_keys
from engine.export.interchange.model import (
    InterchangeTimeline,
    MediaFile,
    OtherTake,
    build_interchange,
    read_take_facts,
)
from engine.export.interchange.rpp import project_text
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timecode import RATES, from_text
from engine.scene.timeline import PROJECT_RATES, Clip, ClipMarker, Fade, Marker, Timeline, Track
from tests.engine.export.toy_scene import Toy, noise

FOLDER = Path("/films/out")
RECIPE = '{"model": "pocket-0123", "seed": 5, "subjects": [{"prompt": "a cat"}], "takes": [1]}'


def record(recipe: str = RECIPE, rate: int = 16_000, samples: int = 80_000) -> TakeRecord:
    return TakeRecord("a" * 64, "cat", (0,), 3, rate, 1, samples, recipe)


def scene_of(clip: Clip, rate: int = 48_000, **timeline: object) -> Scene:
    import numpy as np

    mask: Mask = np.ones((2, 2), np.bool_)
    thing = SoundingObject(0, mask, "cat", chosen_colour=(1, 2, 3))
    tracks = (
        Track(1, "Cat", object=0, clips=(clip,), gain_db=-2.0, pan=0.5, soloed=True),
        Track(2, "Empty", muted=True),
    )
    line = replace(Timeline(rate=rate, tracks=tracks), **timeline)  # type: ignore[arg-type]
    return Scene("Street", objects=(thing,), takes=(record(),), timeline=line)


def media_at(rate: int) -> dict[str, MediaFile]:
    path = FOLDER / "media" / "01_cat_take3.wav"
    return {"a" * 64: MediaFile(path, rate, 1, record().length_at(rate))}


CLIP = Clip(7, "a" * 64, 1_000, 500, 20_000, -3.0, 0.25, Fade(100, "linear"), Fade(200), muted=True)


def test_a_clip_is_handed_over_with_its_track_take_and_file() -> None:
    made = build_interchange(
        scene_of(CLIP), media_at(48_000), folder=FOLDER, licences={"pocket": "CC-BY-4.0"}
    )
    track, empty = made.tracks
    [clip] = track.clips
    assert (track.name, track.object, track.colour, track.gain_db, track.pan) == (
        "Cat", "cat", (1, 2, 3), -2.0, 0.5,
    )  # fmt: skip
    assert (track.soloed, empty.muted, empty.clips) == (True, True, ())
    assert (clip.id, clip.start, clip.offset, clip.length, clip.end) == (7, 1_000, 500, 20_000, 21_000)
    assert (clip.gain_db, clip.pan, clip.muted) == (-3.0, 0.25, True)
    assert (clip.fade_in, clip.fade_out) == (Fade(240, "linear"), Fade(240))
    assert (clip.name, clip.media.path.name) == ("cat take 3", "01_cat_take3.wav")
    assert (clip.take.prompt, clip.take.seed, clip.take.licence) == ("a cat", 5, "CC-BY-4.0")
    assert made.length == 21_000
    assert made.used_media() == (clip.media,)


def test_a_lowered_file_gets_its_level_back_as_gain() -> None:
    media = {key: replace(file, lowered_db=1.5) for key, file in media_at(48_000).items()}
    made = build_interchange(scene_of(CLIP), media, folder=FOLDER)
    assert made.tracks[0].clips[0].gain_db == -1.5


@settings(max_examples=200)
@given(st.data())
def test_at_another_rate_edges_keep_their_place_and_no_clip_leaves_its_file(data: st.DataObject) -> None:
    rate, to = data.draw(st.sampled_from(PROJECT_RATES)), data.draw(st.sampled_from(PROJECT_RATES))
    whole = record().length_at(rate)
    offset = data.draw(st.integers(0, whole - 3))
    length = data.draw(st.integers(3, whole - offset))
    rise = data.draw(st.integers(0, length))
    fall = data.draw(st.integers(0, length - rise))
    start = data.draw(st.integers(0, 2**32))
    clip = Clip(1, "a" * 64, start, offset, length, fade_in=Fade(rise), fade_out=Fade(fall))
    made = build_interchange(scene_of(clip, rate), media_at(to), folder=FOLDER, rate=to)
    [found] = made.tracks[0].clips
    assert abs(found.start - Fraction(start * to, rate)) <= Fraction(1, 2)
    assert abs(found.end - Fraction(clip.end * to, rate)) <= Fraction(3, 2)
    assert found.offset + found.length <= found.media.samples
    assert found.fade_in.samples + found.fade_out.samples <= found.length
    assert found.length >= 1


def test_markers_move_with_the_rate() -> None:
    scene = scene_of(CLIP, markers=(Marker(1, 48_000, "slam", hit=True),))
    made = build_interchange(scene, media_at(96_000), folder=FOLDER, rate=96_000)
    assert made.markers == (Marker(1, 96_000, "slam", hit=True),)


def test_a_take_without_a_file_is_told_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="has no sound file"):
        build_interchange(scene_of(CLIP), {}, folder=FOLDER)


@pytest.mark.parametrize("change", [{"rate": 44_100}, {"samples": 9_000}])
def test_a_file_that_does_not_fit_is_told_in_a_sentence(change: dict[str, int]) -> None:
    media = {key: replace(file, **change) for key, file in media_at(48_000).items()}  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="does not fit its clip"):
        build_interchange(scene_of(CLIP), media, folder=FOLDER)


@pytest.mark.parametrize(
    "recipe", ["", "[]", "{}", '{"seed": "x", "model": 3, "subjects": [7]}', "[" * 100_000]
)
def test_a_recipe_that_says_nothing_says_nothing(recipe: str) -> None:
    facts = read_take_facts(record(recipe), {})
    assert (facts.prompt, facts.seed, facts.model, facts.licence) == ("", None, "", "unknown")


@pytest.mark.parametrize("fps", RATES)
def test_the_start_in_seconds_samples_and_frames_is_one_and_the_same(fps: str) -> None:
    rate = RATES[fps]
    frame = from_text("10:00:00:00", rate)
    made = build_interchange(
        scene_of(CLIP, frame_rate=rate, start_frame=frame), media_at(48_000), folder=FOLDER
    )
    assert made.start_seconds == frame / rate.exact
    assert 0 <= made.start_sample - made.start_seconds * 48_000 < 1
    assert made.frame(0) == frame
    assert made.frame(48_000 * 3600) - frame == pytest.approx(3600 * rate.exact, abs=0.5)


def test_drop_frame_lands_on_the_right_sample_after_ten_hours() -> None:
    """1,078,920 frames of 1001/30000 s are 35,999.964 s: 1,727,998,272 samples of 1/48,000 s."""
    rate = RATES["29.97df"]
    scene = scene_of(CLIP, frame_rate=rate, start_frame=from_text("10:00:00;00", rate))
    assert build_interchange(scene, media_at(48_000), folder=FOLDER).start_sample == 1_727_998_272


def test_a_scene_of_several_takes_uses_each_file_once() -> None:
    toy = Toy({"cat": (noise(1, 1.0, 16_000, 0.1), 16_000), "dog": (noise(2, 1.0, 48_000, 0.1, 2), 48_000)})
    files = {
        take.digest: MediaFile(FOLDER / f"{take.name}.wav", 48_000, take.channels, take.length_at(48_000))
        for take in toy.scene.takes
    }
    made: InterchangeTimeline = build_interchange(toy.scene, files, folder=FOLDER)
    assert [file.path.name for file in made.used_media()] == ["cat.wav", "dog.wav"]


def test_automatic_fades_and_crossfades_are_fades_for_other_programs() -> None:
    first, second = Clip(7, "a" * 64, 0, 0, 20_000), Clip(8, "a" * 64, 15_000, 30_000, 20_000)
    scene = scene_of(first)
    track = replace(scene.timeline.tracks[0], clips=(first, second))
    scene = replace(scene, timeline=replace(scene.timeline, tracks=(track, *scene.timeline.tracks[1:])))
    made = build_interchange(scene, media_at(48_000), folder=FOLDER)
    one, other = made.tracks[0].clips
    assert (one.fade_in, one.fade_out) == (Fade(240, "linear"), Fade(5_000, "equal_power"))
    assert (other.fade_in, other.fade_out) == (Fade(5_000, "equal_power"), Fade(240, "linear"))
    text = project_text(made)
    assert text.count("FADEIN 0 0.005000000000 ") == 1
    assert text.count("FADEOUT 1 0.104166666667 ") == 1
    off = replace(scene, timeline=replace(scene.timeline, edge_fade_ms=0.0, auto_crossfade=False))
    plain = build_interchange(off, media_at(48_000), folder=FOLDER)
    assert {clip.fade_in.samples for clip in plain.tracks[0].clips} == {0}


def test_a_clip_goes_with_its_name_group_markers_and_the_other_takes_that_have_files() -> None:
    clip = replace(CLIP, name="paw", group=2, markers=(ClipMarker(600, "toe"),))
    scene = scene_of(clip)
    other = replace(record(samples=4_000), digest="b" * 64, number=4)
    scene = replace(scene, takes=(*scene.takes, other, replace(other, digest="c" * 64, rejected=True)))
    path = FOLDER / "media" / "02_cat_take4.wav"
    media = {**media_at(96_000), "b" * 64: MediaFile(path, 96_000, 1, 24_000, lowered_db=2.0)}
    [made] = build_interchange(scene, media, folder=FOLDER, rate=96_000).tracks[0].clips
    assert (made.name, made.group, made.markers) == ("paw", 2, (ClipMarker(1200, "toe"),))
    assert made.others == (OtherTake("cat take 4", media["b" * 64], 0, 2.0),)
    assert media_keys(scene, ("rpp",)) == ("a" * 64, "b" * 64)
    assert media_keys(scene, ("otio", "aaf")) == ("a" * 64,)
