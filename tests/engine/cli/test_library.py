"""``foleyscape library`` with the bundled tower: folders are read, and sounds are found by words and by sounds."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.cli.main import main
from engine.synthesis import synthesise

KINDS = ("siren", "rain", "clock", "bell")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of synthetic sounds whose names say nothing."""
    root = tmp_path_factory.mktemp("recordings")
    rng = np.random.default_rng(3)
    for number, kind in enumerate(KINDS):
        soundfile.write(root / f"track{number}.wav", synthesise(kind, rng, 3.0, 16_000), 16_000)
    (root / "broken.wav").write_bytes(b"nothing")
    return root


@pytest.fixture(scope="module")
def index(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of it."""
    place = tmp_path_factory.mktemp("index")
    assert main(["library", "add", str(folder), "--library", str(place), "--licence", "CC0", "--json"]) == 0
    return place


def run(capsys: pytest.CaptureFixture[str], index: Path, *arguments: str) -> dict[str, object]:
    capsys.readouterr()
    assert main(["library", *arguments, "--library", str(index), "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def files(found: dict[str, object]) -> list[str]:
    listed = found["found"]
    assert isinstance(listed, list)
    return [Path(it["file"]).name for it in listed]


def test_words_find_sounds_whose_names_say_nothing(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = [files(run(capsys, index, "search", kind))[0] for kind in KINDS]
    assert sum(name == f"track{number}.wav" for number, name in enumerate(first)) >= 3


def test_a_sound_finds_itself(index: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert files(run(capsys, index, "search", "--like", str(folder / "track2.wav")))[0] == "track2.wav"


def test_unknown_words_are_said(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, index, "search", "zzxxy")
    assert files(found) == []
    assert "knows none" in str(found["note"])


def test_an_update_of_nothing_reads_nothing(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = run(capsys, index, "update")
    assert (report["added"], report["changed"], report["removed"]) == (0, 0, 0)


def test_the_status_counts_sounds_and_problems(
    index: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(capsys, index, "status")
    assert status["sounds"] == len(KINDS)
    assert status["folders"] == [
        {"path": str(folder), "licence": "CC0", "files": 5, "problems": 1, "there": True}
    ]
    assert main(["library", "status", "--library", str(index), "--problems", "--duplicates"]) == 0
    assert "broken.wav: It is not a sound" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["search", "(dog"], "bracket"),
        (["search", "NOT dog"], "leave out"),
        (["search", "--limit", "0", "dog"], "--limit"),
        (["search", "--object", "@1,1"], "belong together"),
        (["search", "dog", "--like", "x.wav"], "one of them"),
        (["search", "--like", "/nowhere.wav"], "There is no file"),
        (["add", "/nowhere"], "not a folder"),
        (["update", "/nowhere"], "not a folder of the library"),
        (["remove", "/nowhere"], "not a folder of the library"),
        (["update", "--threads", "0"], "--threads"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    index: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["library", *arguments, "--library", str(index)]) == 2
    assert words in capsys.readouterr().err


def test_a_folder_can_be_noted_and_taken_out(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "other"
    assert main(["library", "add", str(folder), "--later", "--library", str(index)]) == 0
    assert run(capsys, index, "status")["sounds"] == 0
    assert main(["library", "remove", str(folder), "--library", str(index)]) == 0
    assert run(capsys, index, "status")["folders"] == []
