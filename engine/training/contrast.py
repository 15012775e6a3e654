"""A contrastive loss with the similarities between targets as soft labels."""

import torch
from torch import Tensor
from torch.nn import functional


def contrast(found: Tensor, wanted: Tensor, *, temperature: float, nearness: float) -> Tensor:
    """Pull each vector to its own target, and keep it as far from the batch's other targets as its own target is.

    Args:
        found: (B, L), unit length, the vectors to train.
        wanted: (B, L), unit length, the target of each.
        temperature: temperature of the softmax over the batch.
        nearness: weight of the mean distance (1 - cosine) to the own target.
    """
    own = 1 - (found * wanted).sum(-1)
    similar = torch.softmax(wanted @ wanted.T / temperature, dim=-1)
    given = functional.log_softmax(found @ wanted.T / temperature, dim=-1)
    return nearness * own.mean() + functional.kl_div(given, similar, reduction="batchmean")
