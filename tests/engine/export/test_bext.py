"""The broadcast extension, read back by wavinfo and mediainfo."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pymediainfo
import pytest
import wavinfo
from hypothesis import given
from hypothesis import strategies as st

from engine.export.bext import FIXED_BYTES, UNUSED, Bext, ascii_text, bext_chunk, coding_history
from engine.export.riff import WaveFormat, wave_file
from engine.sound.bs1770 import LoudnessReport
from tests.engine.export.toy_scene import MADE

BEXT = Bext(
    description="Dog - Night Street: dog take 2",
    originator="Foleyscape",
    reference="0123456789ABCDEF0123456789ABCDEF",
    made=MADE,
    time_reference=1_727_998_272 + 2**33,
    history=coding_history(48_000, 24, 2, "Foleyscape"),
    levels=LoudnessReport(-23.004, 5.125, -19.996, -21.5, -1.25),
)


def read(bext: Bext, path: Path) -> Any:
    with wave_file(path, WaveFormat(48_000, 1, 16), [(b"bext", bext_chunk(bext))]) as wave:
        wave.skip(10)
    return wavinfo.WavInfoReader(path).bext


def test_every_field_is_read_back(tmp_path: Path) -> None:
    assert read(BEXT, tmp_path / "a.wav").to_dict() == {
        "description": BEXT.description,
        "originator": "Foleyscape",
        "originator_ref": "0123456789ABCDEF0123456789ABCDEF",
        "originator_date": "2026-03-09",
        "originator_time": "14:05:07",
        "time_reference": BEXT.time_reference,
        "version": 2,
        "umid": bytes(64),
        "coding_history": "A=PCM,F=48000,W=24,M=stereo,T=Foleyscape\r\n",
        "loudness_value": -23.0,
        "loudness_range": 5.13,
        "max_true_peak": -1.25,
        "max_momentary_loudness": -20.0,
        "max_shortterm_loudness": -21.5,
    }


def test_another_reader_sees_the_same(tmp_path: Path) -> None:
    read(BEXT, tmp_path / "a.wav")
    general, audio = pymediainfo.MediaInfo.parse(tmp_path / "a.wav").tracks
    assert general.producer == "Foleyscape"
    assert general.description == BEXT.description
    assert general.encoded_date == "2026-03-09 14:05:07"
    assert float(audio.delay) == pytest.approx(BEXT.time_reference / 48)
    assert audio.loudnessvalue == "-23.00"
    assert audio.maxtruepeaklevel == "-1.25"


def test_it_is_602_bytes_whatever_the_levels_are() -> None:
    bare = replace(BEXT, history="")
    assert len(bext_chunk(bare)) == len(bext_chunk(replace(bare, levels=None))) == FIXED_BYTES


def test_levels_that_there_are_not_are_marked_unused(tmp_path: Path) -> None:
    silent = LoudnessReport(None, None, None, None, float("-inf"))
    for number, levels in enumerate((None, silent)):
        found = read(replace(BEXT, levels=levels), tmp_path / f"{number}.wav")
        assert found.loudness_value == found.max_true_peak == found.loudness_range == UNUSED / 100


def test_halves_are_rounded_away_from_zero_and_extremes_are_held(tmp_path: Path) -> None:
    levels = LoudnessReport(-22.645, 0.005, -200.0, 0.0, 120.0)
    found = read(replace(BEXT, levels=levels), tmp_path / "a.wav")
    # As EBU Tech 3285 v2, 2.3 says: -22.645 becomes -2265, whatever floating point makes of it.
    assert found.loudness_value == pytest.approx(-22.65)
    assert found.max_momentary_loudness == pytest.approx(-99.99)
    assert (found.max_true_peak, found.loudness_range) == pytest.approx((99.99, 0.01))


@given(st.text(max_size=400), st.integers(0, 2**64 - 1), st.datetimes())
def test_any_words_and_times_give_a_chunk_that_can_be_read(words: str, at: int, made: datetime) -> None:
    bext = replace(BEXT, description=words, originator=words, reference=words, time_reference=at, made=made)
    from wavinfo.wave_bext_reader import WavBextReader

    found = WavBextReader(bext_chunk(bext), "ascii")
    assert found.time_reference == at
    assert len(found.description) <= 256
    assert found.originator_date == made.date().isoformat()
    assert found.coding_history == BEXT.history


def test_letters_lose_their_accents_rather_than_their_place() -> None:
    assert ascii_text("Ébène – Größe\t犬", 100) == b"Ebene ? Gro?e ?"
    assert ascii_text("x" * 300, 256) == b"x" * 256


def test_a_time_before_midnight_is_refused() -> None:
    with pytest.raises(ValueError, match="time reference"):
        bext_chunk(replace(BEXT, time_reference=-1))


def test_commas_and_new_lines_in_words_do_not_break_the_coding_history() -> None:
    assert coding_history(96_000, 16, 1, "a,b\r\nc") == "A=PCM,F=96000,W=16,M=mono,T=a;b  c\r\n"
