"""A folder is delivered whole, or everything is as it was."""

import os
import shutil
from pathlib import Path

import pytest

from engine.errors import BadInput, Cancelled, Failed
from engine.files import check_target, staged_folder, write_file


def everything_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def fill(folder: Path, text: bytes = b"new") -> None:
    (folder / "stems").mkdir()
    write_file(folder / "stems" / "a.wav", text)
    write_file(folder / "mix.wav", text)


def test_a_new_folder_appears_with_the_folders_above_it(tmp_path: Path) -> None:
    target = tmp_path / "film" / "scene 1"
    with staged_folder(target) as folder:
        fill(folder)
        assert not target.exists()
    assert everything_in(tmp_path / "film") == {
        *("scene 1", "scene 1/stems", "scene 1/stems/a.wav", "scene 1/mix.wav")
    }
    assert target.stat().st_mode & 0o777 == 0o777 & ~_umask()


def test_an_empty_folder_is_filled_and_kept(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir(mode=0o750)
    with staged_folder(target) as folder:
        fill(folder)
    assert everything_in(target) == {"stems", "stems/a.wav", "mix.wav"}
    assert target.stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Cancelled(), Failed("x"), ValueError("x")])
@pytest.mark.parametrize("exists", [False, True])
def test_whatever_goes_wrong_nothing_is_left(error: BaseException, exists: bool, tmp_path: Path) -> None:
    target = tmp_path / "film" / "out"
    if exists:
        target.mkdir(parents=True)
    before = everything_in(tmp_path)
    with pytest.raises(type(error)), staged_folder(target) as folder:
        fill(folder)
        raise error
    assert everything_in(tmp_path) == before


def test_what_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match="not empty"), staged_folder(tmp_path):
        pytest.fail("it must not come to this")
    assert everything_in(tmp_path) == {"mine.txt"}


def test_a_file_in_the_way_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for target in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(BadInput, match="file"), staged_folder(target):
            pytest.fail("it must not come to this")


def test_whether_a_folder_can_be_written_is_known_before_the_work(tmp_path: Path) -> None:
    check_target(tmp_path / "a" / "b")
    check_target(tmp_path)
    assert everything_in(tmp_path) == set()
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="part of that path is a file"):
        check_target(tmp_path / "file" / "b")
    with pytest.raises(BadInput, match="not empty"):
        check_target(tmp_path)
    check_target(tmp_path, overwrite=True)
    with pytest.raises(Failed, match="cannot be written"):
        check_target(Path("/proc/nowhere"))


def test_a_disk_that_is_too_full_is_found_out_beforehand(tmp_path: Path) -> None:
    more = shutil.disk_usage(tmp_path).free * 2
    with pytest.raises(Failed, match="too full"), staged_folder(tmp_path / "a" / "b", need_bytes=more):
        pytest.fail("it must not come to this")
    assert everything_in(tmp_path) == set()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
