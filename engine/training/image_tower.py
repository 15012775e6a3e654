"""Training of the image tower: patch tokens that describe locally what they cover.

It learns densely on composed scenes: every patch, and every object pooled over its patches, is classified by
picture class and by concept, against background and silent things. Afterwards the linear concept classifier
is rewritten as a projection into the condition space, where a concept is the direction of its text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.models.concepts import Concept
from engine.progress import Progress
from engine.training.loop import Schedule, Trainer
from engine.training.pictures import Pictures
from engine.training.scenes import ComposedScene, SceneComposer, SceneConfig
from engine.vision.towers import PatchNetwork


@dataclass(frozen=True)
class ImageTowerConfig:
    """The network's size, the scenes and the training loop; see PatchNetwork for the first five."""

    side: int = 96
    widths: tuple[int, ...] = (64, 128, 192)
    depths: tuple[int, ...] = (1, 2, 2)
    mixing: int = 1
    heads: int = 6
    scenes: SceneConfig = field(default_factory=SceneConfig)
    schedule: Schedule = field(default_factory=lambda: Schedule(5000, 2e-3))
    average: float = 0.998
    batch: int = 64
    bfloat16: bool = True
    seed: int = 20

    @classmethod
    def release(cls) -> "ImageTowerConfig":
        """Return a config for about 40 minutes of one core with AMX, or 20 of a GPU: see the model card."""
        return cls()

    @classmethod
    def toy(cls) -> "ImageTowerConfig":
        """Return a config for seconds on a CPU; it learns a handful of plain classes."""
        return cls(
            side=32,
            widths=(16, 32, 32),
            depths=(1, 1, 1),
            heads=2,
            scenes=SceneConfig(side=32, grid=2, strength=0.2, silent=0.0),
            schedule=Schedule(60, 3e-3, warmup_steps=5),
            average=0.9,
            batch=16,
            bfloat16=False,
        )


class DenseLearner(nn.Module):
    """The tower with its two classifiers; the last class of each is background."""

    def __init__(self, config: ImageTowerConfig, classes: int, concepts: int) -> None:
        super().__init__()
        self.tower = PatchNetwork(config.side, config.widths, config.depths, config.mixing, config.heads)
        for unused in self.tower.project.parameters():
            unused.requires_grad_(False)
        self.classes = nn.Linear(config.widths[-1], classes + 1)
        self.concepts = nn.Linear(config.widths[-1], concepts + 1)

    def loss(self, pixels: Tensor, classes: Tensor, coverage: Tensor, concept_of: Tensor) -> Tensor:
        """Return the cross-entropy over patches and pooled objects.

        Args:
            pixels: (B, 3, S, S) in 0..1.
            classes: (B, 4) picture classes, -1 for missing objects.
            coverage: (B, 4, P) shares of patches.
            concept_of: (classes,) concept of each class, -1 for none.
        """
        tokens = self.tower(pixels).float()
        concepts = torch.where(classes >= 0, concept_of[classes.clamp(min=0)], -1)
        weight = coverage.sum(-1, keepdim=True)
        pooled = (coverage @ tokens) / weight.clamp(min=1e-3)
        seen = (classes >= 0) & (weight[..., 0] > 0.6)
        total: Tensor = tokens.new_zeros(())
        for head, labels, share in ((self.classes, classes, 1.0), (self.concepts, concepts, 1.0)):
            background = head.out_features - 1
            wanted = torch.where(labels >= 0, labels, background)
            total = total + share * functional.cross_entropy(
                head(pooled[seen]), wanted[seen], label_smoothing=0.05
            )
            total = total + share * patch_loss(head(tokens), wanted, coverage)
        return total


def patch_loss(logits: Tensor, wanted: Tensor, coverage: Tensor) -> Tensor:
    """Return the soft cross-entropy of each patch with what covers it, with a lower weight on empty patches."""
    targets = coverage.new_zeros(logits.shape)
    index = wanted[:, None, :].expand(-1, logits.shape[1], -1)
    targets.scatter_add_(2, index, coverage.transpose(1, 2))
    covered = coverage.sum(1).clamp(max=1)
    targets[..., -1] += 1 - covered
    importance = 0.2 + 0.8 * covered
    losses = -(targets * functional.log_softmax(logits.float(), -1)).sum(-1)
    return torch.as_tensor((losses * importance).sum() / importance.sum())


def stacked(scenes: Sequence[ComposedScene]) -> tuple[Tensor, Tensor, Tensor]:
    """Stack scenes: pixels (B, 3, S, S) in 0..1 channels last, classes (B, 4), coverage (B, 4, P)."""
    pixels = torch.from_numpy(np.stack([scene.pixels for scene in scenes])).permute(0, 3, 1, 2)
    classes = torch.from_numpy(np.stack([scene.classes for scene in scenes]))
    coverage = torch.from_numpy(np.stack([scene.coverage for scene in scenes]))
    return pixels.float() / 255, classes, coverage


def train_image_tower(
    pictures: Pictures,
    concepts: Sequence[Concept],
    config: ImageTowerConfig,
    progress: Progress,
    checkpoint: Path | None = None,
    *,
    device: str = "cpu",
) -> tuple[DenseLearner, list[float]]:
    """Train the tower.

    Returns:
        The learner, whose tower does not project yet (see ``project_to_words``), and the loss of each step.
    """
    composer = SceneComposer(pictures, concepts, config.scenes)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        learner = DenseLearner(config, len(composer.classes), len(concepts))
    learner.to(memory_format=torch.channels_last)
    learner.to(device)
    trainer = Trainer(learner, config.schedule, checkpoint, config.average, weight_decay=0.05)
    concept_of = torch.from_numpy(composer.concept_of).to(device)

    def loss_of(batch: tuple[Tensor, Tensor, Tensor], share: float) -> Tensor:
        progress.report(share, "teaching pictures")
        pixels, classes, coverage = (part.to(device) for part in batch)
        with torch.autocast(device, torch.bfloat16, enabled=config.bfloat16):
            return learner.loss(pixels, classes, coverage, concept_of)

    losses = trainer.run(_batches(composer, config, trainer.step), loss_of)
    trainer.finish()
    return learner.cpu(), losses


def _batches(
    composer: SceneComposer, config: ImageTowerConfig, step: int
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    while True:  # each batch is seeded by its step, so a resumed run continues with new scenes
        rng = np.random.default_rng((config.seed, step))
        yield stacked([composer.draw(rng) for _ in range(config.batch)])
        step += 1


def project_to_words(learner: DenseLearner, words: Tensor, scale: float = 10.0) -> PatchNetwork:
    """Rewrite the concept classifier as the tower's projection into the condition space.

    Afterwards ``project(token) @ words[c] * logit_scale`` is the classifier's logit of concept c.

    Args:
        learner: a trained learner.
        words: (concepts, 512) unit directions of the concepts' texts.
        scale: the tower's ``logit_scale``.
    """
    tower: PatchNetwork = learner.tower
    weight, bias = learner.concepts.weight.detach()[:-1], learner.concepts.bias.detach()[:-1]
    background = learner.concepts.weight.detach()[-1], learner.concepts.bias.detach()[-1]
    # Subtracting the background's logit from all leaves the softmax unchanged and sets the background to zero.
    back = torch.linalg.pinv(words.double())
    with torch.no_grad():
        tower.project.weight.copy_((back @ (weight - background[0]).double() / scale).float())
        tower.project.bias.copy_((back @ (bias - background[1]).double() / scale).float())
        tower.logit_scale.fill_(scale)
        tower.background_logit.zero_()
    return tower
