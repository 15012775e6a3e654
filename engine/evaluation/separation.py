"""Separation by masks: names of unseen pictures, and conditions of two objects in one scene."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.diffusion.attention import ObjectAttention
from engine.models.concepts import Concept
from engine.scene.masks import Mask
from engine.training.pictures import Pictures
from engine.training.scenes import ComposedScene, SceneComposer
from engine.vision.patches import Frame, window_round
from engine.vision.towers import ClipPatchNetwork, PatchNetwork

Network = PatchNetwork | ClipPatchNetwork


@dataclass(frozen=True)
class SeparationReport:
    """Shares of scenes with objects A and B of two concepts in which a property holds, and mean cosines.

    Attributes:
        nearer: the condition of a mask is closer to its own object's text than to the other's.
        swapped: both masks of a scene are, so that swapping the mask swaps the sound.
        named: the concept closest to the condition is the object's.
        both: the two concepts closest to the whole picture's condition are A and B.
        own: mean cosine of a mask's condition with its own object's text.
        other: mean cosine of a mask's condition with the other object's text.
    """

    nearer: float
    swapped: float
    named: float
    both: float
    own: float
    other: float


@torch.no_grad()
def separation(
    network: Network,
    attention: ObjectAttention,
    composer: SceneComposer,
    centres: Tensor,
    scenes: int,
    seed: int,
) -> SeparationReport:
    """Measure scenes of two objects of different concepts, each seen as in use (``window_round``).

    Args:
        network: the image tower.
        attention: the object attention.
        composer: composes the scenes, larger than the tower's input and with a fine grid; from held-out
            pictures for a meaningful result.
        centres: (concepts, 512) unit vectors of the concepts' texts.
        scenes: number of scenes.
        seed: seed of the scenes.
    """
    drawn = [_pair(composer, np.random.default_rng((seed, place))) for place in range(scenes)]
    pairs = torch.from_numpy(composer.concept_of[np.stack([scene.classes[:2] for scene in drawn])])
    near = torch.stack([_conditions(network, attention, scene) @ centres.T for scene in drawn])
    own = torch.stack([near[:, side].gather(1, pairs[:, side, None])[:, 0] for side in range(2)])
    other = torch.stack([near[:, side].gather(1, pairs[:, 1 - side, None])[:, 0] for side in range(2)])
    best = near[:, :2].argmax(2) == pairs
    both = (near[:, 2].topk(2).indices.sort(1).values == pairs.sort(1).values).all(1)
    return SeparationReport(
        nearer=float((own > other).float().mean()),
        swapped=float((own > other).all(0).float().mean()),
        named=float(best.float().mean()),
        both=float(both.float().mean()),
        own=float(own.mean()),
        other=float(other.mean()),
    )


def _conditions(network: Network, attention: ObjectAttention, scene: ComposedScene) -> Tensor:
    """Return the conditions (3, 512) of a scene's first object, its second, and both together."""
    masks = [_mask(scene, [0]), _mask(scene, [1]), _mask(scene, [0, 1])]
    frames = [Frame(window_round(mask), network.side) for mask in masks]
    squares = np.stack([frame.picture(scene.pixels) for frame in frames])
    tokens = network(torch.from_numpy(squares).permute(0, 3, 1, 2).float() / 255).float()
    side = round(tokens.shape[1] ** 0.5)
    shares = [frame.shares(mask, (side, side)) for frame, mask in zip(frames, masks, strict=True)]
    nothing = torch.zeros(len(tokens), int(attention.config.text_width))
    return torch.as_tensor(attention(tokens, nothing, attention.mask_row(torch.from_numpy(np.stack(shares)))))


def _mask(scene: ComposedScene, things: Sequence[int]) -> Mask:
    """Return a mask of the scene's size: where the objects cover more than half."""
    grid = round(scene.coverage.shape[1] ** 0.5)
    step = scene.pixels.shape[0] // grid
    cells = scene.coverage[list(things)].sum(0).reshape(grid, grid) > 0.5
    return np.asarray(np.kron(cells, np.ones((step, step))) > 0)


def _pair(composer: SceneComposer, rng: np.random.Generator) -> ComposedScene:
    """Draw a scene of two objects of different concepts, each covering at least a fiftieth of the frame."""
    sounding = [int(c) for c in set(composer.concept_of.tolist()) if c >= 0]
    while True:
        concepts = rng.choice(sounding, 2, replace=False)
        classes = [_class_of(composer, int(concept), rng) for concept in concepts]
        scene = composer.draw_of(classes, rng)
        if min(_mask(scene, [thing]).mean() for thing in range(2)) > 0.02:
            return scene


def _class_of(composer: SceneComposer, concept: int, rng: np.random.Generator) -> int:
    choices = [c for c in np.flatnonzero(composer.concept_of == concept) if composer.members[c]]
    return int(rng.choice(choices))


@torch.no_grad()
def named_pictures(
    network: Network,
    pictures: Pictures,
    concepts: Sequence[Concept],
    score: "Scorer",
    *,
    kept_apart: bool = True,
    most: int = 60,
) -> dict[str, float]:
    """Return the accuracy of names per sounding picture class, on full-frame pictures with the foreground as mask.

    Args:
        network: the image tower.
        pictures: the prepared pictures.
        concepts: the concept table.
        score: tokens (B, P, D) and coverage (B, P) to scores (B, concepts).
        kept_apart: use held-out pictures.
        most: maximum number of pictures per class.
    """
    folders = {
        f"{pack}/{folder}": place
        for place, concept in enumerate(concepts)
        for pack in ("caltech101", "cifar10")
        for folder in getattr(concept.pictures, pack)
    }
    found = {}
    for name, members in pictures.members(kept_apart=kept_apart).items():
        if name in folders and members:
            squares, coverage = zip(
                *(_square(pictures.tile(m), network.side) for m in members[:most]), strict=True
            )
            pixels = torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2).float() / 255
            best = score(network(pixels).float(), torch.from_numpy(np.stack(coverage))).argmax(-1)
            found[name] = float((best == folders[name]).float().mean())
    return found


def _square(tile: NDArray[np.uint8], side: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    height, width = tile.shape[:2]
    frame = Frame((0, 0, width, height), side)
    grid = side // 16
    return frame.picture(tile[..., :3]), frame.shares(tile[..., 3] > 127, (grid, grid))


class Scorer:
    """Scores concepts by the tower's own projection, or by the attention's condition.

    Args:
        network: the tower whose projection is used.
        centres: (concepts, 512) unit vectors of the concepts' texts.
        attention: the attention to use instead, or None.
    """

    def __init__(self, network: Network, centres: Tensor, attention: ObjectAttention | None = None) -> None:
        self._network, self._centres, self._attention = network, centres, attention

    def __call__(self, tokens: Tensor, coverage: Tensor) -> Tensor:
        """Return scores (B, concepts)."""
        if self._attention is not None:
            nothing = torch.zeros(len(tokens), self._centres.shape[1])
            row = self._attention.mask_row(coverage)
            return torch.as_tensor(self._attention(tokens, nothing, row) @ self._centres.T)
        pooled = (coverage[:, None] @ tokens)[:, 0] / coverage.sum(-1, keepdim=True).clamp(min=1e-3)
        return functional.linear(self._network.project(pooled), self._centres)
