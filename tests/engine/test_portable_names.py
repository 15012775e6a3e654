"""Whatever things are called, the files that are written have names that every system takes, and relative places."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.export.file_names import ascii_name, safe_name
from engine.export.plan import FORMATS, ExportSettings, plan
from engine.export.ucs import UcsBlocks
from engine.files.portable_names import RESERVED, is_portable, is_reserved
from engine.generation.delivery import file_name
from engine.project.folder import Project
from engine.scene.scene import Scene
from engine.scene.timeline import Timeline
from tests.engine.export.toy_scene import toy
from tests.engine.project.toy_project import toy_project

NAMES = (
    *sorted(RESERVED), "CON", "nul.wav", "Aux", "LPT9", "a.", "a ", " a", "...", ".", "..", "a/b", "a\\b", "C:", "a:b",
    'a"b', "a*b", "a|b", "<a>", "a?b", "tab\tbed", "x" * 400, "\u540d\u524d", "\u540d" * 200, "\U0001f415", "\u00e9",
    "e\u0301", "A", "a", "-", "--help", "~", "$HOME", "%TEMP%", "desktop.ini",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_name_becomes_part_of_a_file_name_that_every_system_takes(name: str) -> None:
    for made in (safe_name(name, "scene"), ascii_name(name, "take"), f"01_{file_name(name)}"):
        assert is_portable(made), made
        assert is_portable(f"{made}.wav"), made


@pytest.mark.parametrize("ucs", [None, UcsBlocks("ME", "FILM")])
def test_an_export_of_anything_has_portable_names_that_differ_in_more_than_case(
    ucs: UcsBlocks | None,
) -> None:
    made = toy()
    settings = ExportSettings(formats=FORMATS, ucs=ucs)
    for name in NAMES:

        def named(line: Timeline, name: str = name) -> Timeline:
            return replace(
                line, tracks=tuple(replace(track, name=name.strip() or "x") for track in line.tracks)
            )

        scene = replace(made.with_timeline(named), name=name.strip() or "x")
        paths = [file.path for file in plan(scene, settings).files]
        assert all(is_portable(part) for path in paths for part in path.split("/")), paths
        assert len({path.casefold() for path in paths}) == len(paths), paths
        assert all(len(path) < 120 for path in paths)


def test_the_files_of_a_project_have_portable_names_and_nothing_says_where_it_is(tmp_path: Path) -> None:
    project, scene = toy_project(tmp_path)
    project.autosave(replace(scene, name="Later"))
    project.close()
    for path in project.path.rglob("*"):
        assert is_portable(path.name)
        assert len(path.relative_to(project.path).as_posix()) < 80
    text = (project.path / "scene.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert "\\\\" not in text
    assert json.loads(text)["still"]["file"] == "still.png"


def test_a_project_that_was_moved_to_a_disk_of_another_case_or_form_opens(tmp_path: Path) -> None:
    project, scene = toy_project(tmp_path)
    project.close()
    moved = tmp_path / "E\u0301tude NUIT.FOLEY"
    project.path.rename(moved)
    opened = Project.open(moved, writing=False)
    assert (opened.scene, opened.warnings) == (scene, ())


def test_names_of_devices_are_known_in_any_case_and_with_any_ending() -> None:
    assert all(is_reserved(name) for name in ("CON", "con.txt", "Com1", "lpt9.tar.gz", "nul ", "COM\u00b9"))
    assert not any(is_reserved(name) for name in ("console", "com", "com10", "null", "acon", "c"))
    assert not any(
        is_portable(name) for name in ("", ".", "..", "a.", "a ", " a", "a/b", "a:b", "\x07", "x" * 300)
    )
    assert isinstance(toy().scene, Scene)
