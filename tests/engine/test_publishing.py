"""What a run puts into a folder replaces what an earlier run wrote there, and nothing that anybody else did."""

import errno
import os
import shutil
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from engine.errors import BadInput, Failed
from engine.files import (
    check_target,
    list_names,
    numbered_folder,
    staged_folder,
    survey_folder,
)
from engine.files.manifest import MANIFEST_FILE, MOST_BYTES, read_manifest
from engine.files.path_lock import PathLock
from engine.files.publishing import PUBLISH_LOCK

FILES = {"stems/a.wav": b"a", "stems/b.wav": b"b", "mix.wav": b"mix", "media/deep/take.wav": b"take"}

staged: Callable[..., AbstractContextManager[Path]] = partial(staged_folder, kind="export")


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def run(target: Path, files: dict[str, bytes], *, overwrite: bool = True, kind: str = "export") -> None:
    with staged_folder(target, overwrite=overwrite, kind=kind) as folder:
        put(folder, files)


def contents(folder: Path) -> dict[str, bytes]:
    """All files but the manifest; fails if something of the publishing was left."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    found.pop(MANIFEST_FILE, None)
    assert not [name for name in found if ".foleyscape-" in name]
    assert not list(folder.parent.glob(".foleyscape-*"))
    return found


def test_a_later_run_replaces_the_files_of_an_earlier_one_and_removes_those_it_does_not_write(
    tmp_path: Path,
) -> None:
    target = tmp_path / "out"
    run(target, FILES, overwrite=False)
    run(target, {"stems/a.wav": b"new", "mix.wav": b"new"})
    assert contents(target) == {"stems/a.wav": b"new", "mix.wav": b"new"}
    assert not (target / "media").exists()


@pytest.mark.parametrize(
    "name", ["notes.txt", "stems/dialogue.wav", "media/rushes.mov", "media/deep/x", "other/y"]
)
def test_a_file_of_somebody_else_stays_wherever_it_is(tmp_path: Path, name: str) -> None:
    target = tmp_path / "out"
    run(target, FILES, overwrite=False)
    put(target, {name: b"precious"})
    run(target, FILES)
    assert contents(target) == {**FILES, name: b"precious"}
    run(target, {"mix.wav": b"only this"})
    assert contents(target) == {"mix.wav": b"only this", name: b"precious"}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("earlier", [False, True])
def test_a_file_that_no_run_wrote_or_that_was_changed_since_stops_everything(
    tmp_path: Path, name: str, earlier: bool
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    if earlier:
        run(target, FILES)
    put(target, {name: b"edited by hand"})
    before = contents(target)
    with pytest.raises(
        BadInput, match=f"holds {name}, which no earlier run wrote or which was changed since"
    ):
        run(target, dict.fromkeys(FILES, b"new"))
    assert contents(target) == before
    with pytest.raises(BadInput, match=f"holds {name}"):
        check_target(target, overwrite=True, names=tuple(FILES), kind="export")


def test_a_file_that_was_changed_stays_when_a_later_run_does_not_write_it(tmp_path: Path) -> None:
    target = tmp_path / "out"
    run(target, FILES, overwrite=False)
    put(target, {"stems/b.wav": b"edited by hand"})
    run(target, {"mix.wav": b"new"})
    assert contents(target) == {"stems/b.wav": b"edited by hand", "mix.wav": b"new"}


def test_a_file_that_was_only_copied_or_touched_is_still_known(tmp_path: Path) -> None:
    run(tmp_path / "first", FILES, overwrite=False)
    target = Path(shutil.copytree(tmp_path / "first", tmp_path / "copy"))
    for name in FILES:
        os.utime(target / name, (1, 1))
    run(target, dict.fromkeys(FILES, b"new"))
    assert contents(target) == dict.fromkeys(FILES, b"new")


def test_runs_of_another_kind_replace_only_what_they_write(tmp_path: Path) -> None:
    target = tmp_path / "out"
    run(target, {"stems/a.wav": b"a", "recipe.json": b"{}", "mix.wav": b"1"}, kind="sound")
    run(target, {"stems/z.wav": b"z", "mix.wav": b"2"}, kind="export")
    assert contents(target) == {
        "stems/a.wav": b"a",
        "recipe.json": b"{}",
        "stems/z.wav": b"z",
        "mix.wav": b"2",
    }


def test_runs_into_folders_of_a_run_are_known_to_it(tmp_path: Path) -> None:
    def all_of(text: bytes) -> None:
        with staged_folder(tmp_path / "demo", overwrite=True, kind="demo") as folder:
            run(folder / "cat", {"mix.wav": text}, kind="sound")

    all_of(b"1")
    run(tmp_path / "demo" / "cat", {"mix.wav": b"2"}, kind="sound")
    all_of(b"3")
    assert (tmp_path / "demo" / "cat" / "mix.wav").read_bytes() == b"3"


@pytest.mark.parametrize("where", ["stems", "mix.wav", "media/deep"])
@pytest.mark.parametrize("what", ["file", "folder", "link", "dead link"])
def test_what_stands_where_a_file_or_folder_is_to_be_is_not_touched(
    tmp_path: Path, where: str, what: str
) -> None:
    target, outside = tmp_path / "out", tmp_path / "outside"
    put(target, {"x": b"x"})
    outside.mkdir()
    place = target / where
    place.parent.mkdir(exist_ok=True)
    if what == "file":
        place.write_bytes(b"precious")
    elif what == "folder":
        put(place, {"inner": b"precious"})
    else:
        place.symlink_to(outside if what == "link" else tmp_path / "nowhere")
    if what == "folder" and where != "mix.wav":
        run(target, FILES)
        assert (place / "inner").read_bytes() == b"precious"
        return
    with pytest.raises(BadInput, match=f"holds {where}"):
        run(target, FILES)
    assert not list(outside.iterdir())
    assert os.path.lexists(place)
    assert {path.name for path in target.iterdir()} == {"x", where.split("/", maxsplit=1)[0]}


class Turn:
    """Lets the nth rename fail, or something else happen at it."""

    def __init__(self, patched: pytest.MonkeyPatch, at: int, happens: Callable[[Path], None]) -> None:
        self.count, self._at, self._happens = 0, at, happens
        self._rename = Path.rename
        patched.setattr(Path, "rename", lambda path, to: self._renamed(path, to))  # noqa: PLW0108 - binds

    def _renamed(self, path: Path, to: Path) -> Path:
        self.count += 1
        if self.count == self._at:
            self._happens(path)
        return self._rename(path, to)


def _fail(_path: Path) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def _edit(path: Path) -> None:
    path.write_bytes(b"edited just now")


@pytest.mark.parametrize("at", range(1, 9))
def test_a_failure_at_any_rename_puts_everything_back(tmp_path: Path, at: int) -> None:
    target = tmp_path / "out"
    put(target, {"media/mine.mov": b"precious"})
    run(target, FILES)
    before = contents(target), read_manifest(target)
    with pytest.MonkeyPatch.context() as patched:
        turn = Turn(patched, at, _fail)
        with pytest.raises(Failed, match="input/output error"):
            run(target, {**dict.fromkeys(FILES, b"new"), "newer/x.wav": b"x"})
    assert turn.count >= at
    assert (contents(target), read_manifest(target)) == before
    assert not (target / "newer").exists()


def test_a_file_that_is_changed_at_the_last_moment_is_seen(tmp_path: Path) -> None:
    target = tmp_path / "out"
    run(target, FILES, overwrite=False)
    before = contents(target)
    with pytest.MonkeyPatch.context() as patched:
        Turn(patched, 2, _edit)
        with pytest.raises(BadInput, match="was changed just now"):
            run(target, dict.fromkeys(FILES, b"new"))
    after = contents(target)
    edited = next(name for name in FILES if after[name] == b"edited just now")
    assert {**after, edited: b""} == {**before, edited: b""}


def test_a_run_that_is_killed_while_it_replaces_is_begun_again(tmp_path: Path) -> None:
    target = tmp_path / "out"
    run(target, FILES, overwrite=False)

    def die(_path: Path) -> None:
        os._exit(9)

    child = os.fork()
    if child == 0:
        with pytest.MonkeyPatch.context() as patched:
            Turn(patched, 6, die)
            run(target, dict.fromkeys(FILES, b"half"))
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert list(tmp_path.rglob(".foleyscape-*.partial"))
    run(target, dict.fromkeys(FILES, b"new"))
    assert contents(target) == dict.fromkeys(FILES, b"new")


def test_what_another_run_has_published_meanwhile_is_seen(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(BadInput, match="is not empty"), staged(target) as folder:
        put(folder, {"mix.wav": b"second"})
        run(target, {"mix.wav": b"first"}, overwrite=False)
    assert contents(target) == {"mix.wav": b"first"}


def test_what_was_made_for_a_folder_that_was_filled_meanwhile_is_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with (
        pytest.raises(Failed, match=r"is not empty.* What was made is in .*out-2"),
        staged(target, rescue=True) as folder,
    ):
        put(folder, {"mix.wav": b"second"})
        run(target, {"mix.wav": b"first"}, overwrite=False)
    assert contents(target) == {"mix.wav": b"first"}
    assert contents(tmp_path / "out-2") == {"mix.wav": b"second"}


def test_of_many_runs_into_one_folder_at_once_one_wins_and_the_others_are_told(tmp_path: Path) -> None:
    target, ended = tmp_path / "out", []
    ready = threading.Barrier(6)

    def one(number: int) -> None:
        try:
            with staged(target) as folder:
                put(folder, {f"stems/{number}.wav": b"x", "mix.wav": b"%d" % number})
                ready.wait()
            ended.append("done")
        except BadInput:
            ended.append("told")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["done", *["told"] * 5]
    assert len(list((target / "stems").iterdir())) == 1


def test_a_numbered_folder_is_the_next_that_is_free(tmp_path: Path) -> None:
    target = tmp_path / "film"
    for expected in ("film", "film-2", "film-3"):
        with numbered_folder(target) as place:
            assert place.name == expected
            run(place, FILES, overwrite=False)
    with numbered_folder(tmp_path / "film-2") as place:
        assert place.name == "film-4"
    assert not (tmp_path / "film-4").exists()
    (tmp_path / "empty").mkdir()
    with numbered_folder(tmp_path / "empty") as place:
        assert place.name == "empty"
    assert (tmp_path / "empty").is_dir()


def test_a_survey_tells_what_is_whose(tmp_path: Path) -> None:
    run(tmp_path, FILES)
    put(tmp_path, {"mine.txt": b"", "other/deep/file": b"", "stems/dialogue.wav": b"", "mix.wav": b"edited"})
    found = survey_folder(tmp_path, ["stems/a.wav", "mix.wav"], "export")
    assert found.replaced == ("stems/a.wav",)
    assert found.stale == ("media/deep/take.wav", "stems/b.wav")
    assert found.in_the_way == ("mix.wav",)
    assert found.foreign == ("mine.txt", "other/", "stems/dialogue.wav")
    assert survey_folder(tmp_path / "none", ["a"], "export").is_empty


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"files": []}', "[" * 100_000, '{"files": {"mix.wav": 1}}', "\x80",
        '{"files": {"mix.wav": {"kind": 1, "contents": 2}}}', '{"files": {"mix.wav": {"contents": [[1, 2]]}}}',
        '{"files": {"mix.wav": {"contents": [["1", 2, "x"]]}}}', '{"files": {"../up": {"contents": []}}}',
    ],
)  # fmt: skip
def test_a_damaged_manifest_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST_FILE).write_bytes(text.encode("latin-1"))
    put(tmp_path, {"mix.wav": b"precious"})
    assert read_manifest(tmp_path) == {}
    with pytest.raises(BadInput, match=r"holds mix\.wav"):
        run(tmp_path, {"mix.wav": b"new"})
    assert (tmp_path / "mix.wav").read_bytes() == b"precious"


def test_a_manifest_that_is_huge_or_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / MANIFEST_FILE).touch()
    os.truncate(tmp_path / MANIFEST_FILE, MOST_BYTES + 1)
    assert read_manifest(tmp_path) == {}
    (tmp_path / MANIFEST_FILE).unlink()
    (tmp_path / MANIFEST_FILE).symlink_to("/dev/zero")
    assert read_manifest(tmp_path) == {}


@pytest.mark.parametrize("kind", ["partial", "old", "probe"])
def test_what_a_killed_run_left_is_removed_by_the_next_unless_its_owner_lives(
    tmp_path: Path, kind: str
) -> None:
    for stem in ("dead00", "alive0", "old000"):
        put(tmp_path / f".foleyscape-{stem}.{kind}", {"stems/x.wav": b"x"})
    (tmp_path / ".foleyscape-dead00.lock").write_text("1 gone\n")
    os.utime(tmp_path / f".foleyscape-old000.{kind}", (1, 1))
    alive = PathLock(tmp_path / ".foleyscape-alive0.lock")
    run(tmp_path / "out", FILES, overwrite=False)
    assert [path.name for path in tmp_path.glob(".foleyscape-*.*") if path.is_dir()] == [
        f".foleyscape-alive0.{kind}"
    ]
    alive.release()
    run(tmp_path / "out", FILES)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] != []


def test_what_only_looks_like_a_leftover_stays(tmp_path: Path) -> None:
    kept = {".foleyscape-notes/a": b"", ".foleyscape-new123.partial/b": b"", "x.partial/c": b""}
    put(tmp_path, kept)
    run(tmp_path / "out", FILES, overwrite=False)
    assert all((tmp_path / name).exists() for name in kept)


def test_another_run_that_publishes_just_now_is_waited_for(tmp_path: Path) -> None:
    run(tmp_path / "out", FILES, overwrite=False)
    other = PathLock(tmp_path / "out" / PUBLISH_LOCK)
    timer = threading.Timer(0.2, other.release)
    timer.start()
    run(tmp_path / "out", {"mix.wav": b"new"})
    timer.join()
    assert contents(tmp_path / "out") == {"mix.wav": b"new"}


def test_names_are_listed_up_to_three() -> None:
    assert list_names(["a"]) == "a"
    assert list_names(["a", "b"]) == "a and b"
    assert list_names(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
