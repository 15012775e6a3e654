"""On which device the networks run."""

import threading
from collections.abc import Sequence
from functools import cache

from engine.errors import BadInput

AUTOMATIC = "auto"
_SETTING = threading.Lock()


def available_devices() -> tuple[str, ...]:
    """The devices of this machine by torch's names, the fastest first; the CPU is always the last.

    Loads torch.
    """
    import torch

    cuda = tuple(f"cuda:{index}" for index in range(torch.cuda.device_count()))
    mps = ("mps",) if torch.backends.mps.is_available() else ()
    return (*cuda, *mps, "cpu")


def choose_device(asked: str = AUTOMATIC, available: Sequence[str] | None = None) -> str:
    """The device to run on.

    Args:
        asked: "auto" for the fastest, or "cpu", "mps", "cuda", "cuda:1", ...
        available: what there is, fastest first; None asks torch.

    Returns:
        One of ``available``.

    Raises:
        BadInput: what was asked is not on this machine; the sentence names what is.
    """
    there = tuple(available) if available is not None else available_devices()
    wanted = asked.strip().lower()
    if wanted == AUTOMATIC:
        return there[0]
    for device in there:
        if wanted in (device, device.split(":")[0]):
            return device
    raise BadInput(f"This machine has no device {asked!r}; it has: {', '.join(there)}.")


def device_words(device: str) -> str:
    """A device in words: "CPU, 2 threads", or what the graphics card is called.

    Args:
        device: one of ``available_devices``.

    Loads torch.
    """
    import torch

    if device.startswith("cuda"):
        return torch.cuda.get_device_name(device)
    if device == "mps":
        return "Apple GPU"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads != 1 else ''}"


def use_threads(count: int | None) -> None:
    """Has torch compute with so many threads of the processor in the calling thread; the others keep theirs.

    Args:
        count: from 1; None for as many as torch takes by itself.

    Loads torch.
    """
    import torch

    # What torch takes by itself is to be known before anybody changes it.
    with _SETTING:
        usual = _usual_threads()
        # A thread that has not asked yet would take, at its first work, what another one set last.
        torch.get_num_threads()
        torch.set_num_threads(count or usual)


@cache
def _usual_threads() -> int:
    import torch

    return torch.get_num_threads()
