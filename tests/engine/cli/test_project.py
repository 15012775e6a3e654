"""Projects from the command line: takes go in, facts and files come out, and nothing is lost on the way."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from engine.cli.main import main
from engine.export.choices import ExportChoices, named_choices, save_choices
from engine.files.manifest import MANIFEST_FILE
from engine.project.folder import Project
from engine.scene.edits import rename_scene, star_take
from tests.engine.cli.bench import names_in
from tests.engine.generation.fakes import FakeParts

pytestmark = pytest.mark.usefixtures("parts")


@pytest.fixture
def project(still: str, tmp_path: Path) -> Path:
    """A project made by the command: two objects with two takes each, and both together."""
    folder = tmp_path / "Street.foley"
    things = ["--object", "dog@10,10", "--object", "frog@60,30", "--together", "--takes", "2"]
    out = str(tmp_path / "first")
    assert main(["sound", still, *things, "--duration", "1", "--out", out, "--project", str(folder)]) == 0
    return folder


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_sounds_become_a_project_with_a_track_for_each_object(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = printed(capsys, "project", "info", str(project))
    assert facts["name"] == "Street"
    assert (facts["objects"], facts["takes"]) == (["dog", "frog"], 6)
    assert (facts["tracks"], facts["clips"]) == (["dog", "frog", "together"], 3)
    assert (facts["seconds"], facts["start"], facts["end"]) == (1.0, "01:00:00:00", "01:00:01:00")
    with Project.open(project).project as opened:
        scene = Project.open(project, writing=False).scene
        assert [t.muted for t in scene.timeline.tracks] == [False, False, True]
        assert [scene.chosen_of(n) is not None for n in (0, 1)] == [True, True]
        assert opened.still(scene) is not None


def test_more_sounds_extend_a_project_and_leave_its_arrangement(
    project: Path,
    still: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    more = [
        "sound",
        still,
        "--object",
        "dog@10,10",
        "--object",
        "horn@40,5",
        "--seed",
        "5",
        "--duration",
        "1",
    ]
    assert main([*more, "--out", str(tmp_path / "second"), "--project", str(project)]) == 0
    facts = printed(capsys, "project", "info", str(project))
    assert facts["takes"] == 8
    scene = Project.open(project, writing=False).scene
    assert [take.number for take in scene.takes_of(0)] == [1, 2, 3]
    assert [len(track.clips) for track in scene.timeline.tracks if track.object == 0] == [1]
    # The same once more: the same samples are the same takes.
    assert main([*more, "--out", str(tmp_path / "third"), "--project", str(project)]) == 0
    assert printed(capsys, "project", "info", str(project))["takes"] == 8


def test_words_alone_make_a_project_without_a_still(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "Rain.foley")
    job = ["sound", "--prompt", "rain", "--duration", "1", "--out", str(tmp_path / "o"), "--project", folder]
    assert main(job) == 0
    facts = printed(capsys, "project", "info", folder)
    assert (facts["still"], facts["objects"], facts["tracks"], facts["clips"]) == (None, [], ["rain"], 1)


def test_a_project_of_another_still_is_refused_before_anything_is_made(
    project: Path,
    parts: FakeParts,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Image.fromarray(np.full((40, 60, 3), 90, np.uint8)).save(tmp_path / "other.png")
    batches, before = len(parts.made.batches), (project / "scene.json").read_bytes()
    job = ["sound", str(tmp_path / "other.png"), "--object", "@5,5", "--out", str(tmp_path / "o")]
    assert main([*job, "--project", str(project)]) == 2
    assert "not of this still" in capsys.readouterr().err
    assert len(parts.made.batches) == batches
    assert (project / "scene.json").read_bytes() == before
    assert not (tmp_path / "o").exists()


def test_takes_are_listed_with_their_files_and_recipes(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.open(project).project as opened:
        scene = Project.open(project, writing=False).scene
        opened.save(star_take(scene, scene.takes[1].digest))
    takes = printed(capsys, "project", "takes", str(project))
    assert [(take["name"], take["number"]) for take in takes][:4] == [
        *[("dog", 1), ("dog", 2), ("frog", 1), ("frog", 2)]
    ]
    assert [take["starred"] for take in takes] == [False, True, False, False, False, False]
    assert takes[0]["chosen"]
    assert takes[0]["recipe"]["seed"] == 0
    for take in takes:
        samples, rate = soundfile.read(take["file"])
        assert (len(samples), rate) == (round(take["seconds"] * take["rate"]), take["rate"])
    assert main(["project", "takes", str(project)]) == 0
    assert "dog   2 *" in capsys.readouterr().out


def test_collecting_removes_only_what_nothing_needs(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stray = project / "takes" / ("a" * 64 + ".wav")
    stray.write_bytes(b"left over")
    command = ["project", "collect", str(project)]
    assert printed(capsys, *command, "--dry-run")["files"] == [f"takes/{stray.name}"]
    assert stray.exists()
    takes = len(list((project / "takes").iterdir()))
    assert main(command) == 0
    assert "1 files" in capsys.readouterr().out
    assert not stray.exists()
    assert len(list((project / "takes").iterdir())) == takes - 1


def test_an_autosaved_state_can_be_gone_back_to(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Project.open(project).project as opened:
        scene = Project.open(project, writing=False).scene
        for name in ("Older", "Newer"):
            opened.autosave(rename_scene(scene, name))
    [newer, older] = printed(capsys, "project", "recover", str(project), "--list")
    assert main(["project", "recover", str(project), "--number", str(older["number"])]) == 0
    assert printed(capsys, "project", "info", str(project))["name"] == "Older"
    (project / "scene.json").write_bytes(b'{"schema": 2, "na')
    assert main(["project", "info", str(project)]) == 2
    assert "autosave" in capsys.readouterr().err
    assert printed(capsys, "project", "recover", str(project))["name"] == "Newer"
    assert main(["project", "recover", str(project), "--number", str(newer["number"] + 99)]) == 2


def test_an_export_has_what_was_asked_for(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--rate", "96000", "--bits", "16", "--fps", "29.97df", "--start-timecode", "10:00:00;00"]
    more = ["--preset", "none", "--handles", "0.5", "--format", "wav,flac,rpp,otio,edl,csv,aaf,fcpxml"]
    command = ["project", "export", str(project), "--out", str(tmp_path / "out")]
    facts = printed(capsys, *command, *asked, *more)
    assert (facts["start_timecode"], facts["time_reference"]) == ("10:00:00;00", 3_455_996_544 - 48_000)
    kinds = {(file["kind"], file["format"]) for file in facts["files"]}
    assert {("stem", "wav"), ("mix", "wav"), ("mix", "flac"), ("interchange", "aaf")} <= kinds
    stems = [file["file"] for file in facts["files"] if (file["kind"], file["format"]) == ("stem", "wav")]
    mix = next(file["file"] for file in facts["files"] if (file["kind"], file["format"]) == ("mix", "wav"))
    info = soundfile.info(mix)
    assert (info.samplerate, info.subtype, info.frames) == (96_000, "PCM_16", 192_000)
    total = sum(soundfile.read(stem, dtype="int16")[0].astype(np.int64) for stem in stems)
    np.testing.assert_array_equal(total, soundfile.read(mix, dtype="int16")[0])
    assert all(Path(file["file"]).exists() for file in facts["files"])
    assert main(command) == 2  # it holds something
    assert "not empty" in capsys.readouterr().err
    assert main([*command, "--overwrite", "--creator", "AB", "--source", "Film"]) == 0
    assert any("_AB_Film" in name for name in names_in(tmp_path / "out"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--rate", "22050"], "22050"),
        (["--bits", "8"], "bits"),
        (["--fps", "26"], "frame rate"),
        (["--start-timecode", "1"], "timecode"),
        (["--preset", "loud"], "preset"),
        (["--handles", "-1"], "Handles"),
        (["--format", "mp3"], "mp3"),
        (["--creator", "AB"], "--source"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence_and_status_two(
    project: Path, tmp_path: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["project", "export", str(project), "--out", str(tmp_path / "out"), *options]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_loudness_of_a_file_is_told_and_a_dash_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    time = np.arange(48_000 * 5) / 48_000
    tone = (10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)
    soundfile.write(tmp_path / "tone.wav", np.stack([tone, tone], 1), 48_000, subtype="FLOAT")
    facts = printed(capsys, "loudness", str(tmp_path / "tone.wav"))
    assert abs(facts["integrated_lufs"] + 23) < 0.1  # EBU Tech 3341, test signal 1
    assert abs(facts["true_peak_dbtp"] + 23) < 0.2
    soundfile.write(tmp_path / "short.wav", tone[:4800], 48_000)
    assert printed(capsys, "loudness", str(tmp_path / "short.wav"))["integrated_lufs"] is None
    assert main(["loudness", str(tmp_path / "short.wav")]) == 0
    assert "integrated      -\n" in capsys.readouterr().out
    (tmp_path / "text.wav").write_text("no sound")
    for wrong in ("text.wav", "missing.wav"):
        assert main(["loudness", str(tmp_path / wrong)]) == 2


def test_what_is_no_project_is_one_sentence_and_status_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "missing"):
        for command in (
            ["info"],
            ["takes"],
            ["collect"],
            ["recover"],
            ["export", "--out", str(tmp_path / "o")],
        ):
            assert main(["project", command[0], str(tmp_path / name), *command[1:]]) == 2
            [line] = capsys.readouterr().err.strip().splitlines()
            assert line.startswith("foleyscape: ")


def exported(project: Path, out: Path, *more: str) -> list[str]:
    assert main(["project", "export", str(project), "--out", str(out), *more]) == 0
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*.wav"))


def test_what_an_export_holds_is_chosen_by_options(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    everything = exported(project, tmp_path / "all")
    assert len(everything) >= 2
    assert exported(project, tmp_path / "mix", "--stems", "none", "--mono") == ["mix.wav"]
    assert soundfile.info(str(tmp_path / "mix" / "mix.wav")).channels == 1
    first = [name for name in everything if name.startswith("stems/01_")]
    assert exported(project, tmp_path / "one", "--stems", "1", "--no-mix") == first
    exported(project, tmp_path / "part", "--from", "0.04", "--to", "0.24")
    assert soundfile.info(str(tmp_path / "part" / "mix.wav")).duration == pytest.approx(0.2, abs=0.05)
    takes = exported(project, tmp_path / "takes", "--each", "take", "--creator", "AB", "--source", "FILM")
    assert takes
    assert all(name.startswith("takes/") and name.endswith("_AB_FILM.wav") for name in takes)
    assert all(name.startswith("clips/") for name in exported(project, tmp_path / "clips", "--each", "clip"))
    capsys.readouterr()
    for wrong in (["--stems", "no such"], ["--from", "soon"], ["--from", "9", "--to", "8"]):
        assert main(["project", "export", str(project), "--out", str(tmp_path / "x"), *wrong]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def endings(project: Path, out: Path, *options: str) -> set[str]:
    assert main(["project", "export", str(project), "--out", str(out), *options]) == 0
    return {path.suffix for path in out.rglob("*.*") if path.is_file() and path.name != MANIFEST_FILE}


def test_choices_saved_under_a_name_are_used_again_and_options_go_before_them(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    given = ["--bits", "16", "--format", "wav,rpp", "--preset", "none", "--save-as", " For  Reaper "]
    assert endings(project, tmp_path / "a", *given) == {".wav", ".rpp"}
    assert endings(project, tmp_path / "b", "--named", "For Reaper") == {".wav", ".rpp"}
    assert endings(project, tmp_path / "c", "--named", "For Reaper", "--format", "csv") == {".csv", ".wav"}
    assert not list((tmp_path / "c").glob("mix*"))
    for folder, bits in (("a", "PCM_16"), ("b", "PCM_16")):
        [mix] = (tmp_path / folder).glob("mix*.wav")
        assert soundfile.info(mix).subtype == bits
    assert main(["project", "export", str(project), "--out", str(tmp_path / "d"), "--named", "Avid"]) == 2
    assert "no export choices of the name 'Avid'; there are: For Reaper." in capsys.readouterr().err
    for name in ("", " ", "x" * 61):
        line = ["project", "export", str(project), "--out", str(tmp_path / "d"), "--save-as", name]
        assert main(line) == 2
        assert "1 to 60 plain letters" in capsys.readouterr().err
    assert not (tmp_path / "d").exists()


def test_saving_choices_keeps_what_the_window_remembers(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"folder": "/films", "presets": {"Old": {"bits": 16, "later": 1}}}))
    save_choices("New", ExportChoices(start="10:00:00:00", mono=True), file)
    facts = json.loads(file.read_text())
    assert facts["folder"] == "/films" and facts["presets"]["Old"] == {"bits": 16, "later": 1}
    assert named_choices("New", file) == ExportChoices(mono=True)
