"""``foleyscape diagnostics``: what to send with a report of a fault."""

from argparse import Namespace
from collections.abc import Callable

from engine.diagnostics import diagnostics
from engine.errors import FoleyscapeError
from engine.studio import Studio


def print_diagnostics(arguments: Namespace, is_cancelled: Callable[[], bool]) -> int:  # noqa: ARG001
    """Print the report; a model or device that cannot be had is said in it, not a failure."""
    facts = model_facts(arguments.model, arguments.device)
    print(diagnostics(facts, arguments.log_file, keep_paths=arguments.paths), end="")
    return 0


def model_facts(model: str | None, device: str) -> dict[str, str]:
    """Return the fingerprint of a model and the device it would run on, by name; or why there is none."""
    try:
        studio = Studio(model, device)
        return {"model": studio.model, "device": studio.device_name}
    except FoleyscapeError as error:
        return {"model": error.message}
