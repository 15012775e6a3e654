"""What an object is called: its patches against the words of the concept table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.models.concepts import Concept
from engine.scene.masks import Mask
from engine.vision.patches import PatchEncoder, Patches

if TYPE_CHECKING:
    from torch import Tensor


class ObjectNamer:
    """Names objects.

    Args:
        encoder: the one that makes the patches; its network places them in the space of its words.
        concepts: the concept table.
        words: (concepts, D) unit vectors of the concepts' names, by the text encoder that belongs to the network.
        background: (D,) unit vector of words for "nothing in particular", by the same; None where the network
            has a logit of its own for that.
    """

    def __init__(
        self,
        encoder: PatchEncoder,
        concepts: Sequence[Concept],
        words: "Tensor",
        background: "Tensor | None" = None,
    ) -> None:
        self._network = encoder.network
        self._concepts = tuple(concepts)
        self._words = words
        self._background = background

    def names(self, patches: Patches, mask: Mask, count: int = 3) -> tuple[tuple[Concept, float], ...]:
        """The likeliest concepts with their probabilities, best first.

        Args:
            patches: of the still that the mask is from.
            mask: bool (H, W), the object.
            count: how many names.

        Returns:
            Up to ``count`` pairs; the probabilities sum to at most 1, the rest is "none of the table".
        """
        scores = self.scores(patches, mask)
        best = scores.argsort(descending=True)[:count]
        return tuple((self._concepts[int(place)], float(scores[place])) for place in best)

    def scores(self, patches: Patches, mask: Mask) -> "Tensor":
        """Probabilities (concepts,) in the order of the table, summing to at most 1; zeros for an empty mask."""
        import torch

        coverage = patches.coverage(mask)
        if not bool((coverage > 0).any()):
            return torch.zeros(len(self._concepts))
        network = self._network
        with torch.inference_mode():
            pooled = (coverage @ patches.tokens / coverage.sum()).to(network.device)
            placed = network.place(pooled).float().cpu()
            scale = network.logit_scale.cpu()
            logits = self._words @ placed * scale
            own = network.background_logit.cpu()
            background = own if self._background is None else self._background @ placed * scale
            return torch.softmax(torch.cat([logits, background.reshape(1)]), dim=0)[:-1].clone()
