"""The background thread: in order, exactly one answer each, and it ends."""

import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.threads.background import Background


def here(number: int) -> tuple[int, int]:
    return number, threading.get_ident()


class Answers:
    """What came of jobs, and where it was heard."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.failed: list[BaseException] = []
        self.threads: set[int] = set()

    def take(self, result: Any) -> None:
        self.done.append(result)
        self.threads.add(threading.get_ident())

    def fail(self, error: BaseException) -> None:
        self.failed.append(error)


@pytest.fixture
def background(qapp: object) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


def test_work_is_done_elsewhere_and_answered_here_in_order(background: Background, qtbot: QtBot) -> None:
    answers = Answers()
    for number in range(20):
        background.run(partial(here, number), answers.take, answers.fail)
    qtbot.waitUntil(lambda: len(answers.done) == 20)
    assert [number for number, _ in answers.done] == list(range(20))
    assert answers.threads == {threading.get_ident()}
    assert threading.get_ident() not in {place for _, place in answers.done}


@pytest.mark.parametrize("error", [RuntimeError("shape"), MemoryError(), OSError("disk")])
def test_every_error_is_told_once_and_the_thread_goes_on(
    background: Background, qtbot: QtBot, error: Exception
) -> None:
    answers = Answers()

    def breaks() -> None:
        raise error

    background.run(breaks, answers.take, answers.fail)
    background.run(lambda: "next", answers.take, answers.fail)
    qtbot.waitUntil(lambda: answers.done == ["next"])
    assert answers.failed == [error]


def test_it_says_when_it_is_busy_and_when_no_more(background: Background, qtbot: QtBot) -> None:
    said: list[bool] = []
    background.busy_changed.connect(said.append)
    answers = Answers()
    background.run(lambda: 1, answers.take, answers.fail)
    background.run(lambda: 2, answers.take, answers.fail)
    assert background.busy
    qtbot.waitUntil(lambda: answers.done == [1, 2])
    assert said == [True, False]
    assert not background.busy


def test_closing_finishes_what_was_asked_for_and_a_closed_one_does_nothing(qtbot: QtBot) -> None:
    background = Background()
    finished = threading.Event()
    answers = Answers()
    background.run(finished.set, answers.take, answers.fail)
    background.close()
    assert finished.is_set()
    background.run(lambda: "late", answers.take, answers.fail)
    background.close()
    qtbot.wait(20)
    assert answers.done == []
