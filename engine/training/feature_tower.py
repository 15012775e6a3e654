"""Training of the feature tower: frozen EfficientNet-Lite0 maps adapted to tokens that describe what they cover.

Features of composed scenes and of outlined photographs are computed once. The adapter learns densely on them:
every patch, and every object pooled over its patches, is classified by concept, against background. Then it
is frozen too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from engine.models.concepts import Concept
from engine.progress import Progress
from engine.scene.masks import Mask
from engine.training.click_pack import PackPicture
from engine.training.image_tower import patch_loss, stacked
from engine.training.loop import Schedule, Trainer
from engine.training.object_attention import CachedScenes
from engine.training.scenes import MOST_OBJECTS, SILENT, ComposedScene, SceneComposer
from engine.vision.patches import Frame, window_round
from engine.vision.towers import FeatureTower

LEAST_COVERED = 0.6
"""Number of patches that an object must cover to be classified as a whole."""


@dataclass(frozen=True)
class FeatureTowerConfig:
    """The tower's width and the training loop.

    Attributes:
        token_width: width of a token.
        dropout: dropout of input channels.
        schedule: duration and learning rate.
        batch: scenes per step.
        average: decay of the averaged weights.
        seed: seed of everything.
    """

    token_width: int = 192
    dropout: float = 0.3
    schedule: Schedule = field(default_factory=lambda: Schedule(700, 1.5e-3, warmup_steps=50))
    batch: int = 64
    average: float = 0.99
    seed: int = 21

    @classmethod
    def release(cls) -> "FeatureTowerConfig":
        """Return the config of the bundled weights: a few minutes of one core."""
        return cls()

    @classmethod
    def toy(cls) -> "FeatureTowerConfig":
        """Return a config for seconds on a CPU."""
        return cls(token_width=16, schedule=Schedule(40, 5e-3, warmup_steps=5), batch=8, average=0.8)


@dataclass(frozen=True)
class RawScenes:
    """Scenes as inputs of the adapter.

    Attributes:
        raw: float16 (N, P, C), output of ``FeatureTower.raw``.
        concepts: int64 (N, 4), the concept of each object, -1 for a silent or missing one.
        coverage: float16 (N, 4, P), the share of each patch that each object covers.
    """

    raw: Tensor
    concepts: Tensor
    coverage: Tensor

    def adapted(self, tower: FeatureTower) -> CachedScenes:
        """Return the scenes as tokens, for training the object attention."""
        with torch.inference_mode():
            tokens = [
                tower.adapted(part.to(tower.device).float()).half().cpu()
                for part in torch.split(self.raw, 256)
            ]
        return CachedScenes(torch.cat(tokens).clone(), self.concepts, self.coverage)

    @staticmethod
    def joined(parts: "Sequence[RawScenes]") -> "RawScenes":
        """Concatenate several sets of scenes."""
        return RawScenes(
            torch.cat([part.raw for part in parts]),
            torch.cat([part.concepts for part in parts]),
            torch.cat([part.coverage for part in parts]),
        )


class _Drawn(Dataset[ComposedScene]):
    """Composed scenes by number."""

    def __init__(self, composer: SceneComposer, count: int, seed: int) -> None:
        self._composer, self._count, self._seed = composer, count, seed

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> ComposedScene:
        return self._composer.draw(np.random.default_rng((self._seed, place)))


@torch.inference_mode()
def encode_composed(
    tower: FeatureTower, composer: SceneComposer, count: int, seed: int, progress: Progress, workers: int = 0
) -> RawScenes:
    """Compose and encode ``count`` scenes; scene n is the same whatever the count.

    Args:
        tower: the tower whose features are computed; on its device.
        composer: composes scenes of the tower's side.
        count: number of scenes.
        seed: seed of the scenes.
        progress: told of every batch.
        workers: processes that compose; 0 composes in this one.
    """
    lookup = torch.from_numpy(np.append(composer.concept_of, SILENT))
    raw, concepts, coverage = [], [], []
    drawn = DataLoader(_Drawn(composer, count, seed), 16, num_workers=workers, collate_fn=stacked)
    for number, (pixels, classes, covered) in enumerate(drawn):
        progress.report(min(1.0, 16 * number / count), "Encoding scenes")
        raw.append(tower.raw(pixels.to(tower.device))[0].half().cpu())
        concepts.append(lookup[classes])
        coverage.append(covered.half())
    return RawScenes(torch.cat(raw).clone(), torch.cat(concepts), torch.cat(coverage).clone())


@torch.inference_mode()
def encode_photographs(
    tower: FeatureTower, pictures: Sequence[PackPicture], concepts: Sequence[Concept], progress: Progress
) -> RawScenes:
    """Encode outlined photographs as scenes: each whole, with up to four objects, and a crop round each object."""
    places = {label: n for n, concept in enumerate(concepts) for label in concept.pictures.coco}
    found: list[RawScenes] = []
    for number, picture in enumerate(pictures):
        progress.report(number / len(pictures), "Encoding photographs")
        height, width = picture.pixels.shape[:2]
        kinds = [places.get(label, SILENT) for label in picture.labels]
        largest = sorted(range(len(kinds)), key=lambda n: (kinds[n] < 0, -int(picture.masks[n].sum())))
        chosen = largest[:MOST_OBJECTS]
        looks = [((0, 0, width, height), chosen)]
        looks += [(window_round(picture.masks[n]), [n]) for n in chosen]
        for window, things in dict.fromkeys((w, tuple(t)) for w, t in looks):
            masks = [picture.masks[n] for n in things]
            found.append(_photograph(tower, picture, window, masks, [kinds[n] for n in things]))
    return RawScenes.joined(found)


def _photograph(
    tower: FeatureTower,
    picture: PackPicture,
    window: tuple[int, int, int, int],
    masks: Sequence[Mask],
    kinds: Sequence[int],
) -> RawScenes:
    frame = Frame(window, tower.side)
    square = torch.from_numpy(frame.picture(picture.pixels)).permute(2, 0, 1)[None].float() / 255
    raw = tower.raw(square.to(tower.device))[0].half().cpu().clone()
    side = round(raw.shape[1] ** 0.5)
    coverage = torch.zeros(1, MOST_OBJECTS, side * side, dtype=torch.float16)
    labels = torch.full((1, MOST_OBJECTS), SILENT)
    for place, (mask, kind) in enumerate(zip(masks, kinds, strict=True)):
        coverage[0, place] = torch.from_numpy(frame.shares(mask, (side, side))).half()
        labels[0, place] = kind
    return RawScenes(raw, labels, coverage)


class _DenseAdapter(nn.Module):
    """The tower with its classifier, whose last class is background."""

    def __init__(self, tower: FeatureTower, concepts: int, dropout: float) -> None:
        super().__init__()
        self.tower = tower
        self.dropout = nn.Dropout(dropout)
        self.classes = nn.Linear(tower.width, concepts + 1)

    def loss(self, raw: Tensor, concepts: Tensor, coverage: Tensor) -> Tensor:
        """Return the cross-entropy over patches and pooled objects."""
        standard = self.dropout((raw - self.tower.mean) / self.tower.deviation)
        tokens = self.tower.norm(self.tower.adapter(standard))
        weight = coverage.sum(-1, keepdim=True)
        pooled = (coverage @ tokens) / weight.clamp(min=1e-3)
        seen = weight[..., 0] > LEAST_COVERED
        background = self.classes.out_features - 1
        wanted = torch.where(concepts >= 0, concepts, background)
        of_objects = functional.cross_entropy(self.classes(pooled[seen]), wanted[seen], label_smoothing=0.05)
        return torch.as_tensor(of_objects + patch_loss(self.classes(tokens), wanted, coverage))


def train_feature_tower(
    scenes: RawScenes,
    groups: Sequence[Sequence[int]],
    concepts: int,
    config: FeatureTowerConfig,
    progress: Progress,
    *,
    checkpoint: Path | None = None,
    side: int = 320,
    device: str = "cpu",
) -> tuple[FeatureTower, list[float]]:
    """Train the adapter on encoded scenes.

    Args:
        scenes: training scenes.
        groups: see ``FeatureTower``.
        concepts: number of concepts in the table.
        config: training config.
        progress: told of every step.
        checkpoint: file to resume from, or None.
        side: side of the tower's input.
        device: training device.

    Returns:
        The tower, on that device, and the loss of each step.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        tower: FeatureTower = FeatureTower(side, config.token_width, groups)
        learner = _DenseAdapter(tower, concepts, config.dropout)
    sample = scenes.raw[:: max(1, len(scenes.raw) // 400)].float().flatten(0, 1)
    tower.mean.copy_(sample.mean(0))
    tower.deviation.copy_(sample.std(0).clamp(min=1e-3))
    learner.to(device)
    trainer = Trainer(learner, config.schedule, checkpoint, config.average, weight_decay=0.05)

    def loss_of(rows: Tensor, share: float) -> Tensor:
        progress.report(share, "Teaching tokens")
        raw, concepts, coverage = scenes.raw[rows], scenes.concepts[rows], scenes.coverage[rows]
        return learner.loss(raw.to(device).float(), concepts.to(device), coverage.to(device).float())

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        losses = trainer.run(_rows(len(scenes.raw), config, trainer.step), loss_of)
    trainer.finish()
    return tower.eval(), losses


def _rows(count: int, config: FeatureTowerConfig, step: int) -> Iterator[Tensor]:
    while True:
        rng = np.random.default_rng((config.seed, step))
        yield torch.from_numpy(rng.integers(count, size=config.batch))
        step += 1
