"""A file appears whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from engine.errors import BadInput, Failed
from engine.files import disk_errors, write_file


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    write_file(tmp_path / "a", b"first")
    write_file(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"second"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_file(tmp_path / "a", b"first")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Failed, match="disk is full"):
        write_file(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_path_through_a_file_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="part of that path is a file"):
        write_file(tmp_path / "file" / "a", b"")


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.EACCES, Failed, "permission"),
        (errno.EROFS, Failed, "read-only"),
        (errno.EIO, Failed, "cannot be written"),
        (errno.ENAMETOOLONG, BadInput, "not a name"),
    ],
)
def test_every_trouble_of_the_disk_is_a_sentence(number: int, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words), disk_errors(Path("out")):
        raise OSError(number, os.strerror(number))
