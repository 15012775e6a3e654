"""Training of the pocket segmenter: Segment Anything's training, at a size that a CPU core can afford.

As in Kirillov et al. 2023, arXiv 2304.02643, appendix A: focal and dice loss 20:1 on the best of the masks,
squared error of the predicted IoU, and a second round with a correcting click and the first round's mask.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from segment_anything.modeling import Sam
from torch import Tensor
from torch.nn import functional

from engine.training.loop import Schedule, Trainer
from engine.training.segmenter_cutouts import Cutout, Photograph
from engine.training.segmenter_scenes import CutoutScene, compose_scene
from engine.vision.sam_network import SamConfig, build_sam, decode, letterbox


@dataclass(frozen=True)
class SegmenterConfig:
    """Training config. ``prompts`` is the number of clicks per scene."""

    schedule: Schedule
    network: SamConfig = field(default_factory=SamConfig)
    scenes: int = 8
    prompts: int = 6
    box_share: float = 0.15
    second_round: float = 0.3
    bfloat16: bool = True
    seed: int = 0

    @staticmethod
    def toy(steps: int = 60) -> "SegmenterConfig":
        """Return a config for under a minute on one core."""
        network = SamConfig(
            image_size=64, width=32, depth=2, heads=2, global_blocks=(1,), stem=(8, 16), prompt_width=32,
            decoder_mlp=32, decoder_heads=4, mask_channels=8, score_hidden=32,
        )  # fmt: skip
        schedule = Schedule(steps=steps, peak_rate=3e-3, warmup_steps=5)
        return SegmenterConfig(schedule, network, scenes=4, prompts=3, bfloat16=False)

    @staticmethod
    def bootstrap(seconds: float) -> "SegmenterConfig":
        """Return the config for one CPU core; the bundled weights' card says how long theirs took."""
        return SegmenterConfig(
            Schedule(steps=200_000, peak_rate=1.5e-3, seconds=seconds, warmup_steps=60, log_every=20)
        )


@dataclass(frozen=True)
class PromptedBatch:
    """One scene with its clicks: ``points`` (P, 1, 2) network pixels, ``boxes`` (P, 4), ``targets`` (P, s, s)."""

    image: Tensor
    points: Tensor
    boxes: Tensor
    targets: Tensor


def _click_inside(mask: NDArray[np.bool_], rng: np.random.Generator) -> tuple[float, float]:
    rows, columns = np.nonzero(mask)
    chosen = rng.integers(len(rows))
    return float(columns[chosen]), float(rows[chosen])


def _box_round(mask: NDArray[np.bool_], rng: np.random.Generator) -> list[float]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], float)
    slack = 0.06 * np.array([box[2] - box[0], box[3] - box[1]] * 2)
    return list(np.clip(box + rng.normal(0, 1, 4) * slack, 0, None))


def prompt_scene(
    sam: Sam, scene: CutoutScene, count: int, low: int, rng: np.random.Generator
) -> PromptedBatch:
    """Draw random clicks on random masks of a scene, with area-averaged targets at low resolution."""
    size = sam.image_encoder.img_size
    chosen = [scene.masks[i] for i in rng.integers(len(scene.masks), size=count)]
    padded = np.zeros((count, size, size), np.float32)
    for layer, mask in zip(padded, chosen, strict=True):
        layer[: mask.shape[0], : mask.shape[1]] = mask
    points = torch.tensor([[_click_inside(mask, rng)] for mask in chosen])
    boxes = torch.tensor([_box_round(mask, rng) for mask in chosen], dtype=torch.float32)
    targets = functional.interpolate(torch.from_numpy(padded)[:, None], (low, low), mode="area")[:, 0]
    return PromptedBatch(letterbox(sam, scene.pixels), points, boxes, targets)


def batches(
    sam: Sam,
    config: SegmenterConfig,
    cutouts: Sequence[Cutout],
    backgrounds: Sequence[NDArray[np.uint8]],
    rng: np.random.Generator,
    photographs: Sequence[Photograph] = (),
) -> Iterator[list[PromptedBatch]]:
    """Yield batches of prompted scenes, endlessly."""
    low = config.network.low_size
    while True:
        batch: list[PromptedBatch] = []
        while len(batch) < config.scenes:
            scene = compose_scene(cutouts, backgrounds, rng, config.network.image_size, photographs)
            if scene.masks:
                batch.append(prompt_scene(sam, scene, config.prompts, low, rng))
        yield batch


