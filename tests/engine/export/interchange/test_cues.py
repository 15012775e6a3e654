"""The cue sheet, read back by the csv module."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from engine.export.interchange.cues import COLUMNS, sheet_text, write
from tests.engine.export.interchange.sample import clip, interchange, track, usual


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_every_clip_has_a_line_with_all_that_is_asked_of_it() -> None:
    first, *_ = [row for row in rows(sheet_text(usual())) if row["Start (samples)"] == "12345"]
    assert tuple(first) == COLUMNS
    assert first["Track"] == "Cat"
    assert first["Object"] == "cat"
    assert (first["Timecode in"], first["Timecode out"]) == ("01:00:00:06", "01:00:01:06")
    assert first["Duration (s)"] == "1.000"
    assert (first["Take"], first["Prompt"], first["Seed"]) == ("1", "a cat, purring", "7")
    assert (first["Model"], first["Licence"]) == ("pocket-1234", "CC-BY-4.0")
    assert (first["Gain (dB)"], first["File"]) == ("-3.50", "media/10_cat_take1.wav")


def test_lines_are_in_the_order_in_which_clips_begin_and_say_what_sounds() -> None:
    found = rows(sheet_text(usual()))
    assert [row["Start (samples)"] for row in found] == ["0", "12345", "50000", "200001"]
    assert [row["Sounds"] for row in found] == ["no", "yes", "yes", "yes"]


def test_drop_frame_timecode_is_written_with_its_semicolon() -> None:
    scene = interchange(track(1, clip(1, 48_000)), fps="29.97df", start="00:59:59;00")
    [row] = rows(sheet_text(scene))
    assert row["Timecode in"] == "01:00:00;00"


def test_the_file_is_known_as_utf8_by_spreadsheets(tmp_path: Path) -> None:
    write(interchange(track(1, clip(1, 0), name="Tür")), tmp_path / "cues.csv")
    data = (tmp_path / "cues.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert rows(data.decode("utf-8-sig"))[0]["Track"] == "Tür"


@pytest.mark.parametrize("words", ["=1+1", "+cmd", "-2", "@sum", "  =hidden"])
def test_no_word_becomes_a_formula(words: str) -> None:
    one = replace(clip(1, 0), take=replace(clip(1, 0).take, prompt=words))
    [row] = rows(sheet_text(interchange(track(1, one, name=words))))
    assert row["Track"] == row["Prompt"] == f"'{words.strip()}"


def test_a_take_without_a_seed_leaves_its_column_empty() -> None:
    one = replace(clip(1, 0), take=replace(clip(1, 0).take, seed=None))
    assert rows(sheet_text(interchange(track(1, one))))[0]["Seed"] == ""
