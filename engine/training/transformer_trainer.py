"""Training of the networks that make takes: a denoiser that attends over time, and one that makes up curves.

Two stages within a number of seconds: v-prediction under words and curves; then guidance and few steps built in.
"""

import logging
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from engine.diffusion.time_transformer import TimeTransformer
from engine.training.loop import Averaged, load_checkpoint, save_checkpoint
from engine.training.transformer_losses import Batch, Teaching, frozen_copy

log = logging.getLogger("foleyscape.training")


def pocket_denoiser() -> dict[str, Any]:
    """Return the sizes of the pocket denoiser, 13 M parameters."""
    return {"width": 384, "depth": 6, "heads": 6, "frames_per_token": 2, "dropout": 0.1}


def pocket_curves() -> dict[str, Any]:
    """Return the sizes of the network that makes up loudness and onsets, 1.9 M parameters."""
    sizes = {"width": 160, "depth": 5, "heads": 4, "frames_per_token": 2, "dropout": 0.1}
    return {**sizes, "in_channels": 2, "bands": 4, "curve_frames": 0}


@dataclass(frozen=True)
class TransformerConfig:
    """Training config.

    ``fresh`` examples of the pool are made anew at each step; ``first_share`` of the seconds go to the first stage.
    Where the first stage ends ``worse`` than its best on unseen clips by so much, that best is what it gives.
    """

    seconds: float = 400.0
    first_share: float = 0.68
    denoiser: dict[str, Any] = field(default_factory=pocket_denoiser)
    curves: dict[str, Any] = field(default_factory=pocket_curves)
    batch: int = 288
    fresh: int = 48
    pool: int = 16_384
    rate: float = 8e-4
    few_rate: float = 3e-4
    warmup: int = 300
    decay: float = 0.9995
    few_decay: float = 0.997
    worse: float = 1.03
    bfloat16: bool = True
    compiled: bool = False
    steps: int = 1_000_000
    synthesised: int = 64
    pairs: int = 1_000
    pair_share: float = 0.15
    log_every: int = 100
    judge_every_seconds: float = 30.0
    save_every_seconds: float = 120.0

    @staticmethod
    def toy(seconds: float = 6.0) -> "TransformerConfig":
        """Return a config for tests."""
        small = {"width": 32, "depth": 2, "heads": 2}
        denoiser = {**small, "frames_per_token": 2}
        curves = {**small, "in_channels": 2, "bands": 4, "curve_frames": 0}
        config = TransformerConfig(
            seconds, denoiser=denoiser, curves=curves, batch=12, fresh=2, pool=24, warmup=5
        )
        return replace(config, bfloat16=False, synthesised=1, pairs=6, log_every=5, decay=0.9, steps=40)


class TakeNetworks(nn.Module):
    """The denoiser and the maker of curves, trained side by side."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.denoiser = TimeTransformer(**config.denoiser)
        self.curves = TimeTransformer(**config.curves)


class TransformerTrainer:
    """Trains the networks in two stages, each resumed from its checkpoint.

    Args:
        work: folder of the checkpoints.
        keep: called with the averaged copy of the networks and the stage's name now and then, to store it.
        judge: loss of the averaged network on what it never saw, for the log.
    """

    def __init__(
        self,
        config: TransformerConfig,
        teaching: Teaching,
        device: str,
        work: Path,
        keep: Callable[[TakeNetworks, str], None],
        judge: Callable[[TakeNetworks], dict[str, float]],
    ) -> None:
        self.config, self.teaching, self.device, self.work = config, teaching, device, work
        self.keep, self.judge = keep, judge
        self.networks = TakeNetworks(config).to(device)
        self._asked = TakeNetworks(config).to(device).eval().requires_grad_(False)

    def first(self, batches: Iterator[Batch], each_step: Callable[[int], None]) -> TakeNetworks:
        """Train the first stage and return the averaged networks."""

        def loss_of(batch: Batch) -> Tensor:
            made = self.teaching.of_curves(self.networks.curves, batch).mean()
            return self.teaching.plain(self.networks.denoiser, batch).mean() + made

        seconds = self.config.seconds * self.config.first_share
        self._compile(self.networks)
        return self._run("first", batches, loss_of, seconds, self.config.rate, each_step)

    def second(
        self, base: TakeNetworks, batches: Iterator[Batch], each_step: Callable[[int], None]
    ) -> TakeNetworks:
        """Train the second stage from the first's averaged networks and return the averaged networks."""
        self.networks.load_state_dict(base.state_dict())
        asked = frozen_copy(base.denoiser)
        self._compile(asked)

        def loss_of(batch: Batch) -> Tensor:
            return self.teaching.few(self.networks.denoiser, self._shown.denoiser, asked, batch).mean()

        seconds = self.config.seconds * (1 - self.config.first_share)
        return self._run("second", batches, loss_of, seconds, self.config.few_rate, each_step)

    def _compile(self, network: nn.Module) -> None:
        if self.config.compiled:
            from engine.diffusion.time_transformer import TimeTransformerBlock

            torch._dynamo.config.recompile_limit = 128
            torch._dynamo.config.automatic_dynamic_shapes = False
            for module in network.modules():
                if isinstance(module, TimeTransformerBlock):
                    module.compile()

    def _run(
        self,
        name: str,
        batches: Iterator[Batch],
        loss_of: Callable[[Batch], Tensor],
        seconds: float,
        rate: float,
        each_step: Callable[[int], None],
    ) -> TakeNetworks:
        """Run one stage and return the averaged networks."""
        stage = self._begin(name, rate)
        best = _Best(self.config.worse)
        saved = judged = time.monotonic()
        while not stage.is_over(seconds, self.config.steps):
            stage.advance(loss_of, next(batches), seconds)
            # The averaged networks answer in the second stage: they follow closely enough when copied now and then.
            if name == "second" and stage.step % 20 == 0:
                stage.average.copy_to(self._shown)
            each_step(stage.step)
            if time.monotonic() - judged > self.config.judge_every_seconds:
                stage.average.copy_to(self._shown)
                best.see(self._shown, self._judged(stage))
                judged = time.monotonic()
            if time.monotonic() - saved > self.config.save_every_seconds:
                self._save(stage)
                saved = time.monotonic()
        stage.average.copy_to(self._shown)
        if name == "first":
            best.mend(self._shown, self._judged(stage))
        self._save(stage, average=False)
        self._judged(stage)
        return self._shown

    def _begin(self, name: str, rate: float) -> "_Stage":
        stage = _Stage(name, self.networks, self.config, rate, self.device)
        self._shown = TakeNetworks(self.config).to(self.device).eval().requires_grad_(False)
        stage.average.copy_to(self._shown)
        if name == "second":
            self._compile(self._shown)
        stage.resume(self.work / f"{name}.pt")
        # A step that goes far learns from exact answers: nothing is dropped in the second stage.
        self.networks.train(name == "first")
        return stage

    def _save(self, stage: "_Stage", *, average: bool = True) -> None:
        if average:
            stage.average.copy_to(self._shown)
        save_checkpoint(self.work / f"{stage.name}.pt", stage.state())
        self.keep(self._shown, stage.name)

    def _judged(self, stage: "_Stage") -> dict[str, float]:
        # Not the averaged networks themselves: they may be compiled, and every new size costs seconds then.
        self._asked.load_state_dict(self._shown.state_dict())
        figures = self.judge(self._asked)
        log.info("%s step %d  %.0f s  unseen: %s", stage.name, stage.step, stage.elapsed, figures)
        return figures


