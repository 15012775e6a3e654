"""The ranker's training clicks, and its whole training.

Three kinds of pictures: real ones outlined by hand, real ones outlined by GrabCut and approved by a person
(``resources/outlines.json`` has both), and composed scenes. The real ones have more weight.
"""

import logging
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.models.resources import resource
from engine.training.segmenter_cutouts import load_backgrounds, load_photographs
from engine.training.segmenter_halves import half_folder, half_of
from engine.training.segmenter_outlines import Outlined, read_outlined
from engine.training.segmenter_ranker import Judged, RankerConfig, fit, judge
from engine.training.segmenter_scenes import compose_scene
from engine.vision.sam_prompter import SamPrompter
from engine.vision.segmenter_files import RANKER, load_parts, save_ranker

log = logging.getLogger("foleyscape.training")


@dataclass(frozen=True)
class ClickConfig:
    """Clicks per object of each kind of picture, their weights, and the number of composed scenes.

    ``pictures``: maximum number of outlined pictures; ``per_class``: pictures of a class tried for cut-outs.
    """

    by_hand: int = 4
    approved: int = 3
    composed: int = 2
    weights: tuple[float, float, float] = (1.0, 0.4, 0.3)
    scenes: int = 80
    scene_side: int = 384
    pictures: int | None = None
    per_class: int = 120
    ranker: RankerConfig = field(default_factory=RankerConfig)
    seed: int = 7

    @staticmethod
    def toy() -> "ClickConfig":
        """Return a config for seconds on one core."""
        return ClickConfig(
            1, 1, 1, scenes=2, scene_side=96, pictures=1, per_class=2, ranker=RankerConfig(steps=20)
        )


@dataclass(frozen=True)
class Networks:
    """``whole`` is the network in use; each of ``halves`` never saw half of the pictures outlined by hand."""

    whole: SamPrompter | None
    halves: tuple[SamPrompter | None, SamPrompter | None]

    @staticmethod
    def of(folder: Path) -> "Networks":
        """Load the networks in ``folder`` and beside it; if there are no halves, the whole replaces them."""
        whole, _ = load_parts(folder, "cpu")
        places = [half_folder(folder, half) for half in (0, 1)]
        one, two = (load_parts(place, "cpu")[0] if place.is_dir() else whole for place in places)
        return Networks(whole, (one, two))

    def unacquainted(self, picture: Outlined, index: int) -> SamPrompter | None:
        """Return the network to judge an outlined picture with: its masks must not be better than in use."""
        return self.halves[half_of(index)] if picture.is_by_hand else self.whole


def collect(archive: Path, networks: Networks, config: ClickConfig) -> tuple[list[Judged], list[float]]:
    """Return judged clicks of every kind, and their weights."""
    rng = np.random.default_rng(config.seed)
    judged: list[Judged] = []
    weights: list[float] = []

    def add(found: list[Judged], weight: float) -> None:
        judged.extend(found)
        weights.extend([weight] * len(found))

    for index, picture in enumerate(read_outlined(archive, resource("outlines.json"))):
        if index == config.pictures:
            break
        kind = int(not picture.is_by_hand)
        clicks = (config.by_hand, config.approved)[kind]
        prompter = networks.unacquainted(picture, index)
        add(judge(picture.pixels, picture.masks, prompter, rng, clicks), config.weights[kind])
    photographs = load_photographs(archive, config.per_class)
    cutouts = [photograph.cut() for photograph in photographs]
    backgrounds = load_backgrounds(archive)
    for _ in range(config.scenes):
        scene = compose_scene(cutouts, backgrounds, rng, config.scene_side, photographs)
        largest = sorted(scene.masks, key=lambda mask: -int(mask.sum()))[:4]
        add(judge(scene.pixels, largest, networks.whole, rng, config.composed), config.weights[2])
    return judged, weights


def make_ranker(archive: Path, folder: Path, config: ClickConfig) -> None:
    """Fit the ranker to clicks judged with the networks in ``folder`` and beside it, and write it to ``folder``."""
    (folder / RANKER).unlink(missing_ok=True)
    judged, weights = collect(archive, Networks.of(folder), config)
    log.info("%d clicks", len(judged))
    ranker, _ = fit(judged, config.ranker, weights)
    save_ranker(folder / RANKER, ranker)
