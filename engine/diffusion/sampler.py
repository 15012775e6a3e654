"""The sampling loop: noise in, latents out, with classifier-free guidance (arXiv 2207.12598).

DDIM (arXiv 2010.02502) as in the paper, or a second-order multistep solver (DPM-Solver++, arXiv 2211.01095)
that needs far fewer steps. Both take the training schedule from the same scheduler configuration.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from engine.diffusion.autoencoder import fold, unfold
from engine.progress import Progress

Solver = Literal["ddim", "multistep"]


def take_noise(seeds: Sequence[int], shape: tuple[int, int, int]) -> Tensor:
    """Draw one latent of noise per take, (B, *shape), each on the CPU from its own generator.

    So a take is the same alone, in a batch, and on every device.
    """
    return torch.stack(
        [torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)) for seed in seeds]
    )


def make_scheduler(config: Any, solver: Solver, steps: int) -> Any:
    """Return a diffusers scheduler set to ``steps``, with the training schedule of ``config``."""
    from diffusers import DDIMScheduler, DPMSolverMultistepScheduler

    if solver == "ddim":
        scheduler = DDIMScheduler.from_config(config)
    else:
        scheduler = DPMSolverMultistepScheduler.from_config(
            config, algorithm_type="dpmsolver++", solver_order=2, lower_order_final=True, euler_at_final=True
        )
    scheduler.set_timesteps(steps)
    return scheduler


def denoise(unet: Any, latent: Tensor, timestep: Tensor, condition: Tensor, latent_patch: int) -> Tensor:
    """Call the U-Net once on latents (B, C, T, F), folded by ``latent_patch``."""
    out = unet(
        fold(latent, latent_patch),
        timestep,
        encoder_hidden_states=None,
        class_labels=condition,
    ).sample
    return unfold(out, latent_patch)


SEVERAL = 0.75
"""Ratio of the guidance scale per condition of a take with several to that of a single one; measured."""


@dataclass(frozen=True)
class GuidanceTargets:
    """The conditions that the takes of a batch are guided toward.

    Attributes:
        conditions: (N, L) unit length.
        takes: int64 (N,), the take of each condition; a take may have several.
    """

    conditions: Tensor
    takes: Tensor

    @staticmethod
    def of(conditions: Tensor | Sequence[Tensor]) -> "GuidanceTargets":
        """Create from one entry per take: (L,), or (K, L) for a take with K conditions."""
        rows = [entry.reshape(-1, entry.shape[-1]) for entry in conditions]
        counts = torch.tensor([len(entry) for entry in rows])
        return GuidanceTargets(torch.cat(rows), torch.repeat_interleave(torch.arange(len(rows)), counts))

    def to(self, device: str) -> "GuidanceTargets":
        """Return a copy on another device."""
        return GuidanceTargets(self.conditions.to(device), self.takes.to(device))


def guide(away: Tensor, toward: Tensor, scale: float, rescale: float, takes: Tensor) -> Tensor:
    """Apply classifier-free guidance toward one or more conditions per take, and rescale the result.

    Args:
        away: the network's outputs without a condition, (B, C, T, F).
        toward: its outputs with each condition, (N, C, T, F).
        scale: 1 is no guidance.
        rescale: 0 to 1, how far the result is scaled back to the magnitude of ``toward``. Schedules that end
            in pure noise need it, or guided sounds become far too loud and dense.
        takes: (N,) the take of each condition.
    """
    if scale == 1.0:
        return _mean(toward, takes, len(away))
    several = torch.bincount(takes, minlength=len(away))[takes] > 1
    pull = torch.where(several, SEVERAL * scale, scale).view(-1, 1, 1, 1).to(toward)
    out = away.index_add(0, takes, pull * (toward - away[takes]))
    axes = tuple(range(1, out.ndim))
    size_of = [x.square().mean(dim=axes, keepdim=True).sqrt() for x in (_mean(toward, takes, len(away)), out)]
    return out * (rescale * size_of[0] / size_of[1].clamp_min(1e-6) + 1 - rescale)


def _mean(toward: Tensor, takes: Tensor, count: int) -> Tensor:
    """Return the mean (B, ...) of the rows (N, ...) of each take."""
    share = 1.0 / torch.bincount(takes, minlength=count)[takes].view(-1, 1, 1, 1).to(toward)
    return torch.zeros(count, *toward.shape[1:]).to(toward).index_add(0, takes, toward * share)


def sample_latents(
    unet: Any,
    scheduler: Any,
    noise: Tensor,
    targets: GuidanceTargets,
    null: Tensor,
    *,
    guidance: float,
    latent_patch: int,
    progress: Progress,
    rescale: float = 0.0,
) -> Tensor:
    """Run the whole sampling loop.

    Args:
        unet: the denoising network.
        scheduler: the solver, with its steps set.
        noise: (B, C, T, F) unit Gaussian.
        targets: the conditions, and the take of each.
        null: (512,) or (B, 512): embedding of the empty text, or of a negative prompt, to be guided away
            from.
        guidance: scale; 1 switches guidance off; the paper uses 2.0.
        latent_patch: side of the squares of the latent folded into channels before the network.
        progress: told of every step.
        rescale: see ``guide``.

    Returns:
        Standardized latents of the same shape as ``noise``.

    Raises:
        Cancelled: between two steps.
    """
    takes = noise.shape[0]
    two_ways = guidance != 1.0
    both = torch.cat([null.expand(takes, -1), targets.conditions]) if two_ways else targets.conditions
    latent: Tensor = noise * scheduler.init_noise_sigma
    timesteps = scheduler.timesteps
    for number, timestep in enumerate(timesteps):
        progress.report(number / len(timesteps), f"step {number + 1} of {len(timesteps)}")
        each = latent[targets.takes]
        model_in = torch.cat([latent, each]) if two_ways else each
        model_in = scheduler.scale_model_input(model_in, timestep)
        out = denoise(unet, model_in, timestep, both, latent_patch)
        away, toward = (out[:takes], out[takes:]) if two_ways else (latent, out)
        out = guide(away, toward, guidance, rescale, targets.takes)
        latent = scheduler.step(out, timestep, latent, return_dict=False)[0]
    progress.report(1.0, f"step {len(timesteps)} of {len(timesteps)}")
    return latent
