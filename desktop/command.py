"""The command ``foleyscape``: the engine's commands, plus ``app``, which opens the window, and ``keys``."""

import argparse
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.cli import main as run_command
from engine.cli.parser import Commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; see ``engine.cli.main``."""
    return run_command(arguments, more=(add_app, add_keys))


def add_app(commands: Commands) -> None:
    """Add the command ``foleyscape app``."""
    app = commands.add_parser(
        "app",
        help="open the window",
        description="Open the window, with a still or a project if one is given. `foleyscape keys` lists its keys.",
    )
    app.set_defaults(run=run_app)
    app.add_argument(
        "path", nargs="?", type=Path, metavar="STILL|PROJECT", help="a picture or a project folder"
    )
    app.add_argument(
        "--screenshot", type=Path, metavar="FILE.png", help="draw the window into a file, and leave"
    )
    app.add_argument(
        "--size", type=size, metavar="WxH", help="of the window in pixels (1440x900), with --screenshot"
    )


def add_keys(commands: Commands) -> None:
    """Add the command ``foleyscape keys``."""
    keys = commands.add_parser(
        "keys", help="list the keys of the window", description="List the default keys of the window."
    )
    keys.set_defaults(run=print_keys)


def print_keys(arguments: Namespace, is_cancelled: Callable[[], bool]) -> int:  # noqa: ARG001 - as every command
    """Print the table of keys."""
    from desktop.main_window.all_commands import key_table_text

    print(key_table_text())  # noqa: T201 - what was asked for
    return 0


def size(text: str) -> tuple[int, int]:
    """Parse a size such as ``1600x1000``."""
    found = re.fullmatch(r"(\d{3,4})x(\d{3,4})", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: write 1600x1000")
    return int(found[1]), int(found[2])


def run_app(arguments: Namespace, is_cancelled: Callable[[], bool]) -> int:  # noqa: ARG001 - as every command
    """Open the window. Qt is imported here, so that the other commands start without it."""
    import PySide6.QtCore  # noqa: F401 - puts its import hook in place, which is switched off for all that follows

    from desktop.threads.plain_imports import plain_imports

    with plain_imports():
        from desktop.app import Start, run

        return run(Start(arguments.path, arguments.screenshot, arguments.size))


if __name__ == "__main__":
    sys.exit(main())
