"""A small convolutional classifier of log-mel spectrograms, and the embedding in which it compares sounds."""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.evaluation.features import FLOOR, MELS, log_mels
from engine.progress import Progress, no_progress

log = logging.getLogger(__name__)

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class JudgeConfig:
    """Training config of the judge. The defaults take about two minutes on one core for 240 clips."""

    epochs: int = 40
    batch: int = 16
    peak_rate: float = 3e-3
    weight_decay: float = 5e-2
    mixup: float = 0.3
    gain: float = 0.7
    widest_bands: int = 10
    widest_frames: int = 30
    channels: tuple[int, int, int, int] = (24, 48, 80, 112)


class Judge(nn.Module):
    """Log-mel spectrograms (B, ``MELS``, frames) to class scores.

    Args:
        classes: number of classes.
        channels: channels of the four levels; the last is half the size of an embedding.
    """

    def __init__(self, classes: int, channels: Sequence[int] = JudgeConfig.channels) -> None:
        super().__init__()
        self.band_mean = nn.Parameter(torch.zeros(MELS, 1), requires_grad=False)
        self.band_scale = nn.Parameter(torch.ones(MELS, 1), requires_grad=False)
        levels: list[nn.Module] = []
        width = 1
        for index, wider in enumerate(channels):
            levels += [nn.Conv2d(width, wider, 5 if index == 0 else 3, padding="same", bias=False)]
            levels += [nn.BatchNorm2d(wider), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
            width = wider
        self.levels = nn.Sequential(*levels)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(2 * width, classes)

    def embed(self, spectrograms: Tensor) -> Tensor:
        """Return the embedding of each clip: (B, twice the last level's channels)."""
        scaled = (spectrograms - self.band_mean) / self.band_scale
        bands = self.levels(scaled[:, None]).mean(dim=2)
        return torch.cat([bands.mean(dim=-1), bands.amax(dim=-1)], dim=1)

    def forward(self, spectrograms: Tensor) -> Tensor:
        """Return class scores before the softmax: (B, classes)."""
        scores: Tensor = self.head(self.dropout(self.embed(spectrograms)))
        return scores

    @torch.no_grad()
    def probabilities(self, waveforms: Floats) -> Floats:
        """Return class probabilities of waveforms (N, samples): float32 (N, classes), rows sum to 1."""
        self.eval()
        scores = [self(batch).softmax(dim=-1) for batch in _batches(waveforms)]
        return np.asarray(torch.cat(scores).numpy(), dtype=np.float32)

    @torch.no_grad()
    def embeddings(self, waveforms: Floats) -> Floats:
        """Return embeddings of waveforms (N, samples): float32 (N, D)."""
        self.eval()
        return np.asarray(torch.cat([self.embed(batch) for batch in _batches(waveforms)]).numpy())

    def save(self, path: Path) -> None:
        """Write the weights to ``path`` (``.safetensors``)."""
        save_file(self.state_dict(), path)

    @classmethod
    def load(cls, path: Path) -> "Judge":
        """Read what ``save`` wrote."""
        state = load_file(path)
        convolutions = {int(key.split(".")[1]): value for key, value in state.items() if value.ndim == 4}
        judge = cls(len(state["head.bias"]), [len(convolutions[level]) for level in sorted(convolutions)])
        judge.load_state_dict(state)
        return judge.eval()


def train(
    waveforms: Floats,
    labels: NDArray[np.int64],
    *,
    seed: int,
    config: JudgeConfig | None = None,
    progress: Progress | None = None,
) -> Judge:
    """Train a judge on real recordings.

    Augmentation: shifts in time and level, masked bands and stretches (SpecAugment, arXiv 1904.08779) and
    mixup (arXiv 1710.09412).

    Args:
        waveforms: float32 (N, samples).
        labels: (N,), from 0.
        seed: seed of weights, batches and augmentation.
        config: training config.
        progress: told of every epoch.
    """
    config, progress = config or JudgeConfig(), progress or no_progress()
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)  # layers draw initial weights and dropout from torch's global generator
        judge = Judge(int(labels.max()) + 1, config.channels)
        _train(
            judge,
            torch.from_numpy(log_mels(waveforms)),
            torch.from_numpy(labels),
            config,
            generator,
            progress,
        )
    return judge.eval()


def _train(
    judge: Judge,
    clips: Tensor,
    labels: Tensor,
    config: JudgeConfig,
    generator: torch.Generator,
    progress: Progress,
) -> None:
    judge.band_mean.copy_(clips.mean(dim=(0, 2))[:, None])
    judge.band_scale.copy_(clips.std(dim=(0, 2))[:, None].clamp_min(0.1))
    targets = nn.functional.one_hot(labels, int(labels.max()) + 1).float()
    optimiser = torch.optim.AdamW(judge.parameters(), config.peak_rate, weight_decay=config.weight_decay)
    steps = math.ceil(len(clips) / config.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, config.peak_rate, total_steps=config.epochs * steps
    )
    judge.train()
    for epoch in range(config.epochs):
        order = torch.randperm(len(clips), generator=generator)
        for rows in torch.split(order, config.batch):
            seen, wanted = _augmented(clips[rows], targets[rows], config, generator)
            loss = nn.functional.cross_entropy(judge(seen), wanted, label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
        log.info("judge epoch %d loss %.3f", epoch, float(loss.detach()))
        progress.report((epoch + 1) / config.epochs, "training the judge")


def _augmented(
    clips: Tensor, targets: Tensor, config: JudgeConfig, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return an augmented batch (B, bands, frames) and its targets (B, classes)."""
    count, bands, frames = clips.shape
    heard = torch.stack([clip.roll(_draw(frames, generator), dims=-1) for clip in clips])
    heard += config.gain * torch.randn(count, 1, 1, generator=generator)
    heard.clamp_(min=math.log(FLOOR))
    partner = torch.randperm(count, generator=generator)
    share = (torch.rand(count, generator=generator) * config.mixup).view(-1, 1, 1)
    # sounds add up in magnitude, not in its logarithm
    heard = torch.logaddexp(heard + (1 - share).log(), heard[partner] + (share + 1e-4).log())
    share = share[:, 0]
    targets = (1 - share) * targets + share * targets[partner]
    silence = math.log(FLOOR)
    for clip in heard:
        low, start = _draw(bands, generator), _draw(frames, generator)
        clip[low : low + _draw(config.widest_bands, generator)] = silence
        clip[:, start : start + _draw(config.widest_frames, generator)] = silence
    return heard, targets


def _draw(below: int, generator: torch.Generator) -> int:
    return int(torch.randint(below, (), generator=generator))


def _batches(waveforms: Floats, size: int = 32) -> list[Tensor]:
    return list(torch.split(torch.from_numpy(log_mels(waveforms)), size))
