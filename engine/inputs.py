"""Reading of files that anyone may have made: plain files of a limited size, and JSON behind one guard.

Everything here answers at once: pipes, devices and sockets, which may never end, are refused before they are read.
"""

import contextlib
import errno
import json
import math
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeGuard

from engine.errors import BadInput, Failed, FoleyscapeError
from engine.files import as_sentence

MOST_DEPTH = 32
"""Maximum nesting of JSON that is read."""
MOST_DIGITS = 100
"""Digits of an integer; converting more of them takes ever longer."""
MOST_TABLE_BYTES = 16_000_000
"""Maximum size of a table that travels with the program, or of a model's config."""

_KINDS = (
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)


class InvalidJson(ValueError):
    """Data is not JSON that can be read; the message continues a sentence after the name of the file."""


class NoSuchFile(BadInput):
    """There is no file of that name."""


class DamagedFile(BadInput):
    """The content of a file is not what it should be."""


@contextlib.contextmanager
def open_input(path: Path, what: str = "file", most: int | None = None) -> Iterator[BinaryIO]:
    """Open a plain file for reading; it is never waited for.

    Args:
        path: the file, or a link to it.
        what: what it should be, for messages, such as "picture".
        most: maximum size in bytes; None is any.

    Raises:
        NoSuchFile: there is no such file.
        BadInput: it is a folder, pipe, device or socket, or it is too large.
        Failed: it cannot be read now.
    """
    handle = _opened(path, what)
    try:
        _check_kind(os.fstat(handle), path, what, most)
    except BadInput:
        os.close(handle)
        raise
    with os.fdopen(handle, "rb") as file:
        try:
            yield file
        except OSError as error:
            if error.filename is not None:  # of another file, which the block opened
                raise
            raise unreadable(error, path) from error


def read_input(path: Path, what: str = "file", most: int = MOST_TABLE_BYTES) -> bytes:
    """Return the content of a plain file; raises what ``open_input`` raises.

    Raises:
        BadInput: as ``open_input``.
        Failed: as ``open_input``, or there is not enough memory.
    """
    try:
        with open_input(path, what, most) as file:
            data = file.read(most + 1)
    except MemoryError:
        raise Failed(f"There is not enough memory to read {path}.") from None
    if len(data) > most:
        raise BadInput(f"{path} is larger than a {what} can be.")
    return data


def check_input(path: Path, what: str = "file") -> None:
    """Check that a path can be opened for reading, before a library opens it by name.

    Raises:
        BadInput: as ``open_input``.
        Failed: as ``open_input``.
    """
    with open_input(path, what):
        return


def unreadable(error: OSError | ValueError, path: Path) -> FoleyscapeError:
    """Return the sentence for a file that cannot be opened or read."""
    if not isinstance(error, OSError):
        error = OSError(errno.EINVAL, str(error))
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return NoSuchFile(f"There is no file {path}.")
    return as_sentence(error, path, reading=True)


def decode_json(data: bytes, most_depth: int = MOST_DEPTH) -> Any:
    """Parse JSON in UTF-8, with or without a byte order mark.

    Numbers that are not finite, or have more than ``MOST_DIGITS`` digits, become an infinity or NaN, which no key
    of ours accepts. Lone surrogates, which stand for bytes of file names that are not UTF-8, are kept.

    Raises:
        InvalidJson: it is no JSON, or nested deeper than ``most_depth``.
        MemoryError: there is not enough memory for it.
    """
    try:
        value = json.loads(data.decode("utf-8-sig"), parse_int=_whole)
    except json.JSONDecodeError as damage:
        ended = data.rstrip()[-1:] in (b"}", b"]")
        raise InvalidJson(f"is damaged in line {damage.lineno}" if ended else "is cut short") from damage
    except UnicodeError as damage:
        raise InvalidJson("is damaged: part of it is no text") from damage
    except RecursionError as damage:
        raise InvalidJson("is damaged: it is nested too deeply") from damage
    if too_deep(value, most_depth):
        raise InvalidJson("is damaged: it is nested too deeply")
    return value


def read_json(path: Path, what: str = "file", most: int = MOST_TABLE_BYTES) -> Any:
    """Read and parse a JSON file of at most ``most`` bytes.

    Raises:
        BadInput: as ``open_input``.
        DamagedFile: its content is not JSON that can be read.
        Failed: as ``open_input``, or there is not enough memory.
    """
    data = read_input(path, what, most)
    try:
        return decode_json(data)
    except InvalidJson as damage:
        raise DamagedFile(f"{path} {damage} and cannot be read.") from damage
    except MemoryError:
        raise Failed(f"There is not enough memory to read {path}.") from None


def encode_json(value: Any, indent: int | None = None) -> bytes:
    """Return JSON in UTF-8; lone surrogates become ``\\udcXX``, which ``decode_json`` reads back.

    Raises:
        ValueError: a number is not finite.
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def is_text(value: Any) -> bool:
    """Return whether all text in JSON data, keys included, can be written as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (UnicodeError, RecursionError):
        return False
    return True


def too_deep(value: object, most: int = MOST_DEPTH) -> bool:
    """Return whether JSON data is nested deeper than ``most``."""
    level = [value]
    for _ in range(most):
        inner = [entry.values() if isinstance(entry, dict) else entry for entry in level if _nests(entry)]
        level = [entry for entries in inner for entry in entries]
        if not level:
            return False
    return True


def _nests(value: object) -> "TypeGuard[dict[object, object] | list[object]]":
    return isinstance(value, dict | list)


def _whole(digits: str) -> float:
    return int(digits) if len(digits) <= MOST_DIGITS else math.inf


def _opened(path: Path, what: str) -> int:
    # O_NONBLOCK does not wait for the other end of a pipe; Windows has none of these kinds of file.
    flags = (
        os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    )
    try:
        return os.open(path, flags)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError, ValueError):
            _check_kind(path.stat(), path, what, None)  # a socket cannot even be opened, nor Windows's folder
        raise unreadable(error, path) from error


def _check_kind(facts: os.stat_result, path: Path, what: str, most: int | None) -> None:
    for is_kind, kind in _KINDS:
        if is_kind(facts.st_mode):
            raise BadInput(f"{path} is a {kind}, not a {what}.")
    if most is not None and facts.st_size > most:
        raise BadInput(f"{path} is larger than a {what} can be.")
