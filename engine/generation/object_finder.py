"""Find objects in stills by hints or in the whole still, and name them."""

from collections.abc import Sequence

import numpy as np

from engine.errors import BadInput, Failed
from engine.generation.found_things import find_things
from engine.generation.model_parts import Proposal
from engine.generation.part_loader import PartLoader
from engine.generation.requests import LEVEL_LUFS
from engine.models.concepts import Concept, load_concepts
from engine.models.free_words import bundled_free_words
from engine.scene.hints import Box, Click, Hints
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject
from engine.vision.still import Still

SURE = 0.3
"""A proposed name with at least this score also steers the sound, so that what is named a dog barks."""
AHEAD = 1.5
"""It must also have this many times the score of the next name: a bicycle is no motorcycle by a hair."""
AUDIBLE = 0.2
"""A found mask none of whose names has this score is hardly something that can sound."""


def is_sure(names: Sequence[tuple[Concept, float]]) -> bool:
    """Return whether the first of some names, best first with scores, is sure enough to steer the sound."""
    best, *others = (score for _, score in names)
    return best >= SURE and (not others or best >= AHEAD * others[0])


def check_hints(hints: Hints, still: Still) -> None:
    """Refuse hints that cannot be meant.

    Args:
        hints: clicks and a box, in still pixels.
        still: that they are in.

    Raises:
        BadInput: a hint is outside the still, or there is nothing that says what is meant.
    """
    size = f"{still.width} x {still.height}"
    if hints.box is None and not any(click.keep for click in hints.clicks):
        raise BadInput("At least one click must be on the object itself; those with ! only drop.")
    for click in hints.clicks:
        if not (0 <= click.x < still.width and 0 <= click.y < still.height):
            raise BadInput(f"The click {click.x:g},{click.y:g} is outside the still, which is {size} pixels.")
    if hints.box is not None:
        _check_box(hints.box, still, size)


def _check_box(box: Box, still: Still, size: str) -> None:
    words = f"{box.x0:g},{box.y0:g},{box.x1:g},{box.y1:g}"
    if not (box.x0 >= 0 and box.x1 <= still.width and box.y0 >= 0 and box.y1 <= still.height):
        raise BadInput(f"The box {words} is not inside the still, which is {size} pixels.")
    if not (box.x1 - box.x0 >= 1 and box.y1 - box.y0 >= 1):
        raise BadInput(f"The box {words} is empty: its first corner is left of and above its second.")


