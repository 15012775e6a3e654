"""Training of the sound tower against the frozen text tower, as in CLAP, with a teacher from effect libraries.

A batch has varied examples of drawn concepts, some of them sums of two ("a dog barking and rain falling"),
each with the embedding of a caption, and a few sounds of nothing. The tower learns to recognize the concepts,
to embed sounds near their captions, and as an auxiliary task to predict the embedding of a network that was
trained on effect libraries.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.diffusion.sound_tower import SoundTower, log_mel
from engine.diffusion.text_tower import TextTower
from engine.models.concepts import Concept
from engine.progress import Progress
from engine.training.loop import Schedule, Trainer
from engine.training.transformer_examples import ClipBank, Groups, Sound, draw_examples
from engine.training.transformer_pool import caption_groups, only_known

log = logging.getLogger("foleyscape.training")

Teacher = Callable[[Tensor], Tensor]
"""Waveforms (B, samples) at 16 kHz to embeddings (B, 512)."""
RATE = 16_000


@dataclass(frozen=True)
class SoundTowerConfig:
    """The tower's size and the training loop.

    Attributes:
        widths: see SoundTower.
        schedule: duration and learning rate.
        batch: sounds per step.
        average: decay of the averaged weights.
        weight_decay: AdamW's weight decay.
        pairs: number of pairs of concepts.
        pair_share: share of sounds that are sums of two.
        nothing: share of sounds of no concept: hum, tones, hiss, silence.
        taught: share of a batch that the teacher processes too; it costs more than the tower.
        settling: batches from which the normalization statistics are measured at the end.
        seconds: durations to which a batch is cropped; few, and with small prime factors, for speed.
        bfloat16: whether the networks compute in bfloat16.
        seed: seed of the weights and of all random draws.
    """

    widths: tuple[int, int, int] = (40, 112, 192)
    schedule: Schedule = field(default_factory=lambda: Schedule(6_000, 2.5e-3, warmup_steps=150))
    batch: int = 192
    average: float = 0.998
    weight_decay: float = 0.03
    pairs: int = 700
    pair_share: float = 0.3
    nothing: float = 0.03
    taught: float = 0.5
    settling: int = 24
    seconds: tuple[float, ...] = (2.56, 3.2, 4.0, 5.12)
    bfloat16: bool = True
    seed: int = 60

    @classmethod
    def release(cls) -> "SoundTowerConfig":
        """Return the config of the bundled weights."""
        return cls()

    @classmethod
    def toy(cls) -> "SoundTowerConfig":
        """Return a config for seconds on a CPU."""
        return cls(
            widths=(8, 16, 16),
            schedule=Schedule(70, 1e-2, warmup_steps=5),
            batch=10,
            average=0.9,
            pairs=6,
            settling=6,
            seconds=(1.28, 1.6),
            bfloat16=False,
        )


class TaughtSoundTower(nn.Module):
    """The tower in training, with a prediction of the teacher's embedding."""

    def __init__(self, tower: SoundTower, taught_width: int = 512) -> None:
        super().__init__()
        self.tower = tower
        self.guess = nn.Linear(tower.head.in_features, taught_width)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """Return unit vectors (B, 512), and predictions of the teacher's standardized embeddings (B, 512)."""
        features = self.tower.features(mel)
        return self.tower.placed(features), self.guess(features).float()


@dataclass(frozen=True)
class HeardBatch:
    """Sounds of a batch.

    Attributes:
        waveform: (B, samples) at 16 kHz.
        concepts: (B, concepts + 1), the share of each concept in the sound; the last is "none".
        captions: (B, 512), the target embeddings.
    """

    waveform: Tensor
    concepts: Tensor
    captions: Tensor


