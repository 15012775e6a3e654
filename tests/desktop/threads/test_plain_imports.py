"""Imports without PySide6's look at sources: quicker, and everything of Qt works as before."""

import builtins
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.threads.plain_imports import plain_imports

HOUSE = Path(__file__).resolve().parents[3]

SOURCES_READ = """
import linecache
from PySide6.QtCore import QObject
from desktop.threads.plain_imports import plain_imports

def was_read(module):
    return module.__file__ in linecache.cache

import colorsys
with plain_imports():
    import graphlib
    before = len(linecache.cache)
    import torch
    by_torch = len(linecache.cache) - before
import fileinput
print(was_read(colorsys), was_read(graphlib), was_read(fileinput), by_torch)
"""

SIGNALS = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, QThread, Qt, Signal, Slot
from desktop.threads.plain_imports import plain_imports

class Source(QObject):
    told = Signal(bool, int, str, object)
    nothing = Signal()

class Sink(QObject):
    def __init__(self):
        super().__init__()
        self.heard, self.empty = [], 0

    @Slot(bool, int, str, object)
    def hear(self, *values):
        self.heard.append(values)

    @Slot()
    def count(self):
        self.empty += 1

class Worker(QThread):
    told = Signal(bool, int, str, object)

    def run(self):
        import fractions  # a first import, in a thread
        for number in range(500):
            self.told.emit(number % 2 == 0, number, "word", None if number % 3 else (number, "take"))

application = QCoreApplication([])
with plain_imports():
    import torch
    from PySide6.QtGui import QUndoStack  # a class that PySide6 loads late
    from PySide6.QtNetwork import *
    source, sink, worker = Source(), Sink(), Worker()
    source.told.connect(sink.hear)
    source.nothing.connect(sink.count)
    worker.told.connect(sink.hear, Qt.ConnectionType.QueuedConnection)
    worker.finished.connect(application.quit)
    source.told.emit(True, 1, "one", None)
    source.nothing.emit()
    worker.start()
    application.exec()
    worker.wait()
    source.told.disconnect(sink.hear)
    source.told.emit(False, 2, "two", [])
    stack = QUndoStack()
    assert stack.count() == 0 and QTcpSocket is not None
    assert source.objectName() == "" and not hasattr(source, "object_name")
assert len(sink.heard) == 501 and sink.empty == 1, len(sink.heard)
assert sink.heard[0] == (True, 1, "one", None)
assert sink.heard[1] == (True, 0, "word", (0, "take"))
assert sink.heard[-1] == (False, 499, "word", None)
print("heard")
"""


def said(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=HOUSE,
        env={"PATH": "", "QT_QPA_PLATFORM": "offscreen", "HOME": "/nowhere", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_no_source_is_read_within_the_block_and_pyside_goes_on_as_it_was_after_it() -> None:
    before, within, after, by_torch = said(SOURCES_READ).split()
    assert (before, within, after) == ("True", "False", "True")
    assert int(by_torch) < 50, "torch reads some sources itself, but not its 800 modules"


def test_signals_of_every_kind_arrive_in_order_from_the_same_thread_and_another() -> None:
    assert said(SIGNALS) == "heard"


def test_what_somebody_else_has_put_there_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    before = builtins.__import__

    def other(*arguments: object, **more: object) -> object:
        return before(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", other)
    with plain_imports():
        assert builtins.__import__ is other
    assert builtins.__import__ is other