class _Stage:
    """What moves while a stage is trained: optimiser, average, clock."""

    def __init__(
        self, name: str, networks: TakeNetworks, config: TransformerConfig, rate: float, device: str
    ) -> None:
        self.name, self.networks, self.config, self.rate, self.device = name, networks, config, rate, device
        self.optimiser = torch.optim.AdamW(
            networks.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.02, fused=device != "cpu"
        )
        self.average = Averaged(networks, config.decay if name == "first" else config.few_decay)
        self.step, self.elapsed = 0, 0.0
        self._last = time.monotonic()
        self._total = torch.zeros((), device=device)

    def is_over(self, seconds: float, steps: int) -> bool:
        """Return whether its seconds or steps are used up."""
        now = time.monotonic()
        self.elapsed, self._last = self.elapsed + now - self._last, now
        return self.elapsed >= seconds or self.step >= steps

    def advance(self, loss_of: Callable[[Batch], Tensor], batch: Batch, seconds: float) -> None:
        """Make one step of the optimiser and of the average."""
        config = self.config
        share = max(self.elapsed / seconds, self.step / config.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * min(1.0, (self.step + 1) / config.warmup) * _cosine(share)
        with torch.autocast(self.device, torch.bfloat16, enabled=config.bfloat16):
            loss = loss_of(batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.networks.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        self.average.update(self.networks, self.step)
        self._total += loss.detach()
        if self.step % config.log_every == 0:
            mean = float(self._total) / config.log_every
            self._total.zero_()
            log.info("%s step %d  %.0f s  loss %.4f", self.name, self.step, self.elapsed, mean)

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint holds."""
        return {
            "networks": self.networks.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "average": self.average.values,
            "step": self.step,
            "elapsed": self.elapsed,
        }

    def resume(self, path: Path) -> None:
        """Continue from a checkpoint, if there is one."""
        state = load_checkpoint(path)
        if state is None:
            return
        self.networks.load_state_dict(state["networks"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average.values = [value.to(self.device) for value in state["average"]]
        self.step, self.elapsed = state["step"], state["elapsed"]


class _Best:
    """The weights of each network when it was best on unseen clips."""

    def __init__(self, worse: float) -> None:
        self._worse = worse
        self._found: dict[str, tuple[float, dict[str, Tensor]]] = {}

    def see(self, networks: TakeNetworks, figures: dict[str, float]) -> None:
        """Remember the networks that are better than before."""
        for name, figure in figures.items():
            if figure < self._found.get(name, (math.inf, {}))[0]:
                state = getattr(networks, name).state_dict()
                self._found[name] = (figure, {key: value.clone() for key, value in state.items()})

    def mend(self, networks: TakeNetworks, figures: dict[str, float]) -> None:
        """Put back a network's best weights where it has become worse."""
        for name, (figure, state) in self._found.items():
            if figures[name] > figure * self._worse:
                log.info("%s: back to its best on unseen clips, %.4f", name, figure)
                getattr(networks, name).load_state_dict(state)


def _cosine(share: float) -> float:
    return 0.04 + 0.96 * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))
