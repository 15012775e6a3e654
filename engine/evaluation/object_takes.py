"""Measures whether the mask decides what sounds: takes of each of two objects in composed scenes.

Scenes are composed from held-out pictures of objects of different concepts. Each gives three takes from the
same noise: for mask A, for mask B and for both together. A take is "closer to A" if a judge, or the
contrastive sound tower, scores A higher than B.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.evaluation.clicks import ConditionSource, ToWords, condition_of
from engine.evaluation.sampling import SamplingConfig, SamplingModel, sample_all
from engine.models.concepts import Concept
from engine.progress import Progress
from engine.scene.masks import Mask
from engine.training.pictures import Pictures
from engine.training.scenes import SceneComposer, SceneConfig
from engine.vision.patches import PatchEncoder
from engine.vision.still import Still

SIDE = 192
"""Side of a composed scene, and of its masks, in pixels."""

LEAST_SHARE = 0.03
"""Minimum share of the picture that each object must show, since a hidden object cannot be recognized."""

Floats = NDArray[np.float64]
Hear = Callable[[NDArray[np.float32]], Floats]
"""Maps waveforms (N, samples) to a score of each concept: (N, concepts), higher is more likely.

An unknown concept is NaN.
"""


@dataclass(frozen=True)
class PairScene:
    """A scene of two objects: their masks, and their positions in the concept table."""

    still: Still
    masks: tuple[Mask, Mask]
    concepts: tuple[int, int]


@dataclass(frozen=True, eq=False)
class ObjectTakes:
    """Takes of N scenes: of object A, of object B, and of both; float32 (N, samples) each, concepts (N, 2)."""

    first: NDArray[np.float32]
    second: NDArray[np.float32]
    whole: NDArray[np.float32]
    concepts: NDArray[np.int64]


@dataclass(frozen=True)
class ObjectReport:
    """Shares of scenes, according to one listener.

    Attributes:
        scenes: number of scenes whose two concepts the listener knows.
        closer: share of takes of one object that are closer to it than to the other (two takes per scene).
        swapped: share of scenes in which both takes are, so that swapping the mask swaps the sound.
        first_rank: share of takes of one object in which no concept scores higher.
        whole: share of whole-picture takes with both objects among the ``top`` scores.
        top: number of top scores.
    """

    scenes: int
    closer: float
    swapped: float
    first_rank: float
    whole: float
    top: int


class WaveformEncoder(Protocol):
    """Protocol of ``engine.diffusion.sound_tower.SoundTower``."""

    def encode(self, waveforms: Tensor) -> Tensor:
        """Return unit vectors (B, L) of waveforms (B, samples)."""


def compose_pairs(
    pictures: Pictures, concepts: Sequence[Concept], wanted: Sequence[str] | None, count: int, seed: int
) -> list[PairScene]:
    """Compose scenes of two objects of different concepts from held-out pictures.

    Args:
        pictures: prepared pictures.
        concepts: the concept table.
        wanted: concept ids that may appear; None allows all that have pictures.
        count: number of scenes; pairs of concepts take turns, in an order drawn from ``seed``.
        seed: seed of the scenes.

    Raises:
        ValueError: fewer than two of the concepts have held-out pictures.
    """
    rng = np.random.default_rng(seed)
    config = SceneConfig(side=SIDE, grid=SIDE, full_frame=0.0, smallest=0.4, strength=0.3)
    composer = SceneComposer(pictures, concepts, config, kept_apart=True)
    allowed = [place for place, one in enumerate(concepts) if wanted is None or one.id in wanted]
    classes = _classes_by_concept(composer, allowed)
    pairs = list(combinations(classes, 2))
    if not pairs:
        raise ValueError("Two concepts with held-out pictures are needed.")
    order = rng.permutation(len(pairs))
    turns = (pairs[order[turn % len(pairs)]] for turn in range(count))
    return [_visible_pair(composer, classes, pair, rng) for pair in turns]


def sample_pairs(
    scenes: Sequence[PairScene],
    encoder: PatchEncoder,
    model: SamplingModel,
    conditioner: ConditionSource,
    config: SamplingConfig,
    *,
    progress: Progress | None = None,
    to_words: ToWords | None = None,
) -> ObjectTakes:
    """Sample the three takes of every scene with the same seed; ``to_words`` is as in ``clicks``."""
    ways = []
    for which in range(3):
        conditions = [_condition(scene, which, encoder, conditioner, to_words) for scene in scenes]
        part = None if progress is None else progress.part(which / 3, (which + 1) / 3)
        ways.append(sample_all(model, conditions, config, part))
    things = np.array([scene.concepts for scene in scenes], dtype=np.int64)
    return ObjectTakes(ways[0], ways[1], ways[2], things)


def judge_objects(takes: ObjectTakes, hear: Hear, top: int = 5) -> ObjectReport:
    """Score the takes with a listener.

    Raises:
        ValueError: the listener knows both concepts of no scene.
    """
    rows = np.arange(len(takes.concepts))
    first, second, whole = hear(takes.first), hear(takes.second), hear(takes.whole)
    a, b = takes.concepts.T
    known = ~np.isnan(first[rows, a] + first[rows, b])
    if not known.any():
        raise ValueError("The listener knows the things of none of these scenes.")
    right_first = first[rows, a] > first[rows, b]
    right_second = second[rows, b] > second[rows, a]
    both = (rank(whole, a) < top) & (rank(whole, b) < top)
    leading = np.concatenate([rank(first, a)[known] == 0, rank(second, b)[known] == 0])
    return ObjectReport(
        scenes=int(known.sum()),
        closer=float(np.concatenate([right_first[known], right_second[known]]).mean()),
        swapped=float((right_first & right_second)[known].mean()),
        first_rank=float(leading.mean()),
        whole=float(both[known].mean()),
        top=top,
    )


def rank(heard: Floats, concepts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, per row, how many scores exceed that of its concept: (N,), 0 is the highest."""
    own = heard[np.arange(len(heard)), concepts]
    return np.asarray((heard > own[:, None]).sum(axis=1))


