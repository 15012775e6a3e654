"""An embedding of sounds learned from effect libraries: aiSFX (Ma and Lerch, ISMIR 2022, CC-BY 4.0).

The weights are a file that is not part of the product. Sounds at 16 kHz are resampled to the network's 44.1
kHz.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

RATE, BLOCK, STRIDE, BANDS = 44_100, 100, 50, 96


class _Pair(nn.Module):
    """Two convolutions, each normalized."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(width), nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(x)))


class EffectsNetwork(nn.Module):
    """Waveforms (B, samples) at 16 kHz to embeddings (B, 512)."""

    window: Tensor
    filters: Tensor

    def __init__(self) -> None:
        super().__init__()
        for number, (channels, width) in enumerate(((1, 64), (64, 128), (128, 256), (256, 512)), start=1):
            setattr(self, f"conv_block{number}", _Pair(channels, width))
        self.register_buffer("window", torch.hann_window(2048), persistent=False)
        self.register_buffer("filters", _filters(), persistent=False)

    @staticmethod
    def load(path: Path) -> "EffectsNetwork":
        """Load the network with the weights of a safetensors file."""
        from safetensors.torch import load_file

        network = EffectsNetwork()
        network.load_state_dict(whole_entries(load_file(path)))
        return network.eval()

    @torch.no_grad()
    def forward(self, waveform: Tensor) -> Tensor:
        """Return the embedding of waveforms."""
        blocks = self._spectrogram(waveform).unfold(2, BLOCK, STRIDE).permute(0, 2, 3, 1)
        x = blocks.flatten(0, 1)[:, None]
        for number in (1, 2, 3):
            x = functional.max_pool2d(self.get_submodule(f"conv_block{number}")(x), 2)
        x = self.get_submodule("conv_block4")(x).mean(3).amax(2)
        out: Tensor = x.view(*blocks.shape[:2], -1).mean(1)
        return out

    def _spectrogram(self, waveform: Tensor) -> Tensor:
        """Convert (B, samples) to (B, 96, frames), as in the network's training."""
        full = resampled(waveform)
        full = full / full.abs().amax(dim=-1, keepdim=True).clamp_min(1e-5)
        full = functional.pad(full, (0, max(0, BLOCK * 1024 - full.shape[-1])))
        spectrum = torch.stft(
            full, 2048, 1024, window=self.window, center=True, pad_mode="constant", return_complex=True
        )
        return (self.filters @ spectrum.abs().square() * 10_000 + 1).log10() / 9.4578


def whole_entries(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return weights as float32: of half precision, or of eight bits with a scale for each row beside them."""
    out = {}
    for name, value in state.items():
        if not name.endswith(".scale"):
            scale = state.get(f"{name}.scale")
            whole = value.float()
            out[name] = whole if scale is None else whole * scale.view(-1, *[1] * (whole.ndim - 1))
    return out


def resampled(waveform: Tensor) -> Tensor:
    """Resample from 16 kHz to 44.1 kHz by the spectrum."""
    samples = waveform.shape[-1]
    wanted = samples * RATE // 16_000
    spectrum = functional.pad(torch.fft.rfft(waveform), (0, wanted // 2 + 1 - samples // 2 - 1))
    out: Tensor = torch.fft.irfft(spectrum, n=wanted) * (wanted / samples)
    return out


def _filters() -> Tensor:
    """Return HTK mel filters to 22.05 kHz, each of unit sum, float32 (96, 1025)."""
    from transformers.audio_utils import mel_filter_bank

    bank = mel_filter_bank(1025, BANDS, 0.0, 22_050.0, RATE, norm=None, mel_scale="htk")
    filters = torch.from_numpy(bank.T.astype("float32"))
    return filters / filters.sum(dim=1, keepdim=True).clamp_min(1e-9)


def probe(train: Tensor, labels: Tensor, classes: int, weight: float = 3.0) -> "Probe":
    """Fit a logistic classifier of embeddings (N, 512), on standardised entries, with a quadratic penalty."""
    mean, std = train.mean(0), train.std(0).clamp_min(1e-6)
    x = (train - mean) / std
    layer = nn.Linear(x.shape[1], classes).to(x)
    nn.init.zeros_(layer.weight)
    optimiser = torch.optim.LBFGS(layer.parameters(), max_iter=120, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        penalty = weight / len(x) * 50 * layer.weight.square().sum()
        loss = functional.cross_entropy(layer(x), labels) + penalty
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return Probe(mean, std, layer.requires_grad_(False))


class Probe:
    """A fitted classifier of embeddings."""

    def __init__(self, mean: Tensor, std: Tensor, layer: nn.Linear) -> None:
        self.mean, self.std, self.layer = mean, std, layer

    def logits(self, embeddings: Tensor) -> Tensor:
        """Return (N, classes) logits."""
        out: Tensor = self.layer((embeddings - self.mean) / self.std)
        return out

    def accuracy(self, embeddings: Tensor, labels: Tensor, first: int = 1) -> float:
        """Return the share of rows whose label is among the ``first`` most likely."""
        likeliest = self.logits(embeddings).topk(first, dim=-1).indices
        return float((likeliest == labels[:, None]).any(-1).float().mean())
