"""Objects: the parts of a still that can sound."""

from dataclasses import dataclass, field, replace

from engine.scene.colours import Colour, object_colour
from engine.scene.limits import UnknownFields
from engine.scene.masks import Mask, mask_digest
from engine.scene.sound_controls import FREE, SoundControls

NEGATIVE = "music, speech"
"""Sounds that models tend to add although nobody asked for them."""
UNNAMED = "unnamed"
"""Name, with a number, of an object that neither the model nor the user has named."""


def unnamed(index: int) -> str:
    """Return the name that an object has, by its number, until it is named."""
    return f"{UNNAMED} {index + 1}"


def is_unnamed(name: str) -> bool:
    """Return whether a name is one that ``unnamed`` gives."""
    return name.startswith(f"{UNNAMED} ")


@dataclass(frozen=True)
class SoundingObject:
    """A part of the still that can sound.

    Attributes:
        index: number in the scene, from 0, never changed: seeds and colour derive from it.
        mask: bool (H, W), the size of the still, read-only.
        name: the name, also of its files.
        prompt: text that steers the sound; None leaves it to the picture.
        level_lufs: loudness that its takes are normalized to.
        chosen_colour: colour set by the user, or None for the palette's.
        negative: negative prompt of its takes.
        duration: duration of its next take in seconds.
        seed: seed of its next take.
        seed_locked: whether generating again keeps the seed.
        controls: curves and parameters of its next take.
        mask_digest: digest of the mask, by which objects with different masks compare unequal.
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
    controls: SoundControls = FREE
    mask_digest: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mask_digest", mask_digest(self.mask))

    @property
    def colour(self) -> Colour:
        """The colour set by the user, or the palette's."""
        return self.chosen_colour or object_colour(self.index)

    def renamed(self, name: str) -> "SoundingObject":
        """Return the object with another name, which also becomes its prompt."""
        return replace(self, name=name, prompt=name)
