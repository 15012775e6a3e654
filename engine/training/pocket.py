"""One run of the training chain of a pocket model: its settings, folders, and data."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from engine.models.concepts import Concept, load_concepts
from engine.synthesis import SYNTHESISED
from engine.training.examples import ExampleSource, SynthesisBank, make_bank
from engine.training.recordings import Recording, RecordingClip, list_clips, read_clips, read_pack

TrainingScale = Literal["toy", "bootstrap", "release"]
PARTS = (
    "text_encoder",
    "audio_encoder",
    "image_encoder",
    "object_attention",
    "vae",
    "vocoder",
    "unet",
    "segmenter",
)


@dataclass(frozen=True)
class TimeBudget:
    """Minutes of wall-clock time for the parts whose training is limited by time."""

    image_encoder: float = 35.0
    vae: float = 20.0
    vocoder: float = 25.0
    unet: float = 90.0
    sharpening: float = 18.0
    segmenter: float = 25.0


@dataclass(frozen=True)
class DatasetSizes:
    """Sizes of generated data: synthesized examples per concept, latents of one and of two concepts, scenes."""

    synthesised: int = 64
    single: int = 10_000
    mixed: int = 2_500
    scenes: int = 6_000
    pictures_per_class: int | None = None

    @staticmethod
    def toy() -> "DatasetSizes":
        """Return sizes for tests."""
        return DatasetSizes(synthesised=1, single=12, mixed=4, scenes=48, pictures_per_class=12)


def concept_of(recording: Recording, concepts: tuple[Concept, ...]) -> str | None:
    """Return the concept of a recording, or None if it is not in the table."""
    collection, name = recording.group.split("/", 1)
    for concept in concepts:
        of = concept.recordings
        classes = {"esc10": of.esc10, "packs": of.packs}.get(collection, ())
        if name in classes or (collection == "foley" and of.has_foley(name)):
            return concept.id
    return None


@dataclass(frozen=True)
class PocketRun:
    """One run of the training chain.

    Args:
        shared: the folder whose ``data`` contains recordings and pictures.
        work: folder for packs, banks, checkpoints and finished parts.
        setting: how large the parts are and how long they train.
        device: "cpu" or "cuda", for the parts that can use it.
        only: concepts to learn; None is the whole table.
    """

    shared: Path
    work: Path
    setting: TrainingScale = "bootstrap"
    device: str = "cpu"
    seed: int = 11
    minutes: TimeBudget = TimeBudget()
    sizes: DatasetSizes = DatasetSizes()
    only: tuple[str, ...] | None = None

    @cached_property
    def concepts(self) -> tuple[Concept, ...]:
        """The whole table: score vectors are in table order, whatever is learned."""
        return load_concepts()

    @property
    def learnt(self) -> tuple[str, ...]:
        """Ids of the concepts to learn: the requested ones that have recordings or a synthesizer."""
        there = {*SYNTHESISED, *(clip.concept for clip in self._clips)}
        asked = {c.id for c in self.concepts} if self.only is None else set(self.only)
        return tuple(c.id for c in self.concepts if c.id in there & asked)

    @cached_property
    def _clips(self) -> list[RecordingClip]:
        """The recorded clips to learn from."""
        return [clip for clip in list_clips(self.shared, self.concepts) if not clip.held_out]

    def part(self, name: str) -> Path:
        """Return the folder of a finished part."""
        return self.work / "parts" / name

    def checkpoint(self, name: str) -> Path:
        """Return the checkpoint file of a part's training."""
        return self.work / "checkpoints" / f"{name}.pt"

    @cached_property
    def source(self) -> ExampleSource:
        """Examples by concept: recordings of the training folds, and a bank of synthesized sounds."""
        pack = self.work / "sounds.zip"
        recordings = read_pack(pack) if pack.exists() else read_clips(self._clips)
        known = [(concept_of(r, self.concepts), r) for r in recordings]
        folder = self.work / "bank"
        if not (folder / "concepts.json").exists():
            made = [name for name in self.learnt if name in SYNTHESISED]
            make_bank(folder, made, self.sizes.synthesised, self.seed)
        kept = [(name, r) for name, r in known if name in self.learnt and name is not None]
        return ExampleSource(kept, SynthesisBank.load(folder))

    def rng(self, *key: int) -> np.random.Generator:
        """Return a generator seeded by this run's seed and a key."""
        return np.random.default_rng([self.seed, *key])
