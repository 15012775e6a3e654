"""The training loop: time budget, learning-rate schedule, averaged weights, and resumable checkpoints.

A checkpoint is written beside its final name and renamed, so a kill leaves the previous one intact. It is
read with ``weights_only=True``.
"""

import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

log = logging.getLogger("foleyscape.training")


@dataclass(frozen=True)
class Schedule:
    """Duration of training and learning-rate schedule.

    ``steps`` limits the training, and so does ``seconds`` (wall clock, over all resumed runs) if given; the
    learning rate follows whichever is further along: linear warm-up, then a cosine down to 4 %.
    """

    steps: int
    peak_rate: float
    seconds: float | None = None
    warmup_steps: int = 200
    save_every_seconds: float = 120.0
    log_every: int = 50

    def share(self, step: int, elapsed: float) -> float:
        """Return the fraction of the training that is done, 0 to 1."""
        by_time = elapsed / self.seconds if self.seconds else 0.0
        return min(1.0, max(step / self.steps, by_time))

    def rate(self, step: int, elapsed: float) -> float:
        """Return the learning rate at ``step`` after ``elapsed`` seconds."""
        warm = min(1.0, (step + 1) / max(1, self.warmup_steps))
        curve = 0.04 + 0.96 * 0.5 * (1 + math.cos(math.pi * self.share(step, elapsed)))
        return self.peak_rate * warm * curve


def rank() -> int:
    """Return the rank of this process in distributed training; 0 if there is only one."""
    distributed = torch.distributed
    return distributed.get_rank() if distributed.is_available() and distributed.is_initialized() else 0


class Averaged:
    """An exponential moving average of a network's parameters, with a warm-up so that early steps are forgotten."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.values = [p.detach().clone() for p in network.parameters()]

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Update the average with the network's parameters after ``step``."""
        decay = min(self.decay, (1 + step) / (10 + step))
        current = [p.detach() for p in network.parameters()]
        torch._foreach_lerp_(self.values, current, 1 - decay)

    @torch.no_grad()
    def copy_to(self, network: nn.Module) -> None:
        """Copy the averaged parameters into a network."""
        for parameter, value in zip(network.parameters(), self.values, strict=True):
            parameter.copy_(value)


def save_checkpoint(path: Path, state: Mapping[str, Any]) -> None:
    """Write ``state`` to ``path`` atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(dict(state), part)
    part.replace(path)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """Return the state at ``path``, or None if there is none yet."""
    if not path.exists():
        return None
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


@dataclass
class Trainer:
    """Minimizes a loss function over batches until its schedule ends.

    Args:
        network: the network to train and average.
        schedule: duration and learning rate.
        checkpoint: file to resume from and save to, or None.
        decay: decay of the averaged weights.
        weight_decay: AdamW's weight decay.
    """

    network: nn.Module
    schedule: Schedule
    checkpoint: Path | None = None
    decay: float = 0.999
    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(),
            lr=self.schedule.peak_rate,
            betas=(0.9, 0.99),
            weight_decay=self.weight_decay,
        )
        self.average = Averaged(self.network, self.decay)
        self.step, self.elapsed = 0, 0.0
        self.losses: list[float] = []
        if self.checkpoint is not None:
            self._resume(load_checkpoint(self.checkpoint))

    def run(self, batches: Iterator[Any], loss_of: Callable[[Any, float], Tensor]) -> list[float]:
        """Train; ``loss_of(batch, fraction done)`` returns the scalar loss. Return every step's loss."""
        self.network.train()
        last, saved = time.monotonic(), time.monotonic()
        while self.schedule.share(self.step, self.elapsed) < 1.0:
            loss = self._advance(loss_of(next(batches), self.schedule.share(self.step, self.elapsed)))
            self.losses.append(loss)
            now = time.monotonic()
            self.elapsed, last = self.elapsed + now - last, now
            if self.step % self.schedule.log_every == 0:
                recent = self.losses[-self.schedule.log_every :]
                log.info("step %d  %.0f s  loss %.4f", self.step, self.elapsed, sum(recent) / len(recent))
            if time.monotonic() - saved > self.schedule.save_every_seconds:
                self.save()
                saved = time.monotonic()
        self.save()
        return self.losses

    def finish(self) -> None:
        """Put the averaged weights into the network and switch it to evaluation mode."""
        self.average.copy_to(self.network)
        self.network.eval()

    def _share_gradients(self) -> None:
        """Average gradients and clocks over the processes of distributed training, if there are any.

        The clock is averaged too because it ends the training: processes that disagreed would wait for ever.
        """
        if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
            return
        grads = [p.grad for p in self.network.parameters() if p.grad is not None]
        flat = torch.cat(
            [*(g.flatten() for g in grads), torch.tensor([self.elapsed], device=grads[0].device)]
        )
        torch.distributed.all_reduce(flat)
        flat /= torch.distributed.get_world_size()
        at = 0
        for grad in grads:
            grad.copy_(flat[at : at + grad.numel()].view_as(grad))
            at += grad.numel()
        self.elapsed = float(flat[-1])

    def _advance(self, loss: Tensor) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = self.schedule.rate(self.step, self.elapsed)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._share_gradients()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        self.average.update(self.network, self.step)
        return float(loss.detach())

    def save(self) -> None:
        """Write the checkpoint, if this trainer has one; of several processes, only the first does."""
        if self.checkpoint is None or rank() != 0:
            return
        state = {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "average": self.average.values,
            "step": self.step,
            "elapsed": self.elapsed,
        }
        save_checkpoint(self.checkpoint, state)

    def _resume(self, state: dict[str, Any] | None) -> None:
        if state is None:
            return
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average.values = state["average"]
        self.step, self.elapsed = state["step"], state["elapsed"]
