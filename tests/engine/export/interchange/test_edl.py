"""Edit decision lists, read back by OpenTimelineIO's CMX 3600 adapter."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.export.interchange.edl import edl_texts, reel_names
from engine.export.interchange.model import InterchangeTimeline
from engine.scene.timecode import RATES, from_text
from tests.engine.export.interchange.sample import MANY, clip, interchange, track, usual

EVENT = re.compile(r"^(\d{3,})  (\S{1,8}) +(A2?) +C +(\S+) (\S+) (\S+) (\S+)$", re.MULTILINE)
PATH = Path("scene.edl")


def first_list(scene: InterchangeTimeline) -> str:
    return edl_texts(scene, PATH)[PATH]


def read(text: str, fps: str) -> Any:
    return otio.adapters.read_from_string(text, "cmx_3600", rate=float(RATES[fps].exact))


@pytest.mark.parametrize(
    ("fps", "start"),
    [
        ("25", "01:00:00:00"),
        ("23.976", "01:00:00:00"),
        ("29.97", "01:00:00:00"),
        ("29.97df", "00:59:59;28"),
        ("30", "00:00:00:00"),
    ],
)
def test_the_list_is_read_back_to_the_frame(fps: str, start: str) -> None:
    scene = usual(fps, start)
    timeline = read(first_list(scene), fps)
    first, _, last = timeline.audio_tracks()[0]
    rate = RATES[fps]
    assert timeline.name == "Street"
    for made, wanted in zip((first, last), (scene.tracks[0].clips[0], scene.tracks[0].clips[2]), strict=True):
        frames = made.source_range.duration.value
        assert frames == scene.frame(wanted.end) - scene.frame(wanted.start)
        assert abs(frames - wanted.length / 48_000 * rate.exact) <= 1
    events = EVENT.findall(first_list(scene))
    assert [from_text(event[5], rate) for event in events] == [
        scene.frame(at) for at in (12_345, 50_000, 200_001)
    ]


@pytest.mark.parametrize(("fps", "counting"), [("29.97df", "DROP FRAME"), ("29.97", "NON-DROP FRAME")])
def test_the_header_says_how_frames_are_counted(fps: str, counting: str) -> None:
    assert f"\nFCM: {counting}\n" in first_list(usual(fps))


def test_overlapping_clips_take_the_second_channel_and_further_tracks_further_lists() -> None:
    texts = edl_texts(usual(), PATH)
    assert [path.name for path in texts] == ["scene.edl", "scene_03-04.edl"]
    channels = [event[2] for event in EVENT.findall(texts[PATH])]
    assert channels == ["A", "A2", "A"]
    assert "* CHANNEL A IS TRACK: Dog & <door> (MUTED)" in texts[Path("scene_03-04.edl")]


def test_reels_are_short_and_each_is_one_file() -> None:
    reels = reel_names(MANY)
    assert len(set(reels.values())) == len(reels) == 64
    assert all(re.fullmatch(r"[0-9A-Z]{1,8}", reel) for reel in reels.values())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 9_000)), min_size=1, max_size=12))
def test_however_short_and_close_clips_are_the_list_is_read_back(places: list[tuple[int, int]]) -> None:
    clips = [clip(number, start, length) for number, (start, length) in enumerate(sorted(places), 1)]
    texts = edl_texts(interchange(track(1, *clips)), PATH)
    assert sum(len(read(text, "25").find_clips()) for text in texts.values()) == len(places)


def test_what_the_format_cannot_hold_stands_in_comments() -> None:
    scene = interchange(track(1, replace(clip(1, 0), muted=True)))
    text = first_list(scene)
    assert "* SAMPLES: START 0 OFFSET 1234 LENGTH 48000 AT 48000 HZ" in text
    assert "* GAIN: -3.50 DB PAN: +0.25 MUTED" in text
    assert "* FADE OUT: 961 SAMPLES S_CURVE" in text
    assert "HAS NO GAIN, PAN OR FADE SHAPE" in text
