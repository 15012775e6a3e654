"""Objects: the things in a still that can sound."""

from dataclasses import dataclass, field, replace

from engine.scene.colours import Colour, object_colour
from engine.scene.limits import UnknownFields
from engine.scene.masks import Mask, mask_digest

NEGATIVE = "music, speech"
"""What nobody asked for, and what models like to add."""


@dataclass(frozen=True)
class SoundingObject:
    """A thing in the still that can sound.

    Attributes:
        index: its number in the scene, from 0, kept for life: its seeds and its colour follow from it.
        mask: bool (H, W), of the still's size, read-only.
        name: what it is called, and what its files are named after.
        prompt: the words that steer what it sounds like; None leaves that to the picture.
        level_lufs: the loudness its takes are brought to.
        chosen_colour: the colour a person gave it, or None for the palette's.
        negative: words that its takes are guided away from.
        duration: seconds of its next take.
        seed: of its next take. seed_locked: whether regenerating keeps it.
        mask_digest: of the mask, which is how two objects with different masks differ.
    """

    index: int
    mask: Mask = field(compare=False, repr=False)
    name: str
    prompt: str | None = None
    level_lufs: float = -23.0
    chosen_colour: Colour | None = None
    negative: str = NEGATIVE
    duration: float = 5.0
    seed: int = 0
    seed_locked: bool = False
    unknown_fields: UnknownFields = ()
    mask_digest: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mask_digest", mask_digest(self.mask))

    @property
    def colour(self) -> Colour:
        return self.chosen_colour or object_colour(self.index)

    def renamed(self, name: str) -> "SoundingObject":
        """The same object under another name, which from now on is also what it sounds like."""
        return replace(self, name=name, prompt=name)
