"""What the window remembers: its size, its splitters and the recent files, written as soon as they change."""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from desktop.document.messages import Messages
from desktop.document.recent import Recent, read_recent
from desktop.settings.store import JsonFile
from desktop.threads.background import Background
from engine.errors import FoleyscapeError

CALM_MS = 800
"""The place of the window is written this long after it was last moved or resized."""


class WindowState(QObject):
    """Keeps the state file up to date, so that a crash loses nothing and several windows share one list of recents.

    Args:
        file: the state file.
        background: writes it.
        messages: told of failures.
        window: whose place is remembered.
        splits: its splitters by name.

    Signals:
        recent_changed(Recent): the list of recent files has changed.
    """

    recent_changed = Signal(object)

    def __init__(
        self,
        file: JsonFile,
        background: Background,
        messages: Messages,
        window: QWidget,
        splits: Mapping[str, QSplitter],
    ) -> None:
        super().__init__(window)
        self._file, self._background, self._messages = file, background, messages
        self._window, self._splits = window, splits
        self._facts = file.read()
        self.recent = read_recent(self._facts.get("recent"))
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(CALM_MS)
        self._clock.timeout.connect(self._write_place)

    def restore_geometry(self) -> None:
        """Give the window the place that it had."""
        geometry = self._facts.get("geometry")
        if isinstance(geometry, str):
            self._window.restoreGeometry(QByteArray.fromBase64(geometry.encode()))

    def restore_splits(self, shares: Mapping[str, list[int]]) -> None:
        """Give the splitters the sizes that they had, or these."""
        sizes = self._facts.get("splits")
        for name, split in self._splits.items():
            found = sizes.get(name) if isinstance(sizes, dict) else None
            split.setSizes(sizes_of(found, split.count()) or shares[name])
            split.splitterMoved.connect(self.note_place)

    def note_recent(self, path: Path) -> None:
        """Put a path first in the list, which other windows may have changed meanwhile."""
        self._change_recent(lambda recent: recent.with_path(path))

    def clear_recent(self) -> None:
        """Empty the list."""
        self._change_recent(lambda _: Recent())

    def read_again(self) -> Recent:
        """Return the list as all windows have left it."""
        self.recent = read_recent(self._file.read().get("recent"))
        return self.recent

    def note_place(self) -> None:
        """Write the window's place once it has come to rest."""
        self._clock.start()

    def close(self) -> None:
        """Write the window's place now."""
        self.stop()
        try:
            self._file.update(self._with_place)
        except FoleyscapeError as failure:
            self._messages.fail(failure)

    def stop(self) -> None:
        """Write nothing any more."""
        self._clock.stop()

    def _change_recent(self, change: Callable[[Recent], Recent]) -> None:
        self.recent = change(self.recent)
        self.recent_changed.emit(self.recent)

        def changed(facts: dict[str, Any]) -> dict[str, Any]:
            return {**facts, "recent": change(read_recent(facts.get("recent"))).texts()}

        self._background.run(lambda: self._file.update(changed), lambda _: None, self._messages.fail)

    def _write_place(self) -> None:
        place = self._with_place({})
        self._background.run(
            lambda: self._file.update(lambda facts: {**facts, **place}), lambda _: None, self._messages.fail
        )

    def _with_place(self, facts: dict[str, Any]) -> dict[str, Any]:
        geometry = base64.b64encode(self._window.saveGeometry().data()).decode()
        splits = {name: split.sizes() for name, split in self._splits.items()}
        return {**facts, "geometry": geometry, "splits": splits}


def sizes_of(found: Any, count: int) -> list[int]:
    """Return the sizes of a splitter's parts from a settings value; empty if they are invalid."""
    if not isinstance(found, list) or len(found) != count:
        return []
    sizes = [size for size in found if type(size) is int and 0 <= size < 100_000]
    return sizes if len(sizes) == count and sum(sizes) > 0 else []
