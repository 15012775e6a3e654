"""Takes that were made are kept, whatever happens to the folder or the project that they are for."""

import json
import os
import signal
import time
from argparse import Namespace
from pathlib import Path
from typing import Any, cast

import pytest

from engine.cli.arguments import build_parser
from engine.cli.keeping import add_to_project, keep_takes
from engine.cli.main import CANCELLED, Stop, asked_by, main
from engine.cli.parser import NOTHING_LEFT, SOME_READ
from engine.cli.project_warnings import project_warnings
from engine.errors import BadInput, Cancelled, Failed, FoleyscapeError
from engine.generation.add_to_project import AddedTakes
from engine.generation.delivery import Delivery
from engine.progress import Progress, no_progress
from engine.project.folder import Project
from engine.project.lock import LOCK_FILE, Lock
from engine.scene.scene import Scene
from engine.studio import GenerationResult, Studio
from tests.engine.project.toy_project import toy_project

SOUNDS = cast(GenerationResult, None)


class FakeStudio:
    """Keeps takes, or refuses to."""

    def __init__(self, export: FoleyscapeError | None = None, *refused: Path) -> None:
        self._export, self._refused = export, refused
        self.kept: list[Path] = []

    def export(self, sounds: GenerationResult, out: Path, *, overwrite: bool, progress: Progress) -> Delivery:
        if self._export is not None:
            raise self._export
        self.kept.append(out)
        return Delivery(out, (), None, None, 0.0, 1.0)

    def add_to_project(self, sounds: GenerationResult, path: Path) -> AddedTakes:
        if path in self._refused:
            raise Failed(f"{path} is open in another Foleyscape: close it there first.")
        self.kept.append(path)
        return AddedTakes(path, Scene())


def as_studio(fake: FakeStudio) -> Studio:
    return cast(Studio, fake)


def test_a_folder_that_cannot_be_written_does_not_keep_takes_from_the_project(tmp_path: Path) -> None:
    studio = FakeStudio(Failed("The disk is full."))
    arguments = Namespace(out=tmp_path / "out", overwrite=False, project=tmp_path / "P.foley")
    with pytest.raises(Failed, match=r"disk is full\. The takes are in the project .*P\.foley"):
        keep_takes(as_studio(studio), SOUNDS, arguments, no_progress())
    assert studio.kept == [tmp_path / "P.foley"]
    with pytest.raises(Failed, match=r"^The disk is full\.$"):
        keep_takes(
            as_studio(studio), SOUNDS, Namespace(**{**vars(arguments), "project": None}), no_progress()
        )


def test_a_project_that_cannot_be_written_does_not_lose_takes(tmp_path: Path) -> None:
    path = tmp_path / "P.foley"
    (tmp_path / "P-2.foley").mkdir()
    studio = FakeStudio(None, path)
    with pytest.raises(
        Failed, match=r"close it there first\. The new takes are in a project of their own: .*P-3"
    ):
        add_to_project(as_studio(studio), SOUNDS, path)
    assert studio.kept == [tmp_path / "P-3.foley"]
    with pytest.raises(Failed, match=r"close it there first\.$"):
        add_to_project(as_studio(FakeStudio(None, path, tmp_path / "P-3.foley")), SOUNDS, path)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_every_signal_that_ends_a_program_is_a_request_to_stop(name: str) -> None:
    number = getattr(signal, name)
    if signal.getsignal(number) is signal.SIG_IGN:
        # Begun with nohup, this program would ignore it, which Stop respects.
        signal.signal(number, signal.SIG_DFL)
    assert number in asked_by()
    stop = Stop()
    with pytest.raises(KeyboardInterrupt), stop.listening():
        os.kill(os.getpid(), number)
        time.sleep(5)
    assert stop.is_asked()
    assert stop.signal == number


