"""AAF files, read back by pyaaf2 and by OpenTimelineIO's adapter."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import aaf2
import opentimelineio as otio
import pytest

from engine.export.interchange.aaf import write
from engine.export.interchange.model import InterchangeTimeline
from engine.scene.timeline import Fade
from tests.engine.export.interchange.sample import clip, interchange, track, usual


@contextmanager
def composition(scene: InterchangeTimeline, folder: Path) -> Iterator[Any]:
    write(scene, folder / "scene.aaf")
    with aaf2.open(str(folder / "scene.aaf"), "r") as file:
        yield next(file.content.toplevel())


def sound_slots(mob: Any) -> list[Any]:
    return [slot for slot in mob.slots if slot.segment.media_kind == "Sound"]


def places(slot: Any) -> list[tuple[int, int, int, float]]:
    """Start, length, offset and gain of each clip, by the Edit Protocol's rule: transitions lie over both sides."""
    found, at = [], 0
    [sequence] = slot.segment.segments
    for part in sequence.components:
        if isinstance(part, aaf2.components.Transition):
            at -= part.length
            continue
        if isinstance(part, aaf2.components.OperationGroup):
            [source] = part.segments
            [gain] = part.parameters
            found.append((at, part.length, source.start, float(gain.value)))
        at += part.length
    assert at == sequence.length
    return found


def test_clips_lie_where_they_lay_to_the_sample_under_their_fades(tmp_path: Path) -> None:
    scene = usual()
    with composition(scene, tmp_path) as mob:
        slots = sound_slots(mob)
        assert [slot.name for slot in slots] == ["Cat", "Cat (2)", "Dog & <door>"]
        assert all(slot.edit_rate == 48_000 for slot in slots)
        found = [place[:3] for slot in slots for place in places(slot)]
        gains = [place[3] for slot in slots for place in places(slot)]
    a, b, c = scene.tracks[0].clips
    wanted = [(k.start, k.length, k.offset) for k in (a, c, b, scene.tracks[1].clips[0])]
    assert found == wanted
    assert gains[:3] == pytest.approx([10 ** (-4.0 / 20)] * 3, abs=1e-6)
    assert gains[3] == 0.0


def test_clips_that_touch_and_clips_without_fades_lie_right_too(tmp_path: Path) -> None:
    bare = replace(clip(2, 48_000, 1_000), fade_in=Fade(), fade_out=Fade())
    scene = interchange(track(1, clip(1, 0), bare, replace(clip(3, 49_000), fade_out=Fade())))
    with composition(scene, tmp_path) as mob:
        [slot] = sound_slots(mob)
        assert [place[:2] for place in places(slot)] == [(0, 48_000), (48_000, 1_000), (49_000, 48_000)]


@pytest.mark.parametrize(
    ("fps", "start", "frames", "nominal", "rate"),
    [
        ("25", "01:00:00:00", 90_000, 25, Fraction(25)),
        ("29.97df", "10:00:00;00", 1_078_920, 30, Fraction(30_000, 1001)),
    ],
)
def test_the_timecode_is_right_to_the_frame(
    fps: str, start: str, frames: int, nominal: int, rate: Fraction, tmp_path: Path
) -> None:
    with composition(usual(fps, start), tmp_path) as mob:
        slot = next(slot for slot in mob.slots if slot.name == "TC")
        timecode = slot.segment
        assert (timecode.start, timecode.fps, timecode.drop) == (frames, nominal, fps.endswith("df"))
        assert slot.edit_rate == rate


def test_every_file_is_described_and_found_by_its_locator(tmp_path: Path) -> None:
    write(usual(), tmp_path / "scene.aaf")
    with aaf2.open(str(tmp_path / "scene.aaf"), "r") as file:
        sources = list(file.content.sourcemobs())
        assert len(sources) == len(list(file.content.mastermobs())) == 4
        descriptor = sources[0].descriptor
        assert descriptor["AudioSamplingRate"].value == 48_000
        assert descriptor["QuantizationBits"].value == 24
        assert descriptor["BlockAlign"].value == 3
        assert descriptor["Length"].value == 480_000
        urls = {locator["URLString"].value for mob in sources for locator in mob.descriptor["Locator"].value}
    assert "file:///films/street/out/media/10_cat_take1.wav" in urls


def test_pan_is_that_of_the_track_and_of_clips_that_agree(tmp_path: Path) -> None:
    apart = track(2, replace(clip(3, 0), pan=-1.0), replace(clip(4, 90_000), pan=1.0))
    with composition(interchange(track(1, clip(1, 0), clip(2, 90_000)), apart), tmp_path) as mob:
        pans = [float(pan.value) for slot in sound_slots(mob) for pan in slot.segment.parameters]
    assert pans == [0.375, 0.25]


def test_the_adapter_reads_clips_media_markers_and_start(tmp_path: Path) -> None:
    write(usual(), tmp_path / "scene.aaf")
    timeline = otio.adapters.read_from_file(str(tmp_path / "scene.aaf"))
    assert timeline.name == "Street"
    assert timeline.global_start_time == otio.opentime.RationalTime(90_000, 25)
    clips = timeline.find_clips()
    assert len(clips) == 4
    assert clips[0].media_reference.target_url == "file:///films/street/out/media/10_cat_take1.wav"
    # It puts the cut into the middle of a fade, as the file says.
    assert clips[0].source_range.start_time.value == 1_234 + 240
    marks = [mark.name for thing in timeline.find_children() for mark in getattr(thing, "markers", [])]
    assert marks == ["slam", "end"]


def test_clips_of_one_file_that_touch_share_it_and_leave_no_gap(tmp_path: Path) -> None:
    plain = replace(clip(1, 0), fade_in=Fade(0), fade_out=Fade(0))
    scene = interchange(track(1, plain, replace(plain, id=2, start=48_000)))
    with composition(scene, tmp_path) as mob:
        [slot] = sound_slots(mob)
        assert [place[:3] for place in places(slot)] == [(0, 48_000, 1_234), (48_000, 48_000, 1_234)]
        [sequence] = slot.segment.segments
        assert len(list(sequence.components)) == 2
    with aaf2.open(str(tmp_path / "scene.aaf"), "r") as file:
        assert len(list(file.content.mastermobs())) == 1


def test_clips_that_cross_stand_on_one_slot_with_one_transition(tmp_path: Path) -> None:
    cross = Fade(8_000, "equal_power")
    first = replace(clip(1, 0), fade_out=cross)
    second = replace(clip(2, 40_000), fade_in=cross, fade_out=cross)
    third = replace(clip(3, 80_000), fade_in=cross)
    with composition(interchange(track(1, first, second, third)), tmp_path) as mob:
        [slot] = sound_slots(mob)
        assert [place[:2] for place in places(slot)] == [(0, 48_000), (40_000, 48_000), (80_000, 48_000)]
        [sequence] = slot.segment.segments
        fades = [part.length for part in sequence.components if isinstance(part, aaf2.components.Transition)]
        assert fades == [480, 8_000, 8_000, 961]


def test_micro_fades_are_transitions_at_both_edges(tmp_path: Path) -> None:
    edge = Fade(240, "linear")
    one, other = (replace(clip(n, 48_000 * n), fade_in=edge, fade_out=edge) for n in (1, 2))
    with composition(interchange(track(1, one, other)), tmp_path) as mob:
        [slot] = sound_slots(mob)
        assert [place[:2] for place in places(slot)] == [(48_000, 48_000), (96_000, 48_000)]
        [sequence] = slot.segment.segments
        fades = [part.length for part in sequence.components if isinstance(part, aaf2.components.Transition)]
        assert fades == [240] * 4
