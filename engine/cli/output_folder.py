"""The folder that a command writes: ``--out``, ``--overwrite`` and ``--numbered``."""

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.errors import BadInput
from engine.files import check_target, numbered_folder


def add_output_folder(group: argparse._ActionsContainer, *, required: bool = True, what: str = "run") -> None:
    """Add the options to a group of arguments.

    Args:
        group: the group.
        required: whether ``--out`` must be given.
        what: what wrote there earlier, for the help.
    """
    group.add_argument(
        "--out", type=Path, required=required, metavar="DIR", help="the folder to write, new or empty"
    )
    taken = group.add_mutually_exclusive_group()
    taken.add_argument(
        "--overwrite",
        action="store_true",
        help=f"replace the files that an earlier {what} wrote there, unchanged since; all others stay",
    )
    taken.add_argument(
        "--numbered", action="store_true", help="if it is not empty, write DIR-2, DIR-3 and so on instead"
    )


@contextlib.contextmanager
def output_folder(arguments: argparse.Namespace, names: Sequence[str], kind: str) -> Iterator[None]:
    """Check, before long work, that the folder can be written; ``--numbered`` sets ``arguments.out`` to a new one.

    Args:
        arguments: the parsed command line.
        names: paths of files that will be written, as far as they are known.
        kind: what writes them, as ``engine.files.staged_folder`` has it.

    Raises:
        BadInput: it has contents and may not be overwritten, or files of others are in the way.
        Failed: it cannot be written.
    """
    with contextlib.ExitStack() as stack:
        if arguments.out is None and (arguments.numbered or arguments.overwrite):
            raise BadInput("--numbered and --overwrite need --out, the folder to write.")
        if arguments.out is not None and arguments.numbered:
            arguments.out = stack.enter_context(numbered_folder(arguments.out))
        if arguments.out is not None:
            check_target(arguments.out, overwrite=arguments.overwrite, names=names, kind=kind)
        yield
