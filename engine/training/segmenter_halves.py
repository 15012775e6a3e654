"""The last stage of the network's training: outlined photographs among the scenes, without misleading the ranker.

A network is more accurate on pictures whose outlines it was trained on, and a ranker fitted to such masks
would trust it too much. So this stage is trained twice, each time without half of the photographs; the ranker
judges clicks on each photograph with the network that never saw it; and the mean of the two is used, since
fine-tuned networks of one origin can be averaged (Wortsman et al. 2022, arXiv 2203.05482).
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from segment_anything.modeling import Sam

from engine.models.resources import resource
from engine.training.loop import Schedule
from engine.training.segmenter import PromptedBatch, SegmenterConfig, batches, prompt_scene, train, train_on
from engine.training.segmenter_cutouts import Cutout, Photograph, load_backgrounds, load_photographs
from engine.training.segmenter_outlines import Outlined, read_outlined
from engine.training.segmenter_scenes import MIN_AREA, CutoutScene, finished
from engine.vision.sam_network import build_sam, save_sam

log = logging.getLogger("foleyscape.training")
LONGEST = 384
"""Longest side to which outlined photographs are scaled: scenes are far smaller."""


@dataclass(frozen=True)
class HalvesConfig:
    """Training config of the last stage. ``share``: share of scenes that are crops of outlined photographs."""

    schedule: Schedule = field(default_factory=lambda: Schedule(steps=600, peak_rate=4e-4, warmup_steps=20))
    share: float = 0.3
    seed: int = 11

    @staticmethod
    def toy() -> "HalvesConfig":
        """Return a config for seconds on one core."""
        return HalvesConfig(Schedule(steps=2, peak_rate=4e-4, warmup_steps=1))


@dataclass(frozen=True)
class TrainingData:
    """The pictures from which scenes are composed."""

    cutouts: Sequence[Cutout]
    backgrounds: Sequence[NDArray[np.uint8]]
    photographs: Sequence[Photograph]
    outlined: Sequence[Outlined]


def half_of(index: int) -> int:
    """Return which of the two networks never sees photograph ``index``, in the order of ``read_outlined``."""
    return index % 2


def outlined_scene(picture: Outlined, rng: np.random.Generator, side: int = 128) -> CutoutScene:
    """Return a random crop of an outlined photograph, slightly rotated and maybe mirrored, with its visible masks."""
    height, width = picture.pixels.shape[:2]
    zoom = 1 + 1.6 * rng.beta(1, 2)
    wide, tall = width / zoom, height / zoom
    if rng.random() < 0.5:
        tall = min(tall, wide / rng.uniform(0.9, 1.8))
    scale = side / max(wide, tall)
    size = min(side, max(24, round(wide * scale))), min(side, max(24, round(tall * scale)))
    turn, flip = rng.normal(0, 0.06), rng.choice([-1, 1])
    linear = scale * np.array([[np.cos(turn) * flip, -np.sin(turn)], [np.sin(turn) * flip, np.cos(turn)]])
    centre = rng.uniform(wide / 2, width - wide / 2), rng.uniform(tall / 2, height - tall / 2)
    matrix = np.c_[linear, np.array(size) / 2 - linear @ centre]
    smooth = cv2.GaussianBlur(picture.pixels, (0, 0), max(0.3, 0.3 / scale)) if scale < 1 else picture.pixels
    canvas = cv2.warpAffine(smooth, matrix, size, borderMode=cv2.BORDER_REFLECT).astype(np.float32) / 255.0
    masks = []
    for mask in picture.masks:
        seen = cv2.warpAffine(mask.astype(np.float32), matrix, size)
        # Nobody would click a sliver of an object at the border of the crop.
        if (seen > 0.5).sum() >= MIN_AREA and seen.sum() > 0.25 * mask.sum() * scale * scale:
            masks.append(seen > 0.5)
    return CutoutScene(finished(_relit(canvas, rng), rng), tuple(masks))


def _relit(canvas: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    if rng.random() >= 0.6:
        return canvas
    gain = rng.uniform(0.75, 1.3, 3) if rng.random() < 0.4 else rng.uniform(0.75, 1.25)
    return np.asarray(canvas ** rng.uniform(0.7, 1.4) * gain, np.float32)


def by_hand(archive: Path) -> list[Outlined]:
    """Return the photographs outlined by hand that are available on this machine, scaled down."""
    found = read_outlined(archive, resource("outlines.json"))
    return [_small(picture) for picture in found if picture.is_by_hand]


def _small(picture: Outlined) -> Outlined:
    height, width = picture.pixels.shape[:2]
    scale = LONGEST / max(height, width)
    if scale >= 1:
        return picture
    size = round(width * scale), round(height * scale)
    pixels = np.asarray(cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    masks = [
        cv2.resize(m.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5 for m in picture.masks
    ]
    return replace(picture, pixels=pixels, masks=tuple(masks))


def _mixed(
    sam: Sam,
    config: SegmenterConfig,
    usual: Iterator[list[PromptedBatch]],
    pictures: Sequence[Outlined],
    share: float,
    rng: np.random.Generator,
) -> Iterator[list[PromptedBatch]]:
    """Yield the usual batches with ``share`` of their scenes replaced by crops of outlined photographs."""
    for batch in usual:
        yield [_replaced(sam, config, one, pictures, rng) if rng.random() < share else one for one in batch]


def _replaced(
    sam: Sam,
    config: SegmenterConfig,
    usual: PromptedBatch,
    pictures: Sequence[Outlined],
    rng: np.random.Generator,
) -> PromptedBatch:
    scene = outlined_scene(pictures[int(rng.integers(len(pictures)))], rng, config.network.image_size)
    return prompt_scene(sam, scene, config.prompts, config.network.low_size, rng) if scene.masks else usual


def train_half(
    start: Sam,
    half: int,
    config: SegmenterConfig,
    stretch: HalvesConfig,
    material: TrainingData,
    checkpoint: Path | None = None,
) -> tuple[Sam, list[float]]:
    """Continue from ``start`` without the outlined photographs of ``half``; return the network and each step's loss."""
    seen = [picture for index, picture in enumerate(material.outlined) if half_of(index) != half]
    sam = build_sam(config.network)
    sam.load_state_dict(start.state_dict())
    again = replace(config, schedule=stretch.schedule, seed=stretch.seed + half)

    def mixed(rng: np.random.Generator) -> Iterator[list[PromptedBatch]]:
        usual = batches(sam, again, material.cutouts, material.backgrounds, rng, material.photographs)
        return _mixed(sam, again, usual, seen, stretch.share, rng) if seen else usual

    return sam, train_on(sam, again, mixed, checkpoint)


