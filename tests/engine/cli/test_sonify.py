"""``foleyscape sonify`` with the bundled model on scikit-image's cat."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import skimage
import soundfile

from engine.cli.main import main
from engine.synthesis import synthesise

CAT = Path(skimage.__file__).parent / "data" / "chelsea.png"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, place = tmp_path_factory.mktemp("recordings"), tmp_path_factory.mktemp("index")
    for kind in ("cat", "bell"):
        soundfile.write(
            folder / f"{kind}.wav", synthesise(kind, np.random.default_rng(1), 3.0, 16_000), 16_000
        )
    assert main(["library", "add", str(folder), "--library", str(place), "--json"]) == 0
    return place


def test_a_picture_gets_a_soundscape_and_its_record_the_same_samples(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    code = main(
        ["sonify", str(CAT), "--out", str(tmp_path / "a"), "--library", str(index), "--duration", "4"]
    )
    said = capsys.readouterr()
    if code == 2:  # nothing sure was found: said, and nothing was written
        assert "surely" in said.err or "fits" in said.err
        assert not (tmp_path / "a").exists()
        return
    assert code == 0
    (pair,) = (tmp_path / "a" / "pairs.jsonl").read_text().splitlines()
    assert json.loads(pair)["still"] == str(CAT)
    assert (
        main(["sonify", "--record", str(tmp_path / "a" / "pairs.jsonl"), "--out", str(tmp_path / "b")]) == 0
    )
    assert (tmp_path / "a/sounds/00001.wav").read_bytes() == (tmp_path / "b/sounds/00001.wav").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Give pictures"),
        (["--limit", "0", str(CAT)], "--limit"),
        (["--duration", "0", str(CAT)], "lasts"),
        (["--lufs", "3", "9", str(CAT)], "loudness"),
        (["/nowhere.jpg"], "nowhere.jpg"),
        (["--record", "/nowhere.jsonl"], "nowhere.jsonl"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    index: Path, tmp_path: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["sonify", *arguments, "--out", str(tmp_path / "out"), "--library", str(index)]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_as_record_is_refused_and_not_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert main(["sonify", "--record", str(tmp_path / "pipe"), "--out", str(tmp_path / "out")]) == 2
    assert "pipe" in capsys.readouterr().err
