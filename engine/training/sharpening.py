"""Fine-tuning of the decoder with a critic that also sees latents from the diffusion network.

A decoder trained only on encoded recordings renders generated latents too smoothly: they lose the
frame-to-frame fluctuation of surf and rotors. Here the encoder and the latents are frozen and only the
decoder learns: encoded recordings keep it faithful, and the critic judges its output for both kinds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.autoencoder import MelCodec
from engine.diffusion.sampler import GuidanceTargets, make_scheduler, sample_latents, take_noise
from engine.diffusion.unet import scheduler_config
from engine.progress import Progress
from engine.training.adversary import PatchAdversary
from engine.training.conditions import CaptionConditions
from engine.training.latents import Group
from engine.training.loop import Schedule, Trainer
from engine.training.mel_codec import MEL_MEAN, MEL_STD, reconstruction_loss


@dataclass(frozen=True)
class SharpeningConfig:
    """Training config.

    ``generated`` of the ``batch`` rows of each step come from the diffusion network. ``memory`` is the number
    of latents sampled for it, with ``steps`` of the draft solver, as in use. The result is ``share`` of the
    way from the original decoder to the trained one (arXiv 2109.01903, section 3): fully trained, it costs
    harmonic sounds more than it gains for noises.
    """

    schedule: Schedule
    batch: int = 8
    generated: int = 4
    frames: int = 256
    edge_weight: float = 0.5
    critic_weight: float = 0.1
    critic_width: int = 32
    share: float = 0.6
    memory: int = 512
    steps: int = 16
    guidance: float = 2.0
    rescale: float = 0.7
    bfloat16: bool = True
    device: str = "cpu"

    @staticmethod
    def toy() -> "SharpeningConfig":
        """Return a config for tests."""
        schedule = Schedule(steps=12, peak_rate=1e-3, warmup_steps=2)
        return SharpeningConfig(
            schedule, batch=2, generated=2, frames=64, critic_width=8, memory=2, steps=2, bfloat16=False
        )

    @staticmethod
    def bootstrap(seconds: float) -> "SharpeningConfig":
        """Return the config for one CPU core: about 20 minutes."""
        return SharpeningConfig(Schedule(steps=200_000, peak_rate=3e-4, seconds=seconds))

    @staticmethod
    def release(seconds: float = 150.0) -> "SharpeningConfig":
        """Return the config for one GPU."""
        return replace(
            SharpeningConfig.bootstrap(seconds), batch=64, generated=32, memory=4096, device="cuda"
        )


@torch.no_grad()
def sampled(
    config: SharpeningConfig,
    unet: Any,
    captions: CaptionConditions,
    groups: Sequence[Group],
    *,
    shape: tuple[int, int, int],
    latent_patch: int,
    seed: int,
    progress: Progress,
    together: int = 8,
) -> NDArray[np.float16]:
    """Sample one latent (8, T, 16) per group of concepts, as for a draft take: (N, 8, T, 16)."""
    rng = np.random.default_rng(seed)
    unet = unet.to(config.device).eval()
    null = captions.null().to(config.device)
    rows = []
    for start in range(0, len(groups), together):
        some = list(groups[start : start + together])
        noise = take_noise(rng.integers(2**31, size=len(some)).tolist(), shape).to(config.device)
        latent = sample_latents(
            unet,
            make_scheduler(scheduler_config(), "multistep", config.steps),
            noise,
            GuidanceTargets.of(captions.draw(some, rng)).to(config.device),
            null,
            guidance=config.guidance,
            latent_patch=latent_patch,
            progress=progress.part(start / len(groups), (start + len(some)) / len(groups)),
            rescale=config.rescale,
        )
        rows.append(latent.cpu().numpy().astype(np.float16))
    return np.concatenate(rows)


def sharpen(
    config: SharpeningConfig,
    codec: MelCodec,
    mels: Iterator[Tensor],
    generated: NDArray[np.float16],
    seed: int,
    checkpoint: Path | None = None,
) -> list[float]:
    """Train the codec's decoder in place; its encoder and latent space do not change.

    Args:
        config: training config.
        codec: the codec.
        mels: endless batches of real log-mels (batch, frames, 64).
        generated: standardized latents (N, 8, T, 16), at least ``frames`` long when decoded.
        seed: seed of the critic and the batches.
        checkpoint: file to resume from and save to.

    Returns:
        The loss of every step.
    """
    torch.manual_seed(seed)
    network = codec.network.to(config.device, memory_format=torch.channels_last)
    given = [p.detach().clone() for p in network.parameters()]
    network.encoder.requires_grad_(False)
    network.quant_conv.requires_grad_(False)
    trainer = Trainer(network, config.schedule, checkpoint, decay=0.998)
    adversary = PatchAdversary(config.critic_width, config.device)
    rng = np.random.default_rng([seed, trainer.step])

    def loss_of(mel: Tensor, _share: float) -> Tensor:
        mel = mel.to(config.device)
        drawn = _crops(generated, config.generated, config.frames // codec.reduction, rng).to(config.device)
        with torch.autocast(config.device, torch.bfloat16, enabled=config.bfloat16):
            with torch.no_grad():
                heard = codec.standardise(codec.posterior(mel).sample().float())
            out = codec.decode(torch.cat([heard, drawn])).float()
        target, said = (mel - MEL_MEAN) / MEL_STD, (out - MEL_MEAN) / MEL_STD
        own, made = said[: len(mel)], said[len(mel) :]
        loss: Tensor = reconstruction_loss(own, target, config.edge_weight)
        return loss + config.critic_weight * (
            adversary.generator_loss(target, own) + adversary.score_loss(target, made)
        )

    losses = trainer.run(mels, loss_of)
    trainer.finish()
    network.requires_grad_(True)
    with torch.no_grad():
        torch._foreach_lerp_(given, list(network.parameters()), config.share)
        for parameter, value in zip(network.parameters(), given, strict=True):
            parameter.copy_(value)
    return losses


def _crops(latents: NDArray[np.float16], count: int, length: int, rng: np.random.Generator) -> Tensor:
    """Return random crops (count, 8, length, 16) of random latents."""
    rows = rng.integers(len(latents), size=count)
    starts = rng.integers(latents.shape[2] - length + 1, size=count)
    cut = [latents[row][:, start : start + length] for row, start in zip(rows, starts, strict=True)]
    return torch.from_numpy(np.stack(cut).astype(np.float32))
