"""One condition from the whole still and from the crop round an object."""

import numpy as np
import torch

from engine.generation.object_condition import WHOLE_SHARE, condition_of_views
from engine.scene.masks import Mask


class Look:
    """A look whose tokens point one way."""

    def __init__(self, direction: int) -> None:
        self.tokens = torch.eye(4)[direction][None]

    def coverage(self, mask: Mask) -> torch.Tensor:
        return torch.tensor([float(mask.mean())])


class FirstToken:
    """The condition is the covered token."""

    def condition(
        self, tokens: torch.Tensor, coverage: torch.Tensor, prompt: str | None = None
    ) -> torch.Tensor:
        assert prompt == "a bark"
        assert float(coverage[0]) == 1
        return tokens[0]


MASK = np.ones((4, 4), bool)


def test_a_thing_seen_in_the_whole_still_alone_keeps_its_condition() -> None:
    found = condition_of_views(FirstToken(), [Look(2)], MASK, "a bark")
    torch.testing.assert_close(found, torch.eye(4)[2])


def test_the_whole_still_and_the_crop_both_inform_the_condition() -> None:
    found = condition_of_views(FirstToken(), [Look(0), Look(1)], MASK, "a bark")
    assert 0 < float(found[0]) < float(found[1])
    torch.testing.assert_close(found.norm(), torch.tensor(1.0))
    torch.testing.assert_close(found[0] / found[1], torch.tensor(WHOLE_SHARE / (1 - WHOLE_SHARE)))
