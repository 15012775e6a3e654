"""How much memory models may take, how much they do take, and whether an error means that memory ran out."""

import os
import sys
from typing import Any

CPU_SHARE = 0.5
"""Share of the machine's memory that models may take."""
CARD_SHARE = 0.8
"""Share of a graphics card's memory that models may take: the rest is for what they compute."""
UNKNOWN_BUDGET = 8 * 2**30
"""Bytes, where the system does not say how much memory there is."""
DEPTH = 3
"""How far inside a part its networks are looked for."""


def memory_budget(device: str) -> int:
    """Return how many bytes the models on a device may take.

    Args:
        device: torch's name of it. Anything but "cpu" loads torch.
    """
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.mem_get_info(device)[1] * CARD_SHARE)
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return UNKNOWN_BUDGET
    return int(total * CPU_SHARE) if total > 0 else UNKNOWN_BUDGET


def bytes_of(part: Any) -> int:
    """Return the bytes that the weights of a part take: of a network, or of an object that holds some."""
    return sum(_networks(part, DEPTH).values())


def _networks(part: Any, depth: int) -> dict[int, int]:
    """Return the bytes of every tensor of weights by its address, so that shared ones count once."""
    if callable(getattr(part, "parameters", None)):
        tensors = [*part.parameters(), *part.buffers()]
        return {id(tensor): tensor.numel() * tensor.element_size() for tensor in tensors}
    found: dict[int, int] = {}
    for inner in getattr(part, "__dict__", {}).values() if depth else ():
        found.update(_networks(inner, depth - 1))
    return found


def lacks_memory(error: BaseException) -> bool:
    """Return whether an error means that memory ran out; torch says so differently on different devices."""
    words = str(error).lower()
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and ("out of memory" in words or "allocate memory" in words)


def give_back_memory(device: str) -> None:
    """Give memory that nothing refers to any more back to the device.

    Collects no garbage: in a worker's thread that could destroy a window's objects, which Qt does not bear.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        return
    if device.startswith("cuda"):
        torch.cuda.empty_cache()
    elif device == "mps":
        torch.mps.empty_cache()
