"""The procedural generator through the studio and the command: no weights, exact, with its own parameters."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cli.main import main
from engine.errors import BadInput
from engine.generation.generator import parameters_of
from engine.generation.procedural import FORMULAS, INFO
from engine.generation.recipe import read_recipe_text
from engine.generation.requests import Settings
from engine.scene.sound_controls import SoundControls
from engine.studio import Studio
from engine.synthesis import SYNTHESISED
from tests.engine.generation.fakes import FakeParts


def made(words: str, controls: SoundControls, **chosen: Any) -> Any:
    studio = Studio(parts=FakeParts(), generators=())
    settings = Settings(duration=1.5, **chosen)
    request = studio.request_words(words, settings, generator="procedural", controls=controls)
    return studio.generate(request)


def test_takes_are_at_48_khz_and_come_again_from_their_recipe() -> None:
    result = made("footsteps on gravel", SoundControls(parameters=(("pace", 0.8),)), takes=2)
    first, second = result.takes
    assert first.rate == 48_000
    assert first.samples.shape == (1, 72_000)
    assert not np.array_equal(first.samples, second.samples)
    request = read_recipe_text(first.recipe)
    again = Studio(parts=FakeParts(), generators=()).generate(request)
    assert np.array_equal(again.takes[0].samples, first.samples)


def test_it_loads_no_weights() -> None:
    parts = FakeParts()
    studio = Studio(parts=parts, generators=())
    studio.generate(studio.request_words("rain", Settings(duration=1.0), generator="procedural"))
    assert parts.loaded == []


def test_what_has_no_formula_is_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="There is no formula for “a violin”"):
        made("a violin", SoundControls())


def test_a_loop_has_the_length_asked_for() -> None:
    assert made("rain", SoundControls(loop=True)).takes[0].samples.shape == (1, 72_000)


@pytest.mark.parametrize(
    ("words", "own", "others"),
    [
        ("a dog", {"pace", "size", "distance"}, {"surface", "gust"}),
        ("footsteps", {"surface", "weight", "pace"}, {"speed"}),
        ("wind in trees", {"gust", "tone"}, {"surface"}),
        ("a helicopter", {"speed"}, {"pace"}),
    ],
)
def test_something_has_the_parameters_of_its_kind(words: str, own: set[str], others: set[str]) -> None:
    names = {parameter.name for parameter in parameters_of(INFO.capabilities.parameters, words)}
    assert own <= names
    assert not others & names


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.studio.FolderParts", lambda *_, **__: FakeParts())


@pytest.mark.usefixtures("fake_model")
def test_parameters_are_set_by_the_command_and_kept_by_the_recipe(tmp_path: Path) -> None:
    words = ["sound", "--prompt", "rain", "--duration", "1", "--generator", "procedural"]
    assert main([*words, "--set", "density=0.9", "--set", "size=0.2", "--out", str(tmp_path / "a")]) == 0
    request = json.loads((tmp_path / "a" / "recipe.json").read_text())["request"]
    assert request["targets"][0]["controls"]["parameters"] == [["density", 0.9], ["size", 0.2]]


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--generator", "procedural", "--set", "warp=1"], "has no parameter warp"),
        (["--set", "size=0.5"], "it has none"),
        (["--generator", "procedural", "--set", "size=7"], "from 0 to 1"),
        (["--generator", "procedural", "--set", "size"], "write NAME"),
        (["--generator", "procedural", "--negative", "music"], "takes no --negative"),
    ],
)
def test_a_parameter_that_is_none_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], sentence: str
) -> None:
    try:
        code = main(["sound", "--prompt", "rain", *options, "--out", str(tmp_path / "a")])
    except SystemExit as left:
        code = int(left.code or 0)
    assert code == 2
    assert sentence in capsys.readouterr().err


def test_the_concepts_said_to_have_a_formula_have_one() -> None:
    assert FORMULAS == SYNTHESISED
    assert INFO.capabilities.sounds == FORMULAS
