"""What holds for every format: hostile names, empty and large timelines, whole files or none, no heavy imports."""

import csv
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest
import rpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import BadInput, Failed
from engine.export.interchange import FORMATS, writer_of
from engine.export.interchange.aaf import aaf_bytes
from engine.export.interchange.cues import sheet_text
from engine.export.interchange.edl import edl_texts
from engine.export.interchange.fcpxml import document
from engine.export.interchange.lanes import MOST_LETTERS, one_line
from engine.export.interchange.model import InterchangeTimeline
from engine.export.interchange.otio import timeline_of
from engine.export.interchange.rpp import project_text
from tests.engine.export.interchange.sample import EMPTY, HOSTILE, MANY, ONE, hostile, interchange, track

ANY_TEXT = st.text(st.characters(), max_size=300)


def clips_read(path: Path, name: str) -> int:
    """How many clips a reader not written here finds."""
    if name == "rpp":
        return len(rpp.loads(path.read_text("utf-8")).findall(".//ITEM"))
    if name == "csv":
        return len(list(csv.reader(path.read_text("utf-8-sig").splitlines()))) - 1
    if name == "fcpxml":
        collection = otio.adapters.read_from_file(str(path), adapter_name="fcpx_xml")
        return len(collection[0].find_clips())
    return len(
        otio.adapters.read_from_file(str(path), **({"rate": 25} if name == "edl" else {})).find_clips()
    )


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("given_over", "clips"), [(EMPTY, 0), (ONE, 1), (interchange(track(1)), 0)])
def test_small_timelines_are_read_back(
    name: str, given_over: InterchangeTimeline, clips: int, tmp_path: Path
) -> None:
    path = tmp_path / f"scene.{name}"
    writer_of(name)(given_over, path)
    assert clips_read(path, name) == clips
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "edl"])
def test_64_tracks_are_read_back(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"scene.{name}"
    FORMATS[name](MANY, path)
    assert clips_read(path, name) == 64


def test_64_tracks_make_32_lists_of_edits(tmp_path: Path) -> None:
    FORMATS["edl"](MANY, tmp_path / "scene.edl")
    lists = sorted(tmp_path.iterdir())
    assert len(lists) == 32
    assert sum(clips_read(path, "edl") for path in lists) == 64


@pytest.mark.parametrize("name", FORMATS)
def test_a_hostile_name_does_no_harm(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"scene.{name}"
    FORMATS[name](hostile(HOSTILE), path)
    assert clips_read(path, name) == 1


@settings(max_examples=40, deadline=None)
@given(ANY_TEXT)
def test_any_words_make_files_that_can_be_read(words: str) -> None:
    scene = hostile(words)
    project = rpp.loads(project_text(scene))
    [kept] = [track[1] for track in project.findall(".//TRACK/NAME")]
    assert kept.replace("'", "`") == one_line(words, "Track 1").replace("'", "`") or '"' in words

    text = timeline_of(scene).to_json_string()
    assert otio.adapters.read_from_string(text, "otio_json").name == one_line(words)

    sheet = sheet_text(scene)
    [_, row] = list(csv.reader(sheet.splitlines()))
    assert row[0].lstrip("'") == one_line(words, "Track 1").lstrip("'")

    read = ET.fromstring(ET.tostring(document(scene), "utf-8"))  # noqa: S314 - our own
    assert read.find("event").get("name") == one_line(words)  # type: ignore[union-attr]

    [edits] = edl_texts(scene, Path("scene.edl")).values()
    assert len(otio.adapters.read_from_string(edits, "cmx_3600", rate=25).find_clips()) == 1


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=ANY_TEXT)
def test_any_words_make_an_aaf_that_can_be_read(words: str, tmp_path: Path) -> None:
    path = tmp_path / "scene.aaf"
    path.write_bytes(aaf_bytes(hostile(words)))
    assert otio.adapters.read_from_file(str(path)).name == one_line(words)


@given(ANY_TEXT)
def test_one_line_is_one_line_that_every_encoding_and_xml_can_hold(words: str) -> None:
    line = one_line(words)
    assert len(line.splitlines()) == 1
    assert len(line) <= MOST_LETTERS
    assert line == line.strip()
    assert ET.fromstring(ET.tostring(_element(line), "utf-8")).text == line  # noqa: S314 - our own


def _element(text: str) -> ET.Element:
    made = ET.Element("a")
    made.text = text
    return made


def test_right_to_left_words_and_emoji_stay_as_they_are() -> None:
    assert one_line("שלום 🐕‍🦺 دروازه") == "שלום 🐕‍🦺 دروازه"


@pytest.mark.parametrize("name", FORMATS)
def test_a_place_that_cannot_be_written_is_told_in_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here before")
    with pytest.raises((BadInput, Failed), match="cannot be written"):
        FORMATS[name](EMPTY, tmp_path / "file" / f"scene.{name}")
    assert (tmp_path / "file").read_text() == "here before"


@pytest.mark.parametrize("name", ["rpp", "otio", "edl", "csv", "fcpxml"])
def test_writing_twice_gives_the_same_file(name: str, tmp_path: Path) -> None:
    for file in ("a", "b"):
        FORMATS[name](ONE, tmp_path / file)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_media_on_the_other_side_of_the_folder_are_still_found_relatively(tmp_path: Path) -> None:
    elsewhere = replace(ONE, folder=Path("/films/other/deep"))
    assert "../../street/out/media/10_cat_take1.wav" in project_text(elsewhere)


def test_an_unknown_format_is_told_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="no format 'omf'; there are rpp, otio, edl, csv, aaf, fcpxml"):
        writer_of("omf")


def test_the_registry_loads_nothing_heavy_before_it_is_asked() -> None:
    code = (
        "import sys, engine.export.interchange as i; "
        "i.FORMATS['rpp'], i.FORMATS['otio'], i.FORMATS['aaf']; "
        "bad = {'opentimelineio', 'aaf2', 'torch', 'scipy', 'soundfile'} & set(sys.modules); "
        "sys.exit(repr(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_formats_are_as_many_as_their_names() -> None:
    assert len(FORMATS) == len(set(FORMATS)) == 6
