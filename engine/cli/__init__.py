"""The ``foleyscape`` command. Heavy imports happen only when needed, so that help is immediate."""

from engine.cli.main import main

__all__ = ["main"]
