"""Final Cut's XML, read back as XML and by OpenTimelineIO's adapter."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.export.interchange.fcpxml import document, placed, write
from engine.export.interchange.model import InterchangeClip, InterchangeTimeline
from engine.scene.timecode import RATES
from engine.scene.timeline import Fade
from tests.engine.export.interchange.sample import EMPTY, clip, interchange, track, usual


def seconds(text: str | None) -> Fraction:
    assert text is not None
    return Fraction(text.removesuffix("s"))


def sequence(scene: InterchangeTimeline) -> ET.Element:
    found = document(scene).find("event/project/sequence")
    assert found is not None
    return found


@pytest.mark.parametrize("fps", RATES)
def test_places_are_whole_frames_and_the_sound_stays_to_the_sample(fps: str) -> None:
    scene = usual(fps, "01:00:00:00")
    clips = {c.media.path.stem: c for t in scene.tracks for c in t.clips}
    root = document(scene)
    names = {asset.get("id"): asset.get("name", "") for asset in root.iter("asset")}
    found = list(root.iter("asset-clip"))
    assert len(found) == 4
    for made in found:
        wanted = clips[names[made.get("ref")]]
        offset, start = seconds(made.get("offset")), seconds(made.get("start"))
        assert (offset * RATES[fps].exact).denominator == 1
        assert (seconds(made.get("duration")) * RATES[fps].exact).denominator == 1
        assert offset - start == Fraction(wanted.start - wanted.offset, 48_000)
        assert abs(offset - Fraction(wanted.start, 48_000)) <= 1 / RATES[fps].exact


@settings(max_examples=150)
@given(
    st.integers(0, 10**7), st.integers(0, 479_000), st.integers(1, 480_000), st.sampled_from(sorted(RATES))
)
def test_no_clip_reaches_before_or_past_its_file(start: int, offset: int, length: int, fps: str) -> None:
    base = clip(1, start)
    one = InterchangeClip(**{**vars(base), "offset": offset, "length": min(length, 480_000 - offset)})
    first, frames, way = placed(interchange(track(1, one), fps=fps), one)
    frame = 1 / RATES[fps].exact
    assert way >= 0
    assert first >= 0
    # One frame is the least there is; only a clip at the very end of its file may then reach past it.
    assert frames == 1 or way + frames * frame <= 10
    assert abs(first * frame - Fraction(start, 48_000)) <= frame


@pytest.mark.parametrize(
    ("fps", "start", "wanted", "counting"),
    [
        ("25", "01:00:00:00", "90000/25s", "NDF"),
        ("29.97", "01:00:00:00", "108108000/30000s", "NDF"),
        ("29.97df", "01:00:00;00", "107999892/30000s", "DF"),
        ("23.976", "01:00:00:00", "86486400/24000s", "NDF"),
    ],
)
def test_the_start_timecode_is_exact(fps: str, start: str, wanted: str, counting: str) -> None:
    made = sequence(interchange(track(1, clip(1, 0)), fps=fps, start=start))
    assert made.get("tcStart") == wanted
    assert made.get("tcFormat") == counting


def test_gain_is_of_clip_track_and_master_together_and_fades_have_shapes() -> None:
    made = next(sequence(usual()).iter("asset-clip"))
    volume = made.find("adjust-volume")
    assert volume is not None
    assert volume.get("amount") == "-4.0000dB"
    fade_in, fade_out = volume.find("param/fadeIn"), volume.find("param/fadeOut")
    assert fade_in is not None
    assert fade_out is not None
    assert (fade_in.get("type"), seconds(fade_in.get("duration"))) == ("linear", Fraction(480, 48_000))
    assert (fade_out.get("type"), seconds(fade_out.get("duration"))) == ("easeInOut", Fraction(961, 48_000))
    pan = made.find("adjust-panner")
    assert pan is not None
    assert pan.get("amount") == "-25.00"


def test_overlapping_clips_and_tracks_have_lanes_of_their_own_and_muted_ones_are_off() -> None:
    made = list(sequence(usual()).iter("asset-clip"))
    assert [c.get("lane") for c in made] == ["-1", "-1", "-2", "-3"]
    assert [c.get("enabled") for c in made] == ["1", "1", "1", "0"]


def test_assets_are_sounds_found_relative_to_the_document() -> None:
    asset = next(document(usual()).iter("asset"))
    assert asset.get("src") == "./media/10_cat_take1.wav"
    assert (asset.get("hasAudio"), asset.get("hasVideo")) == ("1", None)
    assert (asset.get("audioRate"), asset.get("audioChannels")) == ("48000", "1")


def test_markers_are_on_the_timeline() -> None:
    marks = list(sequence(usual()).iter("marker"))
    assert [(m.get("value"), m.get("start")) for m in marks] == [("slam", "6/25s"), ("end", "52/25s")]


def test_a_timeline_of_nothing_is_an_empty_spine() -> None:
    spine = sequence(EMPTY).find("spine")
    assert spine is not None
    assert len(spine) == 0


def test_the_adapter_reads_the_clips_where_they_are(tmp_path: Path) -> None:
    write(usual(), tmp_path / "scene.fcpxml")
    [timeline] = otio.adapters.read_from_file(str(tmp_path / "scene.fcpxml"), adapter_name="fcpx_xml")
    assert timeline.name == "Street"
    starts = sorted(c.range_in_parent().start_time.value for c in timeline.find_clips())
    # The adapter cuts instead of rounding, so that it may be a frame early.
    assert all(-1 <= found - wanted <= 0 for found, wanted in zip(starts, [0, 6, 26, 104], strict=True))


def test_a_clip_without_fades_has_a_plain_volume() -> None:
    plain = replace(clip(1, 0), fade_in=Fade(0), fade_out=Fade(0))
    [volume] = document(interchange(track(1, plain))).iter("adjust-volume")
    assert (volume.get("amount"), list(volume)) == ("-4.0000dB", [])
