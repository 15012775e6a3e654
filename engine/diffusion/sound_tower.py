"""Sounds into the condition space: a small contrastive tower, to measure whether a take sounds as it was asked."""

from itertools import pairwise

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn
from torch.nn import functional

from engine.diffusion.mel import LogMel, normalize_for_model


class _Residual(nn.Module):
    """Two 3x3 convolutions round a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.inner(x))


class SoundTower(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Log-mel patches, three residual stages, mean and maximum over time and frequency.

    Args:
        widths: channels at strides 4, 8 and 16.
        text_width: of the condition space.
    """

    config_name = "config.json"

    @register_to_config
    def __init__(self, widths: tuple[int, int, int] = (32, 96, 160), text_width: int = 512) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(1, widths[0], 4, stride=4, bias=False),
            nn.BatchNorm2d(widths[0]),
        ]
        layers += [nn.ReLU(), _Residual(widths[0])]
        for before, width in pairwise(widths):
            layers += [nn.Conv2d(before, width, 2, stride=2, bias=False), nn.BatchNorm2d(width)]
            layers += [_Residual(width)]
        self.trunk = nn.Sequential(*layers)
        self.head = nn.Linear(2 * widths[-1], text_width)
        self._front = LogMel()

    def forward(self, mel: Tensor) -> Tensor:
        """Unit vectors (B, 512) of log-mels (B, frames, 64), natural log; at least 32 frames."""
        features = self.trunk((mel[:, None] + 5.0) / 3.0)
        pooled = torch.cat([features.mean((2, 3)), features.amax((2, 3))], dim=-1)
        return functional.normalize(self.head(pooled).float(), dim=-1)

    @torch.no_grad()
    def encode(self, waveforms: Tensor) -> Tensor:
        """Unit vectors (B, 512) of waveforms (B, samples) at 16 kHz, whatever their level."""
        return torch.as_tensor(self(self._front(normalize_for_model(waveforms))))
