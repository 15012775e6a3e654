"""The pool of loaded models: each part is loaded once, shared between threads, and unloaded when memory is short."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar, cast

from engine.models.memory import bytes_of, give_back_memory, lacks_memory, memory_budget

Part = TypeVar("Part")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class PartKey:
    """What tells one loaded part from another.

    Attributes:
        model: fingerprint of the model's folder.
        part: its name, such as "image_encoder".
        device: torch's name of what it runs on.
        dtype: of its weights, by torch's name.
    """

    model: str
    part: str
    device: str = "cpu"
    dtype: str = "float32"


@dataclass(eq=False)
class _Entry:
    """A part in the pool. ``loading`` is held while the part is loaded, and guards it until it is."""

    loading: threading.Lock = field(default_factory=threading.Lock)
    part: Any = None
    loaded: bool = False
    stale: bool = False
    bytes: int = 0
    users: int = 0
    used: int = 0


class ModelPool:
    """Loads parts of models when they are first used, and shares them. Every method may be called from any thread.

    Where the parts on a device take more than its budget, unused parts are unloaded, the least recently
    used first. A part in use is never unloaded, nor is the one used last: a model larger than the budget would be
    loaded over and over.

    Args:
        budget: bytes that parts may take, by torch's name of the device.
        measure: bytes that a part takes.
    """

    def __init__(
        self,
        budget: Callable[[str], int] = memory_budget,
        measure: Callable[[Any], int] = bytes_of,
    ) -> None:
        self._budget = cache(budget)
        self._measure = measure
        self._lock = threading.Lock()
        self._entries: dict[PartKey, _Entry] = {}
        self._clock = 0

    @contextlib.contextmanager
    def use(self, key: PartKey, load: Callable[[], Part]) -> Iterator[Part]:
        """Give a part for the length of a block, in which it stays loaded.

        The first user loads it; others wait meanwhile. Where memory runs out, unused parts on the device are
        unloaded, and loading is tried once more.

        Args:
            key: which part.
            load: makes it.

        Raises:
            Exception: whatever ``load`` raises. The next user tries again.
        """
        entry = self._claimed(key)
        try:
            if not entry.loaded:
                self._load(key, entry, load)
            yield cast(Part, entry.part)
        finally:
            self._release(key, entry)

    @property
    def loaded(self) -> tuple[PartKey, ...]:
        """The parts that are loaded, the least recently used first."""
        with self._lock:
            entries = sorted(self._entries.items(), key=lambda item: item[1].used)
            return tuple(key for key, entry in entries if entry.loaded)

    def bytes_on(self, device: str) -> int:
        """Return the bytes that the loaded parts on a device take."""
        with self._lock:
            return self._bytes_on(device)

    def unload(self) -> None:
        """Unload every part: now if it is unused, otherwise when its last user is done."""
        with self._lock:
            for entry in self._entries.values():
                entry.stale = True
            dropped = self._drop([key for key, entry in self._entries.items() if entry.users == 0])
        self._give_back(dropped)

    def _claimed(self, key: PartKey) -> _Entry:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or (entry.stale and entry.loaded):
                entry = self._entries[key] = _Entry()
            entry.users += 1
            self._touch(entry)
            return entry

    def _load(self, key: PartKey, entry: _Entry, load: Callable[[], Part]) -> None:
        with entry.loading:
            if entry.loaded:
                return
            try:
                part = load()
            except (MemoryError, RuntimeError) as error:
                if not lacks_memory(error):
                    raise
                self._unload_unused(key.device)
                part = load()
            taken = self._measure(part)
            with self._lock:
                entry.part, entry.bytes, entry.loaded = part, taken, True
        self._fit(key.device)

    def _release(self, key: PartKey, entry: _Entry) -> None:
        with self._lock:
            entry.users -= 1
            self._touch(entry)
            over = entry.users == 0 and (entry.stale or not entry.loaded)
            if over and self._entries.get(key) is entry:
                del self._entries[key]
        if over and entry.loaded:
            entry.part = None
            give_back_memory(key.device)
        elif entry.users == 0:
            self._fit(key.device)

    def _fit(self, device: str) -> None:
        """Unload unused parts on a device, the least recently used first, until the rest is within the budget."""
        budget = self._budget(device)
        dropped: list[PartKey] = []
        with self._lock:
            idle = [key for key in self._idle(device) if self._entries[key].used < self._clock]
            while idle and self._bytes_on(device) > budget:
                dropped += self._drop([idle.pop(0)])
        self._give_back(dropped)

    def _unload_unused(self, device: str) -> None:
        with self._lock:
            dropped = self._drop(self._idle(device))
        _LOG.warning("Memory ran out on %s while a model was loaded; unloaded: %d", device, len(dropped))
        give_back_memory(device)

    def _idle(self, device: str) -> list[PartKey]:
        """Return the parts on a device that are loaded and unused, the least recently used first."""
        found = {
            key: entry.used
            for key, entry in self._entries.items()
            if key.device == device and entry.loaded and entry.users == 0
        }
        return sorted(found, key=lambda key: found[key])

    def _drop(self, keys: list[PartKey]) -> list[PartKey]:
        for key in keys:
            del self._entries[key]
        return keys

    def _give_back(self, dropped: list[PartKey]) -> None:
        for device in {key.device for key in dropped}:
            give_back_memory(device)

    def _bytes_on(self, device: str) -> int:
        return sum(entry.bytes for key, entry in self._entries.items() if key.device == device)

    def _touch(self, entry: _Entry) -> None:
        self._clock += 1
        entry.used = self._clock