class ObjectFinder:
    """Finds objects in stills and names them.

    Args:
        loader: gives the segmenter, the image encoder, the namer and the detector.
    """

    def __init__(self, loader: PartLoader) -> None:
        self._loader = loader

    def click(
        self, still: Still, x: float, y: float, name: str | None = None, index: int = 0
    ) -> SoundingObject:
        """Return the object under one click, in still pixels; see ``object_at``."""
        return self.object_at(still, Hints((Click(x, y),)), name, index)

    def box(
        self,
        still: Still,
        corners: tuple[float, float, float, float],
        name: str | None = None,
        index: int = 0,
    ) -> SoundingObject:
        """Return the object in a box (x0, y0, x1, y1) of still pixels, end exclusive; see ``object_at``."""
        return self.object_at(still, Hints(box=Box(*corners)), name, index)

    def object_at(
        self, still: Still, hints: Hints, name: str | None = None, index: int = 0
    ) -> SoundingObject:
        """Return the object that the hints mean.

        Args:
            still: an open still.
            hints: clicks and a box, in still pixels.
            name: its name and prompt; None takes the model's best name, which becomes the prompt if the model
                is sure of it, and otherwise leaves the sound to the picture.
            index: its number among the objects of the still.

        Raises:
            BadInput: a hint is outside the still, none marks what to keep, or nothing can be found there.
        """
        proposal = self.propose(still, hints)
        return self.object_of(still, np.asarray(proposal.masks[0], np.bool_), name, index)

    def object_of(self, still: Still, mask: Mask, name: str | None = None, index: int = 0) -> SoundingObject:
        """Return the object with this mask, bool (H, W); named as in ``object_at``.

        Raises:
            BadInput: the mask is empty or not of the still's size.
        """
        if mask.shape != (still.height, still.width):
            raise BadInput(f"The mask is {mask.shape}, the still is {still.height} x {still.width}.")
        if not mask.any():
            raise BadInput("Nothing was found there: click on the object itself, or draw a box round it.")
        owned = np.array(mask, np.bool_)
        owned.setflags(write=False)
        if name:
            return SoundingObject(index, owned, name, name, self.level(name))
        names = self.suggest(still, owned, 2)
        concept = names[0][0]
        prompt = concept.name if is_sure(names) else None
        return SoundingObject(index, owned, concept.name, prompt, concept.level_lufs)

    def find_objects(self, still: Still, limit: int = 8) -> tuple[SoundingObject, ...]:
        """Find objects in the whole still and name them."""
        found = self.find_named_masks(still, limit)
        return tuple(self.object_of(still, mask, name, index) for index, (mask, name) in enumerate(found))

    def suggest(self, still: Still, mask: Mask, count: int = 3) -> tuple[tuple[Concept, float], ...]:
        """Return the most likely concepts of an object with their scores, which sum to at most 1, best first.

        Raises:
            BadInput: the model has no image encoder.
        """
        with self._loader.session():
            encoder = self._loader.encoder()
            if encoder is None:
                raise BadInput("This model cannot look at pictures: give every object a name.")
            namer = self._loader.namer(encoder)
            names = namer.names(encoder.encode(still, focus=mask), mask, count)
        if not names:
            raise Failed("The model found no name for an object: give it one.")
        return tuple(names)

    def level(self, words: str) -> float:
        """Return the default loudness, in LUFS, of a sound with this name."""
        concepts = bundled_free_words().read(words).concepts
        return concepts[0].level_lufs if concepts else LEVEL_LUFS

    # Masks

    def prepare(self, still: Still) -> None:
        """Prepare a still for proposing masks."""
        with self._loader.session():
            self._loader.segmenter().prepare(still)

    def propose(self, still: Still, hints: Hints) -> Proposal:
        """Return the masks that hints may mean, best first.

        Raises:
            BadInput: a hint is outside the still, or none marks what to keep.
        """
        check_hints(hints, still)
        with self._loader.session():
            segmenter = self._loader.segmenter()
            segmenter.prepare(still)
            return segmenter.propose(still.digest, hints)

    def hover_mask(self, still: Still, hints: Hints) -> Mask:
        """Return the mask that a click would give, quickly, on a copy of the still at screen resolution."""
        with self._loader.session():
            segmenter = self._loader.segmenter()
            segmenter.prepare(still)
            return segmenter.hover_mask(still.digest, hints)

    def find_masks(self, still: Still, limit: int = 8) -> list[Mask]:
        """Return the masks of things in the still that can sound, those with sure names first."""
        return [mask for mask, _ in self.find_named_masks(still, limit)]

    def find_named_masks(self, still: Still, limit: int = 8) -> list[tuple[Mask, str | None]]:
        """Return masks as ``find_masks`` does, each with its name, or None if the model is not sure or cannot look."""
        with self._loader.session():
            segmenter = self._loader.segmenter()
            segmenter.prepare(still)
            encoder = self._loader.encoder()
            detector = None if encoder is None else self._loader.detector()
            if encoder is not None and detector is not None:
                namer = self._loader.namer(encoder)
                every = len(load_concepts())
                things = find_things(
                    still,
                    detector,
                    segmenter,
                    lambda mask: namer.names(encoder.encode(still, focus=mask), mask, every),
                    limit,
                )
                if things:
                    return [(thing.mask, thing.concept.name) for thing in things]
            found = segmenter.find_objects(still.digest, 2 * limit)
            sighted = encoder is not None
        masks = [mask for it in found if (mask := np.asarray(it.masks[0], np.bool_)).any()]
        if sighted:
            return self._audible(still, masks)[:limit]
        return [(mask, None) for mask in masks[:limit]]

    def _audible(self, still: Still, masks: Sequence[Mask]) -> list[tuple[Mask, str | None]]:
        """Return the masks that can have a name, sure names first; the best alone if none can."""
        named = [(mask, self.suggest(still, mask, 2)) for mask in masks]
        named.sort(key=lambda it: (is_sure(it[1]), it[1][0][1]), reverse=True)
        return [
            (mask, names[0][0].name if is_sure(names) else None)
            for place, (mask, names) in enumerate(named)
            if not place or names[0][1] >= AUDIBLE
        ]
