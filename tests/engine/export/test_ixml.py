"""The iXML chunk, parsed by wavinfo and by an XML parser."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import wavinfo
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.export.ixml import FileSet, Ixml, ixml_chunk
from engine.export.licences import TakeUsed
from engine.export.riff import WaveFormat, wave_file
from engine.scene.timecode import RATES
from tests.engine.export.toy_scene import document, recipe

TAKE = TakeUsed("Dog <big>", 2, "d" * 64, "pocket-0123456789ab", "Apache-2.0", recipe("a dog & a cat", 7))
IXML = Ixml(
    project="Night Street",
    scene="street.jpg",
    take="2",
    uid="A" * 32,
    frame_rate=RATES["29.97df"],
    rate=48_000,
    bits=24,
    time_reference=3 * 2**32 + 5,
    channels=(("Dog L", "LEFT"), ("Dog R", "RIGHT")),
    takes=(TAKE,),
    files=FileSet("B" * 32, "Night Street", 4, 2),
)


def parsed(ixml: Ixml) -> Any:
    return document(ixml_chunk(ixml))


def test_what_a_slate_says_is_read_back_by_wavinfo(tmp_path: Path) -> None:
    with wave_file(tmp_path / "a.wav", WaveFormat(48_000, 2, 24), [(b"iXML", ixml_chunk(IXML))]) as wave:
        wave.skip(10)
    found = wavinfo.WavInfoReader(tmp_path / "a.wav").ixml
    assert found.to_dict() == {
        "track_list": [
            {"channel_index": "1", "interleave_index": "1", "name": "Dog L", "function": "LEFT"},
            {"channel_index": "2", "interleave_index": "2", "name": "Dog R", "function": "RIGHT"},
        ],
        "project": "Night Street",
        "scene": "street.jpg",
        "take": "2",
        "tape": None,
        "family_uid": "B" * 32,
        "family_name": "Night Street",
    }


@pytest.mark.parametrize(
    ("name", "rate", "flag"),
    [
        ("23.976", "24000/1001", "NDF"),
        ("25", "25/1", "NDF"),
        ("29.97", "30000/1001", "NDF"),
        ("29.97df", "30000/1001", "DF"),
        ("59.94df", "60000/1001", "DF"),
    ],
)
def test_film_rates_are_exact_fractions(name: str, rate: str, flag: str) -> None:
    speed = parsed(replace(IXML, frame_rate=RATES[name])).find("SPEED")
    for tag in ("MASTER_SPEED", "CURRENT_SPEED", "TIMECODE_RATE"):
        assert speed.findtext(tag) == rate
    assert speed.findtext("TIMECODE_FLAG") == flag


def test_the_time_stamp_comes_in_two_halves_at_the_files_rate() -> None:
    speed = parsed(IXML).find("SPEED")
    assert speed.findtext("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI") == "3"
    assert speed.findtext("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO") == "5"
    assert speed.findtext("TIMESTAMP_SAMPLE_RATE") == speed.findtext("FILE_SAMPLE_RATE") == "48000"
    assert speed.findtext("AUDIO_BIT_DEPTH") == "24"


def test_every_take_leaves_with_its_recipe_and_licence_but_without_pixels() -> None:
    root = parsed(replace(IXML, takes=(TAKE, replace(TAKE, name="rain", licence="CC-BY-NC-SA-4.0"))))
    assert root.findtext("NOTE").splitlines() == [
        "Dog <big> take 2: pocket-0123456789ab, Apache-2.0",
        "rain take 2: pocket-0123456789ab, CC-BY-NC-SA-4.0",
    ]
    entries = json.loads(root.findtext("USER"))["takes"]
    assert [entry["licence"] for entry in entries] == ["Apache-2.0", "CC-BY-NC-SA-4.0"]
    assert entries[0]["recipe"] == {
        "model": "pocket-0123456789ab",
        "seed": 7,
        "prompt": "a dog & a cat",
        "mask": {"digest": "m" * 64, "height": 4, "width": 4},
    }


@pytest.mark.parametrize("words", ["not JSON", "[" * 100_000, ""])
def test_a_recipe_that_cannot_be_read_is_carried_as_it_is(words: str) -> None:
    user = json.loads(parsed(replace(IXML, takes=(replace(TAKE, recipe=words),))).findtext("USER"))
    assert user["takes"][0]["recipe"] == words


@settings(max_examples=150, deadline=None)
@given(st.text(), st.text(st.characters(), max_size=20))
def test_no_words_break_the_document(words: str, name: str) -> None:
    chunk = ixml_chunk(
        replace(IXML, project=words, takes=(replace(TAKE, name=name),), channels=((words, ""),))
    )
    root = document(chunk)
    assert len(chunk) % 2 == 0
    # As XML reads line ends; what it cannot hold at all has become a mark for that.
    wanted = "".join(letter if holds(letter) else "\N{REPLACEMENT CHARACTER}" for letter in words)
    assert root.findtext("PROJECT") == wanted.replace("\r\n", "\n").replace("\r", "\n")


def holds(letter: str) -> bool:
    """Whether XML 1.0 can hold it."""
    if letter < " ":
        return letter in "\t\n\r"
    return not "\ud800" <= letter <= "\udfff" and letter not in "\ufffe\uffff"
