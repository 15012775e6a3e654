"""Conditioners: turn a target into the conditions that a diffusion model samples from.

Conditioning is separate from sampling: a conditioner encodes the picture or the words, once per target.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from engine.errors import BadInput
from engine.generation.object_condition import ViewFeatures, condition_of_views
from engine.generation.requests import Target, TargetPart
from engine.scene.masks import Mask, PackedMask, unpack
from engine.vision.still import Still

if TYPE_CHECKING:
    from torch import Tensor


class PatchFeatures(ViewFeatures, Protocol):
    """What is needed of ``engine.vision.patches.Patches``."""

    @property
    def views(self) -> Sequence[ViewFeatures]:
        """Every view of the object."""


class Encoder(Protocol):
    """What is needed of ``engine.vision.patches.PatchEncoder``."""

    def encode(self, still: Still, focus: Mask | None = None) -> PatchFeatures:
        """Return the patches of the still, or of a crop round ``focus`` if that is small."""


class ConditionSpace(Protocol):
    """What is needed of ``engine.diffusion.pipeline.ObjectDiffusion``."""

    def encode_text(self, texts: Sequence[str]) -> "Tensor":
        """Return the conditions of texts, (B, L), unit length."""

    def condition(self, tokens: "Tensor", coverage: "Tensor", prompt: str | None = None) -> "Tensor":
        """Return the condition of what covers the patches, (L,), unit length."""


class Conditioner(Protocol):
    """Makes conditions of a target."""

    def conditions(self, target: Target, still: Still | None) -> "Tensor":
        """Return the conditions (K, L) of a target of K objects, unit length, float32 on the CPU.

        Raises:
            BadInput: a mask is damaged, empty or not of the still's size, or the target has too little to go by.
        """


class PictureConditioner:
    """Conditions of what a mask covers, narrowed by words; of words alone where there is no mask.

    Args:
        space: encodes words, and turns patches under a mask into conditions.
        encoder: makes the patches of stills.
    """

    def __init__(self, space: ConditionSpace, encoder: Encoder) -> None:
        self._space = space
        self._encoder = encoder

    def conditions(self, target: Target, still: Still | None) -> "Tensor":
        """Encode each object separately.

        One condition of the union of several masks names one of the objects: in measurements it held both in a
        tenth of the scenes.
        """
        import torch

        if not target.masks or still is None:
            return text_conditions(self._space, [target.prompt or ""])
        prompts = [answered(part) for part in target.parts] or [answered(target)]
        seen = zip(target.masks, prompts, strict=True)
        return torch.stack([self._seen(target.name, mask, prompt, still) for mask, prompt in seen])

    def _seen(self, name: str, packed: PackedMask, prompt: str | None, still: Still) -> "Tensor":
        mask = unpacked(name, packed, still)
        # A small object is encoded from a crop round it too: in the whole still it would be one patch or less.
        patches = self._encoder.encode(still, focus=mask)
        return condition_of_views(self._space, patches.views, mask, prompt)


def answered(asked: Target | TargetPart) -> str | None:
    """Return the prompt of a target or part; None if the model has no sound for it: then the picture decides."""
    return None if asked.unanswered else asked.prompt


class TextConditioner:
    """Conditions of words alone, for models that cannot look at pictures: an object sounds as its prompt says.

    Args:
        space: encodes words.
    """

    def __init__(self, space: ConditionSpace) -> None:
        self._space = space

    def conditions(self, target: Target, still: Still | None) -> "Tensor":
        """Encode the prompts of the target's parts."""
        prompts = [part.prompt for part in target.parts] or [target.prompt]
        if not all(prompts):
            raise BadInput(
                f"This model cannot look at pictures: it can only sound from words. Give a prompt for {target.name}."
            )
        if still is not None:
            for packed in target.masks:
                unpacked(target.name, packed, still)
        return text_conditions(self._space, [prompt or "" for prompt in prompts])


def text_conditions(space: ConditionSpace, prompts: Sequence[str]) -> "Tensor":
    """Return the conditions (K, L) of K prompts, unit length, float32 on the CPU."""
    return space.encode_text(prompts).float().cpu()


def unpacked(name: str, packed: PackedMask, still: Still) -> Mask:
    """Unpack the mask of an object of a still.

    Raises:
        BadInput: it is damaged, empty or not of the still's size.
    """
    if (packed.height, packed.width) != (still.height, still.width):
        raise BadInput(f"The mask of {name} is not of the still's size.")
    try:
        mask = unpack(packed)
    except ValueError as damage:
        raise BadInput(f"The mask of {name} is damaged: {damage}.") from damage
    if not mask.any():
        raise BadInput(f"The mask of {name} is empty: click it again.")
    return mask
