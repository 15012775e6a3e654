"""The threads behind the dialog, with an engine that counts."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.export.preview import ExportPreview, PreviewRequest
from desktop.export.worker import ExportProgress, ExportRequest, ExportWorker
from engine.errors import Failed
from engine.export.choices import ExportChoices
from engine.export.plan import ExportSettings
from engine.progress import Progress
from engine.scene.scene import Scene
from tests.desktop.export.fakes import SlowExport
from tests.engine.export.toy_scene import toy

TOY = toy(seconds=0.2)


class Looks:
    """Answers when it is let go, and counts."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.numbers: list[int] = []
        self.error: Exception | None = None

    def __call__(self, asked: PreviewRequest) -> ExportPreview:
        self.numbers.append(asked.number)
        self.go.wait(5)
        if self.error is not None:
            raise self.error
        return ExportPreview(asked)


class Ends:
    """Every end that was told."""

    def __init__(self, work: ExportWorker) -> None:
        self.told: list[str] = []
        work.done.connect(lambda _: self.told.append("done"))
        work.failed.connect(lambda message: self.told.append(message.text))
        work.cancelled.connect(lambda: self.told.append("cancelled"))


@pytest.fixture
def works(qapp: object) -> Iterator[list[ExportWorker]]:
    made: list[ExportWorker] = []
    yield made
    for work in made:
        work.close()


def asked(number: int) -> PreviewRequest:
    return PreviewRequest(number, Scene(), ExportChoices(), "/nowhere")


def request(out: Path) -> ExportRequest:
    return ExportRequest(TOY.scene, TOY.takes, out, ExportSettings())


def test_of_many_questions_only_the_first_and_the_newest_are_looked_into(
    works: list[ExportWorker], qtbot: QtBot
) -> None:
    looks = Looks()
    works.append(work := ExportWorker(look=looks))
    answers: list[int] = []
    work.previewed.connect(lambda preview: answers.append(preview.asked.number))
    for number in range(500):
        work.look(asked(number))
    looks.go.set()
    qtbot.waitUntil(lambda: answers != [])
    qtbot.wait(30)
    assert answers == [499]
    assert looks.numbers == [0, 499]


def test_a_look_that_fails_is_a_problem_and_the_next_one_works(
    works: list[ExportWorker], qtbot: QtBot
) -> None:
    looks = Looks()
    looks.go.set()
    looks.error = RuntimeError("shape")
    works.append(work := ExportWorker(look=looks))
    answers: list[ExportPreview] = []
    work.previewed.connect(answers.append)
    work.look(asked(1))
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert "shape" in answers[0].problems[0] and not answers[0].ready
    looks.error = None
    work.look(asked(2))
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers[1].problems == ()


@pytest.mark.parametrize("end", ["done", "cancelled", "Nothing was exported. Full."])
def test_an_export_has_exactly_one_end(
    end: str, works: list[ExportWorker], qtbot: QtBot, tmp_path: Path
) -> None:
    slow = SlowExport(Failed("Full.") if end.startswith("Nothing") else None)
    works.append(work := ExportWorker(slow))
    ends = Ends(work)
    work.export(request(tmp_path / "out"))
    work.export(request(tmp_path / "other"))
    qtbot.waitUntil(slow.started.is_set)
    (work.cancel if end == "cancelled" else slow.go.set)()
    qtbot.waitUntil(lambda: not work.running)
    qtbot.wait(20)
    assert ends.told == [end]
    assert slow.begun == 1, "one at a time"


def test_a_cancel_does_not_reach_the_next_export(
    works: list[ExportWorker], qtbot: QtBot, tmp_path: Path
) -> None:
    slow = SlowExport()
    works.append(work := ExportWorker(slow))
    ends = Ends(work)
    work.export(request(tmp_path / "out"))
    work.cancel()
    qtbot.waitUntil(lambda: not work.running)
    slow.go.set()
    work.export(request(tmp_path / "out"))
    qtbot.waitUntil(lambda: not work.running)
    assert ends.told == ["cancelled", "done"]


def test_the_time_to_go_is_measured_from_the_steps(
    works: list[ExportWorker], qtbot: QtBot, tmp_path: Path
) -> None:
    def steady(*_arguments: Any, progress: Progress | None = None, **_named: Any) -> Any:
        assert progress is not None
        for step in range(7):
            progress.report(step / 10, "Measuring")
            time.sleep(0.11)
        raise Failed("Full.")

    works.append(work := ExportWorker(steady))
    heard: list[ExportProgress] = []
    work.progressed.connect(heard.append)
    work.export(request(tmp_path))
    qtbot.waitUntil(lambda: not work.running)
    assert heard[0].seconds is None
    seconds = heard[-1].seconds
    assert seconds is not None and 0.3 < seconds < 5.0
    assert [one.fraction for one in heard] == sorted(one.fraction for one in heard)


def test_closing_in_the_middle_cancels_and_ends_both_threads(
    works: list[ExportWorker], qtbot: QtBot, tmp_path: Path
) -> None:
    slow = SlowExport()
    works.append(work := ExportWorker(slow))
    work.look(asked(1))
    work.export(request(tmp_path / "out"))
    qtbot.waitUntil(slow.started.is_set)
    work.close()
    assert (slow.cancelled, slow.ended) == (1, 1)
    assert not (tmp_path / "out").exists()
