"""The command: ``foleyscape ...``. Nothing heavy is imported before it is needed, so that help comes at once."""

from engine.cli.main import main

__all__ = ["main"]