def mean_of(networks: Sequence[Sam], config: SegmenterConfig) -> Sam:
    """Return the network whose weights are the mean of the given ones."""
    states = [network.state_dict() for network in networks]
    sam = build_sam(config.network)
    sam.load_state_dict({name: torch.stack([s[name] for s in states]).mean(dim=0) for name in states[0]})
    return sam.eval()


def half_folder(folder: Path, half: int) -> Path:
    """Return the folder of the network of one half, beside the mean's ``folder``."""
    return folder.with_name(f"{folder.name}_half{half}")


def save_halves(folder: Path, networks: Sequence[Sam], config: SegmenterConfig) -> None:
    """Write the mean to ``folder`` and each half beside it."""
    save_sam(folder, mean_of(networks, config), config.network)
    for half, network in enumerate(networks):
        save_sam(half_folder(folder, half), network, config.network)


def train_and_save(
    archive: Path,
    folder: Path,
    config: SegmenterConfig,
    stretch: HalvesConfig,
    checkpoint: Path | None = None,
    per_class: int = 120,
) -> None:
    """Run the network's whole training: extract cut-outs from ``archive``, train, continue in halves, and save.

    Args:
        archive: the zip of pictures.
        folder: folder of the mean network.
        config: training config.
        stretch: config of the last stage.
        checkpoint: file to resume from and save to; the halves have theirs beside it.
        per_class: maximum number of pictures of a class to try.
    """
    photographs = load_photographs(archive, per_class)
    log.info("%d pictures of a thing", len(photographs))
    cutouts = [photograph.cut() for photograph in photographs]
    material = TrainingData(cutouts, load_backgrounds(archive), photographs, by_hand(archive))
    log.info("%d photographs outlined by hand", len(material.outlined))
    start, _ = train(config, cutouts, material.backgrounds, checkpoint, photographs)
    networks = []
    for half in (0, 1):
        beside = checkpoint.with_name(f"{checkpoint.stem}_half{half}.pt") if checkpoint else None
        sam, _ = train_half(start, half, config, stretch, material, beside)
        networks.append(sam)
    save_halves(folder, networks, config)
