"""What the vision worker needs of an engine, and what goes in and out of its thread."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from desktop.vision.candidates import Thing
from desktop.vision.outline import Outline
from engine.scene.hints import Hints
from engine.scene.masks import Mask
from engine.vision.still import Still


@dataclass(frozen=True)
class Suggestion:
    """What an object is called, what it sounds like (None leaves that to the picture), and how loud."""

    name: str
    prompt: str | None
    level_lufs: float


class Sight(Protocol):
    """Looks at stills. Made and used in one thread."""

    def prepare(self, still: Still) -> None:
        """Does once what the others need."""

    def glance(self, digest: str, x: float, y: float) -> Outline:
        """The outline of what a click would take, quickly."""

    def propose(self, digest: str, hints: Hints) -> tuple[Sequence[Mask], Sequence[float]]:
        """Masks that the hints may mean, best first, and their scores."""

    def find(self, digest: str, limit: int) -> Sequence[Mask]:
        """Masks of what can be told apart in the still."""

    def suggest(self, still: Still, mask: Mask) -> Suggestion:
        """What the object may be."""


@dataclass(frozen=True)
class Prepare:
    still: Still


@dataclass(frozen=True)
class Glance:
    digest: str
    x: float
    y: float


@dataclass(frozen=True)
class Propose:
    digest: str
    hints: Hints


@dataclass(frozen=True)
class Find:
    digest: str
    limit: int


@dataclass(frozen=True)
class Suggest:
    """``ticket`` comes back with the answer."""

    still: Still
    mask: Mask = field(compare=False, repr=False)
    ticket: int


Request = Prepare | Glance | Propose | Find | Suggest


@dataclass(frozen=True, eq=False)
class Glimpse:
    """What a click at (x, y) of the still of this digest would take."""

    digest: str
    x: float
    y: float
    outline: Outline


@dataclass(frozen=True, eq=False)
class Proposal:
    """What the hints may mean, best first; ``outlines`` are of ``masks``."""

    digest: str
    hints: Hints
    masks: tuple[Mask, ...]
    scores: tuple[float, ...]
    outlines: tuple[Outline, ...]


@dataclass(frozen=True, eq=False)
class Found:
    """What looks like objects in the still of this digest, likeliest first."""

    digest: str
    things: tuple[Thing, ...]


@dataclass(frozen=True, eq=False)
class Suggested:
    """What the object with this ticket may be."""

    digest: str
    ticket: int
    suggestion: Suggestion
