"""A window without a screen, a home of its own for every test, and no test that leaves something running."""

import gc
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QStandardPaths, QThread, QTimer
from PySide6.QtWidgets import QApplication

GRACE_SECONDS = 3.0
HOMES = ("CONFIG", "DATA", "CACHE", "STATE")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own home: nothing of the person's is read or written."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    for name in HOMES:
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "config"))
    config = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.ConfigLocation)
    assert Path(config).is_relative_to(folder)
    return folder


class Started:
    """What was started in a test and can be asked whether it still runs."""

    def __init__(self, kind: type[QThread] | type[QTimer], runs: Callable[[Any], bool]) -> None:
        self._kind = kind
        self._runs = runs
        self._seen: list[weakref.ref[Any]] = []

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        start: Callable[..., Any] = self._kind.start
        seen = self._seen

        def noted(thing: Any, *arguments: Any) -> Any:
            seen.append(weakref.ref(thing))
            return start(thing, *arguments)

        monkeypatch.setattr(self._kind, "start", noted)

    def running(self) -> list[str]:
        found = []
        for reference in self._seen:
            thing = reference()
            try:
                if thing is not None and self._runs(thing):
                    found.append(f"{thing!r} of {thing.parent()!r}")
            except RuntimeError:
                continue  # Qt has deleted it, and so stopped it.
        return found


@pytest.fixture(autouse=True)
def nothing_leaks(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Fails a test after which a thread or timer still runs or a window still exists.

    Made before ``qtbot`` and so torn down after it: what a test gave to ``qtbot.addWidget`` has gone by then.
    """
    threads = Started(QThread, lambda thread: thread.isRunning())
    timers = Started(QTimer, lambda timer: timer.isActive())
    threads.watch(monkeypatch)
    timers.watch(monkeypatch)
    alive = set(threading.enumerate())
    windows = {id(widget) for widget in QApplication.topLevelWidgets()}
    yield

    def left() -> dict[str, list[str]]:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
        there = [widget for widget in QApplication.topLevelWidgets() if id(widget) not in windows]
        # Python keeps a note, a dummy, of every Qt thread that asked for its own name; those threads are watched above.
        python = [
            thread.name
            for thread in threading.enumerate()
            if thread not in alive and not isinstance(thread, threading._DummyThread)
        ]
        found = {
            "threads": [*threads.running(), *python],
            "timers": timers.running(),
            "windows": [f"{widget!r}" for widget in there],
        }
        return {kind: names for kind, names in found.items() if names}

    leaks = until_none(left)
    assert not leaks, f"{request.node.name} left something behind: {leaks}"


def until_none(left: Callable[[], dict[str, list[str]]]) -> dict[str, list[str]]:
    """What is still left after a moment to end in."""
    leaks = left()
    deadline = time.monotonic() + GRACE_SECONDS
    while leaks and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.02)
        leaks = left()
    return leaks
