"""Errors of the operating system as sentences for the user: the only place that turns one into the other."""

import contextlib
import errno
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.errors import BadInput, Failed, FoleyscapeError

LONGEST_WINDOWS_PATH = 259
MOST_SHOWN = 500
"""Letters of a path in a sentence."""


@dataclass(frozen=True)
class Cause:
    """What is behind an error number.

    Attributes:
        writing: what follows "PATH cannot be written: ".
        reading: what follows "PATH cannot be read: "; empty is the same.
        by_path: whether another path is the remedy, so that the request was wrong and not the machine.
    """

    writing: str
    reading: str = ""
    by_path: bool = False


_FULL = Cause("the disk is full. Free some space and try again")
_FORBIDDEN = Cause("you have no permission to write there", "its permissions forbid it")
_NAME = Cause("that is not a name that a file can have here", by_path=True)
_TOO_MANY = Cause("too many files are open. Close other programs and try again")
_BUSY = Cause("it is open in another program. Close it there and try again")
_GONE = Cause("the disk that it is on is not there any more. Connect it and try again")
_NETWORK = Cause("the network drive that it is on does not answer. Connect it and try again")

CAUSES: dict[int, Cause] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: Cause("your share of the disk is full. Free some space and try again"),
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: Cause("the disk is read-only, so nobody has permission to write there"),
    errno.ENOTDIR: Cause("part of that path is a file, not a folder", by_path=True),
    errno.EEXIST: Cause("something of that name is there already", by_path=True),
    errno.ENOTEMPTY: Cause("the folder is not empty", by_path=True),
    errno.EISDIR: Cause("it is a folder, not a file", by_path=True),
    errno.ENOENT: Cause("its folder does not exist", "there is no such file"),
    errno.ELOOP: Cause("it is a link that leads back to itself", by_path=True),
    errno.ENAMETOOLONG: Cause("that is not a name that a file can have here: it is too long", by_path=True),
    errno.EINVAL: _NAME,
    errno.EILSEQ: _NAME,
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
    errno.EIO: Cause("the disk reports an input/output error. Check the disk"),
    errno.EFBIG: Cause("the file system takes no file that large"),
    errno.EBUSY: _BUSY,
    errno.ETXTBSY: _BUSY,
    errno.ENODEV: _GONE,
    errno.ENXIO: _GONE,
    errno.ESTALE: _GONE,
    errno.ENOTCONN: _NETWORK,
    errno.ETIMEDOUT: _NETWORK,
    errno.EHOSTDOWN: _NETWORK,
    errno.EHOSTUNREACH: _NETWORK,
    errno.ENETDOWN: _NETWORK,
    errno.ENETUNREACH: _NETWORK,
    errno.ENOMEM: Cause("there is not enough memory. Close other programs and try again"),
}

WINDOWS_CAUSES: dict[int, Cause] = {
    32: _BUSY,
    33: _BUSY,
    39: _FULL,
    112: _FULL,
    123: _NAME,
    206: Cause(f"its path is longer than {LONGEST_WINDOWS_PATH} letters. Choose a shorter one", by_path=True),
    1920: Cause("a link in that path leads to nothing", by_path=True),
    1921: Cause("it is a link that leads back to itself", by_path=True),
}
"""By number of Windows, where one number of Python's stands for several."""


def as_sentence(error: OSError, path: Path | str | None = None, *, reading: bool = False) -> FoleyscapeError:
    """Return the error with a sentence that a system error stands for.

    Args:
        error: what the system said.
        path: the file or folder it is about, as the user knows it; None takes the error's own, if it has one.
        reading: whether it was read and not written.
    """
    known = path if path is not None else error.filename
    cause = WINDOWS_CAUSES.get(getattr(error, "winerror", 0) or 0) or CAUSES.get(error.errno or 0)
    unknown = cause or Cause(error.strerror or str(error) or type(error).__name__)
    why = (unknown.reading if reading else "") or unknown.writing
    kind = BadInput if unknown.by_path else Failed
    if known is None or isinstance(known, int):
        return kind(f"A file could not be used: {why}.")
    shown = _shown(known)
    if not reading and unknown is _FULL:
        return Failed(f"The disk is full: {shown} could not be written. Free some space and try again.")
    if reading and error.errno == errno.ENOENT:
        return BadInput(f"There is no file {shown}.")
    if reading and error.errno == errno.EISDIR:
        return BadInput(f"{shown} is a folder, not a file.")
    if reading and unknown is _FORBIDDEN:
        return Failed(f"{shown} may not be read: {why}.")
    return kind(f"{shown} cannot be {'read' if reading else 'written'}: {why}.")


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Convert system errors about writing ``path`` into errors with a sentence.

    Raises:
        BadInput: the path can never be written: part of it is a file, or it is not a valid name.
        Failed: it cannot be written now: a full disk, no permission, a read-only disk.
    """
    try:
        yield
    except OSError as error:
        raise as_sentence(error, path) from error


@contextlib.contextmanager
def read_errors(path: Path) -> Iterator[None]:
    """Convert system errors about reading ``path`` into errors with a sentence.

    Raises:
        BadInput: there is no such file, or nothing that could be read at that path.
        Failed: it cannot be read now: no permission, a failing disk.
    """
    try:
        yield
    except OSError as error:
        raise as_sentence(error, path, reading=True) from error


def _shown(path: Path | str | bytes) -> str:
    text = str(path, "utf-8", "replace") if isinstance(path, bytes) else str(path)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