def test_a_lock_that_another_program_holds_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    project, _ = toy_project(tmp_path)
    project.close()
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        lock = Lock(project.path)
        os.write(tell, b"x")
        time.sleep(0.4)
        lock.release()
        os._exit(0)
    os.read(ready, 1)
    with pytest.raises(Failed, match="is open in another Foleyscape"):
        Project.open(project.path, patience=0.0)
    Project.open(project.path, patience=20.0).project.close()
    os.waitpid(child, 0)
    assert not (project.path / LOCK_FILE).exists()


def printed(capsys: pytest.CaptureFixture[str]) -> tuple[Any, str]:
    out, err = capsys.readouterr()
    return (json.loads(out) if out else None), err


def without_a_take(folder: Path) -> Path:
    project, scene = toy_project(folder)
    project.autosave(Scene(name="Never saved"))
    project.close()
    (project.path / "takes" / f"{scene.takes[0].digest}.wav").unlink()
    return project.path


def test_an_export_that_lacks_a_sound_is_no_success_unless_that_is_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = without_a_take(tmp_path)
    export = ["project", "export", str(path), "--out", str(tmp_path / "out"), "--json"]
    assert main(export) == 3
    facts, told = printed(capsys)
    assert facts is None
    assert "Take 1 of 'Dog' cannot be heard" in told
    assert "--allow-missing" in told
    assert not (tmp_path / "out").exists()
    scene = Project.open(path, writing=False).scene
    assert len(scene.takes) == 2


@pytest.mark.parametrize("command", ["info", "takes", "collect"])
def test_what_is_wrong_with_a_project_reaches_whoever_reads_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    path = without_a_take(tmp_path)
    assert main(["project", command, str(path), "--json"]) == 0
    facts, told = printed(capsys)
    warnings = told if command == "takes" else " ".join(facts["warnings"])
    assert "cannot be heard" in warnings
    if command == "info":
        assert facts["lacks_sound"]
        assert len(facts["recoverable"]) == 1
    else:
        assert "never saved" in warnings
    if command == "takes":
        assert [fact["readable"] for fact in facts] == [False, True]


def test_what_was_never_saved_is_one_more_warning() -> None:
    assert project_warnings(("x",), 0, Path("P")) == ("x",)
    assert "An autosave of it holds changes" in project_warnings((), 1, Path("P"))[0]
    assert "3 autosaves of it hold changes" in project_warnings((), 3, Path("P"))[0]


def test_numbered_and_overwrite_need_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["objects", "x.png", "--numbered"]) == BadInput.exit_code
    assert "need --out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["sound", "a.png", "--out", "x"], NOTHING_LEFT),
        (["objects", "a.png"], NOTHING_LEFT),
        (["demo", "--out", "x"], NOTHING_LEFT),
        (["sonify", "a.png", "--out", "x"], NOTHING_LEFT),
        (["project", "export", "a.foley", "--out", "x"], NOTHING_LEFT),
        (["library", "add", "x"], SOME_READ),
        (["library", "update"], SOME_READ),
        (["project", "collect", "a.foley"], CANCELLED),
        (["project", "recover", "a.foley"], CANCELLED),
    ],
)
def test_a_cancelled_command_says_only_what_is_so_of_it(command: list[str], said: str) -> None:
    assert getattr(build_parser(()).parse_args(command), "cancelled", CANCELLED) == said


def test_cancelled_after_the_folder_was_written_it_says_where_the_takes_are(tmp_path: Path) -> None:
    class Cancelling(FakeStudio):
        def add_to_project(self, sounds: GenerationResult, path: Path) -> AddedTakes:
            raise Cancelled

    arguments = Namespace(out=tmp_path / "out", overwrite=False, project=tmp_path / "P.foley", cancelled="")
    with pytest.raises(Cancelled):
        keep_takes(as_studio(Cancelling()), SOUNDS, arguments, no_progress())
    assert arguments.cancelled == f"Cancelled; the takes had been written to {tmp_path / 'out'} by then."
