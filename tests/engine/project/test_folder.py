"""A project folder is made, saved, autosaved, recovered, tidied and locked."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import BadInput, Cancelled, Failed
from engine.progress import Progress
from engine.project.autosaves import KEPT
from engine.project.folder import Project
from engine.project.lock import LOCK_FILE, Lock
from engine.scene.scene import Scene
from engine.scene.timeline import Timeline
from tests.engine.project.toy_project import toy_still, toy_take

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def toy(toy: tuple[Path, Scene]) -> Iterator[tuple[Project, Scene]]:
    """The project open, and the scene in it."""
    opened = Project.open(toy[0])
    yield opened.project, opened.scene
    opened.project.close()


def names(project: Project) -> set[str]:
    return {str(path.relative_to(project.path)) for path in project.path.rglob("*") if path.is_file()}


def test_what_was_saved_opens_the_same_and_saving_it_again_changes_no_byte(
    toy: tuple[Project, Scene],
) -> None:
    project, scene = toy
    before = (project.path / "scene.json").read_bytes()
    project.close()
    opened = Project.open(project.path)
    with opened.project as again:
        assert (opened.scene, opened.warnings, opened.recoverable) == (scene, (), ())
        again.save(opened.scene)
    assert (project.path / "scene.json").read_bytes() == before
    assert not (project.path / LOCK_FILE).exists()


def test_a_new_project_keeps_the_still_byte_for_byte(tmp_path: Path) -> None:
    picture = toy_still(tmp_path)
    opened = Project.create(tmp_path / "New.foley", "New", picture)
    with opened.project as project:
        still = project.still(opened.scene)
        assert opened.scene.still is not None
        assert still is not None
        assert (project.path / "still.png").read_bytes() == picture.read_bytes()
        assert (opened.scene.still.file, opened.scene.still.name) == ("still.png", "Street at Night.PNG")
        assert (still.digest, still.width) == (opened.scene.still.digest, 48)


def test_a_project_without_a_still(tmp_path: Path) -> None:
    (tmp_path / "Words.foley").mkdir()
    opened = Project.create(tmp_path / "Words.foley", "Words")
    with opened.project as project:
        assert project.still(opened.scene) is None
        assert names(project) == {"scene.json", LOCK_FILE}


@pytest.mark.parametrize(
    ("name", "still", "words"),
    [
        ("", None, "name must be"),
        ("New", "nothing.png", "There is no file"),
        ("New", "notes.txt", "not a picture"),
    ],
)
def test_a_project_that_cannot_be_made_leaves_nothing(
    tmp_path: Path, name: str, still: str | None, words: str
) -> None:
    (tmp_path / "notes.txt").write_text("words")
    with pytest.raises(BadInput, match=words):
        Project.create(tmp_path / "New.foley", name, still and tmp_path / still)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_project_that_cannot_be_made_leaves_the_empty_folder_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "New.foley").mkdir()
    with pytest.raises(BadInput, match="There is no file"):
        Project.create(tmp_path / "New.foley", "New", tmp_path / "nothing.png")
    assert list(tmp_path.rglob("*")) == [tmp_path / "New.foley"]


def test_a_folder_with_something_in_it_is_not_made_a_project(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(BadInput, match="not empty"):
        Project.create(tmp_path, "New")


def test_a_file_is_synced_before_its_name_and_its_name_before_saving_is_done(
    toy: tuple[Project, Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, scene = toy
    said: list[str] = []
    fsync, rename = os.fsync, os.replace

    def watched_fsync(handle: int) -> None:
        said.append("sync folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "sync file")  # noqa: PTH112
        fsync(handle)

    def watched_rename(path: Path, target: Path) -> None:
        said.append(f"name {target.suffix}")
        rename(path, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_rename)
    record = project.add_take(toy_take(7))
    project.save(replace(scene, takes=(*scene.takes, record)))
    assert said == ["sync file", "name .wav", "sync folder", "sync file", "name .json", "sync folder"]


def test_a_full_disk_while_saving_leaves_what_was_saved(
    toy: tuple[Project, Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, scene = toy
    before = names(project)

    def full(handle: int) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patched, pytest.raises(Failed, match="disk is full"):
        patched.setattr(os, "fsync", full)
        project.save(replace(scene, name="Longer"))
    assert names(project) == before
    assert Project.open(project.path, writing=False).scene == scene


def test_a_scene_with_a_take_that_was_never_stored_is_not_saved(toy: tuple[Project, Scene]) -> None:
    project, scene = toy
    foreign = replace(scene.takes[0], digest="e" * 64)
    with pytest.raises(BadInput, match="never stored here"):
        project.save(replace(scene, takes=(*scene.takes, foreign)))
    assert Project.open(project.path, writing=False).scene == scene


def test_an_invalid_scene_is_not_saved(toy: tuple[Project, Scene]) -> None:
    project, scene = toy
    with pytest.raises(BadInput, match=r"cannot be saved: .*next number"):
        project.save(replace(scene, next_id=0))


def test_an_autosave_is_offered_until_the_scene_is_saved(toy: tuple[Project, Scene]) -> None:
    project, scene = toy
    changed = replace(scene, name="Changed")
    assert project.autosave(scene) is None
    kept = project.autosave(changed)
    assert kept is not None
    assert project.autosave(changed) is None
    opened = Project.open(project.path, writing=False)
    assert (opened.scene, opened.recoverable) == (scene, (kept,))
    recovered = opened.project.recover(kept)
    assert (recovered.scene, recovered.warnings) == (changed, ())
    project.save(changed)
    assert Project.open(project.path, writing=False).recoverable == ()
    assert Project.autosaves(project.path) == (kept,)


def test_the_newest_autosaves_are_kept_and_told_newest_first(toy: tuple[Project, Scene]) -> None:
    project, scene = toy
    for number in range(KEPT + 4):
        project.autosave(replace(scene, name=f"State {number}"))
    found = Project.autosaves(project.path)
    assert [autosave.number for autosave in found] == list(range(KEPT + 4, 4, -1))
    assert project.recover(found[0]).scene.name == f"State {KEPT + 3}"


def test_a_person_who_leaves_without_saving_is_not_asked_again(toy: tuple[Project, Scene]) -> None:
    project, scene = toy
    project.autosave(replace(scene, name="Changed"))
    project.discard_autosaves()
    assert Project.open(project.path, writing=False).recoverable == ()


def test_collecting_removes_what_nothing_names_and_only_that(toy: tuple[Project, Scene]) -> None:
    project, scene = toy
    undone = project.add_take(toy_take(7))
    orphan = project.add_take(toy_take(8))
    autosaved = project.add_take(toy_take(9))
    project.autosave(replace(scene, takes=(*scene.takes, autosaved)))
    project.save(
        replace(scene, objects=scene.objects[:1], takes=scene.takes[:1], chosen=(), timeline=_empty(scene))
    )
    (project.path / "takes" / ".x.wav.abc.partial").write_bytes(b"12345")
    (project.path / "takes" / "my own.wav").touch()
    history = [replace(scene, takes=(undone,))]

    told = project.collect(history, dry_run=True)
    gone = {"takes/.x.wav.abc.partial", f"takes/{orphan.digest}.wav"}
    assert set(told.files) == gone
    assert told.bytes == 5 + (project.path / f"takes/{orphan.digest}.wav").stat().st_size
    before = names(project)
    assert project.collect(history) == told
    assert names(project) == before - gone

    everything = project.collect([], keep_autosaved=False)
    assert f"takes/{autosaved.digest}.wav" in everything.files
    assert f"takes/{undone.digest}.wav" in everything.files
    assert f"masks/{scene.objects[1].mask_digest}.png" in everything.files
    opened = Project.open(project.path, writing=False)
    assert opened.warnings == ()
    assert len(opened.scene.takes) == 1


def test_a_collected_mask_is_written_again_when_a_scene_needs_it(toy: tuple[Project, Scene]) -> None:
    project, scene = toy
    project.save(replace(scene, objects=(), chosen=(), timeline=_empty(scene)))
    assert len(project.collect([]).files) == 2
    project.save(scene)
    assert Project.open(project.path, writing=False).scene == scene


def _empty(scene: Scene) -> Timeline:
    return replace(scene.timeline, tracks=())


def test_two_programs_do_not_save_into_one_folder(toy: tuple[Project, Scene]) -> None:
    project, scene = toy
    program = (
        "import sys; from engine.project.folder import Project; from engine.errors import Failed\n"
        "try: Project.open(sys.argv[1])\n"
        "except Failed as error: print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(project.path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"is open in another Foleyscape (process {os.getpid()}): close it there first." in said.stdout
    with pytest.raises(Failed, match="open in this program already"):
        Project.open(project.path)
    project.save(scene)


def test_reading_needs_no_lock_and_writes_nothing(toy: tuple[Project, Scene]) -> None:
    project, scene = toy
    before = names(project)
    reading = Project.open(project.path, writing=False).project
    for change in (
        lambda: reading.save(scene),
        lambda: reading.autosave(scene),
        lambda: reading.add_take(toy_take(3)),
        lambda: reading.collect([]),
        reading.discard_autosaves,
    ):
        with pytest.raises(BadInput, match="for reading only"):
            change()
    assert names(project) == before


def test_a_lock_that_a_dead_program_left_locks_nobody_out(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).write_text("999999 elsewhere\n")
    lock = Lock(tmp_path)
    assert (tmp_path / LOCK_FILE).read_text().split()[0] == str(os.getpid())
    lock.release()
    lock.release()
    assert not (tmp_path / LOCK_FILE).exists()


def test_a_lock_lets_go_when_nobody_holds_it_any_more(tmp_path: Path) -> None:
    lock = Lock(tmp_path)
    del lock
    Lock(tmp_path).release()


@pytest.mark.parametrize("make", [Path.symlink_to, Path.hardlink_to])
def test_a_lock_never_writes_through_a_link(tmp_path: Path, make: object) -> None:
    outside = tmp_path / "outside"
    outside.write_text("precious")
    (tmp_path / "project").mkdir()
    assert callable(make)
    make(tmp_path / "project" / LOCK_FILE, outside)
    with pytest.raises(BadInput, match="not a lock of Foleyscape"):
        Lock(tmp_path / "project")
    assert outside.read_text() == "precious"


def test_checking_takes_is_told_and_can_be_cancelled(toy: tuple[Project, Scene]) -> None:
    project, _ = toy
    told: list[float] = []
    Project.open(project.path, writing=False, progress=Progress(lambda share, _: told.append(share)))
    assert told == [0.0, 0.5]
    project.close()
    with pytest.raises(Cancelled):
        Project.open(project.path, progress=Progress(is_cancelled=lambda: True))
    Project.open(project.path).project.close()


def test_the_project_folder_asks_for_nothing_heavy() -> None:
    program = (
        "import sys, engine.project.folder as f; heavy = {'torch', 'scipy', 'soundfile', 'PIL', 'cv2'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"


def test_what_is_no_project_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="is a file, not a project"):
        Project.open(tmp_path / "file")
    with pytest.raises(BadInput, match="There is no project"):
        Project.open(tmp_path / "none")
    with pytest.raises(BadInput, match=r"not a project of Foleyscape: there is no scene\.json"):
        Project.open(tmp_path)
    assert json.dumps([path.name for path in tmp_path.iterdir()]) == '["file"]'
