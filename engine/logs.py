"""The program's log: where it is, how it is set up, and what must never be in it.

Records are for finding out why something failed on a user's machine. They name versions, sizes, times, digests and
tracebacks; they never hold samples of a sound or pixels of a picture.
"""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from engine.errors import FoleyscapeError

NAMES = ("engine", "desktop", "foleyscape", "py.warnings")
"""The loggers of the program; other libraries' loggers are not written to its file."""

FILE_NAME = "foleyscape.log"
MAX_BYTES = 1_000_000
BACKUPS = 3
FORMAT = "%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"


class _ProgramHandler(RotatingFileHandler):
    """A rotating file that never raises: a full disk must not stop what is being logged."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, ARG002 - logging's name
        return


def log_failure(log: logging.Logger, doing: str, error: BaseException) -> None:
    """Log an error with its traceback, at the edge where it becomes a sentence for the user.

    Args:
        log: the logger of the module at the edge.
        doing: what failed, such as "Tracing an outline".
        error: WARNING if it is expected, with a sentence of its own; else ERROR.
    """
    level = logging.WARNING if isinstance(error, FoleyscapeError) else logging.ERROR
    log.log(level, "%s failed: %s", doing, error, exc_info=error)


def default_log_file() -> Path:
    """Return where the log is kept: the state folder of this user, by the conventions of the system."""
    import platformdirs

    return platformdirs.user_log_path("foleyscape", appauthor=False) / FILE_NAME


def current_log_file() -> Path:
    """Return the file that is being written now; the default one while none is."""
    for handler in logging.getLogger(NAMES[0]).handlers:
        if isinstance(handler, _ProgramHandler):
            return Path(handler.baseFilename)
    return default_log_file()


@contextmanager
def logging_to(path: Path | None = None, *, verbose: bool = False) -> Iterator[Path | None]:
    """Log the program's records to a rotating file while the block runs.

    Args:
        path: the file; None is ``default_log_file()``.
        verbose: records of level INFO and above go to standard error too.

    Yields:
        The file that is written, or None where it cannot be (a read-only home): the program works all the same.
    """
    target = default_log_file() if path is None else path
    file_handler = _file_handler(target)
    handlers: list[logging.Handler] = [] if file_handler is None else [file_handler]
    if verbose:
        handlers.append(_console_handler())
    loggers = [logging.getLogger(name) for name in NAMES]
    before = [logger.level for logger in loggers]
    logging.captureWarnings(True)
    for logger in loggers:
        logger.setLevel(logging.INFO)
        for handler in handlers:
            logger.addHandler(handler)
    try:
        yield None if file_handler is None else target
    finally:
        _detach(loggers, handlers, before)
        logging.captureWarnings(False)


def _detach(
    loggers: Sequence[logging.Logger], handlers: Sequence[logging.Handler], levels: Sequence[int]
) -> None:
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
        for handler in handlers:
            logger.removeHandler(handler)
    for handler in handlers:
        handler.close()


def _file_handler(path: Path) -> logging.Handler | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = _ProgramHandler(
            path, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        logging.getLogger(__name__).warning("No log file at %s: %s", path, error)
        return None
    handler.setFormatter(logging.Formatter(FORMAT))
    return handler


def _console_handler() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    return handler
