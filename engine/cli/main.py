"""Entry point of the command: exit codes, signals, and one sentence per error."""

import argparse
import contextlib
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from types import FrameType

from engine.cli.arguments import build_parser
from engine.cli.parser import Commands
from engine.cli.streams import OutputFailed, forget_output, standard_streams
from engine.errors import Cancelled, FoleyscapeError
from engine.files import as_sentence

log = logging.getLogger(__name__)

EXIT_FAILED = 1
DEBUG_VARIABLE = "FOLEYSCAPE_DEBUG"
CANCELLED = "Cancelled."
"""Said by commands that do not say, in ``cancelled`` of their arguments, what they leave when cancelled."""


def main(arguments: Sequence[str] | None = None, more: Sequence[Callable[[Commands], None]] = ()) -> int:
    """Run the command.

    Args:
        arguments: command-line arguments; None is the program's own.
        more: functions that each add a sub-command from outside the engine, such as the one that opens the
            window.

    Returns:
        0 when done, 2 for bad input, 1 for a failure, 3 if something would be left out, 128 + the signal's number
            (130 for Ctrl+C) when cancelled.
    """
    from engine.logs import logging_to

    with standard_streams():
        try:
            parsed = _parsed(arguments, more)
        except OutputFailed as error:
            return _say(error.message, EXIT_FAILED)
        with logging_to(parsed.log_file, verbose=parsed.verbose):
            return _run(parsed)


def _parsed(
    arguments: Sequence[str] | None, more: Sequence[Callable[[Commands], None]]
) -> argparse.Namespace:
    try:
        return build_parser(more).parse_args(arguments)
    except SystemExit:
        sys.stdout.flush()  # the help, which must not fail later, when Python ends
        raise


def _run(parsed: argparse.Namespace) -> int:
    stop = Stop()
    try:
        with stop.listening():
            _silence_libraries()
            run = parsed.run if callable(parsed.run) else _found(parsed.run)
            code: int = run(parsed, stop.is_asked)
            sys.stdout.flush()
            return code
    except FoleyscapeError as error:
        log.warning("Refused: %s", error.message, exc_info=True)
        return _say(error.message, error.exit_code)
    except (KeyboardInterrupt, Cancelled):
        return _say(getattr(parsed, "cancelled", CANCELLED), 128 + stop.signal)
    except BrokenPipeError:
        forget_output()  # its reader has gone
        return EXIT_FAILED
    except OSError as error:
        log.exception("Unexpected")
        sentence = as_sentence(error)
        return _say(sentence.message, sentence.exit_code)
    except Exception as error:  # the outermost level: the user gets a sentence, never a traceback
        log.exception("Unexpected")
        if os.environ.get(DEBUG_VARIABLE):
            traceback.print_exc()
        return _say(_unexpected(error), EXIT_FAILED)


def _found(run: str) -> Callable[..., int]:
    """Return the function named ``module.function`` in ``engine.cli``."""
    module, _, name = run.partition(".")
    found: Callable[..., int] = getattr(import_module(f"engine.cli.{module}"), name)
    return found


class Stop:
    """Records Ctrl+C or a termination request, once.

    The first signal raises KeyboardInterrupt in the main thread. If that is swallowed somewhere, the next
    progress report cancels anyway. Later signals are ignored, so that cleaning up is not interrupted.
    """

    def __init__(self) -> None:
        self.signal = int(signal.SIGINT)
        self._asked = False

    def is_asked(self) -> bool:
        """Return whether a stop was requested."""
        return self._asked

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen within the block, if signals are available (main thread only)."""
        before = {}
        for number in asked_by():
            with contextlib.suppress(ValueError, OSError):
                if signal.getsignal(number) is not signal.SIG_IGN:
                    before[number] = signal.signal(number, self._take)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _take(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's form
        if self._asked:
            return
        self._asked, self.signal = True, number
        raise KeyboardInterrupt


def asked_by() -> tuple[signal.Signals, ...]:
    """Return the signals by which a system asks a program to end: a key, a closed terminal, the end of a session."""
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    return tuple(signal.Signals(getattr(signal, name)) for name in names if hasattr(signal, name))


def _silence_libraries() -> None:
    """Silence the libraries' messages and keep them off the network; must run before they are imported."""
    import warnings

    warnings.simplefilter("ignore")
    for name in ("TRANSFORMERS_VERBOSITY", "DIFFUSERS_VERBOSITY"):
        os.environ.setdefault(name, "error")
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_PROGRESS_BARS"):
        os.environ.setdefault(name, "1")


def _say(sentence: str, code: int) -> int:
    print(f"foleyscape: {sentence}", file=sys.stderr)
    return code


def _unexpected(error: Exception) -> str:
    first = (str(error).strip().splitlines() or [""])[0]
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return (
        f"Something went wrong inside ({what}). `foleyscape diagnostics` prints what to send with a report."
    )
