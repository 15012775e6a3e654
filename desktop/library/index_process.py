"""Reads new and changed recordings in a program of its own, which leaves the processors to the window."""

import json
import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, Signal

COMMAND = ("-m", "engine.cli", "library")
STOP_MS = 5_000


class IndexProcess(QObject):
    """Runs ``foleyscape library update`` or ``add``, one at a time.

    Signals:
        progressed(float, str): fraction done, and what is read.
        ended(str): a sentence on what was done, or why it failed.
        running_changed(bool): whether it runs.
    """

    progressed = Signal(float, str)
    ended = Signal(str)
    running_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None, command: Sequence[str] = COMMAND) -> None:
        super().__init__(parent)
        self._command = tuple(command)
        self._process: QProcess | None = None
        self._last = ""

    @property
    def running(self) -> bool:
        return self._process is not None

    def add(self, arguments: Sequence[str]) -> None:
        """Add folders and read them; ``arguments`` as of ``foleyscape library add``."""
        self._start(["add", *arguments])

    def update(self, arguments: Sequence[str] = ()) -> None:
        """Read what is new or changed; ``arguments`` as of ``foleyscape library update``."""
        self._start(["update", *arguments])

    def stop(self) -> None:
        """Stop after the file at hand; the next update goes on from there."""
        if self._process is not None:
            self._process.terminate()

    def close(self) -> None:
        """Stop and wait."""
        process = self._process
        if process is not None:
            process.terminate()
            if not process.waitForFinished(STOP_MS):
                process.kill()
                process.waitForFinished(STOP_MS)

    def _start(self, arguments: list[str]) -> None:
        if self._process is not None:
            return
        process = self._process = QProcess(self)
        process.readyReadStandardError.connect(self._read)
        process.finished.connect(self._finish)
        process.errorOccurred.connect(self._fail)
        process.start(sys.executable, [*self._command, *arguments, "--progress-lines", "--threads", "1"])
        self.running_changed.emit(True)

    def _read(self) -> None:
        process = self._process
        while process is not None and process.canReadLine():
            line = bytes(process.readLine().data()).decode("utf-8", "replace").strip()
            self._last = line
            if line.startswith("{"):
                facts = json.loads(line)
                self.progressed.emit(float(facts["fraction"]), str(facts["text"]))

    def _finish(self, code: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        said = bytes(process.readAllStandardOutput().data()).decode("utf-8", "replace").strip().splitlines()
        error = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        process.deleteLater()
        failed = error or self._last
        words = said[0] if not code and said else "Reading was paused." if code > 128 or code < 0 else failed
        self.running_changed.emit(False)
        self.ended.emit(words.removeprefix("foleyscape: "))

    def _fail(self, kind: QProcess.ProcessError) -> None:
        if kind == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._process = None
            self.running_changed.emit(False)
            self.ended.emit("The recordings cannot be read: Python could not be started.")
