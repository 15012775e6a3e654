"""A generator of another package, from the command line: made, kept, exported, told and made again."""

import json
from pathlib import Path

import pytest
import soundfile
from PIL import Image

from engine.cli import commands
from engine.cli.main import main
from engine.generation.registry import installed_generators
from engine.project.folder import Project
from engine.studio import Studio
from tests.engine.generation.fakes import FakeParts, two_halves
from tests.plugins.sine_generator import SineGenerator

pytestmark = pytest.mark.usefixtures("sine_installed")


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> FakeParts:
    parts = FakeParts()
    monkeypatch.setattr(commands, "Studio", lambda model, device: Studio(parts=parts))
    return parts


@pytest.fixture
def still(tmp_path: Path) -> str:
    Image.fromarray(two_halves().pixels).save(tmp_path / "street.png")
    return str(tmp_path / "street.png")


def test_an_installed_generator_is_found() -> None:
    assert [type(found) for found in installed_generators()] == [SineGenerator]
    assert [info.id for info in Studio(parts=FakeParts()).generators] == [
        "object-aware",
        "procedural",
        "sine",
    ]


def test_words_alone_need_no_model_and_come_again_from_their_recipe(parts: FakeParts, tmp_path: Path) -> None:
    out, again = tmp_path / "a", tmp_path / "b"
    words = ["sound", "--prompt", "a note", "--generator", "sine", "--takes", "2", "--duration", "1"]
    assert main([*words, "--out", str(out)]) == 0
    assert main(["sound", "--recipe", str(out / "recipe.json"), "--out", str(again)]) == 0
    assert parts.loaded == []
    names = ["stems/01_a-note_take1.wav", "stems/01_a-note_take2.wav", "mix.wav"]
    for name in names:
        assert (out / name).read_bytes() == (again / name).read_bytes()
    assert (out / names[0]).read_bytes() != (out / names[1]).read_bytes()


def test_objects_of_a_still_are_kept_in_a_project_and_exported(
    parts: FakeParts, still: str, tmp_path: Path
) -> None:
    project, out = tmp_path / "Street.foley", tmp_path / "delivery"
    things = ["--object", "dog@10,10", "--object", "frog@70,10", "--generator", "sine", "--duration", "1"]
    rest = ["--out", str(tmp_path / "out"), "--project", str(project)]
    assert main(["sound", still, *things, *rest]) == 0
    assert "diffusion" not in parts.loaded
    opened = Project.open(project, writing=False)
    assert [take.objects for take in opened.scene.takes] == [(0,), (1,)]
    assert {take.rate for take in opened.scene.takes} == {22_050}
    assert main(["project", "export", str(project), "--out", str(out), "--format", "wav,csv"]) == 0
    assert all(soundfile.info(path).samplerate == 48_000 for path in out.rglob("*.wav"))
    assert "sine-1" in next(out.rglob("*.csv")).read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--steps", "4"], "takes no --steps"),
        (["--final"], "takes no --final"),
        (["--guidance", "3"], "takes no --guidance"),
        (["--negative", "music"], "takes no --negative"),
        (["--duration", "9"], "0.5 to 8 seconds"),
    ],
)
def test_what_it_does_not_take_is_a_sentence(
    parts: FakeParts, options: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = ["sound", "--prompt", "a note", "--generator", "sine", "--out", str(tmp_path / "out")]
    assert main([*sound, *options]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_together_is_refused_where_it_cannot_be_made(
    parts: FakeParts, still: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sound", still, "--together", "--generator", "sine", "--out", str(tmp_path / "out")]) == 2
    assert "takes no --together" in capsys.readouterr().err


def test_a_generator_that_is_not_there_is_a_sentence(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sound", "--prompt", "x", "--generator", "theremin", "--out", str(tmp_path / "out")]) == 2
    assert "there are object-aware, procedural, sine" in capsys.readouterr().err


def test_a_recipe_of_a_generator_that_is_gone_says_so(parts: FakeParts, tmp_path: Path) -> None:
    words = ["sound", "--prompt", "a note", "--generator", "sine", "--duration", "1"]
    assert main([*words, "--out", str(tmp_path / "a")]) == 0
    recipe = json.loads((tmp_path / "a" / "recipe.json").read_text())
    recipe["request"]["generator"] = "theremin"
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    assert main(["sound", "--recipe", str(tmp_path / "recipe.json"), "--out", str(tmp_path / "b")]) == 2
