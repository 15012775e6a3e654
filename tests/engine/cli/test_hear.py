"""``foleyscape hear`` with the bundled tower: real recordings get their names, silence and damage get a sentence."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.cli.main import main
from engine.generation.listener import Listener
from engine.generation.model_parts import FolderParts
from engine.models.concepts import load_concepts
from engine.synthesis import synthesise
from engine.training.recordings import list_clips


@pytest.fixture
def siren(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    soundfile.write(tmp_path / "own.wav", synthesise("baby", rng, 4.0, 48_000), 48_000)
    return tmp_path / "own.wav"


def test_a_file_is_said_with_scores_and_a_category(siren: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hear", str(siren)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{siren}: ")
    assert len(said) == 6
    table = {concept.name: concept.ucs for concept in load_concepts()}
    for line in said[1:]:
        score, rest = line.split(maxsplit=1)
        name, ucs = rest.rsplit(maxsplit=1)
        assert 0 <= float(score) <= 1
        assert table[name.strip()] == ucs


def test_scripts_get_json_of_every_file(
    siren: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(tmp_path / "silent.wav", np.zeros(4_800), 48_000)
    assert main(["hear", "--json", str(siren), str(tmp_path / "silent.wav")]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert len(first["concepts"]) == 5
    assert (second["silent"], second["name"], second["ucs"], second["concepts"]) == (True, None, None, [])


def test_what_is_no_sound_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("no sound", encoding="utf-8")
    assert main(["hear", str(tmp_path / "notes.txt")]) == 2
    assert "is not a sound" in capsys.readouterr().err


def test_held_out_recordings_are_named_right_three_times_in_four(shared: Path) -> None:
    listener = FolderParts().listener()
    assert isinstance(listener, Listener)
    clips = [clip for clip in list_clips(shared, load_concepts()) if clip.held_out][::4]
    right = 0
    for clip in clips:
        samples, rate = soundfile.read(clip.path, dtype="float32", always_2d=True)
        right += listener.hear(samples.T, rate).concepts[0].concept.id == clip.concept
    assert right / len(clips) > 0.7
