"""The loss of the codec: the judges' accuracy on real clips after a round trip through latents."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.autoencoder import MelCodec
from engine.diffusion.mel import FFT_SIZE, HOP, LogMel, mel_weights, normalize_for_model
from engine.evaluation.clip_sets import Clips

Floats = NDArray[np.float32]
ToWave = Callable[[Tensor], Tensor]
"""Log-mel (1, T, 64) to waveform (1, T * 160)."""

MULTIPLE = 32
"""Frames are padded to a multiple of this, which every configuration so far can halve."""


def round_trips(real: Clips, codec: MelCodec | None, vocoder: Any | None) -> dict[str, Clips]:
    """Pass real clips through each part alone and through both.

    Args:
        real: the clips.
        codec: log-mel to latent and back, or None to leave it out.
        vocoder: log-mel (B, T, 64) to waveform, or None to leave it out.

    Returns:
        By name: "mel" (Griffin-Lim from the true mel, without weights), "vae" (the codec, then Griffin-Lim),
            "vocoder" (from
        the true mel) and "both".
    """
    ways: dict[str, Clips] = {"mel": through(real, None, griffin_lim)}
    if codec is not None:
        ways["vae"] = through(real, codec, griffin_lim)
    if vocoder is not None:
        ways["vocoder"] = through(real, None, vocoder)
    if codec is not None and vocoder is not None:
        ways["both"] = through(real, codec, vocoder)
    return ways


def through(real: Clips, codec: MelCodec | None, to_wave: ToWave) -> Clips:
    """Return the clips after log-mel, the codec if there is one, and ``to_wave``."""
    front = LogMel()

    def change(wave: Floats) -> Floats:
        with torch.inference_mode():
            mel = front(normalize_for_model(torch.from_numpy(wave)[None]))
            if codec is not None:
                mel = coded(mel, codec)
            return np.asarray(to_wave(mel).reshape(-1)[: mel.shape[1] * HOP].float().numpy())

    return real.mapped(change)


def coded(mel: Tensor, codec: MelCodec) -> Tensor:
    """Encode and decode a log-mel (B, T, 64), using the posterior mean."""
    frames = mel.shape[1]
    padded = torch.nn.functional.pad(mel, (0, 0, 0, -frames % MULTIPLE), mode="replicate")
    return codec.decode_raw(codec.posterior(padded).mode())[:, :frames]


def mel_error(real: Clips, codec: MelCodec) -> float:
    """Return the mean absolute error of the codec's log-mels, in nats."""
    front = LogMel()
    errors = []
    with torch.inference_mode():
        for wave in real.waveforms:
            mel = front(normalize_for_model(torch.from_numpy(wave)[None]))
            errors.append(float((coded(mel, codec) - mel).abs().mean()))
    return float(np.mean(errors))


def griffin_lim(mel: Tensor, iterations: int = 32) -> Tensor:
    """Convert log-mel (1, T, 64) to waveform (1, T * 160) without weights, by Griffin and Lim (ICASSP 1983).

    Initial phases come from a generator with a fixed seed, so the result is reproducible.
    """
    spread = torch.linalg.pinv(mel_weights().double()).float()
    magnitude = torch.matmul(spread, mel.exp().transpose(1, 2)).clamp_min(1e-6)
    magnitude = torch.cat([magnitude, magnitude[..., -1:]], dim=-1)
    window = torch.hann_window(FFT_SIZE)
    generator = torch.Generator().manual_seed(0)
    spectrum = torch.polar(magnitude, 2 * torch.pi * torch.rand(magnitude.shape, generator=generator))
    length = mel.shape[1] * HOP
    for _ in range(iterations):
        wave = torch.istft(spectrum, FFT_SIZE, HOP, window=window, length=length)
        again = torch.stft(wave, FFT_SIZE, HOP, window=window, return_complex=True)
        spectrum = magnitude * again / again.abs().clamp_min(1e-8)
    return torch.istft(spectrum, FFT_SIZE, HOP, window=window, length=length)
