"""What the vision worker needs of an engine, and what goes in and out of its thread."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from desktop.vision.candidates import MaskCandidate
from desktop.vision.outline import Outline
from engine.scene.hints import Hints
from engine.scene.masks import Mask
from engine.vision.still import Still


@dataclass(frozen=True)
class ObjectLabel:
    """What an object is called, what it sounds like (None leaves that to the picture), and how loud."""

    name: str
    prompt: str | None
    level_lufs: float


class VisionBackend(Protocol):
    """Looks at stills. Made and used in one thread."""

    def prepare(self, still: Still) -> None:
        """Does once what the others need."""

    def hover_mask(self, digest: str, x: float, y: float) -> Outline:
        """The outline of what a click would take, quickly."""

    def propose(self, digest: str, hints: Hints) -> tuple[Sequence[Mask], Sequence[float]]:
        """Masks that the hints may mean, best first, and their scores."""

    def find(self, digest: str, limit: int) -> Sequence[Mask]:
        """Masks of what can be told apart in the still."""

    def label(self, still: Still, mask: Mask) -> ObjectLabel:
        """What the object may be."""


@dataclass(frozen=True)
class PrepareRequest:
    still: Still


@dataclass(frozen=True)
class HoverRequest:
    digest: str
    x: float
    y: float


@dataclass(frozen=True)
class ProposeRequest:
    digest: str
    hints: Hints


@dataclass(frozen=True)
class FindRequest:
    digest: str
    limit: int


@dataclass(frozen=True)
class LabelRequest:
    """A request for a label; ``request_id`` comes back with the result."""

    still: Still
    mask: Mask = field(compare=False, repr=False)
    request_id: int


VisionRequest = PrepareRequest | HoverRequest | ProposeRequest | FindRequest | LabelRequest


@dataclass(frozen=True, eq=False)
class HoverResult:
    """What a click at (x, y) of the still of this digest would take."""

    digest: str
    x: float
    y: float
    outline: Outline


@dataclass(frozen=True, eq=False)
class ProposalResult:
    """What the hints may mean, best first; ``outlines`` are of ``masks``."""

    digest: str
    hints: Hints
    masks: tuple[Mask, ...]
    scores: tuple[float, ...]
    outlines: tuple[Outline, ...]


@dataclass(frozen=True, eq=False)
class CandidatesFound:
    """What looks like objects in the still of this digest, likeliest first."""

    digest: str
    candidates: tuple[MaskCandidate, ...]


@dataclass(frozen=True, eq=False)
class LabelResult:
    """Labels for the object of this request."""

    digest: str
    request_id: int
    label: ObjectLabel
