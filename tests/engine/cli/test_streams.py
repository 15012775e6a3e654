"""Standard streams that are closed, full, gone, or of another encoding, for every command."""

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.project.folder import Project
from engine.scene.edits import rename_scene
from tests.engine.generation.fakes import FakeParts
from tests.engine.project.toy_project import toy_project

HOUSE = Path(__file__).resolve().parents[3]


@pytest.fixture
def project(tmp_path: Path) -> str:
    project, scene = toy_project(tmp_path)
    tracks = tuple(replace(track, soloed=False) for track in scene.timeline.tracks)
    scene = replace(scene, timeline=replace(scene.timeline, tracks=tracks))
    project.save(rename_scene(scene, "Straße 猫"))
    project.close()
    return str(project.path)


def commands(still: str, project: str, folder: Path) -> dict[str, list[str]]:
    """Return arguments of every command that prints, none of which loads a model here."""
    quick = ["--steps", "1", "--duration", "0.5"]
    return {
        "help": ["--help"],
        "version": ["--version"],
        "sound": ["sound", still, "--object", "Straße@5,5", "--out", str(folder / "a"), *quick],
        "sound --json": ["sound", still, "--object", "猫@5,5", "--out", str(folder / "b"), "--json", *quick],
        "objects": ["objects", still],
        "objects --json": ["objects", still, "--json"],
        "info": ["project", "info", project],
        "info --json": ["project", "info", project, "--json"],
        "takes": ["project", "takes", project],
        "collect": ["project", "collect", project, "--dry-run"],
        "recover": ["project", "recover", project, "--list"],
        "export": ["project", "export", project, "--out", str(folder / "c")],
        "export --json": ["project", "export", project, "--out", str(folder / "d"), "--json"],
        "loudness": ["loudness", str(HOUSE / "tests/nothing.wav")],
    }


NAMES = tuple(commands("", "", Path()))


def run(name: str, still: str, project: str, tmp_path: Path) -> int:
    try:
        return main(commands(still, project, tmp_path)[name])
    except SystemExit as left:
        return int(left.code or 0)


@pytest.mark.parametrize("name", NAMES)
def test_a_closed_output_harms_no_command(
    parts: FakeParts, still: str, project: str, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for closed in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, closed, None)
    assert run(name, still, project, tmp_path) == (2 if name == "loudness" else 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("name", NAMES)
def test_a_full_output_is_a_sentence(
    parts: FakeParts, still: str, project: str, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        monkeypatch.setattr(sys, "stderr", said)
        code = run(name, still, project, tmp_path)
        monkeypatch.undo()
    if name != "loudness":
        assert code == 1
        assert said.getvalue() == (
            "foleyscape: What is printed here could not be written: No space left on device.\n"
        )


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "utf-8"])
@pytest.mark.parametrize("name", NAMES)
def test_a_terminal_of_any_encoding_shows_every_command(
    parts: FakeParts, still: str, project: str, tmp_path: Path, name: str, encoding: str
) -> None:
    monkeypatch = pytest.MonkeyPatch()
    shown = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", shown)
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    code = run(name, still, project, tmp_path)
    monkeypatch.undo()
    assert code == (2 if name == "loudness" else 0)
    text = shown.buffer.getvalue().decode(encoding)
    if "--json" in name:
        assert json.loads(text)
    if name == "info --json":
        assert json.loads(text)["name"] == "Straße 猫"


def test_streams_closed_before_the_start_stay_out_of_the_files(tmp_path: Path) -> None:
    """The shell's >&- closes the number itself, and the next file opened would get it."""
    project, scene = toy_project(tmp_path)
    tracks = tuple(replace(track, soloed=False) for track in scene.timeline.tracks)
    project.save(replace(scene, timeline=replace(scene.timeline, tracks=tracks)))
    project.close()
    words = 'exec "$0" -m engine.cli project export "$1" --out "$2" <&- >&- 2>&-'
    done = subprocess.run(
        ["sh", "-c", words, sys.executable, str(project.path), str(tmp_path / "out")],
        check=False,
        cwd=HOUSE,
    )
    assert done.returncode == 0
    assert (tmp_path / "out" / "mix.wav").stat().st_size > 44


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_not_utf_8_come_through_the_whole_job(
    parts: FakeParts, still: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    odd = Path(still).rename(folder / os.fsdecode(b"caf\xe9.png"))
    out, project = folder / "out", folder / os.fsdecode(b"h\xf6f.foley")
    asked = ["sound", str(odd), "--object", "dog@5,5", "--steps", "1", "--duration", "0.5"]
    assert main([*asked, "--out", str(out), "--project", str(project)]) == 0
    assert os.fsencode(out / "mix.wav") in capfdbinary.readouterr().out
    recipe = json.loads((out / "recipe.json").read_bytes())
    assert os.fsencode(recipe["still"]["path"]) == os.fsencode(odd)
    assert (
        main(["sound", "--recipe", str(out / "recipe.json"), "--out", str(folder / "again"), "--json"]) == 0
    )
    again = json.loads(capfdbinary.readouterr().out)
    assert os.fsencode(again["mix"]) == os.fsencode(folder / "again" / "mix.wav")
    assert (folder / "again" / "mix.wav").read_bytes() == (out / "mix.wav").read_bytes()
    everything = "wav,flac,ogg,rpp,otio,edl,csv,aaf,fcpxml"
    assert (
        main(["project", "export", str(project), "--out", str(folder / "all"), "--format", everything]) == 0
    )
    assert main(["project", "info", str(project), "--json"]) == 0
    opened = Project.open(project, writing=False)
    assert opened.warnings == ()
    assert opened.scene.name == "h\N{REPLACEMENT CHARACTER}f"
    assert main(["loudness", str(folder / "all" / "mix.wav")]) == 0
