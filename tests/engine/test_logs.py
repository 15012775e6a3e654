"""The log file: what reaches it, that it rotates, and that nothing about it can stop the program."""

import logging
import warnings
from pathlib import Path

import pytest

from engine import logs
from engine.logs import default_log_file, logging_to


def test_records_and_tracebacks_of_the_program_reach_the_file(tmp_path: Path) -> None:
    target = tmp_path / "state" / "foleyscape.log"
    with logging_to(target) as written:
        logging.getLogger("engine.sound").info("Loaded in %d ms", 12)
        try:
            raise ValueError("no such band")
        except ValueError:
            logging.getLogger("desktop.canvas").exception("Drawing failed")
    text = target.read_text(encoding="utf-8")
    assert written == target
    assert "Loaded in 12 ms" in text
    assert "Drawing failed" in text
    assert "ValueError: no such band" in text


def test_after_the_block_nothing_is_written_and_no_handler_stays(tmp_path: Path) -> None:
    target = tmp_path / "foleyscape.log"
    with logging_to(target):
        pass
    logging.getLogger("engine").error("later")
    assert "later" not in target.read_text(encoding="utf-8")
    assert [logging.getLogger(name).handlers for name in logs.NAMES] == [[], [], [], []]


def test_other_libraries_are_left_out_but_warnings_are_kept(tmp_path: Path) -> None:
    target = tmp_path / "foleyscape.log"
    with logging_to(target), warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.getLogger("PIL.PngImagePlugin").error("chunk")
        warnings.warn("an old argument", DeprecationWarning, stacklevel=1)
    text = target.read_text(encoding="utf-8")
    assert "chunk" not in text
    assert "an old argument" in text


def test_the_file_rotates_and_keeps_three_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 2000)
    target = tmp_path / "foleyscape.log"
    with logging_to(target):
        for number in range(200):
            logging.getLogger("engine").info("record %d", number)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["foleyscape.log", *(f"foleyscape.log.{n}" for n in (1, 2, 3))]
    assert all(path.stat().st_size <= 2000 for path in tmp_path.iterdir())


@pytest.mark.parametrize("blocked", ["a file in the way", "a folder in its place"])
def test_where_it_cannot_be_written_the_program_goes_on(tmp_path: Path, blocked: str) -> None:
    target = tmp_path / "way" / "foleyscape.log"
    if blocked == "a file in the way":
        (tmp_path / "way").write_text("")
    else:
        target.mkdir(parents=True)
    with logging_to(target) as written:
        logging.getLogger("engine").error("still here")
    assert written is None


def test_verbose_goes_to_standard_error_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to(tmp_path / "foleyscape.log", verbose=True):
        logging.getLogger("engine.models").info("Loading the vocoder")
    assert "Loading the vocoder" in capsys.readouterr().err


def test_it_is_in_the_state_folder_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_log_file().name == "foleyscape.log"
    assert "foleyscape" in default_log_file().parent.as_posix()


def test_text_that_is_no_unicode_is_written_escaped(tmp_path: Path) -> None:
    target = tmp_path / "foleyscape.log"
    with logging_to(target):
        logging.getLogger("engine").error("caf\udce9.jpg")
    assert "caf\\udce9.jpg" in target.read_text(encoding="utf-8")
