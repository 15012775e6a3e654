"""The mel VAE: log-mel to latent and back, on diffusers' ``AutoencoderKL``.

Published AudioLDM feeds the mel as one channel and divides time and frequency by four. The pocket model first
folds each 4 x 4 square of the mel into sixteen channels and keeps that grid: the latent has the same shape,
(B, 8, T / 4, 16), at a fraction of the cost (a configuration, not another class). Latents are standardized
per channel with ``latents_mean`` and ``latents_std`` if the configuration has them, else by
``scaling_factor``.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


def fold(grid: Tensor, size: int) -> Tensor:
    """Fold ``size`` x ``size`` squares into channels: (B, C, H, W) to (B, C size**2, H / size, W / size)."""
    return functional.pixel_unshuffle(grid, size) if size > 1 else grid


def unfold(grid: Tensor, size: int) -> Tensor:
    """Invert ``fold``."""
    return functional.pixel_shuffle(grid, size) if size > 1 else grid


class MelCodec:
    """Converts log-mels to standardized latents and back.

    Args:
        network: a diffusers ``AutoencoderKL``.
        mel_patch: side of the squares folded into channels before the network.
        mel_mean: mean by which the log-mel is standardized before the network (0 for AudioLDM).
        mel_std: standard deviation by which it is standardized (1 for AudioLDM).
    """

    def __init__(
        self, network: Any, *, mel_patch: int = 1, mel_mean: float = 0.0, mel_std: float = 1.0
    ) -> None:
        self.network = network
        self.mel_patch = mel_patch
        self.mel_mean = mel_mean
        self.mel_std = mel_std

    @property
    def latent_channels(self) -> int:
        """Number of channels of a latent."""
        return int(self.network.config.latent_channels)

    @property
    def reduction(self) -> int:
        """Mel frames (and bands) per latent step: 4 in every configuration so far."""
        levels = len(self.network.config.block_out_channels)
        return self.mel_patch * int(2 ** (levels - 1))

    def posterior(self, mel: Tensor) -> Any:
        """Return the distribution over raw latents of a log-mel (B, T, 64)."""
        scaled = (mel - self.mel_mean) / self.mel_std
        return self.network.encode(fold(scaled[:, None], self.mel_patch)).latent_dist

    def decode_raw(self, latent: Tensor) -> Tensor:
        """Decode a raw latent (B, 8, T / 4, 16) to a log-mel (B, T, 64)."""
        mel = unfold(self.network.decode(latent).sample, self.mel_patch)[:, 0]
        return mel * self.mel_std + self.mel_mean

    def standardise(self, latent: Tensor) -> Tensor:
        """Scale a raw latent to the unit-variance latent that diffusion works on."""
        mean, std = self._statistics(latent)
        return (latent - mean) / std

    def decode(self, latent: Tensor) -> Tensor:
        """Decode a standardized latent (B, 8, T / 4, 16) to a log-mel (B, T, 64)."""
        mean, std = self._statistics(latent)
        return self.decode_raw(latent * std + mean)

    def _statistics(self, like: Tensor) -> tuple[Tensor, Tensor]:
        config = self.network.config
        if config.latents_mean is None:
            factor = torch.tensor(1.0 / config.scaling_factor, device=like.device, dtype=like.dtype)
            return torch.zeros_like(factor), factor
        shape = (1, -1, 1, 1)
        mean = torch.tensor(config.latents_mean, device=like.device, dtype=like.dtype).view(shape)
        return mean, torch.tensor(config.latents_std, device=like.device, dtype=like.dtype).view(shape)
