"""Settings on disk: JSON, written atomically, only values that differ from the defaults; unknown keys are kept."""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile, QObject, QStandardPaths, Signal

from desktop.actions.command_spec import Command
from desktop.actions.key_map import KeyMap
from desktop.settings.table import Preferences, read_preferences, write_preferences
from engine.errors import FoleyscapeError
from engine.files import disk_errors, write_file
from engine.inputs import NoSuchFile, encode_json, read_json

log = logging.getLogger(__name__)

MOST_BYTES = 2**20
MOST_ASIDE = 20
"""Damaged files that are kept; the newest replaces the last."""
LOCK_MS = 1000
"""How long to wait for another window that writes the same file; then it is written all the same."""


class JsonFile:
    """A small JSON object in a file. A damaged file is moved aside and reads as empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = threading.Lock()

    def read(self) -> dict[str, Any]:
        """Return the content; empty if there is none that can be read."""
        try:
            facts = read_json(self.path, most=MOST_BYTES)
        except NoSuchFile:
            return {}
        except FoleyscapeError as error:
            log.warning("Left aside: %s", error)
            self._set_aside()
            return {}
        if not isinstance(facts, dict):
            log.warning("Left aside: %s holds no keys and values", self.path)
            self._set_aside()
            return {}
        return facts

    def write(self, facts: Mapping[str, Any]) -> None:
        """Replace the file's content.

        Raises:
            BadInput: the place cannot be written to.
            Failed: writing failed.
        """
        with disk_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        write_file(self.path, encode_json(facts, indent=2) + b"\n")

    def update(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Change the content as it is on disk now, so that what another thread or window wrote stays.

        Raises:
            BadInput: the place cannot be written to.
            Failed: writing failed.
        """
        with disk_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = QLockFile(f"{self.path}.lock")
        with self._guard:
            locked = lock.tryLock(LOCK_MS)
            try:
                self.write(change(self.read()))
            finally:
                if locked:
                    lock.unlock()

    def _set_aside(self) -> None:
        """Rename the file, so that writing does not replace what may still be of use."""
        for number in range(1, MOST_ASIDE + 1):
            aside = self.path.with_suffix(f".damaged{'' if number == 1 else number}.json")
            if number == MOST_ASIDE or not os.path.lexists(aside):
                with suppress(OSError):
                    self.path.replace(aside)
                return


class SettingsStore(QObject):
    """The current settings.

    Signals:
        changed(Preferences): a preference has changed.
        keys_changed(KeyMap): a key has changed.
    """

    changed = Signal(object)
    keys_changed = Signal(object)

    def __init__(
        self, file: JsonFile, commands: tuple[Command[Any], ...], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._file = file
        facts = file.read()
        self._preferences = read_preferences(facts)
        self._keys = KeyMap(commands, _read_keys(facts.get("keys")))

    @property
    def preferences(self) -> Preferences:
        return self._preferences

    @property
    def keys(self) -> KeyMap:
        return self._keys

    def set(self, preferences: Preferences, keys: KeyMap | None = None) -> FoleyscapeError | None:
        """Set preferences and keys, and write them to disk. They take effect even if writing fails.

        Returns:
            The error if writing failed, else None.
        """
        before, keys_before = self._preferences, self._keys
        self._preferences, self._keys = preferences, keys or self._keys
        failure = self._save()
        if self._preferences != before:
            self.changed.emit(self._preferences)
        if self._keys.changed != keys_before.changed:
            self.keys_changed.emit(self._keys)
        return failure

    def _save(self) -> FoleyscapeError | None:
        known = {entry.name for entry in fields(Preferences)} | {"keys"}
        facts = {key: value for key, value in self._file.read().items() if key not in known}
        facts.update(write_preferences(self._preferences))
        if self._keys.changed:
            facts["keys"] = {id_: list(keys) for id_, keys in self._keys.changed.items()}
        try:
            self._file.write(facts)
        except FoleyscapeError as failure:
            return failure
        return None


def settings_file() -> JsonFile:
    """Return the user's settings file."""
    return JsonFile(_standard_folder(QStandardPaths.StandardLocation.GenericConfigLocation) / "settings.json")


def state_file() -> JsonFile:
    """Return the file of the window's state: size, splitters, recent files."""
    return JsonFile(_standard_folder(QStandardPaths.StandardLocation.GenericStateLocation) / "window.json")


def unsaved_folder() -> Path:
    """Return the folder in which scenes are kept until they are saved."""
    return _standard_folder(QStandardPaths.StandardLocation.GenericDataLocation) / "unsaved"


def _standard_folder(kind: QStandardPaths.StandardLocation) -> Path:
    return Path(QStandardPaths.writableLocation(kind)) / "foleyscape"


def _read_keys(facts: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(facts, dict):
        return {}
    return {
        id_: tuple(key for key in keys if isinstance(key, str))
        for id_, keys in facts.items()
        if isinstance(keys, list)
    }
