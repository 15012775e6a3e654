"""The floor of coverage: enough lines of all, and every line and branch of the listed files."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, over a house of two files of which one is listed."""
    spec = importlib.util.spec_from_file_location("coverage_floor", HOUSE / "packaging/coverage_floor.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    for name in ("a.py", "b.py"):
        (tmp_path / name).touch()
    (tmp_path / "list.txt").write_text("# a list\na.py\n")
    monkeypatch.setattr(script, "HOUSE", tmp_path)
    monkeypatch.setattr(script, "LIST", tmp_path / "list.txt")
    return script


def file(lines: list[int], branches: list[list[int]]) -> dict[str, Any]:
    return {"missing_lines": lines, "missing_branches": branches, "summary": {"num_statements": 9}}


def report(folder: Path, covered: int = 75, **files: dict[str, Any]) -> str:
    totals = {"covered_lines": covered, "num_statements": 100, "covered_branches": 5, "num_branches": 10}
    named = {f"{name}.py": facts for name, facts in files.items()}
    (folder / "report.json").write_text(json.dumps({"totals": totals, "files": named}))
    return str(folder / "report.json")


def test_enough_lines_and_perfect_listed_files_pass(
    floor: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert floor.main([report(tmp_path, a=file([], []), b=file([3], []))]) == 0
    told = capsys.readouterr().err
    assert told.startswith("coverage: 75.0 % of 100 lines, 50.0 % of 10 branches; 1 files")


def test_too_few_lines_of_all_fail(
    floor: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert floor.main([report(tmp_path, covered=74, a=file([], []))]) == 1
    assert "At least 75 % of lines" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("facts", "words"),
    [(file([3, 8], []), "lines 3, 8"), (file([], [[5, 7], [9, -1]]), "5 to 7; 9 to the end")],
)
def test_a_line_or_a_branch_of_a_listed_file_that_is_not_reached_fails(
    floor: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], facts: dict[str, Any], words: str
) -> None:
    assert floor.main([report(tmp_path, a=facts)]) == 1
    assert f"a.py must stay perfectly covered; not reached: {words}." in capsys.readouterr().err


def test_a_listed_file_that_is_gone_or_was_not_measured_fails(
    floor: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert floor.main([report(tmp_path)]) == 1
    assert "a.py was not measured" in capsys.readouterr().err
    (tmp_path / "a.py").unlink()
    assert floor.main([report(tmp_path)]) == 1
    assert "a.py is gone: take it from list.txt" in capsys.readouterr().err


def test_an_update_adds_what_is_perfect_and_drops_what_is_gone_but_excuses_nothing(
    floor: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "list.txt").write_text("a.py\ngone.py\n")
    assert floor.main([report(tmp_path, a=file([1], []), b=file([], [])), "--update"]) == 1
    assert floor.read_list(tmp_path / "list.txt") == ["a.py", "b.py"]


NOT_YET = {
    "engine/export/file_names.py",
    "engine/export/media.py",
    "engine/project/take_files.py",
    "engine/export/choices.py",
    "engine/export/interchange/edl.py",
    "engine/export/interchange/fcpxml.py",
    "engine/export/pieces.py",
    "engine/export/plan.py",
    "engine/project/control_codec.py",
    "engine/project/recordings.py",
    "engine/project/schema.py",
    "engine/project/still_files.py",
    "engine/scene/automatic_fades.py",
    "engine/scene/history.py",
    "engine/scene/objects.py",
    "engine/scene/scene.py",
    "engine/scene/sound_controls.py",
    "engine/scene/validity.py",
}
"""Files of scene, project and export in which a few lines or branches are not reached yet; none may be added."""


def test_every_file_of_scene_project_and_export_is_listed() -> None:
    lines = (HOUSE / "packaging/perfectly-covered.txt").read_text(encoding="utf-8").splitlines()
    folders = ("engine/scene", "engine/project", "engine/export")
    files = {p.relative_to(HOUSE).as_posix() for f in folders for p in (HOUSE / f).rglob("*.py")}
    unlisted = {name for name in files if (HOUSE / name).stat().st_size} - set(lines)
    assert unlisted <= NOT_YET
    assert files >= NOT_YET


def test_without_a_report_it_says_that_nothing_was_measured(
    floor: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert floor.main([str(tmp_path / "none.json")]) == 1
    assert "did not run to their end" in capsys.readouterr().err
