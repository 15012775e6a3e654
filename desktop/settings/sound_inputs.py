"""The audio inputs of this machine, as choices of a preference."""

import sys
from typing import Any

SYSTEM = ("", "The system's")


def input_choices() -> tuple[tuple[str, str], ...]:
    """Return the names of the inputs; only the system's until the player has loaded PortAudio, which takes long."""
    library = sys.modules.get("sounddevice")
    return (SYSTEM,) if library is None else (SYSTEM, *((name, name) for name in input_names(library)))


def input_names(library: Any) -> tuple[str, ...]:
    """Return the name of every device that has an input, each once.

    Args:
        library: the module ``sounddevice``.
    """
    try:
        devices = library.query_devices()
    except (library.PortAudioError, ValueError):
        return ()
    return tuple(dict.fromkeys(str(d["name"]) for d in devices if int(d["max_input_channels"]) > 0))
