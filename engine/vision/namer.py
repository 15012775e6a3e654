"""Object names: patches compared with the words of the concept table."""

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
        encoder: the encoder of the patches, whose network projects tokens into the space of its texts.
        concepts: the concept table.
        words: (concepts, D) unit vectors of the concepts' names, from the text encoder that belongs to the
            network.
        background: (D,) unit vector of a text for "nothing in particular", from the same encoder; None if the
            network has a logit of its own for that.
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
        """Return the most likely concepts with their probabilities, best first.

        Args:
            patches: patches of the still that the mask belongs to.
            mask: bool (H, W), the object.
            count: the number of names.

        Returns:
            Up to ``count`` pairs; the probabilities sum to at most 1, the rest is "not in the table".
        """
        scores = self.scores(patches, mask)
        best = scores.argsort(descending=True)[:count]
        return tuple((self._concepts[int(place)], float(scores[place])) for place in best)

    def scores(self, patches: Patches, mask: Mask) -> "Tensor":
        """Return probabilities (concepts,) in table order, summing to at most 1; zeros for an empty mask."""
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
