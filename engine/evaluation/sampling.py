"""Sampling of takes to measure: of each class from text, or from given conditions."""

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
    """Protocol of ``engine.diffusion.pipeline.ObjectDiffusion``."""

    @property
    def sample_rate(self) -> int:
        """Samples per second of the output of ``sample``."""

    def encode_text(self, texts: Sequence[str]) -> Tensor:
        """Return the conditions of texts: (B, L), unit length."""

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
        """Return one waveform per condition: (B, samples)."""


@dataclass(frozen=True)
class SamplingConfig:
    """Sampling parameters."""

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
    """Sample ``each`` takes of every label, cycling through its texts.

    Args:
        model: the model to measure.
        words: texts of each label.
        each: number of takes per label.
        config: sampling parameters.
        progress: told of every take.
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
    """Sample one 5 s take for each condition (N, L), with consecutive seeds starting at the config's."""
    waveforms = sample_all(model, conditions, config, progress)
    return Clips(np.stack([fitted(wave) for wave in waveforms]), labels)


def sample_all(
    model: SamplingModel,
    conditions: Tensor | Sequence[Tensor],
    config: SamplingConfig,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Sample 5 s for each condition, (L,) or (K, L), in batches: float32 (N, samples)."""
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
    """Return the name of the concept of each judged class."""
    index = ConceptIndex(concepts)
    return {label: (index[concept].name,) for label, concept in enumerate(CLASSES)}


def captions_of_classes(concepts: Sequence[Concept]) -> dict[int, tuple[str, ...]]:
    """Return all captions of the concept of each judged class."""
    index = ConceptIndex(concepts)
    return {label: index[concept].captions for label, concept in enumerate(CLASSES)}
