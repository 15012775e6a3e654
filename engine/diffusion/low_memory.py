"""Fallbacks when memory runs out: sample a batch in halves, and decode on the CPU instead of the GPU."""

import logging
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from engine.models.memory import give_back_memory, lacks_memory
from engine.progress import Progress

HALVES = (
    "There was too little memory for all takes at once: they were made in smaller groups, which takes longer."
)
ON_PROCESSOR = "There was too little memory on the graphics card: the sound was decoded on the processor."
_LOG = logging.getLogger(__name__)


def sampled_in_halves(
    sample: Callable[[slice, Progress], Tensor], count: int, device: str, progress: Progress
) -> Tensor:
    """Sample a batch; if memory runs out, sample each half separately, recursively down to one take.

    Args:
        sample: returns the latents of a slice of the batch, (B, C, T, F).
        count: number of takes in the batch.
        device: device it runs on.
        progress: told of the work, and given a note for the user if the batch was split.

    Raises:
        RuntimeError: there is too little memory even for one take.
        MemoryError: there is too little memory even for one take.
        Cancelled: between two steps.
    """

    def made(start: int, end: int, part: Progress) -> Tensor:
        try:
            return sample(slice(start, end), part)
        except (MemoryError, RuntimeError) as error:
            if end - start == 1 or not lacks_memory(error):
                raise
        # Outside the handler, because the traceback keeps the tensors of the failed attempt alive.
        _LOG.warning("Memory ran out on %s for %d takes at once: halved", device, end - start)
        progress.note(HALVES)
        give_back_memory(device)
        middle = (start + end) // 2
        first = made(start, middle, part.part(0.0, 0.5))
        return torch.cat([first, made(middle, end, part.part(0.5, 1.0))])

    return made(0, count, progress)


def decoded_anyhow(
    decode: Callable[[Tensor], Tensor], networks: list[Any], latent: Tensor, device: str, progress: Progress
) -> Tensor:
    """Decode latents on their device; if memory runs out, decode on the CPU and tell the user.

    The latents, which took most of the time, are kept: only decoding is repeated.

    Args:
        decode: decodes latents to waveforms with ``networks``, on whatever device they are.
        networks: the networks it uses.
        latent: (B, C, T, F).
        device: device of the latents.
        progress: given a note for the user.

    Returns:
        What ``decode`` returns. The networks are moved back to ``device`` afterwards, if it has room for
            them.
    """
    try:
        return decode(latent)
    except (MemoryError, RuntimeError) as error:
        if device == "cpu" or not lacks_memory(error):
            raise
    _LOG.warning("Memory ran out on %s while decoding: decoded on the processor", device)
    progress.note(ON_PROCESSOR)
    kept = latent.cpu()
    del latent
    _move(networks, "cpu")
    give_back_memory(device)
    try:
        return decode(kept)
    finally:
        _move_back(networks, device)


def _move(networks: list[Any], device: str) -> None:
    for network in networks:
        network.to(device)


def _move_back(networks: list[Any], device: str) -> None:
    try:
        _move(networks, device)
    except (MemoryError, RuntimeError) as error:
        if not lacks_memory(error):
            raise
        # Some networks may have moved and some not: they must all be on one device.
        _move(networks, "cpu")
        give_back_memory(device)
