"""An argument parser whose errors look like all other errors of the command."""

import argparse
from typing import NoReturn, TypeAlias

NOTHING_LEFT = "Cancelled; nothing was left behind."
"""``cancelled`` of a command that writes one folder, whole or not at all."""
SOME_READ = "Cancelled; the library has what was read until then, and the next update goes on from there."
"""``cancelled`` of a command that reads recordings into the library, one by one."""


class Parser(argparse.ArgumentParser):
    """A parser that reports an error as one sentence."""

    def error(self, message: str) -> NoReturn:
        """Print the error as one sentence and exit with code 2."""
        sentence = message[:1].upper() + message[1:]
        self.exit(2, f"foleyscape: {sentence.rstrip('.')}. See {self.prog} --help.\n")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
