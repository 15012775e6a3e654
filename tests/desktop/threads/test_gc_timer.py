"""Garbage goes in the GUI thread and no look through everything is taken, and Python has its own back afterwards."""

import gc
import sys
import weakref
from collections.abc import Iterator
from types import ModuleType

import pytest
from pytestqt.qtbot import QtBot

from desktop.threads.gc_timer import GcTimer, due_generation

LIMITS = (700, 10, 10)


class Knot:
    """Garbage that only a collection can tell."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def sweeper(qtbot: QtBot) -> Iterator[GcTimer]:
    sweeper = GcTimer()
    yield sweeper
    sweeper.close()


def test_python_does_not_collect_by_itself_until_it_is_closed(qtbot: QtBot) -> None:
    assert gc.isenabled()
    sweeper = GcTimer()
    assert not gc.isenabled()
    sweeper.close()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_garbage_is_collected_once_there_is_enough_of_it(qtbot: QtBot, sweeper: GcTimer) -> None:
    knot = weakref.ref(Knot())
    more = [Knot() for _ in range(gc.get_threshold()[0] + 100)]
    qtbot.waitUntil(lambda: knot() is None)
    assert more


def test_what_libraries_brought_is_never_looked_through(
    sweeper: GcTimer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeper.sweep()
    before = gc.get_freeze_count()
    brought = [[number] for number in range(10_000)]
    monkeypatch.setitem(sys.modules, "just_loaded", ModuleType("just_loaded"))
    sweeper.sweep()
    assert gc.get_freeze_count() >= before + len(brought)


def test_nothing_is_collected_while_libraries_load(sweeper: GcTimer, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", collected.append)
    waste = [Knot() for _ in range(gc.get_threshold()[0] + 100)]
    monkeypatch.setitem(sys.modules, "just_loaded", ModuleType("just_loaded"))
    sweeper.sweep()
    assert not collected
    assert waste


def test_the_oldest_generation_whose_turn_has_come_is_collected() -> None:
    assert due_generation((3, 0, 0), LIMITS) is None
    assert due_generation((701, 0, 0), LIMITS) == 0
    assert due_generation((701, 11, 0), LIMITS) == 1
    assert due_generation((0, 11, 11), LIMITS) == 2


def test_a_collecting_that_was_switched_off_stays_off() -> None:
    assert due_generation((10_000, 0, 0), (0, 10, 10)) is None
