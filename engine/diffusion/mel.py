"""The log-mel front end: waveform in, log-mel out, with AudioLDM's parameters.

16 kHz, STFT of 1024 points (64 ms) with hop 160 (10 ms), 64 Slaney mel bands from 0 to 8 kHz, natural
logarithm of the clamped magnitude. *Sounding that Object* (arXiv 2506.04214, section 4.1) gives 64 ms but 512
points, which contradict each other at 16 kHz; AudioLDM uses 1024. The bands and the clamp are those of
HiFi-GAN's front end, which AudioLDM's vocoder was trained with.
"""

import numpy as np
import torch
from torch import Tensor, nn

SAMPLE_RATE = 16_000
FFT_SIZE = 1024
HOP = 160
BANDS = 64
FLOOR = 1e-5
PEAK = 0.5


def mel_weights(
    rate: int = SAMPLE_RATE, fft_size: int = FFT_SIZE, bands: int = BANDS, top_hz: float = 8_000.0
) -> Tensor:
    """Return triangular Slaney-normalized mel filters, float32 (bands, fft_size // 2 + 1)."""
    from transformers.audio_utils import mel_filter_bank

    filters = mel_filter_bank(
        num_frequency_bins=fft_size // 2 + 1,
        num_mel_filters=bands,
        min_frequency=0.0,
        max_frequency=top_hz,
        sampling_rate=rate,
        norm="slaney",
        mel_scale="slaney",
    )
    return torch.from_numpy(np.asarray(filters, dtype=np.float32).T.copy())


def frames_of(seconds: float) -> int:
    """Return the number of mel frames in ``seconds``, at 100 frames per second."""
    return max(1, round(seconds * SAMPLE_RATE / HOP))


class LogMel(nn.Module):
    """Waveform to log-mel: ``(B, samples)`` float32 in -1..1 to ``(B, samples // 160, 64)`` natural log."""

    window: Tensor
    filters: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("window", torch.hann_window(FFT_SIZE), persistent=False)
        self.register_buffer("filters", mel_weights(), persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        """Return the log-mel (B, samples // 160, 64) of waveforms (B, samples)."""
        spectrum = torch.stft(
            waveform, FFT_SIZE, HOP, window=self.window, center=True, pad_mode="reflect", return_complex=True
        )
        magnitude = spectrum.abs()[..., : waveform.shape[-1] // HOP]
        mel = torch.matmul(self.filters, magnitude)
        return mel.clamp_min(FLOOR).log().transpose(-1, -2)


def normalize_for_model(waveform: Tensor) -> Tensor:
    """Remove the mean and set the peak to 0.5, as AudioLDM does before its front end; silence stays silent."""
    centred = waveform - waveform.mean(dim=-1, keepdim=True)
    peak = centred.abs().amax(dim=-1, keepdim=True)
    return centred * (PEAK / peak.clamp_min(1e-4))
