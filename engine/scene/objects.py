"""Objects: the things in a still that can sound."""

from dataclasses import dataclass, field, replace

from engine.scene.colours import Colour, object_colour
from engine.scene.masks import Mask


@dataclass(frozen=True)
class SoundingObject:
    """A thing in the still that can sound.

    Attributes:
        index: its number in the scene, from 0, kept for life: its seeds and its colour follow from it.
        mask: bool (H, W), of the still's size, read-only.
        name: what it is called, and what its files are named after.
        prompt: the words that steer what it sounds like; None leaves that to the picture.
        level_lufs: the loudness its takes are brought to.
    """

    index: int
    mask: Mask = field(compare=False, repr=False)
    name: str
    prompt: str | None = None
    level_lufs: float = -23.0

    @property
    def colour(self) -> Colour:
        return object_colour(self.index)

    def renamed(self, name: str) -> "SoundingObject":
        """The same object under another name, which from now on is also what it sounds like."""
        return replace(self, name=name, prompt=name)
