"""Run a command's long work as one job, with its progress on the terminal."""

from argparse import Namespace
from collections.abc import Callable
from typing import TypeVar

from engine.cli.bar import terminal_bar
from engine.jobs.queue import run_now
from engine.progress import IsCancelled, Progress

Result = TypeVar("Result")


def run_shown(
    arguments: Namespace, work: Callable[[Namespace, Progress], Result], is_cancelled: IsCancelled
) -> Result:
    """Run work in the calling thread, showing a progress bar and its notes, and return what it makes.

    Args:
        arguments: the parsed command line; ``arguments.json`` shows no bar.
        work: does what they say.
        is_cancelled: asked at every report of progress.

    Raises:
        Cancelled: it was cancelled.
        Exception: whatever ``work`` raises.
    """
    bar = terminal_bar(quiet=arguments.json)
    try:
        return run_now(
            arguments,
            work,
            show=lambda progress: bar.show(progress.fraction, progress.words),
            note=bar.note,
            is_cancelled=is_cancelled,
        )
    finally:
        bar.clear()
