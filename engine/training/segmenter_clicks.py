"""The clicks that the ranker learns from, and the whole of its recipe.

Three kinds of pictures: real ones whose things were outlined by hand, real ones whose outlines GrabCut drew and a
person approved (``resources/outlines.json`` has both), and composed scenes. The real ones count more.
"""

import importlib.util
import io
import json
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.models.resources import resource
from engine.training.segmenter_cutouts import load_backgrounds, load_photographs
from engine.training.segmenter_ranker import Judged, RankerRecipe, fit, judge
from engine.training.segmenter_scenes import compose_scene
from engine.vision.sam_prompter import SamPrompter
from engine.vision.segmenter_files import RANKER, load_parts, save_ranker

log = logging.getLogger("foleyscape.training")
SAMPLES = {"skimage": "data", "sklearn": "datasets/images", "matplotlib": "mpl-data/sample_data"}
"""Packages that ship sample pictures, and where in them these are."""
ARCHIVE = "caltech101"


@dataclass(frozen=True)
class Outlined:
    """A picture uint8 (h, w, 3), the masks bool (h, w) of its things, and where it comes from."""

    source: str
    pixels: NDArray[np.uint8]
    masks: tuple[NDArray[np.bool_], ...]


@dataclass(frozen=True)
class ClickRecipe:
    """How many clicks of each kind on every thing, what each counts, and how many scenes are composed.

    ``pictures``: at most so many outlined pictures; ``per_class``: pictures of a class tried for cut-outs.
    """

    by_hand: int = 4
    approved: int = 3
    composed: int = 2
    weights: tuple[float, float, float] = (1.0, 0.4, 0.3)
    scenes: int = 80
    scene_side: int = 384
    pictures: int | None = None
    per_class: int = 120
    ranker: RankerRecipe = field(default_factory=RankerRecipe)
    seed: int = 7

    @staticmethod
    def toy() -> "ClickRecipe":
        """Seconds on one core."""
        return ClickRecipe(
            1, 1, 1, scenes=2, scene_side=96, pictures=1, per_class=2, ranker=RankerRecipe(steps=20)
        )


def mask_of(entry: dict[str, Any], height: int, width: int) -> NDArray[np.bool_]:
    """The mask bool (height, width) of one outlined thing: its polygons less its holes."""
    canvas = np.zeros((height, width), np.uint8)
    for key, value in (("polygons", 1), ("holes", 0), ("minus", 0)):
        for polygon in entry[key]:
            cv2.fillPoly(canvas, [np.round(np.array(polygon)).astype(np.int32)], value)
    return canvas.astype(bool)


def read_outlined(archive: Path, file: Path) -> Iterator[Outlined]:
    """The outlined pictures, by hand first. Pictures of packages that are not installed, or not in ``archive``,
    are left out.
    """
    entries: dict[str, list[dict[str, Any]]] = json.loads(file.read_text())["objects"]
    with zipfile.ZipFile(archive) as pack:
        present = set(pack.namelist())
        for name in sorted(entries, key=lambda name: name.startswith(ARCHIVE)):
            source, inner = name.split("/", 1)
            opened = _opened(source, inner, pack if inner in present else None)
            if opened is None:
                log.info("%s is not here; it is left out", name)
                continue
            pixels = np.asarray(Image.open(opened).convert("RGB"))
            yield Outlined(source, pixels, tuple(mask_of(e, *pixels.shape[:2]) for e in entries[name]))


def _opened(source: str, inner: str, pack: zipfile.ZipFile | None) -> io.BytesIO | Path | None:
    if source == ARCHIVE:
        return io.BytesIO(pack.read(inner)) if pack is not None else None
    package = importlib.util.find_spec(source)
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / SAMPLES[source] / inner
    return path if path.is_file() else None


def collect(
    archive: Path, prompter: SamPrompter | None, recipe: ClickRecipe
) -> tuple[list[Judged], list[float]]:
    """Judged clicks of every kind, and how much each counts."""
    rng = np.random.default_rng(recipe.seed)
    judged: list[Judged] = []
    weights: list[float] = []

    def add(
        pixels: NDArray[np.uint8], masks: tuple[NDArray[np.bool_], ...], clicks: int, weight: float
    ) -> None:
        found = judge(pixels, masks, prompter, rng, clicks)
        judged.extend(found)
        weights.extend([weight] * len(found))

    for index, picture in enumerate(read_outlined(archive, resource("outlines.json"))):
        if index == recipe.pictures:
            break
        kind = int(picture.source == ARCHIVE)
        add(picture.pixels, picture.masks, (recipe.by_hand, recipe.approved)[kind], recipe.weights[kind])
    photographs = load_photographs(archive, recipe.per_class)
    cutouts = [photograph.cut() for photograph in photographs]
    backgrounds = load_backgrounds(archive)
    for _ in range(recipe.scenes):
        scene = compose_scene(cutouts, backgrounds, rng, recipe.scene_side, photographs)
        largest = sorted(scene.masks, key=lambda mask: -int(mask.sum()))[:4]
        add(scene.pixels, tuple(largest), recipe.composed, recipe.weights[2])
    return judged, weights


def make_ranker(archive: Path, folder: Path, recipe: ClickRecipe) -> None:
    """Fit the ranker to clicks judged with the network in ``folder``, and write it there."""
    (folder / RANKER).unlink(missing_ok=True)
    prompter, _ = load_parts(folder, "cpu")
    judged, weights = collect(archive, prompter, recipe)
    log.info("%d clicks", len(judged))
    ranker, _ = fit(judged, recipe.ranker, weights)
    save_ranker(folder / RANKER, ranker)
