"""Collects Python's garbage in the GUI thread, a little at a time, so that no collection stops the window."""

import gc
import sys
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Slot

EVERY_MS = 200
LONG_SECONDS = 0.015
"""A look through everything that took longer is not taken again: what it left is left alone from then on."""


class GcTimer(QObject):
    """Takes the place of Python's own collecting, until it is closed.

    Python collects in whatever thread happens to make many objects, and holds every other thread up meanwhile. While
    libraries load it looks through all they brought, again and again: up to 0.2 s each time. Here nothing is looked
    through while libraries load, and what they brought never; the rest is, as often as Python would. Nothing of Qt's
    is thrown away in another thread either, which Qt does not bear.
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
        """Collects what is due; leaves alone what is there while libraries load."""
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
        """Gives collecting back to Python."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_on:
            gc.enable()


def due_generation(counts: tuple[int, int, int], limits: tuple[int, int, int]) -> int | None:
    """The oldest generation whose turn has come, as Python would choose; None while there is too little."""
    for generation in (2, 1, 0):
        if limits[generation] and counts[generation] > limits[generation]:
            return generation
    return None
