"""Measures how well conditions distinguish two objects in one picture, by which training of the attention is judged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.diffusion.attention import ObjectAttention, mask_to_attention, plain_row
from engine.diffusion.text_tower import TextTower
from engine.models.concepts import Concept
from engine.scene.masks import Mask
from engine.training.click_pack import PackPicture
from engine.training.pictures import Pixels
from engine.training.scenes import ComposedScene, SceneComposer
from engine.vision.patches import Frame, window_round
from engine.vision.towers import FeatureTower

LEAST_SHARE = 0.004
"""Minimum share of the picture that an object of a pair must cover."""
WHOLE_SHARE = 0.35
"""Weight of the whole still's view in the condition; the rest is the crop's."""


@dataclass(frozen=True)
class Pair:
    """Two objects of different concepts in one picture, as inputs of the adapter.

    Attributes:
        concepts: positions in the concept table.
        whole: float16 (P, C), the whole picture.
        crops: float16 (2, P, C), the crop round each object; the whole picture if it is large.
        coverage: (2, 2, P): of each object, in the whole and in its crop.
    """

    concepts: tuple[int, int]
    whole: Tensor
    crops: Tensor
    coverage: Tensor


@torch.inference_mode()
def pair_of(tower: FeatureTower, pixels: Pixels, masks: tuple[Mask, Mask], concepts: tuple[int, int]) -> Pair:
    """Encode a picture with two objects."""
    height, width = pixels.shape[:2]
    frames = [Frame((0, 0, width, height), tower.side), *(Frame(window_round(m), tower.side) for m in masks)]
    squares = torch.from_numpy(np.stack([frame.picture(pixels) for frame in frames])).permute(0, 3, 1, 2)
    raw = tower.raw(squares.to(tower.device).float() / 255)[0].half().cpu().clone()
    side = round(raw.shape[1] ** 0.5)
    shares = [
        [f.shares(mask, (side, side)) for f in (frames[0], frames[n + 1])] for n, mask in enumerate(masks)
    ]
    return Pair(concepts, raw[0], raw[1:], torch.from_numpy(np.array(shares)))


def composed_pairs(tower: FeatureTower, composer: SceneComposer, count: int, seed: int) -> list[Pair]:
    """Return composed scenes of two objects of different concepts."""
    found: list[Pair] = []
    place = 0
    sounding = sorted({int(c) for c in composer.concept_of if c >= 0})
    usable = [
        c for c in sounding if any(composer.members[k] for k in np.flatnonzero(composer.concept_of == c))
    ]
    while len(found) < count:
        rng = np.random.default_rng((seed, place))
        place += 1
        kinds = [int(kind) for kind in rng.choice(usable, 2, replace=False)]
        classes = [_class_of(composer, kind, rng) for kind in kinds]
        scene = composer.draw_of(classes, rng)
        masks = (_mask(scene, 0), _mask(scene, 1))
        if min(mask.mean() for mask in masks) > 0.02:
            found.append(pair_of(tower, scene.pixels, masks, (kinds[0], kinds[1])))
    return found


def _class_of(composer: SceneComposer, concept: int, rng: np.random.Generator) -> int:
    choices = [c for c in np.flatnonzero(composer.concept_of == concept) if composer.members[c]]
    return int(rng.choice(choices))


def _mask(scene: ComposedScene, thing: int) -> Mask:
    grid = round(scene.coverage.shape[1] ** 0.5)
    step = scene.pixels.shape[0] // grid
    cells = scene.coverage[thing].reshape(grid, grid) > 0.5
    return np.asarray(np.kron(cells, np.ones((step, step))) > 0)


def photograph_pairs(
    tower: FeatureTower, pictures: Sequence[PackPicture], concepts: Sequence[Concept], each: int = 4
) -> list[Pair]:
    """Return up to ``each`` pairs of objects of different concepts per photograph."""
    places = {label: n for n, concept in enumerate(concepts) for label in concept.pictures.coco}
    found = []
    for picture in pictures:
        things = [
            (places[label], mask)
            for label, mask in zip(picture.labels, picture.masks, strict=True)
            if label in places and mask.mean() > LEAST_SHARE
        ]
        pairs = [(a, b) for n, a in enumerate(things) for b in things[n + 1 :] if a[0] != b[0]]
        for (one, first), (two, second) in pairs[:each]:
            found.append(pair_of(tower, picture.pixels, (first, second), (one, two)))
    return found


@torch.inference_mode()
def report(
    pairs: Sequence[Pair],
    tower: FeatureTower,
    attention: ObjectAttention,
    centres: Tensor,
    concepts: Sequence[Concept],
    words: TextTower,
) -> dict[str, float]:
    """Return the shares of conditions closer to their own object, of pairs with both, and of correct names.

    For text over the whole picture, the paper's row and the plain row over the whole, the plain row over the
    crop, and whole and crop together.
    """
    ways: dict[str, list[Tensor]] = {}
    for pair in pairs:
        looks = torch.cat([pair.whole[None], pair.crops]).to(tower.device).float()
        tokens = tower.adapted(looks).cpu()
        for thing in range(2):
            for way, condition in _conditions(pair, thing, tokens, attention, concepts, words).items():
                ways.setdefault(way, []).append(condition)
    own = torch.tensor([concept for pair in pairs for concept in pair.concepts])
    other = torch.tensor([concept for pair in pairs for concept in reversed(pair.concepts)])
    out: dict[str, float] = {}
    for way, found in ways.items():
        near = torch.stack(found) @ centres.T
        closer = (near.gather(1, own[:, None]) > near.gather(1, other[:, None]))[:, 0].float()
        out[f"{way} closer"] = float(closer.mean())
        out[f"{way} swapped"] = float(closer.view(-1, 2).prod(1).mean())
        out[f"{way} named"] = float((near.argmax(1) == own).float().mean())
    return out


def _conditions(
    pair: Pair,
    thing: int,
    tokens: Tensor,
    attention: ObjectAttention,
    concepts: Sequence[Concept],
    words: TextTower,
) -> dict[str, Tensor]:
    nothing = words.encode([""])
    text = words.encode([concepts[pair.concepts[thing]].captions[0]])
    whole, crop = tokens[:1], tokens[thing + 1][None]
    in_whole, in_crop = pair.coverage[thing, :1], pair.coverage[thing, 1:]
    paper = mask_to_attention(in_whole, attention.attention_mean, attention.attention_variance)
    found = {
        "text": attention(whole, text)[0],
        "paper row": attention(whole, nothing, paper)[0],
        "whole": attention(whole, nothing, plain_row(in_whole))[0],
        "crop": attention(crop, nothing, plain_row(in_crop))[0],
    }
    both = WHOLE_SHARE * found["whole"] + (1 - WHOLE_SHARE) * found["crop"]
    return found | {"both": torch.nn.functional.normalize(both, dim=-1)}
