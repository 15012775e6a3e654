"""Projects, locks and folders of exports with files that behave as on Windows."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import BadInput, Failed
from engine.files import numbered_folder, staged_folder, write_file
from engine.files.manifest import MANIFEST_FILE
from engine.files.path_lock import LockHeld, PathLock
from engine.project.folder import Project
from tests.engine.files_on_windows import OpenFiles, as_on_windows
from tests.engine.project.disk_scenarios import SCENARIOS, Scenario, copied
from tests.engine.project.disk_trials import in_memory_folder
from tests.engine.project.toy_project import toy_project


@pytest.fixture
def windows() -> Iterator[OpenFiles]:
    with as_on_windows() as opened:
        yield opened


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_everything_that_writes_ends_as_on_any_other_system(scenario: Scenario) -> None:
    with in_memory_folder() as memory:
        template, place = memory / "template", memory / "place"
        template.mkdir()
        scenario.prepare(template)
        scenario.act(copied(template, place))
        usual = scenario.state(place)
        copied(template, place)
        with as_on_windows() as opened:
            scenario.act(place)
            assert scenario.state(place) == usual
        assert not opened.locks
        assert not [path for path in memory.rglob(".foleyscape-*") if path.name != MANIFEST_FILE]


def test_a_lock_is_exclusive_says_by_whom_and_its_file_goes(windows: OpenFiles, tmp_path: Path) -> None:
    first = PathLock(tmp_path / "lock")
    with pytest.raises(LockHeld, match="this program already"):
        PathLock(tmp_path / "lock")
    first.release()
    first.release()
    assert not (tmp_path / "lock").exists()
    second = PathLock(tmp_path / "lock")
    second.release()


def test_the_file_of_a_lock_that_another_has_opened_stays(windows: OpenFiles, tmp_path: Path) -> None:
    first = PathLock(tmp_path / "lock")
    other = os.open(tmp_path / "lock", os.O_RDWR)
    first.release()
    assert (tmp_path / "lock").exists()
    os.close(other)
    PathLock(tmp_path / "lock").release()
    assert not (tmp_path / "lock").exists()


def test_a_project_is_opened_once(windows: OpenFiles, tmp_path: Path) -> None:
    project, scene = toy_project(tmp_path)
    with project, pytest.raises(Failed, match="this program already"):
        Project.open(project.path)
    with Project.open(project.path).project as again:
        again.save(replace(scene, name="Again"))
    assert Project.open(project.path, writing=False).scene.name == "Again"


def test_a_file_that_a_scanner_has_open_for_a_moment_is_waited_for(
    windows: OpenFiles, tmp_path: Path
) -> None:
    write_file(tmp_path / "scene.json", b"before")
    scanner = os.open(tmp_path / "scene.json", os.O_RDONLY)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            time, "sleep", lambda _seconds: os.close(scanner) if scanner in windows.paths else None
        )
        write_file(tmp_path / "scene.json", b"after")
    assert (tmp_path / "scene.json").read_bytes() == b"after"
    assert windows.renames_refused == 1


def test_a_file_that_stays_open_elsewhere_is_a_true_sentence(windows: OpenFiles, tmp_path: Path) -> None:
    write_file(tmp_path / "scene.json", b"before")
    player = os.open(tmp_path / "scene.json", os.O_RDONLY)
    with pytest.raises(Failed, match=r"it is open in another program\. Close it there"):
        write_file(tmp_path / "scene.json", b"after")
    os.close(player)
    assert (tmp_path / "scene.json").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["scene.json"]


def test_a_stem_that_a_player_has_open_keeps_the_whole_earlier_export(
    windows: OpenFiles, tmp_path: Path
) -> None:
    def run(text: bytes) -> None:
        with staged_folder(tmp_path / "out", overwrite=True, kind="export") as folder:
            for name in ("a.wav", "b.wav", "c.wav"):
                write_file(folder / name, text)

    run(b"before")
    player = os.open(tmp_path / "out" / "b.wav", os.O_RDONLY)
    with pytest.raises(Failed, match="open in another program"):
        run(b"after")
    os.close(player)
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.suffix == ".wav"}
    assert files == dict.fromkeys(("a.wav", "b.wav", "c.wav"), b"before")
    run(b"after")
    assert (tmp_path / "out" / "b.wav").read_bytes() == b"after"


def test_a_link_is_refused_where_the_system_cannot_refuse_it_while_opening(
    windows: OpenFiles, tmp_path: Path
) -> None:
    project, _ = toy_project(tmp_path)
    project.close()
    (project.path / "scene.json").rename(tmp_path / "outside.json")
    (project.path / "scene.json").symlink_to(tmp_path / "outside.json")
    with pytest.raises(BadInput, match=r"scene\.json is a link"):
        Project.open(project.path, writing=False)


def test_numbered_folders_are_found(windows: OpenFiles, tmp_path: Path) -> None:
    write_file(tmp_path / "x", b"")
    (tmp_path / "film").mkdir()
    write_file(tmp_path / "film" / "mix.wav", b"")
    with numbered_folder(tmp_path / "film") as place, staged_folder(place, kind="export") as folder:
        write_file(folder / "mix.wav", b"second")
    assert (tmp_path / "film-2" / "mix.wav").read_bytes() == b"second"
