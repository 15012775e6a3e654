"""The loss that lays one space out as another."""

import torch
from torch.nn import functional

from engine.training.contrast import contrast


def _targets() -> torch.Tensor:
    return functional.normalize(torch.randn(6, 16, generator=torch.Generator().manual_seed(0)), dim=1)


def test_it_is_least_where_everything_lies_on_its_target() -> None:
    wanted = _targets()
    on_it = contrast(wanted, wanted, temperature=0.07, nearness=2.0)
    assert abs(float(on_it)) < 1e-5
    assert float(contrast(wanted.roll(1, dims=0), wanted, temperature=0.07, nearness=2.0)) > 1.0


def test_nearness_weighs_the_distance_to_the_own_target() -> None:
    wanted = _targets()
    found = functional.normalize(wanted + 0.3 * wanted.flip(0), dim=1)
    losses = [float(contrast(found, wanted, temperature=0.07, nearness=n)) for n in (0.0, 1.0, 3.0)]
    distance = float((1 - (found * wanted).sum(-1)).mean())
    assert abs(losses[1] - losses[0] - distance) < 1e-5
    assert abs(losses[2] - losses[0] - 3 * distance) < 1e-5
