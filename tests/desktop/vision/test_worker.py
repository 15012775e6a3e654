"""The vision worker, with sight that counts."""

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.document.messages import Message
from desktop.vision.worker import VisionWorker
from desktop.vision.worker_protocol import CandidatesFound, HoverResult, LabelResult, ProposalResult
from engine.errors import BadInput
from engine.scene.hints import Click, Hints
from tests.desktop.vision.fake_backend import FakeBackend, square, still_of

STILL, OTHER = still_of(), still_of(shade=120)


@pytest.fixture
def sight() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def worker(sight: FakeBackend, qapp: object) -> Iterator[VisionWorker]:
    made = VisionWorker(lambda: sight)
    yield made
    sight.gate.set()
    made.close()


def prepared(qtbot: QtBot, worker: VisionWorker) -> None:
    with qtbot.waitSignal(worker.prepared):
        worker.prepare(STILL)


def test_a_still_is_prepared_and_then_ready(qtbot: QtBot, worker: VisionWorker) -> None:
    assert not worker.ready
    prepared(qtbot, worker)
    assert worker.ready


def test_models_are_made_once_and_in_another_thread(qtbot: QtBot, qapp: object) -> None:
    makers: list[int] = []

    def make() -> FakeBackend:
        makers.append(threading.get_ident())
        return FakeBackend()

    worker = VisionWorker(make)
    try:
        assert makers == []
        prepared(qtbot, worker)
        with qtbot.waitSignal(worker.hover_mask):
            worker.hover(10, 10)
        assert len(makers) == 1
        assert makers[0] != threading.get_ident()
    finally:
        worker.close()


def test_five_hundred_hovers_while_busy_cause_no_backlog_and_the_newest_wins(
    qtbot: QtBot, worker: VisionWorker, sight: FakeBackend
) -> None:
    prepared(qtbot, worker)
    answers: list[HoverResult] = []
    worker.hover_mask.connect(answers.append)
    sight.gate.clear()
    for x in range(500):
        worker.hover(x % 150, 20)
    worker.hover(77, 33)
    assert worker.waiting <= 1
    sight.gate.set()
    qtbot.waitUntil(lambda: bool(answers) and (answers[-1].x, answers[-1].y) == (77, 33))
    assert sight.calls["glance"] <= 2


def test_a_pointer_that_rests_while_the_still_is_prepared_is_answered_then(
    qtbot: QtBot, worker: VisionWorker, sight: FakeBackend
) -> None:
    sight.gate.clear()
    worker.prepare(STILL)
    worker.hover(30, 40)
    worker.hover(77, 33)
    with qtbot.waitSignal(worker.hover_mask) as caught:
        sight.gate.set()
    assert (caught.args[0].x, caught.args[0].y) == (77, 33)


def test_a_hover_that_left_the_still_is_not_answered(
    qtbot: QtBot, worker: VisionWorker, sight: FakeBackend
) -> None:
    prepared(qtbot, worker)
    sight.gate.clear()
    worker.hover(10, 10)
    worker.hover(-1, -1)
    with qtbot.assertNotEmitted(worker.hover_mask, wait=100):
        sight.gate.set()


def test_hints_go_before_a_waiting_hover_and_the_newest_hints_win(
    qtbot: QtBot, worker: VisionWorker, sight: FakeBackend
) -> None:
    prepared(qtbot, worker)
    sight.gate.clear()
    worker.hover(10, 10)
    order: list[str] = []
    worker.hover_mask.connect(lambda _: order.append("hover"))
    worker.proposed.connect(lambda proposal: order.append(f"{proposal.hints.clicks[0].x:g}"))
    worker.hover(20, 20)
    worker.propose(Hints((Click(1, 1),)))
    worker.propose(Hints((Click(2, 2),)))
    sight.gate.set()
    qtbot.waitUntil(lambda: len(order) == 3)
    assert order == ["hover", "2", "hover"]


def test_a_proposal_carries_masks_and_their_outlines(qtbot: QtBot, worker: VisionWorker) -> None:
    prepared(qtbot, worker)
    with qtbot.waitSignal(worker.proposed) as caught:
        worker.propose(Hints((Click(40, 50),)))
    proposal = caught.args[0]
    assert isinstance(proposal, ProposalResult)
    assert len(proposal.masks) == len(proposal.outlines) == 3
    assert proposal.outlines[0].box == (28, 38, 52, 62)


