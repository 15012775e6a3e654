"""Training of the U-Net and the object attention: latent diffusion on examples paired with pictures.

*Sounding that Object* (arXiv 2506.04214, sections 3.1, 3.2 and 4.1): the noise is predicted under a condition
that comes from text attention over a composed scene's patches, dropped 10 % of the time. The other rows are
conditioned on text alone, so that concepts without pictures can sound too. Not in the paper: v-prediction
with zero terminal SNR and min-SNR weights (arXiv 2303.09556, gamma 5).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from engine.diffusion.sampler import denoise
from engine.diffusion.unet import build_unet, scheduler_config, unet_config
from engine.training.latents import Group, LatentBank
from engine.training.loop import Schedule, Trainer, load_checkpoint, rank

LATENT_PATCH = 2


class Conditions(Protocol):
    """Protocol of the source of conditions in training."""

    def draw(self, groups: list[Group], rng: np.random.Generator) -> Tensor:
        """Return one condition (B, 512) per group of concepts; may carry gradients into object attention."""
        ...

    def null(self) -> Tensor:
        """Return the empty text's condition (512,)."""
        ...

    def trained(self) -> nn.Module | None:
        """Return the network that is trained along with the U-Net, or None."""
        ...


def pocket_unet() -> dict[str, Any]:
    """Return the config of the pocket U-Net: 8.1 M parameters, attention at the coarsest level only."""
    config = unet_config((64, 128, 160), layers=1)
    config["down_block_types"] = ("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D")
    config["up_block_types"] = ("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D")
    return config


@dataclass(frozen=True)
class DenoiserConfig:
    """Training config; ``null_share`` is the share of rows without a condition."""

    schedule: Schedule
    unet: dict[str, Any] = field(default_factory=pocket_unet)
    latent_patch: int = LATENT_PATCH
    batch: int = 16
    null_share: float = 0.1
    snr_gamma: float = 5.0
    decay: float = 0.999
    bfloat16: bool = True
    device: str = "cpu"

    @staticmethod
    def toy(steps: int = 160) -> "DenoiserConfig":
        """Return a config for tests."""
        schedule = Schedule(steps=steps, peak_rate=4e-3, warmup_steps=5)
        small = unet_config((16, 32), layers=1, norm_groups=8)
        return DenoiserConfig(schedule, unet=small, batch=4, decay=0.9, bfloat16=False)

    @staticmethod
    def bootstrap(seconds: float) -> "DenoiserConfig":
        """Return the config for two CPU cores, one process on each."""
        return DenoiserConfig(Schedule(steps=1_000_000, peak_rate=7e-4, seconds=seconds))

    @staticmethod
    def release(seconds: float = 540.0) -> "DenoiserConfig":
        """Return the config for one GPU."""
        schedule = Schedule(steps=1_000_000, peak_rate=6e-4, seconds=seconds, warmup_steps=500)
        return replace(DenoiserConfig(schedule), batch=256, decay=0.9995, device="cuda")


@dataclass(frozen=True)
class NoiseSchedule:
    """Cumulative signal fractions (alpha bar) of the training schedule, float32 (1000,)."""

    alphas: Tensor

    @staticmethod
    def of(config: dict[str, Any]) -> "NoiseSchedule":
        """Create from a scheduler's configuration."""
        from diffusers import DDIMScheduler

        return NoiseSchedule(DDIMScheduler(**config).alphas_cumprod.float())

    def noised(self, clean: Tensor, noise: Tensor, timestep: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the noised latent, the v target (arXiv 2202.00512, appendix D), and the signal-to-noise ratio."""
        alpha = self.alphas.to(clean.device)[timestep].view(-1, 1, 1, 1)
        root, rest = alpha.sqrt(), (1 - alpha).sqrt()
        ratio = (alpha / (1 - alpha).clamp_min(1e-8)).flatten()
        return root * clean + rest * noise, root * noise - rest * clean, ratio


def snr_weight(ratio: Tensor, gamma: float) -> Tensor:
    """Return min-SNR weights for v-prediction: min(SNR, gamma) / (SNR + 1), scaled to about 1 in the middle."""
    return ratio.clamp(max=gamma) / (ratio + 1) + 0.1


class _Together(nn.Module):
    """The U-Net and what is trained along with it, as one network for the trainer."""

    def __init__(self, unet: nn.Module, beside: nn.Module | None) -> None:
        super().__init__()
        self.unet = unet
        self.beside = beside


def latent_batches(
    bank: LatentBank, size: int, rng: np.random.Generator
) -> Iterator[tuple[Tensor, list[Group]]]:
    """Yield shuffled batches of latents (size, 8, 128, 16), and the concepts in each row, endlessly."""
    while True:
        order = rng.permutation(len(bank.groups))
        for start in range(0, len(order) - size + 1, size):
            rows = np.sort(order[start : start + size])
            yield torch.from_numpy(bank.latents[rows].astype(np.float32)), [bank.groups[r] for r in rows]


def train_denoiser(
    config: DenoiserConfig,
    bank: LatentBank,
    conditions: Conditions,
    seed: int,
    checkpoint: Path | None = None,
    start: Path | None = None,
) -> tuple[Any, list[float]]:
    """Train the U-Net (and the conditions' own network) on a bank of latents.

    Args:
        config: training config.
        bank: the latents.
        conditions: source of the conditions.
        seed: seed of weights, noise and batches.
        checkpoint: file to resume from and save to.
        start: checkpoint of an earlier run whose U-Net initializes this one, if ``checkpoint`` does not exist
            yet.

    Returns:
        The U-Net in evaluation mode with averaged weights, and the loss of every step.
    """
    torch.manual_seed(seed)
    unet = build_unet(config.unet).to(config.device, memory_format=torch.channels_last)
    together = _Together(unet, conditions.trained())
    earlier = load_checkpoint(start) if start is not None else None
    if earlier is not None:
        together.load_state_dict(earlier["network"], strict=False)
    trainer = Trainer(together, config.schedule, checkpoint, config.decay)
    rng = np.random.default_rng([seed, trainer.step, rank()])
    noise_source = torch.Generator().manual_seed(int(rng.integers(2**31)))
    schedule = NoiseSchedule.of(scheduler_config())

    def loss_of(rows: tuple[Tensor, list[Group]], _share: float) -> Tensor:
        clean, groups = rows
        clean = clean.to(config.device)
        timestep = torch.randint(0, 1000, (len(groups),), generator=noise_source).to(config.device)
        noise = torch.randn(clean.shape, generator=noise_source).to(config.device)
        noised, target, ratio = schedule.noised(clean, noise, timestep)
        condition = _with_nulls(conditions, groups, config.null_share, rng).to(config.device)
        with torch.autocast(config.device, torch.bfloat16, enabled=config.bfloat16):
            out = denoise(unet, noised, timestep, condition, config.latent_patch)
        error = (out.float() - target).square().mean(dim=(1, 2, 3))
        return (error * snr_weight(ratio, config.snr_gamma)).mean()

    losses = trainer.run(latent_batches(bank, config.batch, rng), loss_of)
    trainer.finish()
    return unet, losses


def _with_nulls(
    conditions: Conditions, groups: list[Group], share: float, rng: np.random.Generator
) -> Tensor:
    drawn = conditions.draw(groups, rng)
    dropped = torch.from_numpy(rng.random(len(groups)) < share)[:, None].to(drawn.device)
    return torch.where(dropped, conditions.null().to(drawn), drawn)
