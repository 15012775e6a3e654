"""A parser that complains as the rest of the command does."""

import argparse
from typing import NoReturn, TypeAlias


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one sentence, like every other complaint of the command."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:]
        self.exit(2, f"foleyscape: {sentence.rstrip('.')}. See {self.prog} --help.\n")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
