"""Training of the detector head on frozen features."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torchvision.ops import generalized_box_iou_loss

from engine.training.detector_frames import UNKNOWN, Boxed
from engine.training.loop import Schedule, Trainer
from engine.vision.efficientnet import EfficientNetLite
from engine.vision.object_detector import CONFIG, STRIDES, WEIGHTS, Detections, DetectorNetwork, cell_centres

SIZES = ((0.0, 110.0), (75.0, 1e9))
"""Square roots of the areas of boxes, in pixels, that each stride is taught; ranges overlap."""
NEAR = 1.5
"""Cells within this many strides of a box's centre are taught it."""


@dataclass(frozen=True)
class Targets:
    """What the cells of one frame are taught.

    Attributes:
        box: (N, 4) of the cell's thing; zeros where there is none.
        number: (N,) class of the cell's thing; -1 unknown, -2 no thing.
        weight: (N,) of the cell's thing.
        silent: bool (N, K), class logits that are not taught.
    """

    box: Tensor
    number: Tensor
    weight: Tensor
    unsure: Tensor


def targets_of(frame: Boxed, classes: int, side: int) -> Targets:
    """Return what the cells of a square frame are taught; where boxes overlap, the smallest counts."""
    centres = [cell_centres(side // stride, side // stride, stride) for stride in STRIDES]
    stride_of = torch.cat([torch.full((len(c),), float(s)) for c, s in zip(centres, STRIDES, strict=True)])
    low = torch.cat([torch.full((len(c),), r[0]) for c, r in zip(centres, SIZES, strict=True)])
    high = torch.cat([torch.full((len(c),), r[1]) for c, r in zip(centres, SIZES, strict=True)])
    cells = torch.cat(centres)
    boxes, weights = torch.from_numpy(frame.boxes), torch.from_numpy(frame.weights)
    numbers = torch.from_numpy(frame.classes)
    count = len(cells)
    unsure = torch.zeros(count, classes, dtype=torch.bool)
    out = torch.zeros(count, 4), torch.full((count,), -2), torch.zeros(count)
    if not len(boxes):
        return Targets(*out, unsure)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    inside = ((cells[:, None] > boxes[None, :, :2]) & (cells[:, None] < boxes[None, :, 2:])).all(-1)
    for column in torch.nonzero(weights == 0).flatten().tolist():
        rows = inside[:, column]
        if int(numbers[column]) >= 0:
            unsure[rows, int(numbers[column])] = True
    near = ((cells[:, None] - middle[None]).abs() <= NEAR * stride_of[:, None, None]).all(-1)
    fits = (area.sqrt()[None] >= low[:, None]) & (area.sqrt()[None] < high[:, None])
    owned = inside & near & fits & (weights > 0)[None]
    cost = torch.where(owned, area[None].expand_as(owned), torch.tensor(torch.inf))
    least, which = cost.min(1)
    some = torch.isfinite(least)
    return Targets(
        torch.where(some[:, None], boxes[which], out[0]),
        torch.where(some, numbers[which], out[1]),
        torch.where(some, weights[which], out[2]),
        unsure,
    )


def detection_loss(found: Detections, targets: Sequence[Targets]) -> Tensor:
    """Return the loss of a batch: quality focal losses of classes and things, and the boxes' GIoU."""
    box = torch.stack([each.box for each in targets])
    number = torch.stack([each.number for each in targets])
    weight = torch.stack([each.weight for each in targets])
    unsure = torch.stack([each.unsure for each in targets])
    some = number >= UNKNOWN
    quality = torch.zeros_like(weight)
    if bool(some.any()):
        with torch.no_grad():
            quality[some] = _overlap(found.boxes[some], box[some]).clamp(min=0.05)
    total = (quality * weight).sum().clamp(min=1.0)
    known = number >= 0
    wanted = torch.zeros_like(found.classes)
    wanted[known] = (
        functional.one_hot(number[known], wanted.shape[-1]).to(wanted.dtype) * quality[known][:, None]
    )
    taught = torch.where(some, weight, 1.0)[..., None] * (~unsure) * (number != UNKNOWN)[..., None]
    classes = (_focal(found.classes, wanted) * taught).sum() / total
    anything = (
        _focal(found.thing, quality) * torch.where(some, weight, torch.where(unsure.any(-1), 0.0, 1.0))
    ).sum() / total
    if not bool(some.any()):
        return classes + anything
    placed = generalized_box_iou_loss(found.boxes[some], box[some])
    return torch.as_tensor(classes + anything + 2.0 * (placed * quality[some] * weight[some]).sum() / total)


def _overlap(one: Tensor, other: Tensor) -> Tensor:
    low, high = torch.maximum(one[:, :2], other[:, :2]), torch.minimum(one[:, 2:], other[:, 2:])
    shared = (high - low).clamp(min=0).prod(1)
    areas = (one[:, 2:] - one[:, :2]).prod(1) + (other[:, 2:] - other[:, :2]).prod(1)
    return torch.as_tensor(shared / (areas - shared).clamp(min=1e-6))


def _focal(logits: Tensor, wanted: Tensor) -> Tensor:
    distance = (torch.sigmoid(logits) - wanted).detach().square()
    return distance * functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")


@dataclass(frozen=True)
class Example:
    """A frame as the head is taught it: feature maps (C, h, w) in half precision, and targets."""

    maps: tuple[Tensor, ...]
    targets: Targets


def examples(
    source: Callable[[], Boxed], features: EfficientNetLite, classes: int, config: "DetectorConfig"
) -> Iterator[list[Example]]:
    """Yield batches, each of some new frames and of some that were used before: encoding is what takes time."""
    rng = np.random.default_rng(config.seed)
    kept: list[Example] = []
    while True:
        frames = [source() for _ in range(config.fresh)]
        pixels = np.stack([frame.pixels for frame in frames])
        batch = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
        with torch.no_grad():
            maps = features(batch.contiguous(memory_format=torch.channels_last)).maps[-len(STRIDES) :]
        new = [
            Example(tuple(level[place].half() for level in maps), targets_of(frame, classes, config.side))
            for place, frame in enumerate(frames)
        ]
        old = [kept[int(place)] for place in rng.integers(len(kept), size=config.again)] if kept else []
        kept = [*kept, *new][-config.kept :]
        yield [*new, *old]


@dataclass(frozen=True)
class DetectorConfig:
    """How the head is trained.

    Attributes:
        schedule: how long, and the learning rate.
        side: side of the frames, in pixels.
        fresh: new frames a step.
        again: frames a step that were used before.
        kept: frames that are kept for that.
        seed: seed of their choice.
    """

    schedule: Schedule
    side: int = 320
    fresh: int = 4
    again: int = 12
    kept: int = 3_000
    seed: int = 0


def train_detector(
    source: Callable[[], Boxed],
    features: EfficientNetLite,
    classes: Sequence[str],
    config: DetectorConfig,
    folder: Path,
    checkpoint: Path | None = None,
) -> DetectorNetwork:
    """Train a detector and write its folder.

    Args:
        source: makes frames of ``config.side`` pixels.
        features: the frozen features.
        classes: names of the classes: ids of concepts, and "-label" for things that make no sound.
        config: how long, and in which batches.
        folder: where ``config.json`` and ``model.safetensors`` go.
        checkpoint: file to go on from.
    """
    network = DetectorNetwork(len(classes))
    trainer = Trainer(network, config.schedule, checkpoint, decay=0.999, weight_decay=0.05)

    def loss_of(batch: list[Example], _done: float) -> Tensor:
        levels = zip(*(example.maps for example in batch), strict=True)
        maps = tuple(torch.stack(level).float() for level in levels)
        return detection_loss(network(maps), [example.targets for example in batch])

    trainer.run(examples(source, features, len(classes), config), loss_of)
    trainer.finish()
    save_detector(folder, network, classes)
    return network


def save_detector(folder: Path, network: torch.nn.Module, classes: Sequence[str]) -> None:
    """Write a detector's folder, in half precision."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file(
        {name: value.half().contiguous() for name, value in network.state_dict().items()}, folder / WEIGHTS
    )
    config = {"_class_name": "DetectorNetwork", "classes": list(classes)}
    (folder / CONFIG).write_text(json.dumps(config) + "\n", encoding="utf-8")
