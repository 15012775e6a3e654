"""A denoiser that attends over time: a transformer over the frames of a latent.

After the diffusion transformer (arXiv 2212.09748) with one shared modulation (arXiv 2310.00426, section 2.3) and
rotary positions (arXiv 2104.09864), so that any length works. Attention over all frames is what regular ticks,
rotor blades and sweeps need. Curves (loudness, onsets) enter by a linear layer added to the tokens (Sketch2Sound,
arXiv 2412.08550, section 3). In a pipeline folder it stands in the place of the U-Net.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional

CURVES = 2
"""Loudness and onsets."""


@dataclass(frozen=True)
class Denoised:
    """What one call gives; ``sample`` has the shape of the latent that came in."""

    sample: Tensor


class TimeTransformer(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Predicts v of a latent (B, C, T, F) from its noised version.

    Args:
        in_channels: C of the latent.
        bands: F of the latent.
        frames_per_token: latent frames in each token; a latent's length is rounded up to it.
        curve_frames: values of a curve per latent frame; 0 for a network without curves.
        width: of the tokens.
        depth: number of blocks.
        heads: of each block's attention.
        condition_size: of the condition vector.
        dropout: of attention's and the perceptron's outputs while training.
        distilled: whether the network was taught guidance and steps of a part of the way.
    """

    config_name = "config.json"

    @register_to_config
    def __init__(
        self,
        *,
        in_channels: int = 8,
        bands: int = 16,
        frames_per_token: int = 2,
        curve_frames: int = 4,
        width: int = 320,
        depth: int = 9,
        heads: int = 5,
        condition_size: int = 512,
        dropout: float = 0.0,
        distilled: bool = False,  # noqa: ARG002 - read from the configuration at use
    ) -> None:
        super().__init__()
        values = in_channels * bands * frames_per_token
        self.embed = nn.Linear(values, width)
        drawn = (CURVES + CURVES) * curve_frames * frames_per_token
        self.curves = nn.Linear(drawn, width) if curve_frames else None
        self.time = _mlp(TIME_WAVES, width)
        self.condition = _mlp(condition_size, width)
        self.guidance = _mlp(TIME_WAVES, width, silent=True)
        self.stride = _mlp(TIME_WAVES, width, silent=True)
        self.modulation = nn.Linear(width, 6 * width)
        hidden = 4 * width
        self.blocks = nn.ModuleList(TimeTransformerBlock(width, heads, hidden, dropout) for _ in range(depth))
        self.last_modulation = nn.Linear(width, 2 * width)
        self.last_norm = nn.LayerNorm(width, elementwise_affine=False)
        self.head = nn.Linear(width, values)
        self.through = nn.Linear(width, values)
        for layer in (self.modulation, self.last_modulation, self.head, self.through):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        with torch.no_grad():
            # A unit vector of many entries would be heard far too softly beside the time's embedding.
            self.condition[0].weight.mul_(condition_size**0.5)

    def forward(
        self,
        sample: Tensor,
        timestep: Tensor,
        *,
        class_labels: Tensor,
        curves: Tensor | None = None,
        guidance: Tensor | None = None,
        stride: Tensor | None = None,
    ) -> Denoised:
        """Predict v.

        Args:
            sample: noised latent (B, C, T, F).
            timestep: (B,) or (), 0 to 999.
            class_labels: conditions (B, L), unit length.
            curves: (B, 2 + 2, T * curve_frames): loudness and onsets, then where each is given (1) or not (0).
            guidance: (B,) the guidance scale built into the prediction, for a distilled network; 0 is none.
            stride: (B,) the share of the way, 0 to 1, that one step of a distilled network goes; 0 is a point.
        """
        tokens = self._tokens(sample)
        x = self.embed(tokens)
        if self.curves is not None and curves is not None:
            x = x + self.curves(self._drawn(curves, x.shape[1]))
        about = self._about(timestep.expand(len(sample)), class_labels, guidance, stride)
        shared = self.modulation(about).view(len(sample), 6, -1)
        turn = rotations(x.shape[1], self.config.width // self.config.heads, x.device)
        for block in self.blocks:
            x = block(x, shared, turn)
        shift, scale = self.last_modulation(about)[:, None].chunk(2, dim=-1)
        out = self.head(self.last_norm(x) * (1 + scale) + shift)
        # Noise has no structure to be carried through the narrow trunk: it has a way of its own.
        out = out + self.through(about)[:, None] * tokens
        return Denoised(self._latent(out, sample.shape))

    def _about(
        self, timestep: Tensor, condition: Tensor, guidance: Tensor | None, stride: Tensor | None
    ) -> Tensor:
        out = self.time(waves(timestep.float()).to(condition.dtype)) + self.condition(condition)
        if guidance is not None:
            told = self.guidance(waves(guidance.float() * 100.0).to(condition.dtype))
            out = out + told * (guidance > 0).to(told)[:, None]
        if stride is not None:
            told = self.stride(waves(stride.float() * 1000.0).to(condition.dtype))
            out = out + told * (stride > 0).to(told)[:, None]
        return functional.silu(out)

    def _tokens(self, latent: Tensor) -> Tensor:
        """(B, C, T, F) to (B, T / frames_per_token, values), padded at the end with zeros."""
        each = self.config.frames_per_token
        latent = functional.pad(latent, (0, 0, 0, -latent.shape[2] % each))
        batch, channels, frames, bands = latent.shape
        grid = latent.view(batch, channels, frames // each, each, bands)
        return grid.permute(0, 2, 3, 1, 4).reshape(batch, frames // each, -1)

    def _latent(self, tokens: Tensor, shape: torch.Size) -> Tensor:
        batch, channels, frames, bands = shape
        grid = tokens.view(batch, -1, channels, bands).transpose(1, 2)
        return grid[:, :, :frames]

    def _drawn(self, curves: Tensor, tokens: int) -> Tensor:
        """(B, 4, T * curve_frames) to (B, tokens, values)."""
        each = self.config.frames_per_token * self.config.curve_frames
        curves = functional.pad(curves, (0, tokens * each - curves.shape[-1]))
        return curves.view(len(curves), curves.shape[1], tokens, each).transpose(1, 2).flatten(2)


class TimeTransformerBlock(nn.Module):
    """Attention over time and a perceptron, both modulated by what is wanted and how noisy it is."""

    def __init__(self, width: int, heads: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.first_norm = nn.LayerNorm(width, elementwise_affine=False)
        self.attend = nn.Linear(width, 3 * width)
        self.joined = nn.Linear(width, width)
        self.second_norm = nn.LayerNorm(width, elementwise_affine=False)
        self.expand = nn.Linear(width, hidden)
        self.contract = nn.Linear(hidden, width)
        self.own = nn.Parameter(torch.randn(6, width) / width**0.5)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, shared: Tensor, turn: Tensor) -> Tensor:
        """Transform (B, N, width); ``shared`` is (B, 6, width)."""
        shift1, scale1, gate1, shift2, scale2, gate2 = (shared + self.own)[:, :, None].unbind(1)
        attended = self._attention(self.first_norm(x) * (1 + scale1) + shift1, turn)
        x = x + gate1 * self.dropout(attended)
        seen = self.second_norm(x) * (1 + scale2) + shift2
        thought = self.contract(functional.gelu(self.expand(seen), approximate="tanh"))
        out: Tensor = x + gate2 * self.dropout(thought)
        return out

    def _attention(self, x: Tensor, turn: Tensor) -> Tensor:
        batch, count, width = x.shape
        parts = self.attend(x).view(batch, count, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        query, key = (turned(functional.normalize(part, dim=-1), turn) for part in (query, key))
        scale = float(width // self.heads) ** 0.5
        out = functional.scaled_dot_product_attention(query.to(value), key.to(value), value, scale=scale)
        joined: Tensor = self.joined(out.transpose(1, 2).reshape(batch, count, width))
        return joined


TIME_WAVES = 128


def waves(value: Tensor) -> Tensor:
    """Return sines and cosines (B, 128) of a number (B,) between 0 and about 1000."""
    half = TIME_WAVES // 2
    rates = torch.exp(torch.arange(half, device=value.device) * (-math.log(10_000.0) / half))
    angle = value[:, None] * rates
    return torch.cat([angle.sin(), angle.cos()], dim=-1)


def rotations(count: int, size: int, device: torch.device) -> Tensor:
    """Return cosines and sines of rotary positions, float32 (2, count, size / 2)."""
    rates = 1000.0 ** (-torch.arange(0, size, 2, device=device) / size)
    angle = torch.arange(count, device=device)[:, None] * rates
    return torch.stack([angle.cos(), angle.sin()])


def turned(x: Tensor, turn: Tensor) -> Tensor:
    """Turn each half-pair of a head's entries (B, H, N, D) by its position."""
    first, second = x.float().chunk(2, dim=-1)
    cosine, sine = turn[0], turn[1]
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], dim=-1)


def _mlp(size: int, width: int, *, silent: bool = False) -> Any:
    """Return two layers; with ``silent`` they initially have no effect."""
    last = nn.Linear(width, width)
    if silent:
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
    return nn.Sequential(nn.Linear(size, width), nn.SiLU(), last)
