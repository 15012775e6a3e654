"""Choose the device that networks run on, and how many processor threads they use."""

import threading
from collections.abc import Sequence
from functools import cache

from engine.errors import BadInput
from engine.models.libraries import libraries_needed

AUTOMATIC = "auto"
_SETTING = threading.Lock()


@libraries_needed()
def available_devices() -> tuple[str, ...]:
    """Return the devices of this machine by torch's names, the fastest first; the CPU is always the last.

    Loads torch.

    Raises:
        Failed: torch is not installed.
    """
    import torch

    cuda = tuple(f"cuda:{index}" for index in range(torch.cuda.device_count()))
    mps = ("mps",) if torch.backends.mps.is_available() else ()
    return (*cuda, *mps, "cpu")


def choose_device(asked: str = AUTOMATIC, available: Sequence[str] | None = None) -> str:
    """Choose the device to run on.

    Args:
        asked: "auto" for the fastest, or "cpu", "mps", "cuda", "cuda:1", ...
        available: what there is, fastest first; None asks torch.

    Returns:
        One of ``available``.

    Raises:
        BadInput: what was asked is not on this machine; the sentence names what is.
        Failed: torch is asked, and not installed.
    """
    there = tuple(available) if available is not None else available_devices()
    wanted = asked.strip().lower()
    if wanted == AUTOMATIC:
        return there[0]
    for device in there:
        if wanted in (device, device.split(":")[0]):
            return device
    raise BadInput(f"This machine has no device {asked!r}; it has: {', '.join(there)}.")


@libraries_needed()
def device_words(device: str) -> str:
    """Describe a device for the user: "CPU, 2 threads", or the name of the graphics card.

    Loads torch.

    Args:
        device: one of ``available_devices``.

    Raises:
        Failed: torch is not installed.
    """
    import torch

    if device.startswith("cuda"):
        return torch.cuda.get_device_name(device)
    if device == "mps":
        return "Apple GPU"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads != 1 else ''}"


@libraries_needed()
def use_threads(count: int | None) -> None:
    """Set how many processor threads torch uses for work of the calling thread; other threads keep their number.

    Loads torch.

    Args:
        count: at least 1; None for torch's default.

    Raises:
        Failed: torch is not installed.
    """
    import torch

    # The default must be read before anything changes it.
    with _SETTING:
        usual = _usual_threads()
        # Without this call, a thread that has not used torch yet takes the number that another thread set last.
        torch.get_num_threads()
        torch.set_num_threads(count or usual)


@cache
def _usual_threads() -> int:
    import torch

    return torch.get_num_threads()
