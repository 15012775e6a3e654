"""The object-aware generator (*Sounding that Object*, arXiv 2506.04214).

The text-image attention that the model was trained with is replaced by the mask of each object. All takes of a
request are sampled as one batch, each from the noise of its own seed. A model without object attention, such as
published AudioLDM, generates objects from their prompts.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import Failed
from engine.generation.conditioner import (
    Conditioner,
    ConditionSpace,
    Encoder,
    PictureConditioner,
    TextConditioner,
)
from engine.generation.curve_values import take_curves
from engine.generation.generator import (
    Capabilities,
    GeneratorInfo,
    Option,
    check_request,
    finished_take,
    sampled_seconds,
)
from engine.generation.listener import Listener
from engine.generation.prompt_check import PromptChecker, unanswered_sentence
from engine.generation.request_limits import SolverName
from engine.generation.requests import DiffusionSettings, GenerationRequest, Target, take_seed
from engine.generation.take_choice import best_candidates, remark
from engine.models.free_words import bundled_free_words
from engine.progress import Progress, no_progress
from engine.scene.recipe_facts import OBJECT_AWARE
from engine.scene.takes import Take
from engine.vision.still import Still

if TYPE_CHECKING:
    from torch import Tensor

    from engine.diffusion.curves import TakeCurves

BATCH_LIMIT = 32
"""Takes sampled at once, to limit memory; larger requests are split into batches."""

SAMPLE_RATE = 16_000
"""Sample rate in Hz of every AudioLDM-form model, as in ``engine.diffusion.mel``, importing which would load torch."""

OPTIONS: frozenset[Option] = frozenset(
    {"objects", "prompt", "negative", "together", "quality", "guidance", "candidates", "loop"}
)
OVER_TIME: frozenset[Option] = frozenset({"curves"})
"""What only models that attend over time can do."""


class Diffusion(ConditionSpace, Protocol):
    """What the generator needs of ``engine.diffusion.pipeline.ObjectDiffusion``."""

    @property
    def sample_rate(self) -> int:
        """Sample rate of what ``sample`` returns, in Hz."""

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
        curves: "Sequence[TakeCurves | None] | None" = None,
        loop: bool = False,
        progress: Progress | None,
    ) -> NDArray[np.float32]:
        """Return one waveform per condition, float32 (B, samples)."""


def object_aware_info(
    model: str,
    licence: str = "unknown",
    *,
    over_time: bool = False,
    sounds: frozenset[str] | None = None,
) -> GeneratorInfo:
    """Describe the generator before its model is loaded.

    Args:
        model: fingerprint of the weights.
        licence: licence of the weights as an SPDX identifier.
        over_time: whether it follows curves of loudness and onsets.
        sounds: ids of the concepts whose sounds it has learnt, or None.
    """
    options = OPTIONS | OVER_TIME if over_time else OPTIONS
    can = Capabilities(
        options=options, most_batch=BATCH_LIMIT, rate=SAMPLE_RATE, licence=licence, sounds=sounds
    )
    return GeneratorInfo(OBJECT_AWARE, "Object-aware", model, can, DiffusionSettings, DiffusionSettings.of)


def conditioner_for(diffusion: Diffusion, encoder: Encoder | None) -> Conditioner:
    """Return a conditioner from pictures if there is an encoder for them, else one from words."""
    return TextConditioner(diffusion) if encoder is None else PictureConditioner(diffusion, encoder)


class ObjectAwareGenerator:
    """Generates takes of the objects of a still, or of words alone.

    Args:
        model: fingerprint of the weights; requests for other weights are refused.
        diffusion: samples waveforms from conditions.
        encoder: encodes stills; None if the model only takes words.
        info: description of the generator; None makes one from ``model``.
        sounds: ids of the concepts whose sounds the model has learnt, to tell the user when a prompt is none of
            them; None if that is not known.
        listener: chooses among candidates and notices takes that came out wrong; None takes what comes.
    """

    def __init__(
        self,
        model: str,
        diffusion: Diffusion,
        encoder: Encoder | None,
        info: GeneratorInfo | None = None,
        sounds: frozenset[str] | None = None,
        listener: Listener | None = None,
    ) -> None:
        self._info = info or object_aware_info(model)
        self._diffusion = diffusion
        self.conditioner = conditioner_for(diffusion, encoder)
        self._listener = listener
        self._checker = None if sounds is None else PromptChecker(diffusion, sounds)

    @property
    def info(self) -> GeneratorInfo:
        """Description of this generator."""
        return self._info

    def generate(
        self, request: GenerationRequest, still: Still | None = None, progress: Progress | None = None
    ) -> tuple[Take, ...]:
        """Generate the takes of a request; see ``engine.generation.generator.Generator``."""
        progress = progress or no_progress()
        check_request(self._info, request, still)
        progress.report(0.0, "Looking")
        self._note_unknown(request, progress)
        jobs = [(target, number) for target in request.targets for number in request.takes]
        try:
            conditions = {target: self._conditions(target, still) for target in request.targets}
            waves = self._waves(request, jobs, conditions, progress.part(0.05, 0.97))
        except (MemoryError, RuntimeError) as error:
            if _is_lack_of_memory(error):
                words = f"There is not enough memory for {len(jobs)} takes: make fewer or shorter ones."
                raise Failed(words) from error
            raise
        rate = self._diffusion.sample_rate
        self._note_wrong(jobs, waves, progress)
        takes = tuple(
            finished_take(request, target, number, wave[None], rate)
            for (target, number), wave in zip(jobs, waves, strict=True)
        )
        progress.report(1.0, "Made")
        return takes

    def _note_unknown(self, request: GenerationRequest, progress: Progress) -> None:
        """Tell the user which prompts the model does not know."""
        if self._checker is not None:
            for prompt in dict.fromkeys(prompt for it in request.targets for prompt in it.unanswered_prompts):
                progress.note(unanswered_sentence(prompt))
            asked = (it.prompt for it in request.targets if it.prompt and not it.unanswered)
            for prompt in dict.fromkeys(asked):
                if sentence := self._checker.check(prompt).sentence:
                    progress.note(sentence)

    def _note_wrong(
        self, jobs: Sequence[tuple[Target, int]], waves: Sequence[NDArray[np.float32]], progress: Progress
    ) -> None:
        """Say which takes are silent or sound like something else."""
        words = bundled_free_words()
        for (target, _), wave in zip(jobs, waves, strict=True):
            asked = [concept.id for concept in words.read(target.prompt or "").concepts]
            if sentence := remark(self._listener, wave, self._diffusion.sample_rate, target.name, asked):
                progress.note(sentence)

    def _waves(
        self,
        request: GenerationRequest,
        jobs: Sequence[tuple[Target, int]],
        conditions: "dict[Target, Tensor]",
        progress: Progress,
    ) -> list[NDArray[np.float32]]:
        """Return one waveform per job; loops, which are longer, are sampled apart."""
        found: dict[tuple[Target, int], NDArray[np.float32]] = {}
        groups = [[job for job in jobs if job[0].controls.loop == loop] for loop in (False, True)]
        groups = [group for group in groups if group]
        for place, group in enumerate(groups):
            part = progress.part(place / len(groups), (place + 1) / len(groups))
            found.update(zip(group, self._best(request, group, conditions, part), strict=True))
        return [found[job] for job in jobs]

    def _best(
        self,
        request: GenerationRequest,
        jobs: Sequence[tuple[Target, int]],
        conditions: "dict[Target, Tensor]",
        progress: Progress,
    ) -> NDArray[np.float32]:
        """Return one waveform per job, the best of its candidates, (jobs, samples)."""
        settings = request.settings
        assert isinstance(settings, DiffusionSettings)  # check_request has seen to it
        each = 1 if self._listener is None else settings.candidates
        waves = self._sample(
            request, [(*job, candidate) for job in jobs for candidate in range(each)], conditions, progress
        )
        wanted = [conditions[target] for target, _ in jobs]
        return best_candidates(self._listener, waves, self._diffusion.sample_rate, wanted, each)

    def _conditions(self, target: Target, still: Still | None) -> "Tensor":
        """Return the condition of a target as the pipeline takes it: (L,), or (K, L) for K objects together."""
        rows = self.conditioner.conditions(target, still)
        return rows if len(rows) > 1 else rows[0]

    def _sample(
        self,
        request: GenerationRequest,
        jobs: Sequence[tuple[Target, int, int]],
        conditions: "dict[Target, Tensor]",
        progress: Progress,
    ) -> NDArray[np.float32]:
        """Return one waveform per candidate (target, take, candidate), all loops or none, (jobs, samples)."""
        settings = request.settings
        assert isinstance(settings, DiffusionSettings)  # check_request has seen to it
        seconds = sampled_seconds(request, jobs[0][0])
        curves = [take_curves(target.controls, request.duration, seconds) for target, _, _ in jobs]
        waves = []
        for start in range(0, len(jobs), BATCH_LIMIT):
            batch = jobs[start : start + BATCH_LIMIT]
            part = progress.part(start / len(jobs), (start + len(batch)) / len(jobs))
            waves.append(
                self._diffusion.sample(
                    [conditions[target] for target, _, _ in batch],
                    [
                        take_seed(request.seed, target.seed_number, number, candidate)
                        for target, number, candidate in batch
                    ],
                    duration=seconds,
                    steps=settings.steps,
                    guidance=settings.guidance,
                    solver=settings.solver,
                    negative=settings.negative,
                    progress=part,
                    **_given(curves[start : start + BATCH_LIMIT]),
                )
            )
        return np.concatenate(waves)


def _given(curves: "Sequence[TakeCurves | None]") -> dict[str, Any]:
    """Return the argument for curves; none without curves, which not every model follows."""
    return {"curves": curves} if any(curves) else {}


def _is_lack_of_memory(error: Exception) -> bool:
    """Return whether memory ran out; the message of torch differs between devices."""
    words = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in words or "allocate memory" in words
