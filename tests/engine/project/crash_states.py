"""What may be on a disk after a power failure, from the recorded calls of a program.

A model of what file systems promise: the content of a file is certain once the file was synced, the entries of a
folder once the folder was synced. Everything since may be there or not, each by itself and in any order: an entry that
was made, renamed or removed, and the content of a file as it was, empty, half or whole. An entry that is there although
the one before it is not (a rename without the creation) is legal too.
"""

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.engine.project.watched_disk import Call

Tree = Mapping[str, bytes | None]
"""The content of each file by its path in the folder; None for a folder."""

MOST_PENDING = 12
"""Entries and contents that may be undecided at one moment; more would be too many states to try."""


@dataclass(frozen=True)
class Inode:
    """A file: its certain content, and what it may hold instead."""

    certain: bytes
    maybe: tuple[bytes, ...] = ()


@dataclass
class Model:
    """A folder on a disk.

    Attributes:
        inodes: the files by number.
        entries: certain entries: numbers of files by path, None for folders.
        pending: changes of entries that were not synced: pairs of path and number, "gone" for a removal.
    """

    inodes: dict[int, Inode] = field(default_factory=dict)
    entries: dict[str, int | None] = field(default_factory=dict)
    pending: list[tuple[tuple[str, int | str | None], ...]] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> "Model":
        """The folder as it is, all of it synced."""
        model = cls()
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_dir():
                model.entries[name] = None
            else:
                model.entries[name] = len(model.inodes)
                model.inodes[len(model.inodes)] = Inode(path.read_bytes())
        return model

    def now(self) -> dict[str, int | None]:
        """The entries as a program sees them."""
        seen = dict(self.entries)
        for change in self.pending:
            _apply(seen, change)
        return seen

    def do(self, call: Call, folder: Path) -> None:
        """Let a call happen."""
        name = call.path.relative_to(folder).as_posix()
        seen = self.now()
        if call.name == "create":
            number = len(self.inodes)
            self.inodes[number] = Inode(b"")
            self.pending.append(((name, number),))
        elif call.name == "mkdir":
            self.pending.append(((name, None),))
        elif call.name in {"unlink", "rmdir"}:
            self.pending.append(((name, "gone"),))
        elif call.name in {"rename", "replace", "link"}:
            assert call.to is not None
            new = call.to.relative_to(folder).as_posix()
            moved = ((new, seen[name]),) if call.name == "link" else ((new, seen[name]), (name, "gone"))
            self.pending.append(moved)
        elif call.name == "write":
            self._write(seen.get(name), call.data)
        elif call.name == "fsync":
            self._sync(name, seen)

    def _write(self, number: int | None, data: bytes) -> None:
        if number is None:
            return  # of a lock's file, whose content is told to people only
        before = self.inodes[number]
        last = before.maybe[-1] if before.maybe else before.certain
        whole = last + data
        self.inodes[number] = Inode(before.certain, (*before.maybe, last + data[: len(data) // 2], whole))

    def _sync(self, name: str, seen: Mapping[str, int | None]) -> None:
        number = seen.get(name)
        if isinstance(number, int):
            file = self.inodes[number]
            self.inodes[number] = Inode(file.maybe[-1] if file.maybe else file.certain)
            return
        prefix = "" if name == "." else f"{name}/"
        kept = []
        for change in self.pending:
            if any(_folder(path) == prefix for path, _ in change):
                _apply(self.entries, change)
            else:
                kept.append(change)
        self.pending = kept

    def states(self) -> Iterator[Tree]:
        """Everything that may be on the disk if the power fails now."""
        assert len(self.pending) <= MOST_PENDING, self.pending
        for chosen in itertools.product((False, True), repeat=len(self.pending)):
            entries = dict(self.entries)
            for change in itertools.compress(self.pending, chosen):
                _apply(entries, change)
            yield from self._contents(entries)

    def _contents(self, entries: Mapping[str, int | None]) -> Iterator[Tree]:
        files = {name: number for name, number in entries.items() if number is not None}
        numbers = sorted(set(files.values()))
        choices = [(self.inodes[number].certain, *self.inodes[number].maybe) for number in numbers]
        for contents in itertools.product(*choices):
            content = dict(zip(numbers, contents, strict=True))
            found: dict[str, bytes | None] = {name: content[number] for name, number in files.items()}
            folders = [name for name, number in entries.items() if number is None]
            yield {**dict.fromkeys(folders), **found}


def crash_states(before: Model, calls: Sequence[Call], folder: Path) -> Iterator[tuple[int, Tree]]:
    """Every state after every prefix of the calls, each once, with the length of the prefix.

    Args:
        before: the folder before the calls.
        calls: the calls, in order.
        folder: the folder that they were made in.
    """
    known: set[bytes] = set()
    for length in range(len(calls) + 1):
        if length:
            before.do(calls[length - 1], folder)
        for tree in before.states():
            mark = _mark(tree)
            if mark not in known:
                known.add(mark)
                yield length, tree


def write_tree(tree: Tree, place: Path) -> None:
    """Make a state real in an empty folder; an entry whose folder is not there cannot be."""
    for name, content in sorted(tree.items()):
        if content is None:
            (place / name).mkdir(parents=True, exist_ok=True)
    for name, content in tree.items():
        if content is not None and (place / name).parent.is_dir():
            (place / name).write_bytes(content)


def _apply(entries: dict[str, int | None], change: Sequence[tuple[str, int | str | None]]) -> None:
    for name, number in change:
        if isinstance(number, str):
            entries.pop(name, None)
        else:
            entries[name] = number


def _folder(name: str) -> str:
    head, slash, _ = name.rpartition("/")
    return head + slash


def _mark(tree: Tree) -> bytes:
    digest = hashlib.sha256()
    for name, content in sorted(tree.items()):
        digest.update(f"{name}:{content is None}:{len(content or b'')}:".encode())
        digest.update(content or b"")
    return digest.digest()
