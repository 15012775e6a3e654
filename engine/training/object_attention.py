"""Training of the object attention: mix-and-separate on composed scenes.

The image tower is frozen, and its tokens of some thousand composed scenes are computed once. A step takes
scenes, a random subset of each scene's objects, and a caption of only those, and trains the attention to give
the condition of only those: for this, the text has to attend where they are. Some captions name what the
scene does not show, with the null condition as target: without them the text could encode its answer in where
it attends, and masks, which replace the attention row in use, would select meaningless values. ``mask_share``
of the rows come from masks already in training (the paper's ablation).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.diffusion.attention import ObjectAttention
from engine.diffusion.text_tower import TextTower
from engine.models.concepts import Concept
from engine.progress import Progress
from engine.training.contrast import contrast
from engine.training.image_tower import stacked
from engine.training.loop import Schedule, Trainer
from engine.training.scenes import SILENT, SceneComposer
from engine.vision.towers import ClipPatchNetwork, PatchNetwork

LEAST_PATCHES = 0.7
"""An object with fewer visible patches than this is not used."""


@dataclass(frozen=True)
class AttentionConfig:
    """The attention's configuration (see ObjectAttention), the scenes and the training loop."""

    width: int = 128
    value_width: int = 256
    hidden: int = 384
    heads: int = 1
    additive: bool = False
    mask_share: float = 0.5
    absent: float = 0.25
    toward_words: float = 0.7
    scenes: int = 6000
    schedule: Schedule = field(default_factory=lambda: Schedule(1500, 1.5e-3, warmup_steps=100))
    batch: int = 128
    average: float = 0.995
    seed: int = 40

    @classmethod
    def release(cls) -> "AttentionConfig":
        """Return the config of the bundled weights: a few minutes of one core."""
        return cls()

    @classmethod
    def toy(cls) -> "AttentionConfig":
        """Return a config for seconds on a CPU."""
        return cls(
            width=16,
            value_width=32,
            hidden=64,
            scenes=96,
            schedule=Schedule(110, 6e-3, warmup_steps=10),
            batch=32,
            average=0.9,
        )


@dataclass(frozen=True)
class CachedScenes:
    """Encoded scenes.

    Attributes:
        tokens: float16 (N, P, D).
        concepts: int64 (N, 4), the concept of each object, -1 for a silent or missing one.
        coverage: float16 (N, 4, P), the share of each patch that each object covers.
    """

    tokens: Tensor
    concepts: Tensor
    coverage: Tensor

    def save(self, path: Path) -> None:
        """Write one safetensors file with the three arrays."""
        from safetensors.torch import save_file

        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(
            {"tokens": self.tokens, "concepts": self.concepts, "coverage": self.coverage},
            path,
            metadata={"format": "pt"},
        )


def load_scenes(path: Path) -> CachedScenes:
    """Load scenes saved by ``CachedScenes.save``."""
    from safetensors.torch import load_file

    return CachedScenes(**load_file(path))


@torch.no_grad()
def encode_scenes(
    network: PatchNetwork | ClipPatchNetwork,
    composer: SceneComposer,
    count: int,
    seed: int,
    progress: Progress,
    *,
    bfloat16: bool = True,
) -> CachedScenes:
    """Compose and encode ``count`` scenes; scene n is the same whatever the count."""
    network.eval()
    found: list[tuple[Tensor, Tensor, Tensor]] = []
    lookup = torch.from_numpy(np.append(composer.concept_of, SILENT))
    for start in range(0, count, 50):
        progress.report(start / count, "encoding scenes")
        ends = range(start, min(start + 50, count))
        scenes = [composer.draw(np.random.default_rng((seed, place))) for place in ends]
        pixels, classes, coverage = stacked(scenes)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            tokens = network(pixels)
        # Class -1, no object, selects the lookup's last entry.
        found.append((tokens.half(), lookup[classes], coverage.half()))
    tokens, concepts, coverage = (torch.cat(parts) for parts in zip(*found, strict=True))
    return CachedScenes(tokens, concepts, coverage)


