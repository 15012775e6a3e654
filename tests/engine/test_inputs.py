import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from engine.diffusion.model_folder import read_index
from engine.errors import BadInput, FoleyscapeError
from engine.export.ucs import load_cat_ids
from engine.generation.listener import hear_file
from engine.generation.recipe import read_recipe, read_recipe_text
from engine.inputs import (
    MOST_DEPTH,
    DamagedFile,
    InvalidJson,
    NoSuchFile,
    decode_json,
    encode_json,
    open_input,
    read_input,
    read_json,
)
from engine.models.catalogue import load_catalogue
from engine.models.concepts import load_concepts
from engine.models.free_words import load_kinds
from engine.sound.audio_files import read_wav
from engine.sound.measure_file import measure_file
from engine.vision.masked_namer import MaskedNamer
from engine.vision.segmenter_files import load_parts
from engine.vision.still import load_still
from engine.vision.towers import load_network

Read = Callable[[Path], object]


def in_folder(name: str, read: Read) -> Read:
    """Return a reader of a file that a library finds by the name of its folder."""

    def of(path: Path) -> object:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).symlink_to(path)
            return read(Path(folder))

    return of


JSON_READERS: dict[str, Read] = {
    "recipe": read_recipe,
    "recipe of a take": lambda path: read_recipe_text(path.read_text("utf-8", "surrogateescape")),
    "concepts": load_concepts,
    "catalogue": load_catalogue,
    "words": load_kinds,
    "UCS list": load_cat_ids,
    "model index": in_folder("model_index.json", read_index),
    "namer": in_folder("config.json", lambda folder: MaskedNamer.from_folder(folder, [])),
    "segmenter": in_folder("config.json", lambda folder: load_parts(folder, "cpu")),
    "image encoder": in_folder("config.json", load_network),
}
FILE_READERS: dict[str, Read] = {
    "still": load_still,
    "loudness": measure_file,
    "wav": read_wav,
    "hear": lambda path: hear_file(None, path),  # type: ignore[arg-type]  # refused before anything is heard
    **{name: read for name, read in JSON_READERS.items() if "take" not in name},
}
HOSTILE = {
    "deep list": b"[" * 200_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "deep keys": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "just too deep": b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1),
    "a huge number": b'{"schema": ' + b"9" * 1_000_000 + b"}",
    "half a letter": b'{"request": {"model": "\\udce9"}}',
    "no text": b'{"request": "\xff\xfe"}',
    "of other kinds": b'[1, "two", null, {"id": []}]',
    "a number": b"3",
    "null": b"null",
    "empty": b"",
    "cut short": b'{"request": {"targets": [',
}

TOLERANT = (HOSTILE["a huge number"], HOSTILE["half a letter"])
"""Keys that some readers do not look at."""


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("reader", JSON_READERS)
def test_every_reader_of_json_answers_hostile_content_with_a_sentence(
    tmp_path: Path, reader: str, content: bytes
) -> None:
    path = tmp_path / "hostile.json"
    path.write_bytes(content)
    begun = time.perf_counter()
    harmless = TOLERANT if reader in {"model index", "segmenter"} else ()
    with nullcontext() if content in harmless else pytest.raises(FoleyscapeError):
        JSON_READERS[reader](path)
    assert time.perf_counter() - begun < 5


def special_files(folder: Path) -> dict[str, Path]:
    made = {name: folder / name for name in ("pipe", "folder", "socket", "loop", "nowhere", "missing")}
    os.mkfifo(made["pipe"])
    made["folder"].mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(made["socket"]))
    made["loop"].symlink_to("loop")
    made["nowhere"].symlink_to("not-there")
    return {**made, "device": Path("/dev/zero"), "through a file": made["socket"] / "x", "zero": Path("a\0b")}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has none of these in its folders")
@pytest.mark.parametrize("kind", ["pipe", "folder", "socket", "loop", "nowhere", "missing", "device", "zero"])
@pytest.mark.parametrize("reader", FILE_READERS)
def test_no_reader_waits_for_what_is_no_plain_file(tmp_path: Path, reader: str, kind: str) -> None:
    path = special_files(tmp_path)[kind]
    if kind == "zero" and FILE_READERS[reader].__qualname__.startswith("in_folder"):
        pytest.skip("such a link cannot be made")
    begun = time.perf_counter()
    with pytest.raises(FoleyscapeError) as refusal:
        FILE_READERS[reader](path)
    assert time.perf_counter() - begun < 5
    assert "damaged" not in refusal.value.message or reader in {"namer", "image encoder"}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("pipe", "is a pipe, not a picture"),
        ("folder", "is a folder, not a picture"),
        ("socket", "is a socket, not a picture"),
        ("device", "is a device, not a picture"),
        ("loop", "a link that leads back to itself"),
        ("nowhere", "There is no file"),
        ("through a file", "There is no file"),
        ("zero", "not a name that a file can have"),
    ],
)
def test_the_sentence_says_what_the_path_is(tmp_path: Path, kind: str, words: str) -> None:
    with pytest.raises(BadInput, match=words), open_input(special_files(tmp_path)[kind], "picture"):
        pass


def test_a_missing_file_is_told_from_one_that_is_damaged_or_too_large(tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    with pytest.raises(NoSuchFile):
        read_json(path)
    path.write_bytes(b"{")
    with pytest.raises(DamagedFile, match="cut short and cannot be read"):
        read_json(path)
    with pytest.raises(BadInput, match="larger than a recipe can be"):
        read_input(path, "recipe", 0)


def test_bytes_that_are_no_text_come_back_from_json_as_they_were() -> None:
    facts = {"path": os.fsdecode(b"caf\xe9.png"), "name": "Straße 😀"}
    data = encode_json(facts, indent=2)
    assert decode_json(data) == json.loads(data) == facts
    assert os.fsencode(decode_json(data)["path"]) == b"caf\xe9.png"
    assert "Straße 😀".encode() in data


def test_the_line_of_the_damage_is_told() -> None:
    with pytest.raises(InvalidJson, match="damaged in line 2"):
        decode_json(b'{"a": 1,\n "b": }')
