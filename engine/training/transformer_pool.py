"""The clips, synthesised sounds and captions that the networks learn from, made ready on the training device."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.autoencoder import MelCodec
from engine.diffusion.mel import LogMel
from engine.models.concepts import Concept
from engine.training.examples import EXAMPLE_SAMPLES
from engine.training.sound_pack import read_sound_pack
from engine.training.transformer_examples import ClipBank, Groups, Sound, draw_examples, measured_curves
from engine.training.transformer_losses import Batch

log = logging.getLogger("foleyscape.training")

LEAST_SYNTHESIS, ENOUGH_RECORDINGS = 0.15, 24.0
CAPTIONS = 16


def recorded_sounds(pack: Path, concepts: Sequence[Concept]) -> list[Sound]:
    """Read the clips of a pack whose concepts are in the table."""
    rows = {concept.id: row for row, concept in enumerate(concepts)}
    return [
        Sound(as_int16(waveform), rows[clip.concept], clip.weight)
        for clip, waveform in read_sound_pack(pack)
        if clip.concept in rows and len(waveform) > 800
    ]


def with_synthesis(recorded: Sequence[Sound], made: Sequence[Sound]) -> list[Sound]:
    """Join both, the synthesised ones drawn the more the fewer recordings their concept has."""
    weight: dict[int, float] = {}
    count: dict[int, int] = {}
    for sound in recorded:
        weight[sound.concept] = weight.get(sound.concept, 0.0) + sound.weight
    for sound in made:
        count[sound.concept] = count.get(sound.concept, 0) + 1
    out = list(recorded)
    for sound in made:
        real = weight.get(sound.concept, 0.0)
        share = max(LEAST_SYNTHESIS, 1.0 - real / ENOUGH_RECORDINGS) if real else 1.0
        total = real * share / max(1e-3, 1.0 - share) if real else 1.0
        out.append(Sound(sound.waveform, sound.concept, total / count[sound.concept]))
    return out


class SynthesisJob:
    """Synthesised sounds of the concepts that can be synthesised, made by other processes meanwhile."""

    def __init__(self, concepts: Sequence[Concept], each: int, seed: int, processes: int) -> None:
        from engine.synthesis import SYNTHESISED

        tasks = [
            (row, concept.id, seed, number)
            for number in range(each)
            for row, concept in enumerate(concepts)
            if concept.id in SYNTHESISED
        ]
        self._pool = ProcessPoolExecutor(processes, mp_context=get_context("fork")) if processes else None
        size = max(1, len(tasks) // (max(1, processes) * 8))
        self._parts = [tasks[at : at + size] for at in range(0, len(tasks), size)]
        self._futures: list[Future[list[Sound]]] = (
            [self._pool.submit(synthesised_part, part) for part in self._parts] if self._pool else []
        )

    @property
    def is_done(self) -> bool:
        """Return whether all sounds are synthesized."""
        return all(future.done() for future in self._futures)

    def sounds(self) -> list[Sound]:
        """Return all of them; waits until they are made."""
        if self._pool is None:
            return [sound for part in self._parts for sound in synthesised_part(part)]
        out = [sound for future in self._futures for sound in future.result()]
        self._pool.shutdown()
        return out


def synthesised_part(tasks: Sequence[tuple[int, str, int, int]]) -> list[Sound]:
    """Synthesise sounds of (row, concept, seed, number); each from its own generator."""
    from engine.synthesis import synthesise

    out = []
    for row, concept, seed, number in tasks:
        rng = np.random.default_rng([seed, row, number])
        wave = synthesise(concept, rng, EXAMPLE_SAMPLES / 16_000)
        out.append(Sound(as_int16(np.asarray(wave, dtype=np.float32)), row, 1.0))
    return out


def as_int16(waveform: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return a waveform at a peak of 0.95 as 16-bit integers."""
    peak = max(float(np.abs(waveform).max()), 1e-4)
    return np.round(waveform * (0.95 / peak) * 32767).astype(np.int16)


