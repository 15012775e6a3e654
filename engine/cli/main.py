"""The edge between the command and its shell: exit codes, signals, and one sentence for whatever goes wrong."""

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
from engine.errors import Cancelled, FoleyscapeError

log = logging.getLogger(__name__)

EXIT_FAILED = 1
DEBUG_VARIABLE = "FOLEYSCAPE_DEBUG"


def main(arguments: Sequence[str] | None = None, more: Sequence[Callable[[Commands], None]] = ()) -> int:
    """Runs the command.

    Args:
        arguments: what was typed; None is the program's own.
        more: each adds a sub-command that is not the engine's own, such as the one that opens the window.

    Returns:
        0 when done, 2 for bad input, 1 for a failure, 128 + the signal's number (130 for Ctrl+C) when cancelled.
    """
    parsed = build_parser(more).parse_args(arguments)
    from engine.logs import logging_to

    with logging_to(parsed.log_file, verbose=parsed.verbose):
        return _run(parsed)


def _run(parsed: argparse.Namespace) -> int:
    stop = Stop()
    try:
        with stop.listening():
            _hush()
            run = parsed.run if callable(parsed.run) else _found(parsed.run)
            code: int = run(parsed, stop.is_asked)
            sys.stdout.flush()
            return code
    except FoleyscapeError as error:
        log.warning("Refused: %s", error.message, exc_info=True)
        return _say(error.message, error.exit_code)
    except (KeyboardInterrupt, Cancelled):
        return _say("Cancelled; nothing was left behind.", 128 + stop.signal)
    except BrokenPipeError:
        # Whoever read our output has gone; so has the reason to write more, also at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except Exception as error:  # the edge: a person gets a sentence, never a traceback
        log.exception("Unexpected")
        if os.environ.get(DEBUG_VARIABLE):
            traceback.print_exc()
        return _say(_unexpected(error), EXIT_FAILED)


def _found(run: str) -> Callable[..., int]:
    """The function of ``module.function`` in ``engine.cli``."""
    module, _, name = run.partition(".")
    found: Callable[..., int] = getattr(import_module(f"engine.cli.{module}"), name)
    return found


class Stop:
    """Learns of Ctrl+C and of a request to terminate, once, and tells whoever asks.

    The first signal raises KeyboardInterrupt where the program stands. Should that be swallowed on its way, the
    next report of progress cancels all the same. Later signals are ignored, so that clearing up is not cut short.
    """

    def __init__(self) -> None:
        self.signal = int(signal.SIGINT)
        self._asked = False

    def is_asked(self) -> bool:
        return self._asked

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listens within the block; where signals cannot be had (not the main thread) it does not."""
        before = {}
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(ValueError):
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


def _hush() -> None:
    """Keeps the libraries' remarks to themselves, and off the network: both before they are imported."""
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
