"""The command as people run it, with every real class: at toy size, and with the bundled model where it is."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from engine import Studio
from engine.cli.main import main
from engine.models.resources import resource
from tests.engine.generation.toy_model import write_toy_model

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_model(tmp_path_factory.mktemp("models") / "toy")


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red disc and a blue square on a soft ground."""
    rng = np.random.default_rng(4)
    pixels = rng.normal(150, 4, (96, 128, 3))
    yy, xx = np.mgrid[:96, :128]
    pixels[(xx - 35) ** 2 + (yy - 48) ** 2 < 22**2] = (200, 40, 40)
    pixels[30:70, 80:116] = (40, 60, 200)
    path = tmp_path_factory.mktemp("stills") / "street.png"
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return path


def test_a_click_becomes_stems_and_the_recipe_makes_them_again(
    model: Path, still: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    things = ["--object", "@35,48", "--object", "horn@98,50", "--together"]
    how = ["--duration", "1", "--steps", "2", "--seed", "7", "--json", "--model", str(model)]
    assert main(["sound", str(still), *things, *how, "--out", str(tmp_path / "a")]) == 0
    facts = json.loads(capsys.readouterr().out)
    stems = [soundfile.read(stem["file"], dtype="int32")[0] for stem in facts["stems"]]
    mix = soundfile.read(facts["mix"], dtype="int32")[0]
    assert (mix == stems[0] + stems[1]).all()
    assert all(len(stem) == 48_000 and stem.any() for stem in stems)
    disc = np.asarray(Image.open(facts["stems"][0]["mask"]))
    assert disc.shape == (96, 128)
    assert disc[48, 35]
    recipe = str(tmp_path / "a" / "recipe.json")
    assert main(["sound", "--recipe", recipe, "--model", str(model), "--out", str(tmp_path / "b")]) == 0
    for path in (tmp_path / "a").rglob("*.wav"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_words_alone_and_the_finding_of_objects_work_too(
    model: Path, still: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "rain")]
    assert (
        main(["sound", "--prompt", "rain", "--duration", "1", "--steps", "2", "--model", str(model), *out])
        == 0
    )
    assert (tmp_path / "rain/stems/01_rain_take1.wav").is_file()
    capsys.readouterr()
    assert main(["objects", str(still), "--json", "--model", str(model)]) == 0
    found = json.loads(capsys.readouterr().out)["objects"]
    assert found
    assert all(0 <= name["score"] <= 1 for thing in found for name in thing["names"])


def test_a_damaged_model_is_one_sentence(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/model_index.json").write_text("{")
    line = ["sound", "--prompt", "rain", "--model", str(tmp_path / "model"), "--out", str(tmp_path / "out")]
    assert main(line) == 2
    assert "damaged" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_ctrl_c_at_a_terminal_shows_time_to_go_then_stops_and_leaves_nothing(
    model: Path, tmp_path: Path
) -> None:
    mine, theirs = pty.openpty()
    line = ["sound", "--prompt", "rain", "--steps", "1000", "--duration", "2", "--model", str(model)]
    program = subprocess.Popen(
        [sys.executable, "-m", "engine.cli", *line, "--out", str(tmp_path / "out")],
        cwd=HOUSE,
        env={**os.environ, "TERM": "xterm"},
        stderr=theirs,
        stdout=subprocess.PIPE,
    )
    os.close(theirs)
    said = b""
    try:
        while b"to go" not in said or b"tep 1" not in said:
            said += os.read(mine, 4096)
        program.send_signal(signal.SIGINT)
        pressed = time.monotonic()
        code = program.wait(timeout=120)
        assert time.monotonic() - pressed < 30
        assert code == 130
        said += os.read(mine, 4096)
        assert b"foleyscape: Cancelled" in said
        assert b"Traceback" not in said
    finally:
        program.kill()
        os.close(mine)
    assert list(tmp_path.iterdir()) == []


def test_the_bundled_model_sounds_a_sample_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not (resource("models", "pocket") / "model_index.json").is_file():
        pytest.skip("the bundled model has not been trained yet")
    from engine.cli.demo import pictures_folder

    line = [
        "sound",
        str(pictures_folder() / "chelsea.png"),
        "--object",
        "@235,120",
        "--object",
        "cat@120,180",
    ]
    how = ["--duration", "2", "--steps", "4", "--json", "--out", str(tmp_path / "cat")]
    assert main([*line, *how]) == 0
    facts = json.loads(capsys.readouterr().out)
    for stem in facts["stems"]:
        # Each at the level of what it was named, whatever the model took the first one for.
        assert stem["lufs"] == pytest.approx(Studio().level(stem["name"]), abs=1.5)
        assert stem["true_peak_dbtp"] < 0
        assert 0.01 < np.asarray(Image.open(stem["mask"])).mean() < 0.99
