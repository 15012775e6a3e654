"""The leak detectors find what they are there to find."""

import pytest
from PySide6.QtCore import QThread, QTimer

from tests.desktop.conftest import Started


def test_a_running_timer_is_seen_and_a_stopped_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    timers = Started(QTimer, lambda timer: timer.isActive())
    timers.watch(monkeypatch)
    timer = QTimer()
    timer.start(1000)
    assert len(timers.running()) == 1
    timer.stop()
    assert timers.running() == []


def test_a_running_thread_is_seen_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = Started(QThread, lambda thread: thread.isRunning())
    threads.watch(monkeypatch)
    thread = QThread()
    thread.start()
    assert len(threads.running()) == 1
    thread.quit()
    assert thread.wait(2000)
    assert threads.running() == []


LEAKING = """
import threading
from PySide6.QtWidgets import QWidget

kept = []

def test_that_leaves_a_window():
    kept.append(QWidget())

def test_that_leaves_a_thread():
    threading.Thread(target=threading.Event().wait, args=(8,), daemon=True, name="forgotten").start()
"""


def test_a_test_that_leaves_a_window_or_a_thread_fails(pytester: pytest.Pytester) -> None:
    from pathlib import Path

    conftest = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
    pytester.makeconftest(conftest.replace("GRACE_SECONDS = 3.0", "GRACE_SECONDS = 0.1"))
    pytester.makepyfile(LEAKING)
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    done.assert_outcomes(passed=2, errors=2)
    done.stdout.fnmatch_lines(["*left something behind*QWidget*", "*left something behind*forgotten*"])
