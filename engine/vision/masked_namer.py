"""Object names from EfficientNet-Lite0 features under the mask, with "not in the table" as an answer.

Each view (the whole still, the crop round the object) is judged twice: by ImageNet's own classifier, its
classes summed by concept, and by a probe also trained on backgrounds and silent things. The views'
probabilities are multiplied, so that a name must fit both; an object of a patch or two of the whole still is
judged by its crop.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput
from engine.inputs import read_json
from engine.models.concepts import Concept
from engine.scene.masks import Mask
from engine.vision.patches import Patches

if TYPE_CHECKING:
    from torch import Tensor

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
LEAST = 1e-6
"""Lower bound of probabilities before taking their logarithm."""
HEAD_SHARE = 0.3
"""Weight of ImageNet's own classifier for concepts the probe was trained on. Chosen by cross-validation."""
FULL_COVER = 4.0
"""Number of covered patches from which the whole still has as much weight as the crop."""


class MaskedNamer:
    """Names objects.

    Args:
        concepts: the concept table.
        probe: (K + 1, 1280) weights and (K + 1,) biases of a logistic probe on pooled features, "none" last.
        known: ids of the K concepts of the probe and the groups, in order.
        groups: ImageNet classes of each of the K concepts.
        taught: whether the probe had examples of each of the K; the others are left to ImageNet's classifier.
        classifier: ImageNet's own: (1000, 1280) weights and (1000,) biases.
    """

    def __init__(
        self,
        concepts: Sequence[Concept],
        probe: "tuple[Tensor, Tensor]",
        known: Sequence[str],
        groups: Sequence[Sequence[int]],
        taught: Sequence[bool],
        classifier: "tuple[Tensor, Tensor]",
    ) -> None:
        import torch

        self._concepts = tuple(concepts)
        self._probe, self._classifier = probe, classifier
        places = {concept.id: place for place, concept in enumerate(concepts)}
        self._places = [(row, places[name]) for row, name in enumerate(known) if name in places]
        self._members = torch.zeros(len(known), classifier[0].shape[0])
        for row, group in zip(self._members, groups, strict=True):
            row[list(group)] = 1
        self._untaught = torch.tensor([not each for each in taught])

    @classmethod
    def from_folder(cls, folder: Path, concepts: Sequence[Concept]) -> "MaskedNamer":
        """Load ``config.json`` and the probe; the classifier is the data package's.

        Raises:
            BadInput: there is no namer in the folder, it is damaged, or the data package is missing.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        from engine.vision.efficientnet import load_efficientnet

        try:
            config: dict[str, Any] = read_json(folder / CONFIG)
            tensors = {name: value.float() for name, value in load_file(folder / WEIGHTS).items()}
            known, groups, taught = config["concepts"], config["groups"], config["taught"]
            probe = tensors["weight"], tensors["bias"]
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise BadInput(
                f"The namer in {folder} could not be read ({type(error).__name__}). Fetch or copy the model again."
            ) from error
        head = load_efficientnet().classifier
        return cls(
            concepts, probe, known, groups, taught[: len(known)], (head.weight.float(), head.bias.float())
        )

    def names(self, patches: Patches, mask: Mask, count: int = 3) -> tuple[tuple[Concept, float], ...]:
        """Return the most likely concepts with their probabilities, best first.

        Args:
            patches: the encoder's views of the object.
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

        out = torch.zeros(len(self._concepts))
        if not mask.any():
            return out
        chances = torch.stack([self.chances(view, mask) for view in patches.views])
        joint = torch.exp(_weights(patches, mask) @ torch.log(chances.clamp(min=LEAST)))
        joint = joint / joint.sum()
        for row, place in self._places:
            out[place] = joint[row]
        return out

    def chances(self, view: Patches, mask: Mask) -> "Tensor":
        """Return probabilities (K + 1,) from one view, "none" last."""
        import torch

        assert view.features is not None
        coverage = view.coverage(mask)
        with torch.inference_mode():
            return self.judged((coverage @ view.features / coverage.sum())[None])[0]

    def judged(self, pooled: "Tensor") -> "Tensor":
        """Return probabilities (B, K + 1) of pooled features (B, 1280)."""
        import torch

        classes = torch.softmax(pooled @ self._classifier[0].T + self._classifier[1], -1)
        known = classes @ self._members.T
        head = torch.cat([known, (1 - known.sum(-1, keepdim=True)).clamp(min=0)], -1)
        probe = torch.softmax(pooled @ self._probe[0].T + self._probe[1], -1)
        # Concepts the probe was not trained on take the classifier's probability, and the probe's are scaled down.
        unseen = known * self._untaught
        probe = probe * (1 - unseen.sum(-1, keepdim=True)).clamp(min=0)
        probe = torch.cat([probe[..., :-1] + unseen, probe[..., -1:]], -1)
        return HEAD_SHARE * head + (1 - HEAD_SHARE) * probe


def _weights(patches: Patches, mask: Mask) -> "Tensor":
    """Return the weight of each view: (views,), summing to 1."""
    import torch

    if patches.whole is None:
        return torch.ones(1)
    whole = 0.5 * min(1.0, float(patches.whole.coverage(mask).sum()) / FULL_COVER)
    return torch.tensor([whole, 1 - whole])
