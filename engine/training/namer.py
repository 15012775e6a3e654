"""Training of the masked namer: a logistic probe on pooled features, with examples of what has no name.

Objects of Caltech-101 and of COCO's photographs are encoded as in use, whole and as a crop, and pooled under
their masks. Silent objects, and discs of background, are "none".
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from engine.models.concepts import Concept
from engine.progress import Progress
from engine.scene.masks import Mask
from engine.training.click_pack import PackPicture
from engine.training.holdout import held_out
from engine.training.pictures import BACKGROUND, rough_foreground
from engine.vision.masked_namer import CONFIG, WEIGHTS
from engine.vision.patches import PatchEncoder
from engine.vision.picture_limits import MIN_SIDE
from engine.vision.still import Still


@dataclass(frozen=True)
class Thing:
    """Something in a picture: its mask, and its concept's position in the table, or ``len(table)`` for none."""

    still: Still
    mask: Mask
    label: int


@dataclass(frozen=True)
class PooledThings:
    """Inputs of the probe: features (N, 1280) of every view, labels (N,)."""

    features: Tensor
    labels: Tensor


def caltech_things(
    archive: Path, concepts: Sequence[Concept], per_class: int, seed: int, *, kept_apart: bool = False
) -> Iterator[Thing]:
    """Yield objects of Caltech-101 under a rough foreground, and discs of its pictures without objects.

    Args:
        archive: ``caltech101_sounding.zip``.
        concepts: the concept table.
        per_class: pictures of each class; four times as many of those without objects.
        seed: seed of the selection.
        kept_apart: use the held-out pictures instead of the others.
    """
    places = {folder: n for n, concept in enumerate(concepts) for folder in concept.pictures.caltech101}
    background = BACKGROUND.split("/")[1]
    rng = np.random.default_rng(seed)
    with zipfile.ZipFile(archive) as pack:
        names = [n for n in sorted(pack.namelist()) if n.endswith(".webp") and held_out(n) == kept_apart]
        taken: dict[str, int] = {}
        for place in rng.permutation(len(names)):
            folder = names[place].split("/")[0]
            taken[folder] = taken.get(folder, 0) + 1
            if taken[folder] > per_class * (4 if folder == background else 1):
                continue
            pixels = np.asarray(Image.open(io.BytesIO(pack.read(names[place]))).convert("RGB"))
            if min(pixels.shape[:2]) < MIN_SIDE:
                continue
            plain = np.zeros(pixels.shape[:2], bool)
            mask = disc(plain, rng) if folder == background else rough_foreground(pixels) > 127
            if mask is not None and mask.any():
                yield Thing(Still.from_pixels(pixels), mask, places.get(folder, len(concepts)))


def photograph_things(
    pictures: Iterable[PackPicture], concepts: Sequence[Concept], seed: int, discs: int = 3
) -> Iterator[Thing]:
    """Yield the outlined objects of photographs, and discs of what is between them."""
    places = {label: n for n, concept in enumerate(concepts) for label in concept.pictures.coco}
    rng = np.random.default_rng(seed)
    for picture in pictures:
        still = Still.from_pixels(picture.pixels)
        for mask, label in zip(picture.masks, picture.labels, strict=True):
            yield Thing(still, mask, places.get(label, len(concepts)))
        covered = np.any(picture.masks, axis=0)
        for _ in range(discs):
            between = disc(covered, rng)
            if between is not None:
                yield Thing(still, between, len(concepts))


def disc(covered: NDArray[np.bool_], rng: np.random.Generator, tries: int = 30) -> Mask | None:
    """Return a disc with little overlap with ``covered``, minus that; None if there is too little space."""
    height, width = covered.shape
    for _ in range(tries):
        radius = rng.uniform(0.08, 0.3) * min(height, width)
        y, x = rng.uniform(0, height), rng.uniform(0, width)
        canvas = np.zeros((height, width), np.uint8)
        cv2.circle(canvas, (int(x), int(y)), int(radius), 1, cv2.FILLED)
        mask = canvas.astype(bool)
        if mask.sum() > 50 and (mask & covered).sum() < 0.05 * mask.sum():
            return np.asarray(mask & ~covered)
    return None


def pool_things(encoder: PatchEncoder, things: Iterable[Thing], progress: Progress) -> PooledThings:
    """Encode objects as in use; the whole and the crop are one example each."""
    features, labels = [], []
    for thing in things:
        progress.report(0.0, "Looking at pictures")
        views = encoder.encode(thing.still, focus=thing.mask).views
        for view in (views[0], views[-1]):
            assert view.features is not None
            coverage = view.coverage(thing.mask)
            if float(coverage.sum()) > 0:
                features.append(coverage @ view.features / coverage.sum())
                labels.append(thing.label)
    return PooledThings(torch.stack(features), torch.tensor(labels))


def fit_probe(
    things: PooledThings, count: int, strength: float = 0.003, rounds: int = 200
) -> tuple[Tensor, Tensor, Tensor]:
    """Fit a multinomial logistic regression on standardized features.

    Args:
        things: the examples.
        count: number of classes, including "none".
        strength: inverse of the regularization strength, as scikit-learn's C.
        rounds: maximum number of iterations of L-BFGS.

    Returns:
        Weights (count, F) and biases (count,) for features that are not standardized, and which classes had
            examples, bool
        (count,). Classes without examples have a bias of -30.
    """
    mean, deviation = things.features.mean(0), things.features.std(0).clamp(min=1e-4)
    standard = (things.features - mean) / deviation
    taught = torch.bincount(things.labels, minlength=count) > 0
    place = torch.cumsum(taught, 0) - 1
    labels = place[things.labels]
    weight = torch.zeros(int(taught.sum()), standard.shape[1], requires_grad=True)
    bias = torch.zeros(int(taught.sum()), requires_grad=True)
    solver = torch.optim.LBFGS(
        [weight, bias], max_iter=rounds, history_size=20, line_search_fn="strong_wolfe"
    )

    def loss() -> float:
        solver.zero_grad()
        data = functional.cross_entropy(standard @ weight.T + bias, labels, reduction="sum")
        total = strength * data + 0.5 * weight.square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return float(total.detach())

    solver.step(loss)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        full = torch.zeros(count, standard.shape[1])
        offsets = torch.full((count,), -30.0)
        full[taught] = weight / deviation
        offsets[taught] = bias - (weight / deviation) @ mean
    return full, offsets, taught


def save_namer(
    folder: Path,
    concepts: Sequence[Concept],
    probe: tuple[Tensor, Tensor, Tensor],
    groups: Mapping[str, Sequence[int]],
) -> None:
    """Write a namer's folder.

    Args:
        folder: the folder.
        concepts: in the order of the probe's classes.
        probe: output of ``fit_probe``.
        groups: ImageNet classes by concept id; unknown ids are left out.
    """
    from safetensors.torch import save_file

    weight, bias, taught = probe
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {"weight": weight.half().contiguous(), "bias": bias.half().contiguous()}
    save_file(tensors, folder / WEIGHTS)
    config = {
        "_class_name": "MaskedNamer",
        "concepts": [concept.id for concept in concepts],
        "groups": [list(groups.get(concept.id, ())) for concept in concepts],
        "taught": taught.tolist(),
    }
    (folder / CONFIG).write_text(json.dumps(config) + "\n", encoding="utf-8")
