"""The object-aware generator: a request in, takes out (*Sounding that Object*, arXiv 2506.04214).

The attention from text to picture, which the model was trained with, is replaced by the mask of each object;
all takes of a request are sampled as one batch, each from noise of its own seed.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput, Failed
from engine.generation.requests import GenerationRequest, SolverName, Target, take_seed
from engine.progress import Progress, no_progress
from engine.scene.masks import Mask, PackedMask, unpack
from engine.scene.takes import Take
from engine.sound.prepare_take import prepare_take
from engine.vision.still import Still

if TYPE_CHECKING:
    from torch import Tensor

BATCH_LIMIT = 32
"""Most takes sampled at once, for the sake of memory; a request of more is sampled in several batches."""


class PatchFeatures(Protocol):
    """What the generator needs of ``engine.vision.patches.Patches``."""

    @property
    def tokens(self) -> "Tensor":
        """(P, D)."""

    def coverage(self, mask: Mask) -> "Tensor | NDArray[np.float32]":
        """(P,), 0 to 1."""


class Encoder(Protocol):
    """What the generator needs of ``engine.vision.patches.PatchEncoder``."""

    def encode(self, still: Still, focus: Mask | None = None) -> PatchFeatures:
        """The patches of the still; of a crop round ``focus`` if that is small."""


class Diffusion(Protocol):
    """What the generator needs of ``engine.diffusion.pipeline.ObjectDiffusion``."""

    @property
    def sample_rate(self) -> int:
        """Samples a second of what ``sample`` gives."""

    def encode_text(self, texts: Sequence[str]) -> "Tensor":
        """(B, L), unit length."""

    def condition(self, tokens: "Tensor", coverage: "Tensor", prompt: str | None = None) -> "Tensor":
        """(L,), unit length."""

    def sample(
        self,
        conditions: "Sequence[Tensor]",
        seeds: Sequence[int],
        *,
        duration: float,
        steps: int,
        guidance: float,
        solver: SolverName,
        negative: str,
        progress: Progress | None,
    ) -> NDArray[np.float32]:
        """(B, samples)."""


class ObjectAwareGenerator:
    """Makes takes of the objects of a still, or of words alone.

    Args:
        model: the fingerprint of the weights behind the other two; requests for other weights are refused.
        diffusion: makes waveforms of conditions.
        encoder: makes patches of stills; None where only words are wanted.
    """

    def __init__(self, model: str, diffusion: Diffusion, encoder: Encoder | None) -> None:
        self.model = model
        self._diffusion = diffusion
        self._encoder = encoder

    def generate(
        self, request: GenerationRequest, still: Still | None = None, progress: Progress | None = None
    ) -> tuple[Take, ...]:
        """The takes of a request, subject by subject, each subject's in the order of their numbers.

        Args:
            request: what to make.
            still: the still the request's masks belong to; None for words alone.

        Raises:
            BadInput: the request is for another model or another still, or a mask is empty.
            Failed: there is not enough memory.
            Cancelled: within one step of being cancelled.
        """
        progress = progress or no_progress()
        self._check(request, still)
        progress.report(0.0, "Looking")
        jobs = [(subject, number) for subject in request.subjects for number in request.takes]
        try:
            conditions = {subject.index: self._condition(subject, still) for subject in request.subjects}
            waves = self._sample(request, jobs, conditions, progress.part(0.05, 0.97))
        except (MemoryError, RuntimeError) as error:
            if _is_lack_of_memory(error):
                words = f"There is not enough memory for {len(jobs)} takes: make fewer or shorter ones."
                raise Failed(words) from error
            raise
        takes = tuple(
            self._take(request, subject, number, wave)
            for (subject, number), wave in zip(jobs, waves, strict=True)
        )
        progress.report(1.0, "Made")
        return takes

    def _check(self, request: GenerationRequest, still: Still | None) -> None:
        if request.model != self.model:
            words = "other weights make other samples; choose that model"
            raise BadInput(
                f"This was made with the model {request.model}, and {self.model} is loaded: {words}."
            )
        if request.still is not None and (still is None or still.digest != request.still):
            raise BadInput("The still is not the one that this was asked for: its pixels differ.")

    def _condition(self, subject: Target, still: Still | None) -> "Tensor":
        """What the subject sounds like, (L,) of unit length; (K, L) where it is K objects together.

        One look at the union of their masks names one of the things; measured, it held both in a tenth of scenes.
        """
        import torch

        if subject.mask is None or still is None:
            words: Tensor = self._diffusion.encode_text([subject.prompt or ""])[0]
            return words.float().cpu()
        if not subject.parts:
            return self._seen(subject.name, subject.mask, subject.prompt, still)
        looks = [self._seen(subject.name, part.mask, part.prompt, still) for part in subject.parts]
        return torch.stack(looks)

    def _seen(self, name: str, packed: PackedMask, prompt: str | None, still: Still) -> "Tensor":
        """What the object under a mask sounds like, (L,), unit length."""
        import torch

        try:
            mask = unpack(packed)
        except ValueError as damage:
            raise BadInput(f"The mask of {name} is damaged: {damage}.") from damage
        if mask.shape != (still.height, still.width):
            raise BadInput(f"The mask of {name} is not of the still's size.")
        if not mask.any():
            raise BadInput(f"The mask of {name} is empty: click it again.")
        # Something small is looked at through a crop round it: in the still it would be a patch or less.
        patches = self._require_encoder().encode(still, focus=mask)
        coverage = torch.as_tensor(patches.coverage(mask), dtype=torch.float32)
        return self._diffusion.condition(patches.tokens, coverage, prompt).float().cpu()

    def _require_encoder(self) -> Encoder:
        if self._encoder is None:
            raise BadInput("This model cannot look at pictures: it can only sound from words. Give a prompt.")
        return self._encoder

    def _sample(
        self,
        request: GenerationRequest,
        jobs: Sequence[tuple[Target, int]],
        conditions: dict[int, "Tensor"],
        progress: Progress,
    ) -> NDArray[np.float32]:
        """One waveform per job, (jobs, samples)."""
        waves = []
        for start in range(0, len(jobs), BATCH_LIMIT):
            batch = jobs[start : start + BATCH_LIMIT]
            part = progress.part(start / len(jobs), (start + len(batch)) / len(jobs))
            waves.append(
                self._diffusion.sample(
                    [conditions[subject.index] for subject, _ in batch],
                    [take_seed(request.seed, subject.index, number) for subject, number in batch],
                    duration=request.duration,
                    steps=request.steps,
                    guidance=request.guidance,
                    solver=request.solver,
                    negative=request.negative,
                    progress=part,
                )
            )
        return np.concatenate(waves)

    def _take(
        self, request: GenerationRequest, subject: Target, number: int, wave: NDArray[np.float32]
    ) -> Take:
        rate = self._diffusion.sample_rate
        if not np.isfinite(wave).all():
            raise Failed(
                f"The model made no usable sound of {subject.name}. Try another seed or less guidance."
            )
        samples = prepare_take(wave[None], rate, subject.level_lufs)
        recipe: dict[str, Any] = request.only(subject, number).to_json()
        return Take(samples, rate, subject.name, subject.index, number, json.dumps(recipe, sort_keys=True))


def _is_lack_of_memory(error: Exception) -> bool:
    """Whether memory ran out; torch says so in different words on different devices."""
    words = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in words or "allocate memory" in words
