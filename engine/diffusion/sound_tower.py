"""The sound tower: sounds of any rate into the condition space, which they share with texts and objects.

Its input is the log-mel spectrum to 8 kHz, every 20 ms, computed at the file's own rate: nothing is
resampled.
"""

from functools import lru_cache
from itertools import pairwise

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn
from torch.nn import functional

from engine.diffusion.mel import SAMPLE_RATE

BANDS = 64
LOWEST_HZ, HIGHEST_HZ = 50.0, 8_000.0
FRAME_SECONDS, WINDOW_SECONDS = 0.02, 0.04
RANGE_DB = 80.0
LEAST_FRAMES = 32
PIECE_SECONDS = 10.0
"""Longer sounds are processed in pieces of this length."""


def log_mel(waveforms: Tensor, rate: int = SAMPLE_RATE) -> Tensor:
    """Convert waveforms (B, samples) at any rate to (B, frames, 64): 0 at the loudest, -4 at 80 dB below.

    The window is 40 ms and the hop 20 ms at every rate, so the same sound gives the same values at each.
    """
    window, filters = _measures(rate, str(waveforms.device))
    step = round(FRAME_SECONDS * rate)
    centred = waveforms - waveforms.mean(dim=-1, keepdim=True)
    short = max(0, LEAST_FRAMES * step - centred.shape[-1])
    spectrum = torch.stft(
        functional.pad(centred, (0, short)),
        _fft_size(rate),
        step,
        len(window),
        window=window,
        center=True,
        pad_mode="constant",
        return_complex=True,
    )
    # As it lies in memory, a frame after the other: several times faster.
    heard = spectrum[..., : filters.shape[1], :].transpose(-1, -2)
    power = torch.matmul(heard.real.square() + heard.imag.square(), filters.T)
    loudest = power.amax(dim=(-1, -2), keepdim=True).clamp_min(1e-12)
    return 10 * (power / loudest).clamp_min(10 ** (-RANGE_DB / 10)).log10() / (RANGE_DB / 4)


def _fft_size(rate: int) -> int:
    return int(2 ** (round(WINDOW_SECONDS * rate) - 1).bit_length())


@lru_cache(maxsize=8)
def _measures(rate: int, device: str) -> tuple[Tensor, Tensor]:
    """Return the window, of unit sum, and mel filters (64, bins to 8 kHz) of unit sum each."""
    window = torch.hann_window(round(WINDOW_SECONDS * rate))
    size = _fft_size(rate)
    hertz = torch.arange(min(size // 2, int(HIGHEST_HZ * size / rate)) + 1) * (rate / size)
    edges = torch.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), BANDS + 2, dtype=torch.float64)
    corner = (700 * (10 ** (edges / 2595) - 1)).float()
    low, middle, high = corner[:-2, None], corner[1:-1, None], corner[2:, None]
    rising, falling = (hertz - low) / (middle - low), (high - hertz) / (high - middle)
    filters = torch.minimum(rising, falling).clamp_min(0)
    filters = filters / filters.sum(dim=1, keepdim=True).clamp_min(1e-6)
    return (window / window.sum()).to(device), filters.to(device)


def _mel(hertz: float) -> float:
    return float(2595 * torch.log10(torch.tensor(1 + hertz / 700, dtype=torch.float64)))


class _Residual(nn.Module):
    """Two 3x3 convolutions with a shortcut."""

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
    """Log-mel patches, three residual stages, mean and maximum over time and frequency, a projection.

    Args:
        widths: channels at strides 4, 8 and 16.
        text_width: width of the condition space.
    """

    config_name = "config.json"

    @register_to_config
    def __init__(self, widths: tuple[int, int, int] = (40, 112, 192), text_width: int = 512) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(1, widths[0], 7, stride=4, padding=3, bias=False),
            nn.BatchNorm2d(widths[0]),
        ]
        layers += [nn.ReLU(), _Residual(widths[0])]
        for before, width in pairwise(widths):
            layers += [nn.Conv2d(before, width, 2, stride=2, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
            layers += [_Residual(width)]
        self.trunk = nn.Sequential(*layers)
        self.head = nn.Linear(2 * widths[-1], text_width)
        # How much nearer means how much likelier, learnt along: the temperature of ``scores``.
        self.log_scale = nn.Parameter(torch.tensor(2.5))

    def features(self, mel: Tensor) -> Tensor:
        """Return pooled features (B, 2 x last width) of ``log_mel`` (B, frames, 64); at least 32 frames."""
        maps = self.trunk(mel[:, None] / 2 + 1)
        return torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], dim=-1)

    def forward(self, mel: Tensor) -> Tensor:
        """Return unit vectors (B, 512) of ``log_mel`` (B, frames, 64); at least 32 frames."""
        return self.placed(self.features(mel))

    def placed(self, features: Tensor) -> Tensor:
        """Return unit vectors (B, 512) of pooled features."""
        return functional.normalize(self.head(features).float(), dim=-1)

    @torch.no_grad()
    def encode(self, waveforms: Tensor, rate: int = SAMPLE_RATE) -> Tensor:
        """Return unit vectors (B, 512) of waveforms (B, samples) at ``rate``, independent of their level.

        Sounds longer than ``PIECE_SECONDS`` are processed in pieces, whose vectors are averaged, weighted by
        energy.
        """
        length = round(PIECE_SECONDS * rate)
        if waveforms.shape[-1] <= length:
            return torch.as_tensor(self(log_mel(waveforms, rate)))
        pieces = torch.split(waveforms, length, dim=-1)
        heard = torch.stack([self(log_mel(piece, rate)) for piece in pieces])
        energy = torch.stack([piece.square().sum(-1) for piece in pieces]).clamp_min(1e-12)
        return functional.normalize((heard * energy[..., None] / energy.sum(0)[..., None]).sum(0), dim=-1)

    @torch.no_grad()
    def scores(self, found: Tensor, words: Tensor) -> Tensor:
        """Return the probability of each text, summing to 1: (B, N) of unit vectors (B, 512) and (N, 512)."""
        return torch.softmax(self.log_scale.exp() * (found @ words.T), dim=-1)
