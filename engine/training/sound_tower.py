"""The recipe of the sound tower: sounds against the frozen words, CLAP's way.

A batch has sounds of drawn concepts, a share of them sums of two ("a dog barking and rain falling"), each beside a
caption. The loss is contrastive in both directions; captions of one concept count as near one another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.diffusion.mel import HOP, LogMel, normalize_for_model
from engine.diffusion.sound_tower import SoundTower
from engine.diffusion.text_tower import TextTower
from engine.models.concepts import Concept
from engine.progress import Progress
from engine.training.augment import Wave
from engine.training.examples import ExampleSource
from engine.training.loop import Schedule, Trainer


@dataclass(frozen=True)
class SoundTowerConfig:
    """The tower's size and the loop.

    Attributes:
        widths: see SoundTower.
        mixtures: share of sounds that are sums of two.
        frames: mel frames (10 ms) that a sound is cut to.
    """

    widths: tuple[int, int, int] = (32, 96, 160)
    schedule: Schedule = field(default_factory=lambda: Schedule(1500, 2e-3, warmup_steps=60))
    batch: int = 64
    mixtures: float = 0.3
    frames: int = 384
    average: float = 0.995
    bfloat16: bool = True
    seed: int = 60

    @classmethod
    def release(cls) -> "SoundTowerConfig":
        """What the bundled weights were made with: some minutes of one core."""
        return cls()

    @classmethod
    def toy(cls) -> "SoundTowerConfig":
        """Seconds on a CPU."""
        return cls(
            widths=(8, 16, 16),
            schedule=Schedule(45, 6e-3, warmup_steps=5),
            batch=16,
            frames=96,
            average=0.9,
            bfloat16=False,
        )


def train_sound_tower(
    source: ExampleSource,
    concepts: Sequence[Concept],
    words: TextTower,
    config: SoundTowerConfig,
    progress: Progress,
    checkpoint: Path | None = None,
) -> tuple[SoundTower, list[float]]:
    """Train the tower toward frozen words.

    Returns:
        The tower and the loss of each step.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        tower = SoundTower(config.widths)
    tower.to(memory_format=torch.channels_last)
    trainer = Trainer(tower, config.schedule, checkpoint, config.average)

    def loss_of(batch: tuple[Tensor, Tensor], share: float) -> Tensor:
        progress.report(share, "teaching sounds")
        mels, texts = batch
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            found = tower(mels)
        return _contrast(found, texts)

    losses = trainer.run(_batches(source, concepts, words, config, trainer.step), loss_of)
    trainer.finish()
    return tower, losses


def _batches(
    source: ExampleSource,
    concepts: Sequence[Concept],
    words: TextTower,
    config: SoundTowerConfig,
    step: int,
) -> Iterator[tuple[Tensor, Tensor]]:
    front = LogMel()
    known = [concept for concept in concepts if concept.id in source.concepts]
    while True:  # each batch follows from its step, so a resumed run goes on with fresh sounds
        rng = np.random.default_rng((config.seed, step))
        waves, captions = zip(
            *(_example(source, known, config, rng) for _ in range(config.batch)), strict=True
        )
        stacked = torch.from_numpy(np.stack(waves))
        length = config.frames * HOP
        start = int(rng.integers(stacked.shape[1] - length + 1))
        yield front(normalize_for_model(stacked[:, start : start + length])), words.encode(captions)
        step += 1


def _example(
    source: ExampleSource, known: Sequence[Concept], config: SoundTowerConfig, rng: np.random.Generator
) -> tuple[Wave, str]:
    """A sound and its caption: of one concept, or the sum of two at levels up to 8 dB apart."""
    count = 2 if rng.random() < config.mixtures and len(known) > 1 else 1
    picked = [known[int(place)] for place in rng.choice(len(known), count, replace=False)]
    waves = [_evened(source.draw(concept.id, rng)) * 10 ** (rng.uniform(-4, 4) / 20) for concept in picked]
    texts = [concept.captions[int(rng.integers(len(concept.captions)))] for concept in picked]
    return np.asarray(np.sum(waves, axis=0), np.float32), " and ".join(texts)


def _evened(wave: Wave) -> Wave:
    return np.asarray(wave / max(float(np.sqrt(np.mean(wave**2))), 1e-4), np.float32)


def _contrast(found: Tensor, texts: Tensor, temperature: float = 0.07) -> Tensor:
    """Symmetric contrast with soft positives, and each sound near its own text."""
    alike = texts @ texts.T / temperature
    scores = found @ texts.T / temperature
    near = torch.softmax(alike, dim=-1)
    across = functional.kl_div(functional.log_softmax(scores, -1), near, reduction="batchmean")
    back = functional.kl_div(functional.log_softmax(scores.T, -1), near, reduction="batchmean")
    return 0.5 * (across + back) + (1 - (found * texts).sum(-1)).mean()
