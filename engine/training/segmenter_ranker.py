"""Training of the ranker, which recognizes the region that was clicked.

Pictures with known masks are clicked at random; every candidate region is described as in use, and a small
perceptron learns which of a click's candidates is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.scene.hints import Click, Hints
from engine.vision.description import FEATURES, NetworkEvidence, PromptMarks, describe
from engine.vision.proposals import Ranker, candidates
from engine.vision.regions import Floats, RegionMap, working_copy
from engine.vision.sam_prompter import SamPrompter

MIN_TRUTH = 100
"""Objects of fewer working pixels are not clicked: a few superpixels cannot outline them."""


@dataclass(frozen=True)
class Judged:
    """The candidates of one click: ``features`` float32 (c, F) and ``truth`` float32 (c,), their IoU."""

    features: NDArray[np.float32]
    truth: NDArray[np.float32]


@dataclass(frozen=True)
class RankerConfig:
    """Training config.

    ``sharpness``: a candidate counts as right in proportion to exp(sharpness * IoU). ``calm``: factor applied
    to the odds in the end, since the ranker is overconfident on unseen pictures. ``members``: number of
    perceptrons fitted and averaged.
    """

    hidden: int = 16
    members: int = 3
    steps: int = 600
    rate: float = 1e-2
    weight_decay: float = 0.05
    clicks: int = 48
    sharpness: float = 16.0
    calm: float = 1.0
    seed: int = 0


def judge(
    pixels: NDArray[np.uint8],
    masks: Sequence[NDArray[np.bool_]],
    prompter: SamPrompter | None,
    rng: np.random.Generator,
    clicks: int = 2,
) -> list[Judged]:
    """Click each mask bool (h, w) of a picture uint8 (h, w, 3), and return how good every candidate is.

    The first click is where the mask is deepest, as people click; the others are drawn from its deeper two
    thirds.
    """
    regions = RegionMap.of(working_copy(pixels))
    leaves = regions.leaves
    height, width = leaves.labels.shape
    scale = pixels.shape[1] / width
    encoded = prompter.encode(pixels) if prompter is not None else None
    judged = []
    for mask in masks:
        soft = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        truth = soft > 0.5
        if truth.sum() < MIN_TRUTH:
            continue
        depth = cv2.distanceTransform(np.pad(truth.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
        rows, columns = np.nonzero(depth >= 0.35 * depth.max())
        deepest = int(depth[rows, columns].argmax())
        for chosen in (deepest, *rng.integers(len(rows), size=clicks - 1)):
            y, x = int(rows[chosen]), int(columns[chosen])
            support = NetworkEvidence.none(leaves.count)
            if prompter is not None and encoded is not None:
                predicted = prompter.predict(
                    encoded, Hints((Click((x + 0.5) * scale, (y + 0.5) * scale),)), None
                )
                place = (leaves.place + 0.5) * scale
                support = NetworkEvidence(
                    predicted.at(place[:, 0], place[:, 1]).astype(float), predicted.scores.astype(float)
                )
            judged.append(_judged(regions, PromptMarks((int(leaves.labels[y, x]),)), support, truth))
    return judged


def _judged(
    regions: RegionMap, marks: PromptMarks, support: NetworkEvidence, truth: NDArray[np.bool_]
) -> Judged:
    leaves = regions.leaves
    members, lasting = candidates(regions, marks, support)
    inside = np.bincount(leaves.labels[truth], minlength=leaves.count).astype(float)
    shared = members @ inside
    iou = shared / (members @ leaves.area + truth.sum() - shared)
    features = describe(leaves, members, lasting, marks, support)
    return Judged(features.astype(np.float32), iou.astype(np.float32))


def fit(
    judged: Sequence[Judged], config: RankerConfig, weights: Sequence[float] | None = None
) -> tuple[Ranker, list[float]]:
    """Fit the ranker by listwise cross-entropy (Cao et al. 2007); also return each step's loss.

    Args:
        judged: the judged clicks.
        config: training config.
        weights: weight of each click; all equal if None.
    """
    most = max(len(one.truth) for one in judged)
    features = torch.zeros(len(judged), most, len(FEATURES))
    truth = torch.full((len(judged), most), -torch.inf)
    for row, one in enumerate(judged):
        features[row, : len(one.truth)] = torch.from_numpy(one.features)
        truth[row, : len(one.truth)] = torch.from_numpy(one.truth) * config.sharpness
    each = torch.ones(len(judged)) if weights is None else torch.tensor(list(weights))
    fitted = [
        _fit_one(features, truth, each, config, config.seed + member) for member in range(config.members)
    ]
    # Averaging the log odds of several perceptrons gives one wider perceptron.
    ranker = Ranker(
        np.concatenate([first for first, _, _, _ in fitted], axis=1),
        np.concatenate([bias for _, bias, _, _ in fitted]),
        np.concatenate([second for _, _, second, _ in fitted]) * config.calm / config.members,
    )
    return ranker, fitted[0][3]


def _fit_one(
    features: Tensor, truth: Tensor, weights: Tensor, config: RankerConfig, seed: int
) -> tuple[Floats, Floats, Floats, list[float]]:
    generator = torch.Generator().manual_seed(seed)
    network = nn.Sequential(
        nn.Linear(len(FEATURES), config.hidden), nn.ReLU(), nn.Linear(config.hidden, 1, bias=False)
    )
    for parameter in network.parameters():
        nn.init.uniform_(parameter, -0.24, 0.24, generator=generator)
    optimiser = torch.optim.AdamW(network.parameters(), config.rate, weight_decay=config.weight_decay)
    absent, wanted = truth.isneginf(), truth.softmax(dim=1)
    losses = []
    for _ in range(config.steps):
        chosen = torch.randint(len(features), (config.clicks,), generator=generator)
        odds = network(features[chosen])[..., 0].masked_fill(absent[chosen], -1e9).log_softmax(dim=1)
        each = -(wanted[chosen] * odds.masked_fill(absent[chosen], 0.0)).sum(dim=1)
        loss = (weights[chosen] * each).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    first, bias, second = (p.detach().numpy().astype(float) for p in network.parameters())
    return first.T, bias, second[0], losses