def tower_hears(tower: WaveformEncoder, words: Tensor) -> Hear:
    """Return a listener for all concepts: the cosine of the sound tower's vector with each concept's text.

    Args:
        tower: the sound tower.
        words: (concepts, L) unit vectors.
    """

    def hear(waveforms: NDArray[np.float32]) -> Floats:
        with torch.inference_mode():
            vectors = torch.cat([tower.encode(wave[None]) for wave in torch.from_numpy(waveforms)])
            return np.asarray((vectors @ words.T).double().numpy())

    return hear


def judge_hears(scores: Hear, positions: Sequence[int], concepts: int) -> Hear:
    """Return a listener for a few concepts: its class ``n`` is the concept at ``positions[n]``."""

    def hear(waveforms: NDArray[np.float32]) -> Floats:
        heard = np.full((len(waveforms), concepts), np.nan)
        heard[:, list(positions)] = scores(waveforms)
        return heard

    return hear


def _classes_by_concept(composer: SceneComposer, wanted: Sequence[int]) -> dict[int, list[int]]:
    """Return the picture classes with held-out pictures of each wanted concept."""
    found: dict[int, list[int]] = {}
    for place, concept in enumerate(composer.concept_of.tolist()):
        if concept in wanted and len(composer.members[place]):
            found.setdefault(concept, []).append(place)
    return found


def _visible_pair(
    composer: SceneComposer, classes: dict[int, list[int]], pair: tuple[int, int], rng: np.random.Generator
) -> PairScene:
    while True:
        places = [int(rng.choice(classes[concept])) for concept in pair]
        scene = composer.draw_of(places, rng)
        first, second = (scene.coverage[n].reshape(SIDE, SIDE) > 0.5 for n in (0, 1))
        if min(first.mean(), second.mean()) >= LEAST_SHARE:
            return PairScene(Still.from_pixels(scene.pixels), (first, second), pair)


def _condition(
    scene: PairScene,
    which: int,
    encoder: PatchEncoder,
    conditioner: ConditionSource,
    to_words: ToWords | None,
) -> Tensor:
    """Return the condition (L,) of the first or the second object, or (2, L) for both together."""
    if which < 2:
        return condition_of(scene.still, scene.masks[which], encoder, conditioner, to_words)
    looks = [condition_of(scene.still, mask, encoder, conditioner, to_words) for mask in scene.masks]
    return torch.stack(looks)
