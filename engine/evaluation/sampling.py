"""Takes made for measuring: of each class from its words, or from conditions of any origin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.sampler import Solver
from engine.evaluation.clip_sets import CLASSES, RATE, SECONDS, Clips, fitted
from engine.models.concepts import Concept, ConceptIndex
from engine.progress import Progress, no_progress


class SamplingModel(Protocol):
    """What is measured: ``engine.diffusion.pipeline.ObjectDiffusion`` or something that acts like it."""

    @property
    def sample_rate(self) -> int:
        """Samples per second of what ``sample`` gives."""

    def encode_text(self, texts: Sequence[str]) -> Tensor:
        """Conditions of words: (B, L), unit length."""

    def sample(
        self,
        conditions: Tensor | Sequence[Tensor],
        seeds: Sequence[int],
        *,
        duration: float,
        steps: int,
        guidance: float,
        solver: Solver,
        negative: str,
        progress: Progress | None,
    ) -> NDArray[np.float32]:
        """One waveform per condition: (B, samples)."""


@dataclass(frozen=True)
class SamplingConfig:
    """How takes are sampled."""

    steps: int = 20
    guidance: float = 2.0
    solver: Solver = "multistep"
    batch: int = 8
    seed: int = 1000


def takes_from_words(
    model: SamplingModel,
    words: Mapping[int, Sequence[str]],
    each: int,
    config: SamplingConfig,
    progress: Progress | None = None,
) -> Clips:
    """``each`` takes of every label, whose texts are used in turn.

    Args:
        words: for each label the texts that mean it.
    """
    texts = [group[n % len(group)] for group in words.values() for n in range(each)]
    labels = np.repeat(np.array(list(words), dtype=np.int64), each)
    return takes_from_conditions(model, model.encode_text(texts), labels, config, progress)


def takes_from_conditions(
    model: SamplingModel,
    conditions: Tensor,
    labels: NDArray[np.int64],
    config: SamplingConfig,
    progress: Progress | None = None,
) -> Clips:
    """One 5 s take for each of the conditions (N, L), from seeds that count up from the setting's."""
    waveforms = sample_all(model, conditions, config, progress)
    return Clips(np.stack([fitted(wave) for wave in waveforms]), labels)


def sample_all(
    model: SamplingModel,
    conditions: Tensor | Sequence[Tensor],
    config: SamplingConfig,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """5 s of sound for each of the conditions, (L,) or (K, L), in batches: float32 (N, samples)."""
    if model.sample_rate != RATE:
        raise ValueError(f"The judges hear {RATE} samples a second; this model makes {model.sample_rate}.")
    progress = progress or no_progress()
    waves = []
    for start in range(0, len(conditions), config.batch):
        progress.report(start / len(conditions), f"take {start + 1} of {len(conditions)}")
        batch = conditions[start : start + config.batch]
        seeds = range(config.seed + start, config.seed + start + len(batch))
        with torch.inference_mode():
            waves.append(
                model.sample(
                    batch,
                    list(seeds),
                    duration=SECONDS,
                    steps=config.steps,
                    guidance=config.guidance,
                    solver=config.solver,
                    negative="",
                    progress=None,
                )
            )
    progress.report(1.0, "sampled")
    return np.concatenate(waves)


def names_of_classes(concepts: Sequence[Concept]) -> dict[int, tuple[str, ...]]:
    """For each judged class the one name of its concept."""
    index = ConceptIndex(concepts)
    return {label: (index[concept].name,) for label, concept in enumerate(CLASSES)}


def captions_of_classes(concepts: Sequence[Concept]) -> dict[int, tuple[str, ...]]:
    """For each judged class all captions of its concept."""
    index = ConceptIndex(concepts)
    return {label: index[concept].captions for label, concept in enumerate(CLASSES)}
