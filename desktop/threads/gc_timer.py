"""Runs Python's garbage collection in the GUI thread from a timer, so that it never blocks the window for long."""

import gc
import sys
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Slot

EVERY_MS = 200
LONG_SECONDS = 0.015
"""A full collection that takes longer is the last one: the objects that survive it are frozen."""


class GcTimer(QObject):
    """Replaces Python's automatic garbage collection until it is closed.

    Python collects in whichever thread happens to allocate, and blocks every other thread meanwhile. While libraries
    are imported it scans everything they created again and again, up to 0.2 s at a time. Here nothing is collected
    during imports, and objects created by them are frozen; other objects are collected as often as Python would. Qt
    objects are also never destroyed outside the GUI thread, which Qt does not allow.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._modules = 0
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.sweep)
        self._timer.start()
        self.sweep()

    @Slot()
    def sweep(self) -> None:
        """Run the collection that is due; freeze all objects while libraries are being imported."""
        loaded = len(sys.modules)
        if loaded != self._modules:
            self._modules = loaded
            gc.freeze()
            return
        due = due_generation(gc.get_count(), gc.get_threshold())
        if due is None:
            return
        begun = perf_counter()
        gc.collect(due)
        if perf_counter() - begun > LONG_SECONDS:
            gc.freeze()

    def close(self) -> None:
        """Restore Python's automatic collection."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_on:
            gc.enable()


def due_generation(counts: tuple[int, int, int], limits: tuple[int, int, int]) -> int | None:
    """Return the oldest generation that is due by Python's own rule, or None."""
    for generation in (2, 1, 0):
        if limits[generation] and counts[generation] > limits[generation]:
            return generation
    return None
