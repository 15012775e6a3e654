"""``foleyscape project import-sound``: recordings go in, are exported, and what is wrong is one sentence."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.cli.main import main
from engine.project.folder import Project
from engine.scene.edits import add_object, rename_scene, solo_track
from engine.synthesis import synthesise
from tests.engine.project.toy_project import toy_mask, toy_project


@pytest.fixture
def project(tmp_path: Path) -> str:
    project, scene = toy_project(tmp_path)
    project.save(add_object(solo_track(scene, 4, soloed=False), toy_mask(12), "Dog"))
    project.close()
    return str(tmp_path / "Toy.foley")


@pytest.fixture
def sound(tmp_path: Path) -> str:
    noise = np.random.default_rng(1).normal(0, 0.1, (44_100, 2))
    soundfile.write(tmp_path / "gate.wav", noise, 44_100)
    return str(tmp_path / "gate.wav")


def imported(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert main(["project", "import-sound", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_recording_is_placed_at_a_timecode_and_exported_with_its_licence_and_source(
    project: str, sound: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [fact] = imported(
        capsys, project, sound, "--object", "tür", "--at", "01:00:01;00", "--licence", "CC0-1.0", "--no-hear"
    )
    assert (fact["name"], fact["number"], fact["objects"], fact["licence"]) == ("Tür", 1, [1], "CC0-1.0")
    assert Path(fact["stored"]).is_file()
    scene = Project.open(project, writing=False).scene
    [track] = [track for track in scene.timeline.tracks if track.object == 1]
    start = track.clips[0].start
    assert abs(start - 48_000) < 2_000
    out = tmp_path / "out"
    formats = ["--format", "wav,csv,rpp"]
    assert main(["project", "export", project, "--out", str(out), *formats, "--preset", "none"]) == 0
    [sheet] = out.glob("*.csv")
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines()))
    [row] = [row for row in rows if row["Source"]]
    assert (row["Source"], row["Licence"], row["Model"], row["Prompt"]) == ("gate.wav", "CC0-1.0", "", "")
    [rpp] = out.glob("*.rpp")
    assert "_take1.wav" in rpp.read_text()
    told = [path.read_bytes() for path in out.rglob("*.wav") if "media" not in path.parts]
    assert any(b"gate.wav, CC0-1.0" in data for data in told)


def test_takes_tell_their_kind(project: str, sound: str, capsys: pytest.CaptureFixture[str]) -> None:
    imported(capsys, project, sound, "--no-hear")
    assert main(["project", "takes", project, "--json"]) == 0
    kinds = [(take["kind"], take["source"]) for take in json.loads(capsys.readouterr().out)]
    assert kinds[-1] == ("recording", "gate.wav")
    assert kinds[0] == ("generated", "")


def test_a_part_of_a_file_becomes_a_take(
    project: str, sound: str, capsys: pytest.CaptureFixture[str]
) -> None:
    [fact] = imported(capsys, project, sound, "--from", "0.25", "--to", "0.75", "--no-hear", "--name", "Gate")
    assert (fact["seconds"], fact["name"], fact["rate"]) == (0.5, "Gate", 48_000)


def test_the_name_and_the_category_are_suggested_by_what_is_heard(
    project: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(tmp_path / "x1.wav", synthesise("baby", np.random.default_rng(3), 4.0, 48_000), 48_000)
    [fact] = imported(capsys, project, str(tmp_path / "x1.wav"))
    assert fact["name"] == (fact["heard"] or "x1")
    [named] = imported(capsys, project, str(tmp_path / "x1.wav"), "--object", "Tür")
    assert (named["name"], named["heard"]) == ("Tür", fact["heard"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--object", "cow"], "no object 'cow' in this project; there are: Dog, Tür"),
        (["--object", "DOG"], "2 objects named 'DOG'"),
        (["--at", "99:00"], "timecode"),
        (["--at", "00:00:00;00"], "before the timeline starts"),
        (["--from", "0.5", "--to", "0.2"], "--to must be after --from"),
        (["--from", "-1"], "seconds from 0"),
        (["--from", "9"], "there is nothing from 9 s on"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    project: str, sound: str, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (Path(project) / "scene.json").read_bytes()
    assert main(["project", "import-sound", project, sound, *arguments, "--no-hear"]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.strip().splitlines()) == 1
    assert (Path(project) / "scene.json").read_bytes() == before


def test_one_damaged_file_of_several_imports_none(
    project: str, sound: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.wav").write_bytes(b"RIFF")
    before = (Path(project) / "scene.json").read_bytes()
    assert main(["project", "import-sound", project, sound, str(tmp_path / "bad.wav"), "--no-hear"]) == 2
    assert "bad.wav is not a sound" in capsys.readouterr().err
    assert (Path(project) / "scene.json").read_bytes() == before


def test_what_was_never_saved_in_the_project_is_said_and_not_buried(
    project: str, sound: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.open(project).project as opened:
        opened.autosave(rename_scene(Project.open(project, writing=False).scene, "Two hours later"))
    capsys.readouterr()
    assert main(["project", "import-sound", project, sound, "--no-hear"]) == 0
    told = capsys.readouterr()
    assert "changes that were never saved: foleyscape project recover" in told.out
    assert main(["project", "import-sound", project, sound, "--no-hear", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out) and "never saved" in told.err
    assert Project.autosaves(project)
