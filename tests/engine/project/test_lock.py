"""The lock of a project folder says who holds it, whatever the file system does."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.errors import Failed
from engine.project.lock import LOCK_FILE, Lock


@contextmanager
def held(folder: Path, words: str) -> Iterator[None]:
    """The lock held through another handle, as another program does it, and signed with these words."""
    (folder / LOCK_FILE).write_text(words)
    with (folder / LOCK_FILE).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("17 elsewhere\n", "another Foleyscape on elsewhere"),
        (f"999999999 {socket.gethostname()}\n", r"another Foleyscape \(process 999999999\)"),
        ("", "another program"),
        ("not signed as Foleyscape does\n", "another program"),
    ],
)
def test_a_lock_that_is_held_says_by_whom(tmp_path: Path, words: str, who: str) -> None:
    with held(tmp_path, words), pytest.raises(Failed, match=f"is open in {who}: close it there first"):
        Lock(tmp_path, patience=0.1)
    Lock(tmp_path).release()


def test_a_file_system_without_locks_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(Failed, match="cannot be locked for writing: No locks available"):
        Lock(tmp_path)


@contextmanager
def removed_after_opening(path: Path, times: int) -> Iterator[None]:
    """The file goes between opening and locking it, as when its last holder lets go just then."""
    left = [times]
    opened = os.open

    def open_then_lose(*arguments: Any) -> int:
        handle = opened(*arguments)
        if Path(arguments[0]) == path and left[0]:
            left[0] -= 1
            path.unlink()
        return handle

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "open", open_then_lose)
        yield


def test_a_lock_whose_file_was_just_removed_is_taken_anew(tmp_path: Path) -> None:
    with removed_after_opening(tmp_path / LOCK_FILE, times=3):
        lock = Lock(tmp_path)
    with pytest.raises(Failed, match="this program already"):
        Lock(tmp_path)
    lock.release()


def test_a_lock_whose_file_is_removed_again_and_again_is_given_up(tmp_path: Path) -> None:
    with (
        removed_after_opening(tmp_path / LOCK_FILE, times=1000),
        pytest.raises(Failed, match="is open in other programs"),
    ):
        Lock(tmp_path, patience=0.1)


def test_a_forked_program_leaves_the_file_of_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = Lock(tmp_path)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    lock.release()
    assert (tmp_path / LOCK_FILE).is_file()


def test_a_lock_does_not_remove_a_file_that_took_its_place(tmp_path: Path) -> None:
    lock = Lock(tmp_path)
    (tmp_path / LOCK_FILE).unlink()
    (tmp_path / LOCK_FILE).write_text("another's")
    lock.release()
    assert (tmp_path / LOCK_FILE).read_text() == "another's"