def mask_loss(logits: Tensor, scores: Tensor, targets: Tensor) -> Tensor:
    """Return the loss of the best mask of each prompt, plus that of every mask's predicted IoU.

    Args:
        logits: (P, M, s, s).
        scores: (P, M).
        targets: (P, s, s), 0 to 1.
    """
    wanted = targets[:, None].expand_as(logits)
    chance = logits.sigmoid()
    entropy = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    focal = (entropy * (chance - wanted).abs().square()).mean(dim=(2, 3))
    overlap, total = (chance * wanted).sum(dim=(2, 3)), (chance + wanted).sum(dim=(2, 3))
    dice = 1 - (2 * overlap + 1) / (total + 1)
    each = 20 * focal + dice
    # A small weight on the mean keeps masks that never win learning; the rest is on the best, as in the paper.
    best = 0.9 * each.min(dim=1).values.mean() + 0.1 * each.mean()
    with torch.no_grad():
        found, truth = logits > 0, wanted > 0.5
        iou = (found & truth).sum(dim=(2, 3)) / (found | truth).sum(dim=(2, 3)).clamp_min(1)
    return best + functional.mse_loss(scores, iou)


def _correcting_clicks(
    logits: Tensor, targets: Tensor, scale: float, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Draw a click (P, 1, 2) in the wrong region of each mask, and its label: 1 keep where missed, 0 drop elsewhere."""
    truth = targets > 0.5
    points, labels = [], []
    for wrong, wanted in zip(((logits > 0) ^ truth).numpy(), truth.numpy(), strict=True):
        x, y = _click_inside(wrong if wrong.any() else np.ones_like(wrong), rng)
        points.append([[(x + 0.5) * scale, (y + 0.5) * scale]])
        labels.append([float(wanted[int(y), int(x)])])
    return torch.tensor(points), torch.tensor(labels)


def _batch_loss(
    sam: Sam,
    embeddings: Tensor,
    batch: Sequence[PromptedBatch],
    config: SegmenterConfig,
    rng: np.random.Generator,
) -> Tensor:
    """Return the loss of every prompt of an encoded batch (B, C, g, g): by boxes, or by clicks in one or two rounds."""
    counts = torch.tensor([len(prompted.targets) for prompted in batch])
    each = embeddings.repeat_interleave(counts, dim=0)
    targets = torch.cat([prompted.targets for prompted in batch])
    if rng.random() < config.box_share:
        boxes = torch.cat([prompted.boxes for prompted in batch])
        logits, scores = decode(sam, each, None, boxes, None)
        return mask_loss(logits.float(), scores.float(), targets)
    first = torch.cat([prompted.points for prompted in batch])
    labels = torch.ones(len(first), 1)
    logits, scores = decode(sam, each, (first, labels), None, None)
    loss = mask_loss(logits[:, 1:].float(), scores[:, 1:].float(), targets)
    if rng.random() >= config.second_round:
        return loss
    best = scores[:, 1:].argmax(dim=1)
    previous = logits[torch.arange(len(first)), 1 + best].detach().float()
    scale = config.network.image_size / config.network.low_size
    extra, extra_labels = _correcting_clicks(previous, targets, scale, rng)
    points = torch.cat([first, extra], dim=1), torch.cat([labels, extra_labels], dim=1)
    logits, scores = decode(sam, each, points, None, previous[:, None].clamp(-16, 16))
    return loss + mask_loss(logits.float(), scores.float(), targets)


def train(
    config: SegmenterConfig,
    cutouts: Sequence[Cutout],
    backgrounds: Sequence[NDArray[np.uint8]],
    checkpoint: Path | None = None,
    photographs: Sequence[Photograph] = (),
) -> tuple[Sam, list[float]]:
    """Train a segmenter; return the network with averaged weights, and each step's loss.

    Args:
        config: training config.
        cutouts: cut-outs of objects.
        backgrounds: uint8 (h, w, 3) each.
        checkpoint: a file to resume from and save to.
        photographs: photographs of one object each.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        sam = build_sam(config.network)
    losses = train_on(
        sam, config, lambda rng: batches(sam, config, cutouts, backgrounds, rng, photographs), checkpoint
    )
    return sam, losses


def train_on(
    sam: Sam,
    config: SegmenterConfig,
    batches_of: Callable[[np.random.Generator], Iterator[list[PromptedBatch]]],
    checkpoint: Path | None = None,
) -> list[float]:
    """Train a network on given batches, in place, ending with averaged weights; return each step's loss."""
    trainer = Trainer(sam, config.schedule, checkpoint, decay=0.998, weight_decay=0.02)
    rng = np.random.default_rng([config.seed, trainer.step])

    def loss_of(batch: list[PromptedBatch], _share: float) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16) if config.bfloat16 else nullcontext():
            embeddings = sam.image_encoder(torch.cat([prompted.image for prompted in batch]))
            return _batch_loss(sam, embeddings, batch, config, rng)

    losses = trainer.run(batches_of(rng), loss_of)
    trainer.finish()
    return losses
