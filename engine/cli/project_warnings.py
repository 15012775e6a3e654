"""What a person should know of a project that a command has opened."""

import sys
from collections.abc import Sequence
from pathlib import Path


def project_warnings(warnings: Sequence[str], unsaved: int, project: Path) -> tuple[str, ...]:
    """Return the warnings, with one more for changes that were never saved.

    Args:
        warnings: what is damaged or missing, one sentence each.
        unsaved: number of autosaves with such changes.
        project: the project folder.
    """
    if not unsaved:
        return tuple(warnings)
    count = "An autosave of it holds" if unsaved == 1 else f"{unsaved} autosaves of it hold"
    return (
        *warnings,
        f"{count} changes that were never saved: foleyscape project recover {project}",
    )


def print_warnings(warnings: Sequence[str], *, as_json: bool = False) -> None:
    """Print warnings on standard output or, where that is JSON without a place for them, on standard error."""
    for warning in warnings:
        print(
            f"warning: {warning}" if as_json else f"  warning: {warning}",
            file=sys.stderr if as_json else None,
        )
