"""The report for a fault: it helps, and it says nothing about the person."""

import logging
from pathlib import Path

import pytest

from engine.diagnostics import MAX_ERRORS, diagnostics, last_errors, without_paths
from engine.logs import logging_to


def logged(folder: Path, count: int) -> Path:
    target = folder / "foleyscape.log"
    with logging_to(target):
        for number in range(count):
            try:
                raise OSError(28, "No space left on device", f"/home/ann/films/Scene {number}.foley")
            except OSError:
                logging.getLogger("engine.project").exception("Saving failed (%d)", number)
            logging.getLogger("engine").info("between")
    return target


def test_it_names_versions_facts_and_the_last_errors(tmp_path: Path) -> None:
    report = diagnostics({"device": "CPU, 2 threads", "model": "pocket 1a2b"}, logged(tmp_path, 3))
    assert "device: CPU, 2 threads" in report
    assert "model: pocket 1a2b" in report
    assert "torch: " in report
    assert "Saving failed (2)" in report
    assert "No space left on device" in report
    assert "between" not in report


def test_only_the_last_errors_are_told_newest_last(tmp_path: Path) -> None:
    errors = last_errors(logged(tmp_path, MAX_ERRORS + 5))
    assert len(errors) == MAX_ERRORS
    assert "(14)" in errors[-1]


def test_errors_of_a_log_rotated_a_moment_ago_are_found(tmp_path: Path) -> None:
    target = logged(tmp_path, 2)
    target.rename(target.with_name("foleyscape.log.1"))
    target.write_text("")
    assert len(last_errors(target)) == 2


def test_without_a_log_it_says_so(tmp_path: Path) -> None:
    assert "No errors in the log." in diagnostics({}, tmp_path / "none.log")


PERSONAL = [
    "There is no file /home/ann/My films/Anna wedding.jpg here",
    "FileNotFoundError: [Errno 2] No such file: '/home/ann/My films/Anna.jpg'",
    r"PermissionError: 'C:\Users\Ann\Desktop\Anna.foley'",
    r"cannot open C:\Users\Ann\My films\Anna.wav",
    r"on \\server\ann\Anna.wav",
    "The picture Anna.JPG is damaged",
    'File "/home/ann/src/other.py", line 3',
]


@pytest.mark.parametrize("text", PERSONAL)
def test_paths_of_the_person_are_taken_out(text: str) -> None:
    said = without_paths(text)
    assert "nn" not in said.replace("cannot", "")
    assert "<path>" in said


def test_paths_are_kept_when_asked(tmp_path: Path) -> None:
    assert "/home/ann/films/Scene 0.foley" in diagnostics({}, logged(tmp_path, 1), keep_paths=True)


def test_where_in_the_program_it_failed_stays() -> None:
    import engine.studio

    said = without_paths(f'File "{engine.studio.__file__}", line 3')
    assert said == 'File "<installation>/engine/studio.py", line 3'


def test_ordinary_words_and_numbers_stay() -> None:
    text = "48000 Hz, 24 bit and/or 5.1; read 3/4 at 12:30"
    assert without_paths(text) == text
