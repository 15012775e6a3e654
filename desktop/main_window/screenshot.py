"""Draws the window into a PNG file once nothing runs any more, for documentation and for checking a build."""

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.document.messages import Message
from desktop.main_window.main_window import MainWindow
from engine.errors import FoleyscapeError
from engine.files import disk_errors

EVERY_MS = 50
CALM_MS = 400
PATIENCE_MS = 180_000


class Screenshot(QObject):
    """Opens the path, waits until nothing runs, draws the window and quits.

    Attributes:
        code: exit code: 0 if the picture was written, else 1.
    """

    def __init__(self, window: MainWindow, file: Path, path: Path | None) -> None:
        super().__init__(window)
        self.code = 1
        self._window, self._file, self._path = window, file, path
        self._calm = self._waited = 0
        self._clock = QTimer(self)
        self._clock.setInterval(EVERY_MS)
        self._clock.timeout.connect(self._look)
        window.services.messages.shown.connect(self._take)

    def begin(self) -> None:
        if self._path is not None:
            self._window.open_path(self._path)
        self._clock.start()

    def _take(self, message: Message) -> None:
        if message.kind == "error":
            self._leave(message.text)

    def _look(self) -> None:
        self._waited += EVERY_MS
        services = self._window.services
        at_rest = not services.background.busy and not services.activity.work
        self._calm = self._calm + EVERY_MS if at_rest else 0
        if self._calm >= CALM_MS:
            self._draw()
        elif self._waited >= PATIENCE_MS:
            self._leave(f"The window did not come to rest within {PATIENCE_MS // 1000} s.")

    def _draw(self) -> None:
        try:
            with disk_errors(self._file):
                self._file.parent.mkdir(parents=True, exist_ok=True)
        except FoleyscapeError as failure:
            self._leave(failure.message)
            return
        if self._window.grab().save(str(self._file), "PNG"):
            self.code = 0
            self._leave("")
        else:
            self._leave(f"{self._file} cannot be written.")

    def _leave(self, why: str) -> None:
        self._clock.stop()
        if why:
            sys.stderr.write(f"foleyscape: {why}\n")
        self._window.abandon()
        QApplication.quit()
