"""Standard streams that are closed, full, or of any encoding: output never fails by an accident of the terminal."""

import codecs
import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from engine.errors import Failed

ERRORS = "foleyscape"
"""Error handler of standard output: bytes of file names come out as they are, other letters as ``\\uXXXX``."""


class OutputFailed(Failed):
    """Standard output takes no more."""


@contextlib.contextmanager
def standard_streams() -> Iterator[None]:
    """Make standard output and error safe to print to while the block runs.

    A stream that the caller closed is one to nowhere. What is printed reaches any encoding; a full disk raises
    ``OutputFailed``, and errors of standard error are ignored.
    """
    _open_missing()
    before = sys.stdout, sys.stderr
    sys.stdout = _Guarded(before[0] or _nowhere(), is_needed=True)
    sys.stderr = _Guarded(before[1] or _nowhere(), is_needed=False)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def print_json(facts: object) -> None:
    """Print JSON, in letters that the encoding of standard output has."""
    plain = codecs.lookup(sys.stdout.encoding or "utf-8").name != "utf-8"
    text = json.dumps(facts, indent=2, ensure_ascii=plain)
    print(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def can_show(stream: TextIO, letters: str) -> bool:
    """Return whether a stream's encoding has these letters."""
    try:
        letters.encode(stream.encoding or "utf-8")
    except (UnicodeError, LookupError):
        return False
    return True


class _Guarded(io.TextIOBase):
    """A text stream that replaces what its encoding lacks, and turns failures into a sentence or ignores them.

    Args:
        stream: where to write.
        is_needed: whether failures matter.
    """

    def __init__(self, stream: TextIO, *, is_needed: bool) -> None:
        self._stream, self._is_needed = stream, is_needed
        self._is_seen = not is_needed or stream.isatty()

    def write(self, text: str) -> int:
        """Write text; the result is the number of its letters.

        Raises:
            OutputFailed: the stream takes no more.
        """
        encoding = self._stream.encoding or "utf-8"
        with self._failures():
            binary = getattr(self._stream, "buffer", None)
            if binary is None:
                self._stream.write(text.encode(encoding, "replace").decode(encoding))
            else:
                binary.write(text.replace("\n", os.linesep).encode(encoding, ERRORS))
                if self._is_seen:
                    binary.flush()
        return len(text)

    def flush(self) -> None:
        """Hand everything on.

        Raises:
            OutputFailed: the stream takes no more.
        """
        with self._failures():
            self._stream.flush()

    def isatty(self) -> bool:
        """Return whether this is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the number of the file."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # io declares an attribute
        """Encoding of the stream."""
        return self._stream.encoding or "utf-8"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            if self._is_needed:
                raise
        except (OSError, ValueError) as error:
            if self._is_needed:
                forget_output()
                why = getattr(error, "strerror", None) or error
                raise OutputFailed(f"What is printed here could not be written: {why}.") from error


def forget_output() -> None:
    """Send what is still buffered for standard output nowhere, so that nothing fails at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_missing() -> None:
    """Open the standard streams that are closed, or else the next file that is opened would become one of them."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one


def _nowhere() -> TextIO:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


def _readable(error: UnicodeError) -> tuple[str | bytes, int]:
    """Return bytes of a file name as they are, and an escape for any other letter."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letter = error.object[error.start]
    if "\udc80" <= letter <= "\udcff":
        return bytes([ord(letter) - 0xDC00]), error.start + 1
    return letter.encode("ascii", "backslashreplace").decode("ascii"), error.start + 1


codecs.register_error(ERRORS, _readable)
