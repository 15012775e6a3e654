"""Search for things that can sound: boxes of a detector and a sweep of clicks, judged together with their names.

Each candidate's score is the geometric mean of the namer's probability of a concept and the detector's (raised
by ``FLOOR``, so that neither alone decides), times the quality of its mask. The constants were chosen on 32
outlined pictures that no weights were trained on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engine.models.concepts import Concept
from engine.scene.hints import Box, Hints
from engine.scene.masks import Mask
from engine.vision.still import Still

FLOOR = 0.2
LEAST = 0.3
"""Lowest score of something that is shown."""
COVERED = 0.7
"""A mask of which a better one covers this share, or which covers it so, is not shown."""
SMALLEST, LARGEST = 0.002, 0.9
BOXES = 14
NarrowNames = Sequence[tuple[Concept, float]]


class BoxDetector(Protocol):
    """Protocol of ``engine.vision.object_detector.ObjectDetector``."""

    @property
    def classes(self) -> Sequence[str]:
        """Names of the classes, ids of concepts among them."""

    def detect(self, still: Still, limit: int = 16) -> Any:
        """Find boxes with the scores of each class."""


class MaskMaker(Protocol):
    """What is needed of a segmenter."""

    def propose(self, still_digest: str, hints: Hints) -> Any:
        """Propose masks of what the hints mean."""

    def find_objects(self, still_digest: str, limit: int = 8) -> Sequence[Any]:
        """Propose masks of the objects in the still."""


@dataclass(frozen=True)
class FoundThing:
    """Something that can sound: its mask, its concept, and the score of both."""

    mask: Mask
    concept: Concept
    score: float


def find_things(
    still: Still,
    detector: BoxDetector,
    segmenter: MaskMaker,
    names: Callable[[Mask], NarrowNames],
    limit: int,
) -> list[FoundThing]:
    """Find things that can sound, most certain first, without doubles.

    Args:
        still: a still that the segmenter is prepared for.
        detector: finds boxes.
        segmenter: makes masks of them.
        names: all concepts of a mask with their probabilities.
        limit: the number of things.
    """
    things = [
        thing
        for mask, quality, chances in _candidates(still, detector, segmenter, 2 * limit)
        if (thing := _judged(mask, quality, chances, names)).score >= LEAST
    ]
    chosen: list[FoundThing] = []
    for thing in sorted(things, key=lambda it: -it.score):
        if len(chosen) < limit and not any(_doubles(thing.mask, other.mask) for other in chosen):
            chosen.append(thing)
    return chosen


def _candidates(
    still: Still, detector: BoxDetector, segmenter: MaskMaker, sweep: int
) -> Iterator[tuple[Mask, float, Mapping[str, float]]]:
    """Yield masks with their quality and the detector's scores by concept."""
    found = detector.detect(still, BOXES)
    for box, classes in zip(found.boxes, found.classes, strict=True):
        x0, y0, x1, y1 = (float(value) for value in box)
        if min(x1 - x0, y1 - y0) >= 3:
            proposal = segmenter.propose(still.digest, Hints(box=Box(x0, y0, x1, y1)))
            scores = dict(zip(detector.classes, map(float, classes), strict=True))
            yield from _usable(proposal, scores)
    for proposal in segmenter.find_objects(still.digest, sweep):
        yield from _usable(proposal, {})


def _usable(proposal: Any, chances: Mapping[str, float]) -> Iterator[tuple[Mask, float, Mapping[str, float]]]:
    mask = np.asarray(proposal.masks[0], np.bool_)
    if SMALLEST < mask.mean() < LARGEST:
        yield mask, float(proposal.scores[0]), chances


def _judged(
    mask: Mask, quality: float, chances: Mapping[str, float], names: Callable[[Mask], NarrowNames]
) -> FoundThing:
    best = max(names(mask), key=lambda it: it[1] * (FLOOR + chances.get(it[0].id, 0.0)))
    concept, chance = best
    score = quality * (chance * (FLOOR + chances.get(concept.id, 0.0))) ** 0.5
    return FoundThing(mask, concept, score)


def _doubles(one: Mask, other: Mask) -> bool:
    return bool((one & other).sum() > COVERED * min(one.sum(), other.sum()))
