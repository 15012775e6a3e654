"""The vocoder: log-mel to waveform by predicting a spectrum, one frame per mel frame.

After Vocos (arXiv 2306.00814, section 3): ConvNeXt blocks at the mel frame rate, a head that predicts
magnitude and phase of each STFT bin, and an inverse STFT. At pocket size it is more faithful than a HiFi-GAN
of the same cost. It is called like transformers' ``SpeechT5HifiGan``, so the pipeline folder can contain
either.
"""

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn

from engine.diffusion.mel import mel_weights

MOMENTUM = 0.9
"""Momentum of the fast Griffin-Lim iterations; 0 is the plain method."""


class ConvNeXtBlock(nn.Module):
    """A depthwise convolution over time and a two-layer perceptron, with a scaled residual connection."""

    def __init__(self, width: int, hidden: int, kernel: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, hidden)
        self.contract = nn.Linear(hidden, width)
        self.scale = nn.Parameter(torch.full((width,), 0.3))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, width, T) to the same shape."""
        y = self.norm(self.depthwise(x).transpose(1, 2))
        y = self.contract(nn.functional.gelu(self.expand(y)))
        out: Tensor = x + (self.scale * y).transpose(1, 2)
        return out


class SpectralVocoder(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Log-mel (B, T, 64) to waveform (B, T * hop), float32 in about -1..1.

    Args:
        bands: number of mel bands.
        width: width of the ConvNeXt trunk.
        hidden: hidden width of its blocks.
        depth: number of blocks.
        kernel: kernel size of its convolutions, in frames.
        fft_size: size of the inverse STFT.
        hop: hop of the inverse STFT in samples; must be the mel's.
        sampling_rate: samples per second of the waveform.
        agree: iterations of multiplicative updates in use that find the magnitude matching the given mel; 0
            uses the predicted magnitude. A short training learns phases sooner than the level of every band,
            and predicted magnitudes fit only their own phases.
        refine: iterations of fast Griffin-Lim in use (Perraudin, Balazs and Sondergaard 2013), starting from
            the predicted phase; they keep the magnitude and make the phases of neighbouring frames
            consistent.
    """

    config_name = "config.json"
    window: Tensor
    filters: Tensor

    @register_to_config
    def __init__(
        self,
        bands: int = 64,
        width: int = 256,
        hidden: int = 768,
        depth: int = 6,
        kernel: int = 7,
        fft_size: int = 1024,
        hop: int = 160,
        sampling_rate: int = 16_000,
        mel_mean: float = -5.0,
        mel_std: float = 2.5,
        agree: int = 0,
        refine: int = 0,
    ) -> None:
        super().__init__()
        self.embed = nn.Conv1d(bands, width, kernel, padding=kernel // 2)
        self.norm_in = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(ConvNeXtBlock(width, hidden, kernel) for _ in range(depth))
        self.norm_out = nn.LayerNorm(width)
        self.head = nn.Linear(width, fft_size + 2)
        self.register_buffer("window", torch.hann_window(fft_size), persistent=False)
        filters = mel_weights(sampling_rate, fft_size, bands, sampling_rate / 2)
        self.register_buffer("filters", filters, persistent=False)

    def forward(self, mel: Tensor) -> Tensor:
        """Return the waveform (B, T * hop) of a log-mel (B, T, 64)."""
        spectrum = self.spectrum(mel)
        if self.training:
            return self._inverse(spectrum)
        phase = spectrum / spectrum.abs().clamp_min(1e-8)
        magnitude = self._magnitude_of(mel) if self.config.agree else spectrum.abs()
        return self._refined(magnitude, phase)

    def spectrum(self, mel: Tensor) -> Tensor:
        """Predict the STFT of a log-mel (B, T, 64): complex (B, fft_size // 2 + 1, T + 1)."""
        # One more frame than the mel: the inverse STFT is centred, so T + 1 frames end at T * hop.
        x = torch.cat([mel, mel[:, -1:]], dim=1)
        x = ((x - self.config.mel_mean) / self.config.mel_std).transpose(1, 2)
        x = self.norm_in(self.embed(x).transpose(1, 2)).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        log_magnitude, phase = self.head(self.norm_out(x.transpose(1, 2))).float().chunk(2, dim=-1)
        magnitude = log_magnitude.clamp(max=6.0).exp()
        return torch.polar(magnitude, phase).transpose(1, 2)

    def _inverse(self, spectrum: Tensor) -> Tensor:
        fft_size, hop = self.config.fft_size, self.config.hop
        samples = (spectrum.shape[-1] - 1) * hop
        return torch.istft(spectrum, fft_size, hop, window=self.window.float(), center=True, length=samples)

    def _magnitude_of(self, mel: Tensor) -> Tensor:
        """Return the smoothest magnitude whose mel is ``mel``, by updates as in non-negative matrix factorization."""
        wanted = torch.cat([mel, mel[:, -1:]], dim=1).float().exp().transpose(1, 2)
        filters = self.filters.float()
        covered = filters.sum(dim=0)[:, None].clamp_min(1e-8)
        magnitude = filters.T @ (wanted / filters.sum(dim=1)[:, None]) / covered
        for _ in range(self.config.agree):
            ratio = wanted / (filters @ magnitude).clamp_min(1e-8)
            magnitude = magnitude * (filters.T @ ratio / covered)
        return magnitude

    def _refined(self, magnitude: Tensor, phase: Tensor) -> Tensor:
        """Return the waveform of a magnitude whose phase was made consistent in ``refine`` iterations."""
        before = torch.zeros_like(phase)
        waveform = self._inverse(magnitude * phase)
        for _ in range(self.config.refine):
            again = self._transform(waveform)
            ahead = again + MOMENTUM * (again - before)
            before = again
            waveform = self._inverse(magnitude * ahead / ahead.abs().clamp_min(1e-8))
        return waveform

    def _transform(self, waveform: Tensor) -> Tensor:
        fft_size, hop = self.config.fft_size, self.config.hop
        return torch.stft(
            waveform, fft_size, hop, window=self.window.float(), center=True, return_complex=True
        )
