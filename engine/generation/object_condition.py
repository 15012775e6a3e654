"""One condition from every view of an object: the whole still informs it, and the crop round it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from engine.scene.masks import Mask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

WHOLE_SHARE = 0.35
"""How much of the condition comes from the view of the whole still; the rest is the crop's."""


class ViewFeatures(Protocol):
    """What is needed of one view, ``engine.vision.patches.Patches``."""

    @property
    def tokens(self) -> "Tensor":
        """(P, D)."""

    def coverage(self, mask: Mask) -> "Tensor | NDArray[np.float32]":
        """Return the share (P,) of each patch that the mask covers, 0 to 1."""


class Conditioning(Protocol):
    """What is needed of ``engine.diffusion.pipeline.ObjectDiffusion``."""

    def condition(self, tokens: "Tensor", coverage: "Tensor", prompt: str | None = None) -> "Tensor":
        """(L,), unit length."""


def condition_of_views(
    diffusion: Conditioning, views: Sequence[ViewFeatures], mask: Mask, prompt: str | None
) -> "Tensor":
    """Return the condition (L,), unit length, of the object under a mask.

    Args:
        diffusion: makes the condition of one view.
        views: the whole still alone, or the whole still and a crop of it.
        mask: bool (H, W).
        prompt: words that narrow what the object sounds like, or None.
    """
    import torch

    found = []
    for view in views:
        coverage = torch.as_tensor(view.coverage(mask), dtype=torch.float32)
        found.append(diffusion.condition(view.tokens, coverage, prompt).float().cpu())
    if len(found) == 1:
        return found[0]
    whole, crop = found
    return torch.nn.functional.normalize(WHOLE_SHARE * whole + (1 - WHOLE_SHARE) * crop, dim=0)
