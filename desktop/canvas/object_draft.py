"""An object being chosen: its hints and the masks proposed for them. A frozen value; no widgets."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from desktop.vision.geometry import Point
from desktop.vision.outline import Outline
from engine.scene.hints import Box, Click, Hints
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject

LEAST_BOX = 2.0
"""Smallest side of a box hint in still pixels; smaller ones are ignored."""


@dataclass(frozen=True, eq=False)
class ObjectDraft:
    """Hints and proposed masks.

    Attributes:
        hints: clicks in order, and a box.
        masks: proposed masks; the previous ones until the next proposal arrives.
        outlines: outlines of the masks; None until traced.
        index: index of the shown mask.
    """

    hints: Hints = field(default_factory=Hints)
    masks: tuple[Mask, ...] = ()
    outlines: tuple[Outline | None, ...] = ()
    index: int = 0

    @property
    def open(self) -> bool:
        return self.hints != Hints() or bool(self.masks)

    @property
    def mask(self) -> Mask | None:
        return self.masks[self.index] if self.masks else None

    @property
    def outline(self) -> Outline | None:
        return self.outlines[self.index] if self.outlines else None

    def with_click(self, x: float, y: float, *, keep: bool) -> "ObjectDraft":
        clicks = (*self.hints.clicks, Click(x, y, keep))
        return replace(self, hints=replace(self.hints, clicks=clicks))

    def with_box(self, start: Point, end: Point) -> "ObjectDraft":
        """Return the draft with this box; unchanged if the box is too small."""
        box = Box(min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))
        if box.x1 - box.x0 < LEAST_BOX or box.y1 - box.y0 < LEAST_BOX:
            return self
        return replace(self, hints=replace(self.hints, box=box))

    def without_last_hint(self) -> "ObjectDraft":
        """Return the draft without its last hint; empty once no hint keeps anything."""
        clicks = self.hints.clicks[:-1]
        box = self.hints.box if self.hints.clicks else None
        left = Hints(clicks, box)
        keeps = box is not None or any(click.keep for click in clicks)
        return replace(self, hints=left) if keeps else ObjectDraft()

    def cycled(self, steps: int) -> "ObjectDraft":
        return replace(self, index=(self.index + steps) % len(self.masks)) if self.masks else self

    def with_masks(
        self, masks: Sequence[Mask], index: int, outlines: Sequence[Outline | None]
    ) -> "ObjectDraft":
        drawn = tuple(outlines) if len(outlines) == len(masks) else (None,) * len(masks)
        place = min(max(index, 0), max(len(masks) - 1, 0))
        return replace(self, masks=tuple(masks), outlines=drawn, index=place)

    def with_outline(self, place: int, outline: Outline) -> "ObjectDraft":
        outlines = tuple(outline if i == place else old for i, old in enumerate(self.outlines))
        return replace(self, outlines=outlines)

    def with_mask(self, mask: Mask) -> "ObjectDraft":
        """Return the draft with the shown mask replaced by a brushed one."""
        masks = tuple(mask if i == self.index else old for i, old in enumerate(self.masks))
        return replace(self, masks=masks)


def object_at(objects: Sequence[SoundingObject], x: float, y: float) -> SoundingObject | None:
    """Return the object under a still pixel, the smallest of several, or None."""
    row, column = int(y), int(x)
    under = [
        thing
        for thing in objects
        if 0 <= row < thing.mask.shape[0] and 0 <= column < thing.mask.shape[1] and thing.mask[row, column]
    ]
    if len(under) <= 1:
        return under[0] if under else None
    return min(under, key=lambda thing: int(np.count_nonzero(thing.mask)))