class Lessons:
    """Draws batches.

    Args:
        sounds: training sounds.
        concepts: the concept table; rows of ``sounds`` are positions in it.
        words: the frozen text tower.
        config: shares and durations.
        device: device of the sounds.
    """

    def __init__(
        self,
        sounds: Sequence[Sound],
        concepts: Sequence[Concept],
        words: TextTower,
        config: SoundTowerConfig,
        device: str,
    ) -> None:
        self.config, self.device = config, device
        rng = np.random.default_rng(config.seed)
        every = caption_groups(concepts, words, config.pairs, config.pair_share, rng)
        self._every: Groups = every.to(device)
        self.centres = _centres(concepts, words).to(device)
        self.take(sounds)

    def take(self, sounds: Sequence[Sound]) -> None:
        """Draw from these sounds from now on."""
        self.bank = ClipBank(sounds, len(self.centres) - 1, self.device)
        self.groups = only_known(self._every, self.bank)

    def draw(self) -> HeardBatch:
        """Draw a batch."""
        config, device = self.config, self.device
        samples = int(RATE * config.seconds[int(torch.randint(0, len(config.seconds), ()))])
        waveform, chosen = draw_examples(self.bank, self.groups, config.batch)
        start = int(torch.randint(0, waveform.shape[1] - samples + 1, ()))
        waveform = _with_hiss(waveform[:, start : start + samples])
        captions = self.groups.conditions
        number = torch.randint(0, captions.shape[1], (config.batch,), device=device)
        shares = _shares(self.groups.members[chosen], len(self.centres))
        nothing = torch.rand(config.batch, device=device) < config.nothing
        waveform = torch.where(nothing[:, None], nothings(config.batch, samples, device), waveform)
        none = functional.one_hot(torch.tensor(len(self.centres) - 1, device=device), len(self.centres))
        return HeardBatch(
            waveform,
            torch.where(nothing[:, None], none.float(), shares),
            torch.where(nothing[:, None], self.centres[-1], captions[chosen, number]),
        )


def _centres(concepts: Sequence[Concept], words: TextTower) -> Tensor:
    """Return the embeddings of the concepts' names and, last, of the empty text: (concepts + 1, 512)."""
    return words.encode([*(concept.name for concept in concepts), ""]).float().detach()


def _shares(members: Tensor, width: int) -> Tensor:
    shares: Tensor = functional.one_hot(members, width).float().mean(1)
    return shares


def _with_hiss(waveform: Tensor) -> Tensor:
    """Add noise of a random colour, 8 to 50 dB below the sound, to half of the rows."""
    count, samples = waveform.shape
    level = waveform.square().mean(-1, keepdim=True).sqrt()
    below = 10 ** (-(8 + 42 * torch.rand(count, 1, device=waveform.device)) / 20)
    mixed = waveform + coloured(count, samples, waveform.device) * level * below
    return torch.where(torch.rand(count, 1, device=waveform.device) < 0.5, mixed, waveform)


def coloured(count: int, samples: int, device: torch.device | str) -> Tensor:
    """Return noise of unit RMS, falling by 0 to 8 dB per octave."""
    spectrum = torch.fft.rfft(torch.randn(count, samples, device=device))
    slope = torch.rand(count, 1, device=device) * 1.35
    place = torch.arange(1, spectrum.shape[-1] + 1, device=device).float()
    noise = torch.fft.irfft(spectrum * place ** (-slope), n=samples)
    even: Tensor = noise / noise.square().mean(-1, keepdim=True).sqrt().clamp_min(1e-6)
    return even


def nothings(count: int, samples: int, device: torch.device | str) -> Tensor:
    """Return sounds of nothing: mains hum, steady tones, hiss, and near silence, in equal parts."""
    time = torch.arange(samples, device=device) / RATE
    hertz = 10 ** (2 + 1.7 * torch.rand(count, 1, device=device))
    hum = torch.where(torch.rand(count, 1, device=device) < 0.5, 50.0, 60.0)
    partials = torch.arange(1, 9, device=device)
    weights = torch.rand(count, 8, device=device) ** 3
    steady = torch.einsum(
        "bk,bks->bs", weights, torch.sin(2 * torch.pi * hum[:, :, None] * partials[:, None] * time)
    )
    noise = coloured(count, samples, device)
    kinds = torch.stack([torch.sin(2 * torch.pi * hertz * time), steady, noise, 1e-4 * noise])
    chosen = torch.randint(0, 4, (count,), device=device)
    found = kinds[chosen, torch.arange(count, device=device)] + 1e-3 * noise
    return 0.3 * found / found.abs().amax(-1, keepdim=True).clamp_min(1e-3)


def masked(mel: Tensor) -> Tensor:
    """Degrade log-mels like poor recordings: remove the top, a range of bands and a range of frames."""
    count, frames, bands = mel.shape
    floor, device = mel.amin(), mel.device
    band, frame = torch.arange(bands, device=device), torch.arange(frames, device=device)
    top = torch.where(
        torch.rand(count, 1, device=device) < 0.25, 0.4 + 0.6 * torch.rand(count, 1, device=device), 1.0
    )
    lost = band[None] > top * bands
    begin = torch.rand(count, 2, 1, device=device)
    width = torch.rand(count, 2, 1, device=device) * torch.tensor([[[0.15], [0.2]]], device=device)
    bands_lost = (band >= begin[:, 0] * bands) & (band < (begin[:, 0] + width[:, 0]) * bands)
    frames_lost = (frame >= begin[:, 1] * frames) & (frame < (begin[:, 1] + width[:, 1]) * frames)
    gone = (lost | bands_lost)[:, None, :] | frames_lost[:, :, None]
    return torch.where(gone, floor, mel)


