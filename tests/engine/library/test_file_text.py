"""What sound files say about themselves becomes searchable text."""

from pathlib import Path

import pytest
import soundfile

from engine.library.file_text import file_text, split_words
from tests.engine.library.tones import RATE, tone, write_tone

IXML = b"""<?xml version="1.0" encoding="UTF-8"?><BWFXML><IXML_VERSION>2.0</IXML_VERSION><NOTE>taken at the
harbour</NOTE><ASWG><catId>ANMLDog</catId><fxName>Terrier yap</fxName></ASWG></BWFXML>"""


def info_chunk(**fields: str) -> bytes:
    parts = b"INFO"
    for key, value in fields.items():
        data = value.encode() + b"\0"
        parts += key.encode() + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)
    return parts


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DogBark_02", "Dog Bark 02"),
        ("door-close.01", "door close 01"),
        ("Church Bells", "Church Bells"),
        ("SFX", "SFX"),
        ("rain(heavy)", "rain heavy"),
        ("été_grillons", "été grillons"),
    ],
)
def test_names_fall_into_words(name: str, words: str) -> None:
    assert split_words(name) == words


def test_chunks_of_a_wave_file_are_read(tmp_path: Path) -> None:
    path = write_tone(tmp_path / "a.wav", 300)
    chunks = (b"iXML", IXML), (b"LIST", info_chunk(ICMT="a small harbour", ICOP="CC-BY 4.0"))
    with path.open("r+b") as file:
        file.seek(0, 2)
        for ident, data in chunks:
            padded = data + b"\0" * (len(data) % 2)
            file.write(ident + len(data).to_bytes(4, "little") + padded)
        size = file.tell()
        file.seek(4)
        file.write((size - 8).to_bytes(4, "little"))
    text = file_text(path, "harbour/a.wav")
    assert "taken at the" in text.description
    assert "Terrier yap" in text.description
    assert "a small harbour" in text.description
    assert text.licence == "CC-BY 4.0"
    assert text.cat_id == "ANMLDog"
    assert text.category.startswith("ANMLDog ")
    assert text.path == "harbour"


@pytest.mark.parametrize("suffix", [".flac", ".ogg", ".mp3", ".wav"])
def test_tags_are_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with soundfile.SoundFile(path, "w", RATE, 1) as file:
        file.title, file.comment = "Old gate", "creaks slowly"
        file.write(tone(300))
    description = file_text(path, path.name).description
    assert "Old gate" in description
    assert suffix == ".mp3" or "creaks slowly" in description


@pytest.mark.parametrize(
    ("name", "cat_id"),
    [
        ("ANMLDog_Terrier_ME_FILM", "ANMLDog"),
        ("DOORWood-Slam_Big_ME_X", "DOORWood"),
        ("dog_bark", ""),
        ("anmldog_x", ""),
    ],
)
def test_a_cat_id_is_the_first_block_of_a_name(tmp_path: Path, name: str, cat_id: str) -> None:
    path = write_tone(tmp_path / f"{name}.wav", 300)
    assert file_text(path, path.name).cat_id == cat_id


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF\xff\xff\xff\xffWAVEbext\xff\xff\xff\x7f", b"ID3\x04\0\0\x7f\x7f\x7f\x7f", b"fLaC\x84"],
)
@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".ogg", ".aiff"])
def test_damaged_metadata_leaves_the_name(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"DogBark{suffix}"
    path.write_bytes(content)
    assert file_text(path, path.name).name == "DogBark Dog Bark"
