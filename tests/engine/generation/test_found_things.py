"""Things are found by boxes and clicks together, named, without doubles, and only if they are certain enough."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from engine.generation.found_things import find_things
from engine.models.concepts import Concept, load_concepts
from engine.scene.hints import Hints
from engine.scene.masks import Mask
from engine.vision.still import Still

CONCEPTS = {concept.id: concept for concept in load_concepts()}
STILL = Still.from_pixels(np.zeros((60, 80, 3), np.uint8))


def block(left: int, right: int) -> Mask:
    mask = np.zeros((60, 80), np.bool_)
    mask[10:50, left:right] = True
    return mask


@dataclass
class Boxes:
    """A dog and a car, by boxes."""

    classes: tuple[str, ...] = ("dog", "car", "-chair")

    def detect(self, still: Still, limit: int = 16) -> Any:
        boxes = np.array([[5, 10, 30, 50], [40, 10, 75, 50], [2, 2, 3, 3]], np.float32)
        scores = np.array([[0.8, 0, 0], [0, 0.7, 0.1], [0.9, 0, 0]], np.float32)
        return SimpleNamespace(boxes=boxes, classes=scores)


class Masks:
    """Each box is its mask; the sweep finds the dog again, and something that has no name."""

    def propose(self, still_digest: str, hints: Hints) -> Any:
        assert hints.box is not None
        return SimpleNamespace(masks=block(int(hints.box.x0), int(hints.box.x1))[None], scores=[0.9])

    def find_objects(self, still_digest: str, limit: int = 8) -> list[Any]:
        return [SimpleNamespace(masks=it[None], scores=[0.8]) for it in (block(6, 30), block(31, 39))]


def names(mask: Mask) -> list[tuple[Concept, float]]:
    if mask[:, :31].any():
        return [(CONCEPTS["cat"], 0.5), (CONCEPTS["dog"], 0.4)]
    return [(CONCEPTS["car"], 0.6 if mask[:, 45:].any() else 0.02)]


def test_boxes_and_names_decide_together_and_nothing_is_found_twice() -> None:
    found = find_things(STILL, Boxes(), Masks(), names, 8)
    assert [thing.concept.id for thing in found] == ["car", "dog"]
    assert found[0].score > found[1].score
    assert [
        bool((thing.mask == mask).all())
        for thing, mask in zip(found, (block(40, 75), block(5, 30)), strict=True)
    ] == [
        True,
        True,
    ]


def test_no_more_is_found_than_is_asked_for() -> None:
    assert len(find_things(STILL, Boxes(), Masks(), names, 1)) == 1