def test_answers_about_a_still_that_was_changed_in_mid_run_are_dropped(
    qtbot: QtBot, worker: VisionWorker, sight: FakeBackend
) -> None:
    prepared(qtbot, worker)
    seen: list[object] = []
    for signal in (worker.proposed, worker.hover_mask, worker.candidates_found):
        signal.connect(seen.append)
    sight.entered.clear()
    sight.gate.clear()
    worker.propose(Hints((Click(40, 50),)))
    assert sight.entered.wait(5)
    worker.find_objects()
    worker.prepare(OTHER)
    with qtbot.waitSignal(worker.prepared) as caught:
        sight.gate.set()
    assert caught.args == [OTHER.digest]
    assert seen == []
    assert sight.calls["find"] == 0


def test_only_the_last_of_many_stills_opened_in_a_row_is_prepared(
    qtbot: QtBot, worker: VisionWorker, sight: FakeBackend
) -> None:
    sight.gate.clear()
    worker.prepare(STILL)
    assert sight.entered.wait(5)
    for shade in range(20):
        worker.prepare(still_of(shade=shade))
    worker.prepare(OTHER)
    with qtbot.waitSignal(worker.prepared) as caught:
        sight.gate.set()
    assert caught.args == [OTHER.digest]
    assert sight.calls["prepare"] == 2


def test_every_accepted_object_is_suggested_a_name_also_after_the_still_changed(
    qtbot: QtBot, worker: VisionWorker, sight: FakeBackend
) -> None:
    prepared(qtbot, worker)
    named: list[LabelResult] = []
    worker.labelled.connect(named.append)
    for ticket in (3, 4, 5):
        worker.label(STILL, square(STILL, 40, 40), ticket)
    worker.prepare(OTHER)
    qtbot.waitUntil(lambda: len(named) == 3)
    assert [answer.request_id for answer in named] == [3, 4, 5]


def test_find_objects_gives_masks_with_outlines_and_places_for_their_badges(
    qtbot: QtBot, worker: VisionWorker
) -> None:
    prepared(qtbot, worker)
    with qtbot.waitSignal(worker.candidates_found) as caught:
        worker.find_objects()
    found = caught.args[0]
    assert isinstance(found, CandidatesFound)
    assert [thing.outline.box for thing in found.candidates] == [(18, 18, 42, 42), (108, 68, 132, 92)]
    assert [thing.anchor for thing in found.candidates] == [
        pytest.approx((30, 30), abs=1.5),
        pytest.approx((120, 80), abs=1.5),
    ]


@pytest.mark.parametrize(
    "error", [BadInput("Nothing there."), RuntimeError("CUDA error"), MemoryError(), KeyError("x")]
)
def test_errors_of_every_kind_become_one_message_and_the_worker_goes_on(
    qtbot: QtBot, worker: VisionWorker, sight: FakeBackend, error: Exception
) -> None:
    prepared(qtbot, worker)
    messages: list[Message] = []
    worker.failed.connect(messages.append)
    sight.error = error
    worker.propose(Hints((Click(4, 4),)))
    qtbot.waitUntil(lambda: bool(messages))
    with qtbot.waitSignal(worker.proposed):
        worker.propose(Hints((Click(4, 4),)))
    assert [message.kind for message in messages] == ["error"]


def test_a_name_that_cannot_be_found_is_refused_by_its_ticket(
    qtbot: QtBot, worker: VisionWorker, sight: FakeBackend
) -> None:
    prepared(qtbot, worker)
    sight.error = BadInput("This model cannot look at pictures.")
    with qtbot.waitSignals([worker.label_failed, worker.failed]):
        worker.label(STILL, square(STILL, 40, 40), 9)


def test_what_runs_is_said_and_then_unsaid(qtbot: QtBot, worker: VisionWorker) -> None:
    said: list[str] = []
    worker.busy_changed.connect(said.append)
    prepared(qtbot, worker)
    qtbot.waitUntil(lambda: said == ["Looking at the still", ""])


def test_closing_in_mid_run_ends_the_thread_and_answers_nothing(
    qtbot: QtBot, worker: VisionWorker, sight: FakeBackend
) -> None:
    worker.prepare(STILL)
    with qtbot.assertNotEmitted(worker.prepared, wait=50):
        worker.close()
        worker.prepare(OTHER)
    assert sight.calls["prepare"] <= 1
