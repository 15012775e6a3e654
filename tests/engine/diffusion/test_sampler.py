"""The sampling loop on a denoiser whose answer is known."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler

from engine.diffusion.sampler import (
    SEVERAL,
    GuidanceTargets,
    Solver,
    guide,
    make_scheduler,
    sample_latents,
    take_noise,
)
from engine.diffusion.unet import scheduler_config
from engine.errors import Cancelled
from engine.progress import Progress, no_progress


class KnowsTheAnswer:
    """A v-prediction 'network' for data that is always one constant, scaled by the condition's first entry."""

    def __init__(self) -> None:
        self.calls = 0
        self.alphas = DDIMScheduler(**scheduler_config()).alphas_cumprod

    def __call__(self, x: torch.Tensor, t: torch.Tensor, class_labels: torch.Tensor, **_: Any) -> Any:
        self.calls += 1
        alpha = self.alphas[int(t)]
        clean = class_labels[:, :1, None, None].expand_as(x)
        noise = (x - alpha.sqrt() * clean) / (1 - alpha).sqrt()
        return SimpleNamespace(sample=alpha.sqrt() * noise - (1 - alpha).sqrt() * clean)


def _sampled(solver: Solver, steps: int, guidance: float, progress: Progress | None = None) -> torch.Tensor:
    conditions = torch.zeros(2, 512)
    conditions[0, 0], conditions[1, 0] = 0.5, -1.0
    return sample_latents(
        KnowsTheAnswer(),
        make_scheduler(scheduler_config(), solver, steps),
        take_noise([1, 2], (8, 4, 4)),
        GuidanceTargets.of(conditions),
        torch.zeros(1, 512),
        guidance=guidance,
        latent_patch=2,
        progress=progress or no_progress(),
    )


@pytest.mark.parametrize("solver", ["ddim", "multistep"])
@pytest.mark.parametrize("steps", [5, 20])
def test_both_solvers_find_what_the_network_knows(solver: Solver, steps: int) -> None:
    out = _sampled(solver, steps, guidance=1.0)
    assert torch.allclose(out[0], torch.full_like(out[0], 0.5), atol=0.02)
    assert torch.allclose(out[1], torch.full_like(out[1], -1.0), atol=0.02)


def test_guidance_goes_beyond_the_condition_away_from_the_null() -> None:
    out = _sampled("ddim", 10, guidance=2.0)
    assert torch.allclose(out[0], torch.full_like(out[0], 1.0), atol=0.05)


def test_rescaling_takes_back_what_guidance_adds_in_size() -> None:
    toward = torch.randn(2, 8, 4, 4, generator=torch.Generator().manual_seed(0))
    away = torch.zeros_like(toward)
    each = torch.arange(2)
    assert torch.allclose(guide(away, toward, 3.0, 0.0, each), 3 * toward)
    assert torch.allclose(guide(away, toward, 3.0, 1.0, each), toward, atol=1e-5)
    between = guide(away, toward, 3.0, 0.5, each).norm() / toward.norm()
    assert 1.9 < float(between) < 2.1


def test_a_take_of_two_things_is_pulled_toward_both_and_leaves_its_neighbour_alone() -> None:
    toward = torch.randn(3, 8, 4, 4, generator=torch.Generator().manual_seed(0))
    away = torch.zeros(2, 8, 4, 4)
    wanted = GuidanceTargets.of([torch.zeros(2, 512), torch.zeros(512)])
    assert wanted.takes.tolist() == [0, 0, 1]
    out = guide(away, toward, 2.0, 0.0, wanted.takes)
    assert torch.allclose(out[0], 2 * SEVERAL * (toward[0] + toward[1]), atol=1e-5)
    assert torch.allclose(out[1], 2 * toward[2], atol=1e-5)
    unguided = guide(away, toward, 1.0, 0.7, wanted.takes)
    assert torch.allclose(unguided[0], (toward[0] + toward[1]) / 2, atol=1e-6)


def test_noise_of_a_take_depends_on_its_seed_alone() -> None:
    together = take_noise([3, 4, 5], (8, 4, 4))
    assert torch.equal(together[1], take_noise([4], (8, 4, 4))[0])
    assert not torch.equal(together[0], together[1])


def test_cancelling_stops_before_the_next_step() -> None:
    seen: list[str] = []
    progress = Progress(lambda _fraction, text: seen.append(text), lambda: len(seen) >= 3)
    with pytest.raises(Cancelled):
        _sampled("multistep", 20, guidance=2.0, progress=progress)
    assert len(seen) == 3


def test_progress_names_every_step_and_ends_at_one() -> None:
    fractions: list[float] = []
    _sampled("ddim", 8, guidance=1.0, progress=Progress(lambda fraction, _text: fractions.append(fraction)))
    assert len(fractions) == 9
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
