"""The autosaves of an open project: which are its own, and which an earlier program left without saving."""

import contextlib
import re
from typing import Any

from engine.errors import BadInput, Failed
from engine.project.autosaves import (
    SETTLED_KEY,
    Autosave,
    Settled,
    list_autosaves,
    read_settled,
    saved_mark,
    unsettled,
    write_autosave,
)
from engine.project.backup import SCENE_FILE
from engine.project.json_text import MOST_BYTES, parse_json
from engine.project.safe_files import SafeFiles

_SETTLED = re.compile(rb'"' + SETTLED_KEY.encode() + rb'": \{[^{}]*\},\s+')


class AutosaveLog:
    """Writes and settles autosaves. Not thread-safe.

    Args:
        files: the project folder.
    """

    def __init__(self, files: SafeFiles) -> None:
        self._files = files
        self._saved = b""
        self._plain = b""
        self._settled: Settled | None = None
        self._pending: frozenset[int] = frozenset()
        self._others: frozenset[int] = frozenset()

    def begin(self, saved: bytes) -> None:
        """Begin with the content of scene.json, which may be damaged, and what it has settled."""
        self._settled = None
        with contextlib.suppress(BadInput, Failed):
            if SETTLED_KEY.encode() in saved:
                self._settled = read_settled(parse_json(saved, SCENE_FILE).get(SETTLED_KEY))
        self._saved, self._plain = saved, _SETTLED.sub(b"", saved, count=1)
        self._pending = self._others = frozenset(one.number for one in self.recoverable())

    def recoverable(self) -> tuple[Autosave, ...]:
        """Return the autosaves with changes that were never saved, the newest first."""
        return unsettled(list_autosaves(self._files), self._settled, saved_mark(self._saved))

    def own(self) -> tuple[Autosave, ...]:
        """Return the autosaves of this program and those it has recovered."""
        return tuple(one for one in list_autosaves(self._files) if one.number not in self._others)

    def note_recovered(self, autosave: Autosave) -> None:
        """Note that an autosave was opened: the next save settles it and those before it, and they are its own."""
        self.note_declined(autosave)
        self._others = self._pending

    def note_declined(self, autosave: Autosave) -> None:
        """Note that the user does not want an autosave: the next save settles it and those before it."""
        self._pending = frozenset(number for number in self._pending if number > autosave.number)

    def write(self, data: bytes) -> Autosave | None:
        """Write an autosave; return None if that is what is saved, or what was autosaved last.

        Raises:
            Failed: the disk is full or the folder cannot be written.
        """
        if data in (self._plain, self._newest()):
            return None
        above = 0 if self._settled is None else self._settled.through
        return write_autosave(self._files, data, saved_mark(self._saved), above=above, pending=self._others)

    def to_settle(self) -> dict[str, Any]:
        """Return what the next scene.json says besides the scene: all autosaves but those of others are settled."""
        found = {one.number for one in list_autosaves(self._files)}
        if not found and self._settled is None:
            return {}
        through = max(*found, 0, self._settled.through if self._settled is not None else 0)
        pending = self._pending & found if found else self._pending
        return {SETTLED_KEY: Settled(through, tuple(sorted(pending))).facts()}

    def note_saved(self, saved: bytes, plain: bytes, more: dict[str, Any]) -> None:
        """Note that scene.json was written.

        Args:
            saved: its content.
            plain: its content without what ``to_settle`` returned.
            more: what ``to_settle`` returned.
        """
        self._saved, self._plain = saved, plain
        self._settled = read_settled(more.get(SETTLED_KEY))

    def _newest(self) -> bytes | None:
        found = list_autosaves(self._files)
        if not found or found[0].after != saved_mark(self._saved) or found[0].number in self._others:
            return None
        with contextlib.suppress(BadInput, Failed):
            return self._files.read(found[0].file, MOST_BYTES)
        return None