class SoundLoss:
    """The loss of a batch: concepts, target embeddings, and the teacher's embedding.

    Args:
        listener: the tower in training.
        centres: (concepts + 1, 512), embeddings of the concepts and "none".
        teacher: processes the same waveforms, or None.
        config: training config.
    """

    def __init__(
        self, listener: TaughtSoundTower, centres: Tensor, teacher: Teacher | None, config: SoundTowerConfig
    ) -> None:
        self.listener, self.centres, self.teacher, self.config = listener, centres, teacher, config
        self._scale: tuple[Tensor, Tensor] | None = None

    def __call__(self, batch: HeardBatch) -> Tensor:
        """Return the loss of a batch."""
        kind = batch.waveform.device.type
        mel = masked(log_mel(batch.waveform))
        with torch.autocast(kind, torch.bfloat16, enabled=self.config.bfloat16):
            found, guess = self.listener(mel.contiguous())
        logits = self.listener.tower.log_scale.exp() * (found @ self.centres.T)
        smooth = 0.95 * batch.concepts + 0.05 / batch.concepts.shape[1]
        named = functional.cross_entropy(logits, smooth)
        placed = (1 - (found * batch.captions).sum(-1)).mean()
        cost: Tensor = named + placed + self._taught(batch, guess)
        return cost

    def _taught(self, batch: HeardBatch, guess: Tensor) -> Tensor:
        count = int(len(guess) * self.config.taught)
        if self.teacher is None or count < 2:
            return guess.new_zeros(())
        kind = batch.waveform.device.type
        with torch.no_grad(), torch.autocast(kind, torch.bfloat16, enabled=self.config.bfloat16):
            said = self.teacher(batch.waveform[:count]).float()
        if self._scale is None:
            self._scale = (said.mean(0), said.std(0).clamp_min(1e-3))
        wanted = ((said - self._scale[0]) / self._scale[1]).clamp(-4, 4)
        return (
            functional.smooth_l1_loss(guess[:count], wanted)
            + (1 - functional.cosine_similarity(guess[:count], wanted)).mean()
        )


def train_sound_tower(
    sounds: Sequence[Sound],
    concepts: Sequence[Concept],
    words: TextTower,
    config: SoundTowerConfig,
    progress: Progress,
    checkpoint: Path | None = None,
    *,
    teacher: Teacher | None = None,
    device: str = "cpu",
    between: Callable[[int, Lessons], None] | None = None,
) -> tuple[SoundTower, list[float]]:
    """Train the tower toward the frozen text tower.

    Args:
        sounds: training sounds; their concepts are rows of ``concepts``.
        concepts: the concept table.
        words: the text tower, whose space the sounds are mapped into.
        config: size and training loop.
        progress: told of every step.
        checkpoint: file to resume from and save to, or None.
        teacher: network imitated as an auxiliary task, or None.
        device: training device.
        between: called before every batch with the step, to change what is drawn.

    Returns:
        The tower, on the CPU, and the loss of each step.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        listener = TaughtSoundTower(SoundTower(config.widths)).to(device)
        lessons = Lessons(sounds, concepts, words, config, device)
    listener.to(memory_format=torch.channels_last)
    trainer = Trainer(listener, config.schedule, checkpoint, config.average, config.weight_decay)
    loss = SoundLoss(listener, lessons.centres, teacher, config)

    def loss_of(batch: HeardBatch, share: float) -> Tensor:
        progress.report(share, "teaching sounds")
        return loss(batch)

    def batches() -> Iterator[HeardBatch]:
        step = trainer.step
        torch.manual_seed(config.seed + step)
        while True:
            if between is not None:
                between(step, lessons)
            yield lessons.draw()
            step += 1

    losses = trainer.run(batches(), loss_of)
    trainer.finish()
    _settle(listener, lessons, config.settling)
    return listener.tower.cpu().eval(), losses


@torch.no_grad()
def _settle(listener: TaughtSoundTower, lessons: Lessons, batches: int) -> None:
    """Measure the normalization statistics for the averaged weights and unmasked sounds."""
    norms = [module for module in listener.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    listener.train()
    for _ in range(batches):
        listener(log_mel(lessons.draw().waveform))
    listener.eval()
