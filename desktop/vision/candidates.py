"""Objects proposed for the whole still."""

from dataclasses import dataclass

from desktop.vision.geometry import Point
from desktop.vision.outline import Outline
from engine.scene.masks import Mask


@dataclass(frozen=True, eq=False)
class MaskCandidate:
    """A mask found in the still that may become an object.

    Attributes:
        mask: its pixels.
        outline: outline of the mask.
        anchor: position of its badge in still pixels, as far inside the mask as possible.
        name: what it is, or None if the model is not sure.
    """

    mask: Mask
    outline: Outline
    anchor: Point
    name: str | None = None

    @property
    def area(self) -> int:
        return self.outline.area
