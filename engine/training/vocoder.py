"""Training of the vocoder: multi-resolution STFT and mel losses, with an adversary on a GPU.

After Vocos (arXiv 2306.00814, section 3.3) and Parallel WaveGAN's spectral losses (arXiv 1910.11480).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from engine.diffusion.mel import LogMel
from engine.diffusion.vocoder import SpectralVocoder
from engine.training.adversary import SpectrogramAdversary
from engine.training.loop import Schedule, Trainer


@dataclass(frozen=True)
class VocoderConfig:
    """Training config. ``adversary_from`` is the fraction of training after which the adversary is used (1: never)."""

    schedule: Schedule
    width: int = 256
    hidden: int = 640
    depth: int = 6
    batch: int = 12
    mel_weight: float = 1.5
    adversary_from: float = 1.0
    adversary_weight: float = 0.05
    windows: tuple[int, ...] = (128, 320, 768, 1536)
    bfloat16: bool = True
    device: str = "cpu"

    @staticmethod
    def toy() -> "VocoderConfig":
        """Return a config for tests."""
        schedule = Schedule(steps=30, peak_rate=3e-3, warmup_steps=5)
        small = VocoderConfig(schedule, width=32, hidden=64, depth=2, batch=2, bfloat16=False)
        return replace(small, adversary_from=0.7)

    @staticmethod
    def bootstrap(seconds: float) -> "VocoderConfig":
        """Return the config for one CPU core."""
        return VocoderConfig(Schedule(steps=200_000, peak_rate=1e-3, seconds=seconds))

    @staticmethod
    def release(seconds: float = 360.0) -> "VocoderConfig":
        """Return the config for one GPU."""
        schedule = Schedule(steps=200_000, peak_rate=8e-4, seconds=seconds)
        return replace(VocoderConfig(schedule), batch=64, adversary_from=0.3, device="cuda")


def spectral_loss(waveform: Tensor, target: Tensor, windows: tuple[int, ...]) -> Tensor:
    """Return spectral convergence plus log-magnitude L1, averaged over several window lengths."""
    loss = torch.zeros((), device=waveform.device)
    for size in windows:
        window = torch.hann_window(size, device=waveform.device)
        guess, wanted = (
            torch.stft(w, size, size // 4, window=window, return_complex=True).abs().clamp_min(1e-5)
            for w in (waveform, target)
        )
        convergence = (guess - wanted).norm(dim=(1, 2)) / wanted.norm(dim=(1, 2)).clamp_min(1e-2)
        loss = loss + convergence.clamp(max=3).mean() + functional.l1_loss(guess.log(), wanted.log())
    return loss / len(windows)


def train_vocoder(
    config: VocoderConfig, waveforms: Iterator[Tensor], seed: int, checkpoint: Path | None = None
) -> tuple[SpectralVocoder, list[float]]:
    """Train on batches of waveforms (B, samples), with samples a multiple of the hop.

    Returns:
        The vocoder in evaluation mode, and the loss of every step.
    """
    torch.manual_seed(seed)
    network = SpectralVocoder(width=config.width, hidden=config.hidden, depth=config.depth).to(config.device)
    front_end = LogMel().to(config.device)
    trainer = Trainer(network, config.schedule, checkpoint, decay=0.998)
    adversary = SpectrogramAdversary(width=32, device=config.device) if config.adversary_from < 1 else None

    def loss_of(target: Tensor, share: float) -> Tensor:
        target = target.to(config.device)
        mel = front_end(target)
        with torch.autocast(config.device, torch.bfloat16, enabled=config.bfloat16):
            waveform = network(mel)
        loss = spectral_loss(waveform, target, config.windows)
        loss = loss + config.mel_weight * functional.l1_loss(front_end(waveform), mel)
        if adversary is not None and share >= config.adversary_from:
            loss = loss + config.adversary_weight * adversary.generator_loss(target, waveform)
        return loss

    losses = trainer.run(waveforms, loss_of)
    trainer.finish()
    return network, losses
