"""``foleyscape diagnostics``: information to attach to a bug report."""

from argparse import Namespace
from collections.abc import Callable

from engine.diagnostics import diagnostics
from engine.errors import FoleyscapeError
from engine.studio import Studio


def print_diagnostics(arguments: Namespace, is_cancelled: Callable[[], bool]) -> int:  # noqa: ARG001
    """Print the report; an unavailable model or device is stated in it, not raised."""
    facts = model_facts(arguments.model, arguments.device)
    print(diagnostics(facts, arguments.log_file, keep_paths=arguments.paths), end="")
    return 0


def model_facts(model: str | None, device: str) -> dict[str, str]:
    """Return the fingerprint of a model and the device it would run on, by name, or why it is unavailable."""
    try:
        studio = Studio(model, device)
        return {"model": studio.model, "device": studio.device_name}
    except FoleyscapeError as error:
        return {"model": error.message}
