"""REAPER projects, read back by the ``rpp`` package."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import rpp
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.export.interchange.model import OtherTake
from engine.export.interchange.rpp import decimal, project_text, quoted
from engine.scene.timecode import RATES, from_text
from engine.scene.timeline import ClipMarker, Fade
from tests.engine.export.interchange.sample import clip, interchange, media, track, usual


def read(text: str) -> Any:
    return rpp.loads(text)


def field(element: Any, name: str) -> list[str]:
    values: list[str] = element.find(name)
    return values[1:]


def test_items_lie_where_clips_lie_to_the_sample() -> None:
    scene = usual()
    items = read(project_text(scene)).findall("./TRACK/ITEM")
    clips = [clip for track in scene.tracks for clip in track.clips]
    assert len(items) == len(clips) == 4
    for item, wanted in zip(items, clips, strict=True):
        for name, samples in (
            ("POSITION", wanted.start),
            ("LENGTH", wanted.length),
            ("SOFFS", wanted.offset),
        ):
            assert abs(float(field(item, name)[0]) * scene.rate - samples) < 0.001


@settings(max_examples=100)
@given(st.integers(0, 2**40), st.sampled_from([44_100, 48_000, 96_000]))
def test_seconds_are_sample_exact_however_far_out(sample: int, rate: int) -> None:
    assert abs(Fraction(decimal(Fraction(sample, rate))) * rate - sample) < Fraction(1, 1000)


def test_fades_gain_pan_and_mute_are_carried() -> None:
    one = replace(clip(1, 0), muted=True, fade_out=Fade(24_000, "equal_power"))
    [item] = read(project_text(interchange(track(1, one)))).findall("./TRACK/ITEM")
    assert field(item, "FADEIN")[:2] == ["0", "0.010000000000"]
    assert field(item, "FADEOUT")[:2] == ["1", "0.500000000000"]
    volume, pan, take, _ = (float(value) for value in field(item, "VOLPAN"))
    assert volume == pytest.approx(10 ** (-3.5 / 20), abs=1e-8)
    assert pan == 0.25
    assert take == pytest.approx(2**-0.5)
    assert field(item, "MUTE")[0] == "1"


def test_the_level_of_a_stereo_take_is_left_alone() -> None:
    one = replace(clip(1, 0), media=media(1, channels=2))
    [item] = read(project_text(interchange(track(1, one)))).findall("./TRACK/ITEM")
    assert float(field(item, "VOLPAN")[2]) == 1.0


def test_tracks_carry_name_colour_mute_solo_gain_and_pan() -> None:
    lane = replace(track(1, name='The "old" door'), muted=True, soloed=True)
    made = read(project_text(interchange(lane))).find("./TRACK")
    assert field(made, "NAME") == ['The "old" door']
    assert int(field(made, "PEAKCOL")[0]) == 0x1000000 | 1 << 16 | 128 << 8 | 255
    assert field(made, "MUTESOLO")[:2] == ["1", "1"]
    assert float(field(made, "VOLPAN")[0]) == pytest.approx(10 ** (-1 / 20), abs=1e-8)
    assert float(field(made, "VOLPAN")[1]) == -0.5


def test_markers_and_the_master_are_carried() -> None:
    project = read(project_text(usual()))
    [slam, end] = project.findall("./MARKER")
    assert (slam[3], end[3]) == ("slam", "end")
    assert abs(float(slam[2]) * 48_000 - 12_345) < 0.001
    assert float(field(project, "MASTER_VOLUME")[0]) == pytest.approx(10 ** (0.5 / 20), abs=1e-8)


@pytest.mark.parametrize(
    ("fps", "start", "frames"),
    [
        ("25", "01:00:00:00", ["25", "0"]),
        ("23.976", "01:00:00:00", ["24", "2"]),
        ("29.97", "10:00:00:00", ["30", "2"]),
        ("29.97df", "10:00:00;00", ["30", "1"]),
    ],
)
def test_the_project_starts_at_the_timecode_to_a_hundredth_of_a_sample(
    fps: str, start: str, frames: list[str]
) -> None:
    project = read(project_text(interchange(fps=fps, start=start)))
    offset = Fraction(field(project, "PROJOFFS")[0])
    wanted = from_text(start, RATES[fps]) / RATES[fps].exact
    assert abs(offset - wanted) * 48_000 < Fraction(1, 100)
    assert field(project, "TIMEMODE")[3:5] == frames
    assert field(project, "SAMPLERATE")[0] == "48000"


def test_sounds_are_named_relative_to_the_project() -> None:
    files = read(project_text(usual())).findall(".//SOURCE/FILE")
    assert files[0][1] == "media/10_cat_take1.wav"


@pytest.mark.parametrize("words", ["plain", 'with "two"', "with 'one'", "both \" and '", "|pipe", ""])
def test_words_come_back_from_their_quotes(words: str) -> None:
    assert rpp.loads(f"<A\n  NAME {quoted(words)}\n>\n").find("NAME")[1] == words


def test_words_with_all_three_quotes_lose_only_the_backtick() -> None:
    assert rpp.loads(f"<A\n  NAME {quoted(chr(34) + chr(39) + '`')}\n>\n").find("NAME")[1] == "\"''"


def test_other_takes_markers_and_groups_stand_in_the_item() -> None:
    other = OtherTake("cat take 2", media(2, channels=2), 999, gain_db=6.0)
    one = replace(clip(1, 0), group=3, markers=(ClipMarker(24_000, 'paw "down"'),), others=(other,))
    [item] = read(project_text(interchange(track(1, one)))).findall("./TRACK/ITEM")
    assert field(item, "GROUP") == ["3"]
    assert field(item, "TKM") == ["0.500000000000", 'paw "down"']
    # The reader gives a line of one word as a string.
    at = item.children.index("TAKE")
    lines = [entry if isinstance(entry, list) else [entry, ""] for entry in item.children]
    assert [line for line in lines[:at] if line[0] == "NAME"] == [["NAME", "cat take 1"]]
    second = {line[0]: line[1:] for line in lines[at:] if isinstance(line[0], str)}
    assert second["NAME"] == ["cat take 2"]
    pan, level, _ = (float(value) for value in second["TAKEVOLPAN"])
    assert pan == 0.25
    assert level == pytest.approx(10 ** (6 / 20), abs=1e-8)
    assert float(second["SOFFS"][0]) * 48_000 == pytest.approx(999, abs=0.001)
    files = [source.find("FILE")[1] for source in item.findall("SOURCE")]
    assert files == ["media/01_cat_take1.wav", "media/02_cat_take1.wav"]
    assert len({line[1] for line in lines if line[0] == "GUID"}) == 2
    assert ["TAKE", "SEL"] not in item.children
