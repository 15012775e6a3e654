"""The command's log, and the report made from it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.cli.parser import Commands


def breaking(error: Exception) -> Callable[[Commands], None]:
    """A sub-command ``broken`` that raises this."""

    def run(*_: object) -> int:
        raise error

    def add(commands: Commands) -> None:
        commands.add_parser("broken").set_defaults(run=run)

    return add


@pytest.mark.parametrize("before", [True, False])
def test_the_log_goes_where_it_is_told_and_holds_what_was_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, before: bool
) -> None:
    target = str(tmp_path / "run.log")
    option, command = ["--log-file", target], ["objects", str(tmp_path / "none.jpg")]
    assert main([*option, *command] if before else [*command, *option]) == 2
    text = Path(target).read_text(encoding="utf-8")
    assert "none.jpg" in text
    assert "Traceback" in text
    assert "Traceback" not in capsys.readouterr().err


def test_what_nobody_expected_is_one_sentence_and_a_traceback_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "run.log"
    broken = breaking(ZeroDivisionError("three halves"))
    assert main(["broken", "--log-file", str(target)], more=(broken,)) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError: three halves" in said
    assert "foleyscape diagnostics" in said
    assert "in run" in target.read_text(encoding="utf-8")


def test_the_report_tells_of_that_error_without_the_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "run.log"
    broken = breaking(ValueError(str(tmp_path / "Anna.jpg")))
    main(["broken", "--log-file", str(target)], more=(broken,))
    capsys.readouterr()
    assert main(["diagnostics", "--log-file", str(target)]) == 0
    report = capsys.readouterr().out
    assert "ValueError" in report
    assert "Anna" not in report
    assert "model: pocket" in report
    assert "device: CPU" in report
    assert main(["diagnostics", "--paths", "--log-file", str(target)]) == 0
    assert "Anna" in capsys.readouterr().out


def test_a_model_that_is_not_there_is_said_in_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "run.log")
    assert main(["diagnostics", "--model", str(tmp_path / "none"), "--log-file", target]) == 0
    assert "model: " in capsys.readouterr().out
