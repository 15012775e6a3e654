"""The generation worker and its queue: one job at a time, one end each, whatever goes wrong."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from desktop.document.activity import time_left_text
from desktop.document.messages import Message
from desktop.generation.generation_queue import GenerationQueue
from desktop.generation.take_importer import objects_of
from desktop.generation.worker import GenerationJob, GenerationWorker, PendingRequest
from desktop.objects.controls import icon_maker
from desktop.objects.queue_view import QueueView, status_text
from desktop.settings.model_choice import ModelChoice
from engine.errors import Failed
from engine.generation.requests import Quality, Settings
from engine.jobs.job import REMEMBERED, Job
from engine.jobs.time_left import TimeLeftEstimator
from engine.scene.objects import SoundingObject
from tests.desktop.objects.toy import PATIENCE, FakeGenerationBackend, toy_mask, toy_take

LEFT = Qt.MouseButton.LeftButton


class Line:
    """A worker and its queue over a fake maker, and what they said."""

    def __init__(self) -> None:
        self.home = QObject()
        self.maker = FakeGenerationBackend()
        self.made_makers = 0
        self.worker = GenerationWorker(self.make, self.home)
        self.queue = GenerationQueue(self.worker, self.home)
        self.done: list[GenerationJob] = []
        self.takes: list[object] = []
        self.failures: list[Message] = []
        self.queue.made.connect(self.note)
        self.queue.failed.connect(self.failures.append)

    def make(self, _: ModelChoice) -> FakeGenerationBackend:
        self.made_makers += 1
        return self.maker

    def note(self, job: GenerationJob, takes: object) -> None:
        self.done.append(job)
        self.takes.append(takes)

    def submit(self, words: str) -> int:
        return self.queue.submit(pending(words))

    def states(self) -> list[str]:
        return [job.state for job in self.queue.jobs]


def pending(words: str, model: ModelChoice | None = None) -> PendingRequest:
    thing = SoundingObject(0, toy_mask(0), words, words)
    settings = Settings(quality=Quality("multistep", 4))
    return PendingRequest((thing,), settings, "a still", model=model or ModelChoice())


@pytest.fixture
def line(qapp: object) -> Iterator[Line]:
    made = Line()
    yield made
    made.maker.go.set()
    made.worker.close()


def ended(line: Line, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not any(job.active for job in line.queue.jobs), timeout=PATIENCE)


def test_jobs_run_one_after_another_in_one_other_thread_with_one_maker(line: Line, qtbot: QtBot) -> None:
    line.maker.go.clear()
    for words in ("rain", "wind", "sea"):
        line.submit(words)
    assert line.states() == ["running", "waiting", "waiting"]
    line.maker.go.set()
    ended(line, qtbot)
    assert [job.label for job in line.done] == ["rain", "wind", "sea"]
    assert [request.targets[0].name for request in line.maker.requests] == ["rain", "wind", "sea"]
    assert line.made_makers == 1
    assert len(line.maker.threads) == 1
    assert threading.get_ident() not in line.maker.threads


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RuntimeError("CUDA error: something"), "CUDA error"),
        (MemoryError(), "memory"),
        (Failed("There is not enough memory for 3 takes."), "for 3 takes"),
        (ValueError(), "ValueError"),
        (SystemExit(1), "SystemExit"),
        (RecursionError("too deep"), "too deep"),
    ],
)
def test_an_error_of_any_kind_is_one_message_and_the_next_job_runs(
    line: Line, qtbot: QtBot, error: BaseException, words: str
) -> None:
    line.maker.failures.append(error)
    line.submit("rain")
    line.submit("wind")
    ended(line, qtbot)
    assert line.states() == ["failed", "done"]
    assert len(line.failures) == 1
    assert words in line.failures[0].text
    assert words in line.queue.jobs[0].message


def test_a_running_job_is_cancelled_within_a_step_and_the_next_runs(line: Line, qtbot: QtBot) -> None:
    line.maker.go.clear()
    first, _ = line.submit("rain"), line.submit("wind")
    qtbot.waitUntil(line.maker.begun.is_set, timeout=PATIENCE)
    line.queue.cancel(first)
    assert line.states() == ["cancelling", "waiting"]
    line.queue.cancel(first)
    qtbot.waitUntil(lambda: line.states() == ["cancelled", "running"], timeout=PATIENCE)
    line.maker.go.set()
    ended(line, qtbot)
    assert [job.label for job in line.done] == ["wind"]
    assert line.failures == []


def test_a_waiting_job_that_is_cancelled_is_never_begun(line: Line, qtbot: QtBot) -> None:
    line.maker.go.clear()
    _, second = line.submit("rain"), line.submit("wind")
    line.queue.cancel(second)
    assert line.states() == ["running", "cancelled"]
    line.maker.go.set()
    ended(line, qtbot)
    assert len(line.maker.requests) == 1


def test_cancelling_all_leaves_nothing_running_or_waiting(line: Line, qtbot: QtBot) -> None:
    line.maker.go.clear()
    for words in ("rain", "wind", "sea"):
        line.submit(words)
    qtbot.waitUntil(line.maker.begun.is_set, timeout=PATIENCE)
    line.queue.cancel_all()
    ended(line, qtbot)
    assert line.states() == ["cancelled"] * 3
    assert len(line.maker.requests) == 1
    line.queue.cancel(99)


def test_closing_in_mid_run_ends_the_thread(line: Line, qtbot: QtBot) -> None:
    line.maker.go.clear()
    line.submit("rain")
    qtbot.waitUntil(line.maker.begun.is_set, timeout=PATIENCE)
    line.worker.close()
    assert not line.worker.isRunning()
    line.submit("wind")
    line.worker.open()
    assert not line.worker.isRunning()


def test_steps_and_the_time_to_go_are_told(line: Line, qtbot: QtBot) -> None:
    line.maker.go.clear()
    line.submit("rain")
    qtbot.waitUntil(lambda: line.queue.jobs[0].progress is not None, timeout=PATIENCE)
    assert status_text(line.queue.jobs[0]) == "step 1 of 4"
    line.maker.go.set()
    ended(line, qtbot)


def test_the_model_is_known_without_making_anything(line: Line, qtbot: QtBot) -> None:
    with qtbot.waitSignal(line.worker.opened, timeout=PATIENCE) as heard:
        line.worker.open()
    assert heard.args == [line.maker.generators]
    assert line.maker.requests == []


def test_only_the_last_of_what_has_ended_is_remembered(line: Line, qtbot: QtBot) -> None:
    for number in range(REMEMBERED + 5):
        line.submit(f"rain {number}")
    ended(line, qtbot)
    assert len(line.queue.jobs) == REMEMBERED
    assert line.queue.jobs[-1].still is None
    line.queue.forget_ended()
    assert line.queue.jobs == ()


def test_a_take_of_several_is_of_all_the_jobs_objects() -> None:
    job: GenerationJob = Job(1, pending("a"), None, "a", (3, 4))
    assert objects_of(job, toy_take("a", (3, 4), 1)) == (3, 4)
    assert objects_of(job, toy_take("a", (4,), 1)) == (4,)


def test_the_queue_shows_what_failed_and_not_what_went_well(line: Line, qtbot: QtBot) -> None:
    view = QueueView(line.queue, icon_maker())
    qtbot.addWidget(view)
    line.maker.failures.append(RuntimeError("no"))
    for words in ("rain", "wind", "sea", "hail"):
        line.submit(words)
    ended(line, qtbot)
    assert [row.label.text() for row in view.rows] == ["rain"]
    assert view.line.text().startswith("rain: ") and "no" in view.line.text() and not view.bar.isVisible()
    qtbot.mouseClick(view.clear, LEFT)
    assert view.isHidden()


def test_the_view_shows_the_queue_and_its_buttons_cancel_and_clear(line: Line, qtbot: QtBot) -> None:
    view = QueueView(line.queue, icon_maker())
    qtbot.addWidget(view)
    assert view.isHidden()
    line.maker.go.clear()
    for words in ("rain", "wind", "sea"):
        line.submit(words)
    qtbot.waitExposed(view)
    assert [row.label.text() for row in view.rows] == ["rain", "wind", "sea"]
    assert [row.state.text() for row in view.rows][1:] == ["waits", "waits"]
    qtbot.waitUntil(lambda: view.line.text() == "rain: step 1 of 4 · 2 wait", timeout=PATIENCE)
    assert not view.rows[1].isVisible() and view.height() < 50
    qtbot.mouseClick(view.fold, LEFT)
    assert view.rows[1].isVisible()
    qtbot.mouseClick(view.rows[1].cancel, LEFT)
    assert line.states()[1] == "cancelled"
    qtbot.mouseClick(view.cancel_all, LEFT)
    ended(line, qtbot)
    assert view.rows == ()
    assert view.isHidden()


def test_time_to_go_follows_the_last_steps_and_forgets_how_long_loading_took() -> None:
    pace = TimeLeftEstimator()
    assert pace.at(0.0, 0.0) is None
    assert pace.at(30.0, 0.05) is None
    assert pace.at(31.0, 0.15) is None
    assert pace.at(32.0, 0.25) == pytest.approx(7.5)
    assert pace.at(33.0, 0.35) == pytest.approx(6.5)
    assert pace.at(34.0, 0.35) is not None


def test_seconds_are_said_shortly() -> None:
    assert [time_left_text(value) for value in (None, 0.2, 8.4, 80.0)] == ["", "1 s", "8 s", "1:20"]


def test_models_are_loaded_ahead_in_the_same_thread_and_a_failure_of_that_waits_for_the_job(
    line: Line, qtbot: QtBot
) -> None:
    line.worker.warm_up()
    qtbot.waitUntil(lambda: line.maker.warmed == 1, timeout=PATIENCE)
    line.submit("rain")
    ended(line, qtbot)
    assert line.made_makers == 1
    assert line.states() == ["done"]


def test_a_job_keeps_the_model_that_was_chosen_when_it_was_asked_for(qtbot: QtBot) -> None:
    home = QObject()
    made: list[ModelChoice] = []
    backend = FakeGenerationBackend()

    def make(choice: ModelChoice) -> FakeGenerationBackend:
        made.append(choice)
        return backend

    worker = GenerationWorker(make, home)
    queue = GenerationQueue(worker, home)
    small, large = ModelChoice("small", "cpu"), ModelChoice("large", "cpu")
    backend.go.clear()
    for model in (small, small, large):
        queue.submit(pending("rain", model))
    backend.go.set()
    qtbot.waitUntil(lambda: not any(job.active for job in queue.jobs), timeout=PATIENCE)
    worker.close()
    assert made == [small, large]
    assert [job.request.model for job in queue.jobs] == [small, small, large]


def test_a_job_that_has_ended_holds_no_masks(line: Line, qtbot: QtBot) -> None:
    line.maker.go.clear()
    line.submit("rain")
    assert line.queue.jobs[0].request.objects
    line.maker.go.set()
    ended(line, qtbot)
    job = line.queue.jobs[0]
    assert job.request.objects == ()
    assert (job.label, job.objects, job.request.still) == ("rain", (0,), "a still")
