"""The queue between threads: each job is done once, ends once, and is told of once, in order."""

import gc
import random
import subprocess
import sys
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.errors import Cancelled, Failed
from engine.jobs.job import Job, JobProgress
from engine.jobs.queue import JobEvent, JobQueue, run_jobs, run_now
from engine.progress import Progress
from engine.vision.still import Still

PATIENCE = 10.0
Make = Callable[[str, Progress], object]


class Mill:
    """A queue with workers, and all that was told of it."""

    def __init__(self, work: Make, workers: int = 1) -> None:
        self.queue: JobQueue[str] = JobQueue(at_once=workers)
        self.events: list[JobEvent[str]] = []
        self.queue.listen(self.events.append)
        self.threads = [
            threading.Thread(
                target=run_jobs, args=(self.queue, lambda job, progress: work(job.request, progress))
            )
            for _ in range(workers)
        ]
        for thread in self.threads:
            thread.start()

    def close(self) -> None:
        self.queue.close()
        for thread in self.threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self.threads)

    def settled(self) -> None:
        done = threading.Event()

        def look(event: JobEvent[str]) -> None:
            if not any(job.active for job in event.jobs.jobs):
                done.set()

        self.queue.listen(look)
        if any(job.active for job in self.queue.snapshot.jobs):
            assert done.wait(PATIENCE)

    @property
    def ended(self) -> list[tuple[str, str]]:
        return [(event.ended.request, event.ended.state) for event in self.events if event.ended is not None]


@pytest.fixture
def mills() -> Iterator[list[Mill]]:
    running: list[Mill] = []
    yield running
    for mill in running:
        mill.close()


def patient(words: str, progress: Progress) -> str:
    """Goes on until it is cancelled."""
    while True:
        progress.report(0.5, words)


def quick(words: str, progress: Progress) -> str:
    progress.report(0.0, words)
    if words == "bad":
        raise Failed("It cannot be done.")
    return words.upper()


def test_jobs_are_done_one_after_another_and_their_results_are_told(mills: list[Mill]) -> None:
    mills.append(mill := Mill(quick))
    for words in ("rain", "bad", "sea"):
        mill.queue.enqueue(words, label=words)
    mill.settled()
    assert mill.ended == [("rain", "done"), ("bad", "failed"), ("sea", "done")]
    assert [event.result for event in mill.events if event.ended] == ["RAIN", None, "SEA"]
    failed = mill.queue.snapshot.jobs[1]
    assert (failed.message, failed.progress) == ("It cannot be done.", None)


@pytest.mark.parametrize("error", [RuntimeError("no"), MemoryError(), SystemExit(1), RecursionError("deep")])
def test_an_error_of_any_kind_ends_its_own_job_only(mills: list[Mill], error: BaseException) -> None:
    def work(words: str, progress: Progress) -> str:
        if words == "bad":
            raise error
        return quick(words, progress)

    mills.append(mill := Mill(work))
    mill.queue.enqueue("bad")
    mill.queue.enqueue("rain")
    mill.settled()
    assert mill.ended == [("bad", "failed"), ("rain", "done")]
    assert type(error).__name__ in mill.queue.snapshot.jobs[0].message


def test_a_running_job_stops_at_its_next_report_and_a_waiting_one_never_starts(mills: list[Mill]) -> None:
    mills.append(mill := Mill(patient))
    first, second = mill.queue.enqueue("rain"), mill.queue.enqueue("wind")
    mill.queue.cancel(second.id)
    assert mill.queue.snapshot.jobs[1].state == "cancelled"
    mill.queue.cancel(first.id)
    mill.settled()
    assert sorted(mill.ended) == [("rain", "cancelled"), ("wind", "cancelled")]


def test_closing_cancels_what_runs_and_what_waits_and_what_comes_later(mills: list[Mill]) -> None:
    mill = Mill(patient)
    for words in ("rain", "wind"):
        mill.queue.enqueue(words)
    mill.close()
    mill.queue.enqueue("sea")
    assert sorted(mill.ended) == [("rain", "cancelled"), ("sea", "cancelled"), ("wind", "cancelled")]


