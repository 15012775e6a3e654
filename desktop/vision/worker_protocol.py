"""The vision backend's protocol, and the requests and results that cross into and out of its thread."""

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
    """A label for an object.

    Attributes:
        name: its name.
        prompt: what it sounds like; None leaves that to the picture.
        level_lufs: how loud it is, in LUFS.
        guesses: what it may be, likeliest first, if the model is not sure; then ``name`` is the first of them.
    """

    name: str
    prompt: str | None
    level_lufs: float
    guesses: tuple[str, ...] = ()


class VisionBackend(Protocol):
    """Segments stills and labels objects. Created and used in one thread."""

    def prepare(self, still: Still) -> None:
        """Compute once what the other methods need of a still."""

    def hover_mask(self, digest: str, x: float, y: float) -> Outline:
        """Return the outline of the mask that a click at (x, y) would take. Must be fast."""

    def propose(self, digest: str, hints: Hints) -> tuple[Sequence[Mask], Sequence[float]]:
        """Return masks for the hints, best first, and their scores."""

    def find(self, digest: str, limit: int) -> Sequence[tuple[Mask, str | None]]:
        """Return at most ``limit`` masks of objects in the still, each with its name, or None if that is not sure."""

    def label(self, still: Still, mask: Mask) -> ObjectLabel:
        """Return a label for an object."""


@dataclass(frozen=True)
class PrepareRequest:
    """A request to prepare a still."""

    still: Still


@dataclass(frozen=True)
class HoverRequest:
    """A request for the mask under the pointer, in still pixels."""

    digest: str
    x: float
    y: float


@dataclass(frozen=True)
class ProposeRequest:
    """A request for masks that fit the hints."""

    digest: str
    hints: Hints


@dataclass(frozen=True)
class FindRequest:
    """A request for at most ``limit`` candidates."""

    digest: str
    limit: int


@dataclass(frozen=True)
class LabelRequest:
    """A request for a label; the result has the same ``request_id``."""

    still: Still
    mask: Mask = field(compare=False, repr=False)
    request_id: int


VisionRequest = PrepareRequest | HoverRequest | ProposeRequest | FindRequest | LabelRequest


@dataclass(frozen=True, eq=False)
class HoverResult:
    """The outline of the mask that a click at (x, y) would take."""

    digest: str
    x: float
    y: float
    outline: Outline


@dataclass(frozen=True, eq=False)
class ProposalResult:
    """Masks for the hints, best first, with their outlines."""

    digest: str
    hints: Hints
    masks: tuple[Mask, ...]
    scores: tuple[float, ...]
    outlines: tuple[Outline, ...]


@dataclass(frozen=True, eq=False)
class CandidatesFound:
    """Objects found in the still, likeliest first."""

    digest: str
    candidates: tuple[MaskCandidate, ...]


@dataclass(frozen=True, eq=False)
class LabelResult:
    """The label of the object of this request."""

    digest: str
    request_id: int
    label: ObjectLabel
