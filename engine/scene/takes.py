"""Takes: generated sounds and recordings, immutable once made."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.scene.recipe_facts import parse_recipe

Waveform = NDArray[np.float32]
"""float32 (channels, samples), full scale 1.0."""

TakeKind = Literal["generated", "recording"]
TAKE_KINDS: tuple[TakeKind, ...] = ("generated", "recording")


@dataclass(frozen=True)
class Take:
    """One sound of an object, of several together, or of text alone.

    Attributes:
        samples: float32 (channels, samples), full scale 1.0, read-only.
        rate: samples per second.
        name: of what it is a take.
        objects: numbers of the objects it is a take of; several for one made together, none for words alone.
        number: which take of those, from 1.
        recipe: JSON from which the same samples can be made again; of a recording, JSON with its source.
        kind: whether it was generated or recorded.
        licence: under which licence a recording may be used, in the user's words; empty if not known.
    """

    samples: Waveform = field(compare=False, repr=False)
    rate: int
    name: str
    objects: tuple[int, ...]
    number: int
    recipe: str = field(repr=False)
    kind: TakeKind = "generated"
    licence: str = ""

    def __post_init__(self) -> None:
        if self.samples.dtype != np.float32 or self.samples.ndim != 2:
            raise ValueError(
                f"a take is float32 (channels, samples), not {self.samples.dtype} {self.samples.shape}"
            )
        owned = self.samples if not self.samples.flags.writeable else self.samples.copy()
        owned.setflags(write=False)
        object.__setattr__(self, "samples", owned)

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return float(self.samples.shape[1] / self.rate)

    def facts(self) -> dict[str, Any]:
        """Return the recipe as parsed JSON."""
        return parse_recipe(self.recipe)
