"""Every limit is asked before the work: names, words, counts and numbers of any size and kind."""

from pathlib import Path
from typing import Any

import pytest

from engine.cli.main import main
from engine.errors import BadInput
from engine.generation.requests import Settings
from tests.engine.generation.fakes import FakeParts

HUGE = ("1" + "0" * 20, "-1", "-" + "9" * 30, str(2**64))
ODD = ("nan", "inf", "-inf", "1e308", "-1e-320")
WHOLE = ("--takes", "--steps", "--candidates", "--seed")
REAL = ("--duration", "--guidance", "--lufs")


def code_of(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as left:
        return int(left.code or 0)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the sentence of a command that is refused before any model is loaded."""
    assert code_of(["sound", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("foleyscape: ")
    assert said.count("\n") == 1
    assert len(said) < 400
    assert "inside" not in said
    return said


@pytest.mark.parametrize(
    ("option", "value"),
    [*((o, v) for o in WHOLE for v in HUGE), *((o, v) for o in REAL for v in (*HUGE, *ODD))],
)
def test_numbers_of_any_size_are_checked_before_they_are_used(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    if (option, value) == ("--lufs", "-1e-320"):
        value = "1"
    refused(capsys, "--prompt", "rain", option, value, "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", ["d" * 501, " ", "d\n", "d\0og", "d\udce9g", "\ufffe", "\x1b[31m"])
def test_a_name_that_no_project_could_hold_is_refused_before_the_work(
    parts: FakeParts, still: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    out, project = str(tmp_path / "out"), tmp_path / "P.foley"
    if words == " ":  # no name, which the model chooses
        return
    said = refused(capsys, still, "--object", f"{words}x@5,5", "--out", out, "--project", str(project))
    assert "A name has 1 to 500 plain letters" in said
    assert not project.exists()


@pytest.mark.parametrize("option", ["--prompt", "--negative"])
@pytest.mark.parametrize("words", ["d" * 10_001, "rain\nwind", "d\udce9g", "\x07"])
def test_words_that_no_recipe_could_hold_are_refused_before_the_work(
    parts: FakeParts, still: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, words: str
) -> None:
    said = refused(capsys, still, option, words, "--out", str(tmp_path / "out"))
    assert "10000 plain letters on one line" in said


def test_a_long_prompt_alone_makes_a_take_with_a_shorter_name(parts: FakeParts, tmp_path: Path) -> None:
    words = "rain on a very long roof " * 60
    out, project = str(tmp_path / "out"), str(tmp_path / "P.foley")
    asked = ["--steps", "1", "--duration", "0.5", "--out", out, "--project", project]
    assert main(["sound", "--prompt", words, *asked]) == 0


@pytest.mark.parametrize("field", ["takes", "seed", "duration", "guidance", "candidates"])
@pytest.mark.parametrize("value", [10**20, -(10**400), -1, float("nan"), float("inf"), float("-inf")])
def test_settings_out_of_range_are_refused_in_a_short_sentence(field: str, value: float) -> None:
    given: Any = {field: value}
    with pytest.raises(BadInput) as refusal:
        Settings(**given)
    assert len(refusal.value.message) < 200
