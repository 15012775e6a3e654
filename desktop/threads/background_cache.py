"""A cache whose missing values are computed in the background thread."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.threads.background import Background

MOST = 512


class BackgroundCache(QObject):
    """Returns cached values at once and computes missing ones in the background. Failed keys are not retried.

    Signals:
        ready(key): the value of this key is available.
    """

    ready = Signal(object)

    def __init__(self, background: Background, parent: QObject | None = None, most: int = MOST) -> None:
        super().__init__(parent)
        self._background = background
        self._most = most
        self._known: OrderedDict[Hashable, Any] = OrderedDict()
        self._asked: set[Hashable] = set()

    def get(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """Return the value of a key, or None if it is not known yet; then ``work`` is run and ``ready`` is emitted."""
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        if key not in self._asked:
            self._asked.add(key)
            self._background.run(work, partial(self._found, key), partial(self._missed, key))
        return None

    def _found(self, key: Hashable, value: Any) -> None:
        self._asked.discard(key)
        self._known[key] = value
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        self.ready.emit(key)

    def _missed(self, key: Hashable, _error: BaseException) -> None:
        """Leave the value blank: opening or playing the take itself reports why it cannot be read."""
        self._found(key, None)