class SeparationSampler:
    """Draws training questions about cached scenes: tokens, a subset of objects, and its caption.

    Args:
        scenes: the cache; scenes without a visible sounding object are skipped.
        concepts: the concept table.
        words: encodes texts; frozen.
        absent: share of questions about what a scene does not show, whose answer is the null condition.
    """

    def __init__(
        self, scenes: CachedScenes, concepts: Sequence[Concept], words: TextTower, absent: float = 0.0
    ) -> None:
        self.scenes = scenes
        self._absent = absent
        self._null = words.encode([""])[0]
        self._shown = np.unique(scenes.concepts.numpy()[scenes.concepts.numpy() >= 0])
        self._words = words
        self._captions = [(*concept.captions, *concept.words[:4]) for concept in concepts]
        self.centres = concept_centres(concepts, words)
        seen = (scenes.concepts >= 0) & (scenes.coverage.float().sum(-1) > LEAST_PATCHES)
        self._visible: NDArray[np.bool_] = seen.numpy()
        self._usable = np.flatnonzero(self._visible.any(1))

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Draw a batch: tokens (B, P, D), query texts (B, 512), coverage (B, P) of the subset, target (B, 512).

        If nothing in the scene is asked for, the coverage is that of the background.
        """
        picked = rng.choice(self._usable, count)
        questions = [self._question(int(scene), rng) for scene in picked]
        names, coverage, wanted = zip(*questions, strict=True)
        texts = self._words.encode([self._caption(asked, rng) for asked in names])
        tokens = self.scenes.tokens[torch.from_numpy(picked)].float()
        return tokens, texts, torch.stack(coverage).clamp(0, 1), torch.stack(wanted)

    def _question(self, scene: int, rng: np.random.Generator) -> tuple[list[int], Tensor, Tensor]:
        """Return the concepts to ask for, their coverage (P,), and the target condition (512,)."""
        kinds = self.scenes.concepts[scene].numpy()
        coverage = self.scenes.coverage[scene].float()
        empty = 1 - coverage.sum(0)
        if rng.random() < self._absent and float(empty.sum()) > 1:
            missing = np.setdiff1d(self._shown, kinds)
            if len(missing):  # with a small table a scene may show everything
                return [int(rng.choice(missing))], empty, self._null
        slots = self._subset(scene, rng)
        names = [int(kinds[slot]) for slot in slots]
        wanted = functional.normalize(self.centres[names].sum(0), dim=0)
        return names, coverage[slots].sum(0), wanted

    def _subset(self, scene: int, rng: np.random.Generator) -> list[int]:
        """Return some of the visible objects, all of a concept or none: a caption cannot distinguish two dogs."""
        kinds = self.scenes.concepts[scene].numpy()
        slots = np.flatnonzero(self._visible[scene])
        names = np.unique(kinds[slots])
        keep = rng.choice(names, int(rng.integers(1, len(names) + 1)), replace=False)
        return [int(slot) for slot in slots if kinds[slot] in keep]

    def _caption(self, names: Sequence[int], rng: np.random.Generator) -> str:
        distinct = dict.fromkeys(names)
        return " and ".join(
            self._captions[name][int(rng.integers(len(self._captions[name])))] for name in distinct
        )


def concept_centres(concepts: Sequence[Concept], words: TextTower) -> Tensor:
    """Return unit vectors (concepts, 512): the mean of each concept's name and captions."""
    means = [words.encode([concept.name, *concept.captions]).mean(0) for concept in concepts]
    return functional.normalize(torch.stack(means), dim=-1)


def train_object_attention(
    scenes: CachedScenes,
    concepts: Sequence[Concept],
    words: TextTower,
    config: AttentionConfig,
    progress: Progress,
    checkpoint: Path | None = None,
    *,
    device: str = "cpu",
) -> tuple[ObjectAttention, list[float]]:
    """Train the attention on encoded scenes on ``device``, and return it on the CPU.

    Returns:
        The attention and the loss of each step.
    """
    attention = _new(scenes, config).to(device)
    trainer = Trainer(attention, config.schedule, checkpoint, config.average)
    questions = SeparationSampler(scenes, concepts, words, config.absent)

    def loss_of(batch: tuple[Tensor, Tensor, Tensor, Tensor, Tensor], share: float) -> Tensor:
        progress.report(share, "teaching attention")
        tokens, texts, coverage, wanted, by_mask = (part.to(device) for part in batch)
        found = attention(tokens, texts)
        if bool(by_mask.any()):
            row = coverage / coverage.sum(-1, keepdim=True)
            found = torch.where(by_mask[:, None], attention(tokens, texts, row), found)
        return contrast(found, wanted, temperature=0.07, nearness=2.0)

    losses = trainer.run(_batches(questions, config, trainer.step), loss_of)
    trainer.finish()
    return attention.cpu(), losses


def _new(scenes: CachedScenes, config: AttentionConfig) -> ObjectAttention:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        attention: ObjectAttention = ObjectAttention(
            token_width=scenes.tokens.shape[-1],
            width=config.width,
            value_width=config.value_width,
            hidden=config.hidden,
            grid=round(scenes.tokens.shape[1] ** 0.5),
            heads=config.heads,
            additive=config.additive,
            mask_share=config.mask_share,
            toward_words=config.toward_words,
        )
    return attention


def _batches(
    questions: SeparationSampler, config: AttentionConfig, step: int
) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor, Tensor]]:
    while True:  # each batch is seeded by its step, so a resumed run continues with new questions
        rng = np.random.default_rng((config.seed, step))
        by_mask = torch.from_numpy(rng.random(config.batch) < config.mask_share)
        yield (*questions.draw(config.batch, rng), by_mask)
        step += 1
