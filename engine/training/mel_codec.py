"""Training of the mel VAE (losses after AudioLDM, arXiv 2301.12503, appendix C).

L1 on the log-mel, L1 on its differences in time and frequency (against the blur that plain L1 leaves), a
small KL, and for the last part of training a patch critic (also against blur). In that last part the encoder
is frozen, so that latents of its outputs stay valid while the decoder sharpens.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.diffusion.autoencoder import MelCodec
from engine.training.adversary import PatchAdversary
from engine.training.loop import Schedule, Trainer

MEL_MEAN, MEL_STD, MEL_PATCH = -5.5, 2.8, 4


@dataclass(frozen=True)
class MelCodecConfig:
    """Training config.

    ``kl_weight`` is for nats per mel value. ``adversary_from`` is the fraction of training after which the
    critic is used (1: never).
    """

    schedule: Schedule
    channels: tuple[int, ...] = (128,)
    layers: int = 1
    mel_patch: int = MEL_PATCH
    batch: int = 8
    frames: int = 256
    kl_weight: float = 2e-3
    edge_weight: float = 0.5
    adversary_from: float = 1.0
    adversary_weight: float = 0.1
    bfloat16: bool = True
    device: str = "cpu"

    @staticmethod
    def toy() -> "MelCodecConfig":
        """Return a config for tests."""
        schedule = Schedule(steps=40, peak_rate=3e-3, warmup_steps=5)
        return MelCodecConfig(
            schedule, channels=(16,), batch=2, frames=64, bfloat16=False, adversary_from=0.7
        )

    @staticmethod
    def bootstrap(seconds: float) -> "MelCodecConfig":
        """Return the config for two CPU cores."""
        return MelCodecConfig(Schedule(steps=200_000, peak_rate=1e-3, seconds=seconds), adversary_from=0.6)

    @staticmethod
    def release(seconds: float = 300.0) -> "MelCodecConfig":
        """Return the config for one GPU."""
        schedule = Schedule(steps=200_000, peak_rate=8e-4, seconds=seconds)
        return replace(
            MelCodecConfig(schedule),
            channels=(224,),
            batch=64,
            adversary_from=0.4,
            device="cuda",
        )


def build_network(config: MelCodecConfig) -> Any:
    """Build a diffusers ``AutoencoderKL`` of the config's size."""
    from diffusers import AutoencoderKL

    levels = len(config.channels)
    side = config.mel_patch**2
    return AutoencoderKL(
        in_channels=side,
        out_channels=side,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        block_out_channels=config.channels,
        layers_per_block=config.layers,
        latent_channels=8,
        norm_num_groups=8,
        sample_size=64,
        mid_block_add_attention=False,
    )


def reconstruction_loss(mel: Tensor, target: Tensor, edge_weight: float) -> Tensor:
    """Return L1 plus weighted L1 of the first differences along time and frequency."""
    loss = functional.l1_loss(mel, target)
    for axis in (-1, -2):
        loss = loss + edge_weight * functional.l1_loss(mel.diff(dim=axis), target.diff(dim=axis))
    return loss


def train_mel_codec(
    config: MelCodecConfig, mels: Iterator[Tensor], seed: int, checkpoint: Path | None = None
) -> tuple[MelCodec, list[float]]:
    """Train on batches of log-mel (B, T, 64).

    Returns:
        The codec in evaluation mode, and the loss of every step. ``latents_mean`` and ``latents_std`` are not
            set yet: see
        ``measure_latents``.
    """
    torch.manual_seed(seed)
    # Channels-last memory format makes convolutions with few channels fast on a CPU.
    network = build_network(config).to(config.device, memory_format=torch.channels_last)
    codec = MelCodec(network, mel_patch=config.mel_patch, mel_mean=MEL_MEAN, mel_std=MEL_STD)
    trainer = Trainer(network, config.schedule, checkpoint, decay=0.998)
    adversary = PatchAdversary(width=32, device=config.device) if config.adversary_from < 1 else None

    def loss_of(mel: Tensor, share: float) -> Tensor:
        mel = mel.to(config.device)
        sharpening = adversary is not None and share >= config.adversary_from
        with torch.autocast(config.device, torch.bfloat16, enabled=config.bfloat16):
            with torch.set_grad_enabled(not sharpening):
                posterior = codec.posterior(mel)
            out = codec.decode_raw(posterior.sample()).float()
        target, guess = (mel - MEL_MEAN) / MEL_STD, (out - MEL_MEAN) / MEL_STD
        loss: Tensor = reconstruction_loss(guess, target, config.edge_weight)
        loss = loss + config.kl_weight * posterior.kl().float().mean() / mel[0].numel()
        if adversary is not None and sharpening:
            loss = loss + config.adversary_weight * adversary.generator_loss(target, guess)
        return loss

    losses = trainer.run(mels, loss_of)
    trainer.finish()
    return codec, losses


@torch.no_grad()
def measure_latents(codec: MelCodec, mels: Iterator[Tensor], batches: int) -> None:
    """Set the network's ``latents_mean`` and ``latents_std`` from real log-mels.

    The scale is sqrt(var(mean) + mean posterior variance), so that a channel collapsed by the KL is not
    scaled up to unit variance.
    """
    means, variances = [], []
    for _ in range(batches):
        posterior = codec.posterior(next(mels))
        means.append(posterior.mean.float())
        variances.append(posterior.var.float())
    mean, variance = torch.cat(means), torch.cat(variances)
    spread = (mean.var(dim=(0, 2, 3)) + variance.mean(dim=(0, 2, 3))).sqrt()
    network: nn.Module = codec.network
    network.register_to_config(  # type: ignore[operator]
        latents_mean=[round(v, 5) for v in mean.mean(dim=(0, 2, 3)).tolist()],
        latents_std=[round(v, 5) for v in spread.tolist()],
    )