@pytest.mark.parametrize("seed", range(8))
def test_every_job_ends_once_whatever_threads_ask_and_cancel_meanwhile(mills: list[Mill], seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - which way a test goes

    def work(words: str, progress: Progress) -> str:
        for step in range(5):
            progress.report(step / 5, words)
        if words.endswith("7"):
            raise Failed("Seven.")
        return words

    mills.append(mill := Mill(work, workers=1 + seed % 3))

    def ask(name: str) -> None:
        for number in range(30):
            job = mill.queue.enqueue(f"{name}{number}")
            if dice.random() < 0.3:
                mill.queue.cancel(job.id)
            if dice.random() < 0.05:
                mill.queue.cancel_all()
            if dice.random() < 0.1:
                mill.queue.forget_ended()

    people = [threading.Thread(target=ask, args=(name,)) for name in "abc"]
    for person in people:
        person.start()
    for person in people:
        person.join(PATIENCE)
    mill.settled()
    counts = Counter(words for words, _ in mill.ended)
    assert counts == {f"{name}{number}": 1 for name in "abc" for number in range(30)}
    revisions = [event.jobs.revision for event in mill.events]
    assert revisions == sorted(revisions)


def test_errands_are_run_between_jobs_in_the_workers_thread(mills: list[Mill]) -> None:
    mills.append(mill := Mill(quick))
    where: list[int | None] = []
    done = threading.Event()

    def errand() -> None:
        where.append(threading.current_thread().ident)
        done.set()

    mill.queue.run_soon(errand)
    assert done.wait(PATIENCE)
    assert where == [mill.threads[0].ident]
    assert mill.events == []


def test_progress_is_told_with_a_measured_time_to_go() -> None:
    clock = iter(float(second) for second in range(100))
    queue: JobQueue[str] = JobQueue(clock=lambda: next(clock))
    queue.enqueue("rain")
    job = queue.take()
    assert job is not None
    progress = queue.progress(job)
    for step in range(5):
        progress.report(step / 10, f"step {step}")
    shown = queue.snapshot.jobs[0].progress
    assert shown is not None
    assert (shown.fraction, shown.words) == (0.4, "step 4")
    assert shown.seconds_left == pytest.approx(6.0)


def test_a_job_that_ended_holds_no_pixels() -> None:
    queue: JobQueue[str] = JobQueue()
    still = Still.from_pixels(np.zeros((40, 40, 3), np.uint8))
    gone = weakref.ref(still)
    queue.enqueue("rain", still=still, objects=(3,))
    job: Job[str] | None = queue.take()
    assert job is not None
    queue.finish(job)
    del still, job
    gc.collect()
    assert gone() is None
    assert queue.snapshot.jobs[0].objects == (3,)


def test_a_job_at_once_gives_its_result_its_progress_and_its_error() -> None:
    shown: list[JobProgress] = []
    assert run_now("rain", quick, show=shown.append) == "RAIN"
    assert [progress.words for progress in shown] == ["rain"]
    with pytest.raises(Failed, match="cannot be done"):
        run_now("bad", quick)
    with pytest.raises(Cancelled):
        run_now("rain", quick, is_cancelled=lambda: True)


def test_jobs_load_neither_torch_nor_a_window() -> None:
    program = "import sys, engine.jobs.queue; print([n for n in ('torch', 'PySide6') if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]"


def test_what_the_person_should_know_stays_with_the_job_once() -> None:
    queue: JobQueue[str] = JobQueue()
    queue.enqueue("rain")
    job = queue.take()
    assert job is not None
    progress = queue.progress(job).part(0.2, 0.4)
    for sentence in ("It was halved.", "It was halved.", "It was decoded elsewhere."):
        progress.note(sentence)
    queue.finish(job)
    progress.note("Too late.")
    assert queue.snapshot.jobs[0].notes == ("It was halved.", "It was decoded elsewhere.")