@torch.no_grad()
def caption_groups(
    concepts: Sequence[Concept], words: Any, pairs: int, pair_share: float, rng: np.random.Generator
) -> Groups:
    """Return each concept alone and random pairs, with the embeddings of ``CAPTIONS`` of their captions.

    Args:
        concepts: the concept table.
        words: encodes captions: ``encode(texts) -> (B, 512)``.
        pairs: number of pairs.
        pair_share: share of pairs among the drawn rows.
        rng: source of all randomness.
    """
    sayings = [(*c.captions, *c.words[:5], c.name) for c in concepts]
    singles = [(row, row) for row in range(len(concepts))]
    drawn = [tuple(int(x) for x in rng.choice(len(concepts), 2, replace=False)) for _ in range(pairs)]
    texts = []
    for first, second in [*singles, *drawn]:
        for number in range(CAPTIONS if first == second else CAPTIONS // 4):
            said = [sayings[first][number % len(sayings[first])]]
            if first != second:
                said = [str(rng.choice(sayings[first])), str(rng.choice(sayings[second]))]
            texts.append(" and ".join(said))
    encoded = torch.cat([words.encode(texts[at : at + 512]).float() for at in range(0, len(texts), 512)])
    alone = encoded[: len(singles) * CAPTIONS].view(len(singles), CAPTIONS, -1)
    together = encoded[len(singles) * CAPTIONS :].view(len(drawn), CAPTIONS // 4, -1).repeat(1, 4, 1)
    shares = [(1 - pair_share) / len(singles)] * len(singles) + [pair_share / max(1, pairs)] * len(drawn)
    members = torch.tensor([*singles, *drawn], dtype=torch.long)
    return Groups(members, torch.cat([alone, together]), torch.tensor(shares))


def only_known(groups: Groups, bank: ClipBank) -> Groups:
    """Return the same groups, those with a concept that has no clip never drawn."""
    known = torch.zeros(int(groups.members.max()) + 1, dtype=torch.bool)
    known[bank.known] = True
    kept = known[groups.members.cpu()].all(dim=1).to(groups.shares)
    return Groups(groups.members, groups.conditions, groups.shares * kept)


@dataclass
class Pool:
    """Examples encoded and kept, the oldest replaced by new ones while the training goes on.

    Args:
        bank: the clips.
        groups: what a row may hold.
        codec: log-mel to latent, on the training device.
        front_end: waveform to log-mel, there too.
        size: rows kept.
    """

    bank: ClipBank
    groups: Groups
    codec: MelCodec
    front_end: LogMel
    size: int
    bfloat16: bool = False

    def __post_init__(self) -> None:
        device = self.bank.device
        frames = EXAMPLE_SAMPLES // 640
        self.latents = torch.zeros(self.size, 8, frames, 16, dtype=torch.float16, device=device)
        self.curves = torch.zeros(self.size, 2, frames * 4, dtype=torch.float16, device=device)
        self.heard = torch.zeros(self.size, dtype=torch.long, device=device)
        self._at = 0

    @torch.no_grad()
    def refresh(self, count: int) -> None:
        """Replace the ``count`` oldest rows."""
        waveform, chosen = draw_examples(self.bank, self.groups, count)
        kind = "cuda" if waveform.is_cuda else "cpu"
        mel = self.front_end(waveform)
        with torch.autocast(kind, torch.bfloat16, enabled=self.bfloat16):
            raw = self.codec.posterior(mel).mean
        rows = (torch.arange(count, device=waveform.device) + self._at) % self.size
        self.latents[rows] = self.codec.standardise(raw.float()).half()
        self.curves[rows] = measured_curves(waveform).half()
        self.heard[rows] = chosen
        self._at = (self._at + count) % self.size

    def fill(self, step: int = 256) -> None:
        """Generate every row again."""
        for _ in range(0, self.size, step):
            self.refresh(min(step, self.size))

    def batch(self, count: int) -> Batch:
        """Draw rows at random, each with one of its captions."""
        device = self.bank.device
        return self.rows(torch.randint(0, self.size, (count,), device=device))

    def rows(self, rows: Tensor) -> Batch:
        """Return these rows, each with one of its captions."""
        captions = torch.randint(0, self.groups.conditions.shape[1], (len(rows),), device=rows.device)
        conditions = self.groups.conditions[self.heard[rows], captions]
        return Batch(self.latents[rows].float(), self.curves[rows].float(), conditions)

    def batches(self, count: int, fresh: int) -> Iterator[Batch]:
        """Yield endless batches; ``fresh`` rows are generated again before each."""
        while True:
            if fresh:
                self.refresh(fresh)
            yield self.batch(count)
